//! Writing recordings.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::coded::Encoder;
use super::{Form, Kind, SoundError, kind_of, wav};
use crate::media::frame::{Codec, Frame};
use crate::media::resample::Rates;

/// Frames after which what was recorded is safe on disk: one second.
const SAFE_AFTER: u32 = 50;

/// A sound file that is being written, at 8 kHz or at the rate that its extension tells.
///
/// Once a second all of it is given to the system and the header corrected, so that the file is whole even if the
/// process is killed.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    file: BufWriter<File>,
    /// Octets of the header, which a WAV file has.
    header: u64,
    form: Form,
    encoder: Encoder,
    rates: Rates,
    /// Octets of samples.
    written: u64,
    unsafe_frames: u32,
}

impl Recording {
    /// Creates a file, or empties the one that is there. The extension tells its form: `.wav`, `.wav16`, `.WAV` (GSM),
    /// `.gsm`, `.g722`, `.sln`, `.sln12` to `.sln48`, `.ulaw`, `.alaw`.
    pub fn create(path: &Path) -> Result<Recording, SoundError> {
        Recording::open(path, false)
    }

    /// Goes on after the end of a file of our own, or creates it.
    pub fn append(path: &Path) -> Result<Recording, SoundError> {
        Recording::open(path, true)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long the recording is.
    pub fn length(&self) -> Duration {
        self.form.time_of(self.written)
    }

    /// Samples a second.
    pub fn rate(&self) -> u32 {
        self.form.rate
    }

    /// Adds a frame.
    pub fn write(&mut self, frame: &Frame) -> Result<(), SoundError> {
        self.write_frame(frame).map_err(|source| SoundError::io(&self.path, source))
    }

    /// Gives all of it to the system now, so that it outlives a crash.
    pub fn save(&mut self) -> Result<(), SoundError> {
        self.make_safe().map_err(|source| SoundError::io(&self.path, source))
    }

    /// Cuts off the end, as `Record` does with the silence that ended it.
    pub fn shorten(&mut self, by: Duration) -> Result<(), SoundError> {
        self.written = self.written.saturating_sub(self.form.octets_in(by));
        self.cut().map_err(|source| SoundError::io(&self.path, source))
    }

    /// Ends the recording; its file is complete. Dropping does the same, but cannot tell of an error.
    pub fn finish(mut self) -> Result<(), SoundError> {
        self.fill_block().map_err(|source| SoundError::io(&self.path, source))?;
        self.save()
    }

    fn open(path: &Path, append: bool) -> Result<Recording, SoundError> {
        let io = |source| SoundError::io(path, source);
        let (is_wav, form) = match kind_of(path) {
            Some(Kind::Wav(form)) => (true, form),
            Some(Kind::Raw(form)) => (false, form),
            Some(Kind::Unsupported(what)) => return Err(SoundError::unsupported(path, what)),
            None => return Err(SoundError::unsupported(path, "a file of this extension")),
        };
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(!append).open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let (mut written, mut header) = (size - size % form.block() as u64, 0);
        if is_wav {
            written = if size == 0 { 0 } else { own_length(path, &mut file, size, form)? };
            let text = wav::header(form, written);
            header = text.len() as u64;
            file.seek(SeekFrom::Start(0)).map_err(io)?;
            file.write_all(&text).map_err(io)?;
        }
        file.seek(SeekFrom::Start(header + written)).map_err(io)?;
        let (path, file) = (path.to_owned(), BufWriter::new(file));
        let (encoder, rates) = (Encoder::default(), Rates::default());
        Ok(Recording { path, file, header, form, encoder, rates, written, unsafe_frames: 0 })
    }

    fn write_frame(&mut self, frame: &Frame) -> io::Result<()> {
        let frame = self.rates.bring(frame, self.form.rate);
        let octets = self.encoder.encode(self.form.encoding, &frame);
        self.file.write_all(&octets)?;
        self.written += octets.len() as u64;
        self.unsafe_frames += 1;
        if self.unsafe_frames >= SAFE_AFTER { self.make_safe() } else { Ok(()) }
    }

    /// Where a block takes several frames, and the recording ends within one, the rest of it is silence.
    fn fill_block(&mut self) -> io::Result<()> {
        if self.encoder.is_within_block() { self.write_frame(&Frame::silence(Codec::Linear)) } else { Ok(()) }
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.flush()?;
        let end = self.header + self.written;
        self.file.get_ref().set_len(end)?;
        self.file.seek(SeekFrom::Start(end))?;
        self.make_safe()
    }

    /// The samples first, then the header that speaks of them.
    fn make_safe(&mut self) -> io::Result<()> {
        self.unsafe_frames = 0;
        self.file.flush()?;
        if self.header > 0 {
            let header = wav::header(self.form, self.written);
            let file = self.file.get_mut();
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)?;
            file.seek(SeekFrom::End(0))?;
        }
        Ok(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // The last chance; there is nobody left to tell.
        let _ = self.fill_block();
        let _ = self.make_safe();
    }
}

/// The octets of samples in a WAV file, if it is one that we can go on with.
fn own_length(path: &Path, file: &mut (impl Read + Seek), size: u64, form: Form) -> Result<u64, SoundError> {
    let layout = wav::read(path, file, size)?;
    if layout.form != form || layout.start != wav::header(form, 0).len() as u64 {
        return Err(SoundError::unsupported(
            path,
            "adding to a WAV file that is not mono and of our own, in its form,",
        ));
    }
    Ok(layout.length - layout.length % form.block() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::frame::SAMPLES;
    use crate::media::sound::Sound;

    fn frame(number: i16) -> Frame {
        Frame::linear([number * 100; SAMPLES])
    }

    fn heard(path: &Path) -> Vec<i16> {
        let mut sound = Sound::open(path).unwrap();
        std::iter::from_fn(|| sound.next_frame().unwrap()).map(|frame| frame.samples()[0] / 100).collect()
    }

    #[test]
    fn what_is_recorded_is_read_back_in_every_form() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["wav", "wav16", "WAV", "gsm", "g722", "sln", "sln16", "sln44", "sln48", "ulaw", "alaw"];
        for name in names.map(|extension| format!("a.{extension}")) {
            let path = folder.path().join(&name);
            let mut recording = Recording::create(&path).unwrap();
            (0..60).for_each(|n| recording.write(&Frame::linear([n * 8; SAMPLES])).unwrap());
            assert_eq!(recording.length(), Duration::from_millis(1200));
            recording.finish().unwrap();
            assert_eq!(Sound::open(&path).unwrap().length(), Duration::from_millis(1200), "{name}");
        }
        assert!(Recording::create(&folder.path().join("a.g729")).unwrap_err().to_string().contains("G.729"));
    }

    #[test]
    fn gsm_in_wav_is_whole_blocks_also_where_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.WAV");
        let mut recording = Recording::create(&path).unwrap();
        (1..=5).for_each(|n| recording.write(&frame(n)).unwrap());
        recording.finish().unwrap();
        let size = || std::fs::metadata(&path).unwrap().len();
        assert_eq!((size(), Sound::open(&path).unwrap().length().as_millis()), (60 + 3 * 65, 120));
        let mut recording = Recording::append(&path).unwrap();
        (1..=4).for_each(|n| recording.write(&frame(n)).unwrap());
        recording.shorten(Duration::from_millis(40)).unwrap();
        drop(recording);
        assert_eq!((size(), Sound::open(&path).unwrap().length().as_millis()), (60 + 4 * 65, 160));
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(u32::from_le_bytes(bytes[48..52].try_into().unwrap()), 4 * 320, "the samples that it has");
    }

    #[test]
    fn a_killed_process_leaves_a_valid_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut recording = Recording::create(&path).unwrap();
        assert!(heard(&path).is_empty());
        (0..120).for_each(|n| recording.write(&frame(n)).unwrap());
        // Not dropped: nothing is flushed beyond what each second was.
        let recording = std::mem::ManuallyDrop::new(recording);
        assert!(heard(&path).len() >= 100);
        let bytes = std::fs::read(recording.path()).unwrap();
        assert_eq!(u32::from_le_bytes(bytes[40..44].try_into().unwrap()), 100 * 320);
    }

    #[test]
    fn recordings_go_on_and_are_shortened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut recording = Recording::create(&path).unwrap();
        (1..=5).for_each(|n| recording.write(&frame(n)).unwrap());
        recording.shorten(Duration::from_millis(40)).unwrap();
        recording.write(&frame(9)).unwrap();
        recording.finish().unwrap();
        assert_eq!(heard(&path), [1, 2, 3, 9]);
        let mut recording = Recording::append(&path).unwrap();
        recording.write(&frame(10)).unwrap();
        drop(recording);
        assert_eq!(heard(&path), [1, 2, 3, 9, 10]);
    }
}
