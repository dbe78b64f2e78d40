//! Reading a sound file frame by frame.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::coded::Decoder;
use super::wav::{self, Layout};
use super::{Encoding, Kind, SoundError, kind_of};
use crate::media::frame::{Codec, Frame, SAMPLES};
use crate::media::resample::Resampler;

/// Octets read at once where samples are converted.
const PIECE: usize = 4096;
/// What a telephone hears, in samples a second.
const NARROW: u32 = 8000;

/// A sound file that is being played.
#[derive(Debug)]
pub struct Sound {
    path: PathBuf,
    file: BufReader<File>,
    layout: Layout,
    /// Octets of samples not yet read.
    left: u64,
    /// Frames that have to be made of samples are at this rate.
    rate: u32,
    decoder: Decoder,
    /// Samples at that rate that do not make a frame yet.
    waiting: Vec<i16>,
    resampler: Option<Resampler>,
}

impl Sound {
    /// Opens a file by its full name; its extension tells its form. It is heard at 8 kHz.
    pub fn open(path: &Path) -> Result<Sound, SoundError> {
        Sound::open_for(path, Codec::Linear)
    }

    /// The same for one who hears in this codec, and so perhaps more.
    pub fn open_for(path: &Path, codec: Codec) -> Result<Sound, SoundError> {
        let io = |source| SoundError::io(path, source);
        let kind = kind_of(path).ok_or_else(|| SoundError::unsupported(path, "a file of this extension"))?;
        if let Kind::Unsupported(what) = kind {
            return Err(SoundError::unsupported(path, what));
        }
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut file = BufReader::new(file);
        let layout = match kind {
            Kind::Raw(form) => Layout { form, start: 0, length: size },
            _ => wav::read(path, &mut file, size)?,
        };
        // Nothing is gained by more than the file has.
        let rate = Codec::linear_at(layout.form.rate).sample_rate().min(codec.sample_rate()).max(NARROW);
        let mut sound = Sound {
            path: path.to_owned(),
            file,
            layout,
            left: 0,
            rate,
            decoder: Decoder::default(),
            waiting: Vec::new(),
            resampler: None,
        };
        sound.seek(Duration::ZERO)?;
        Ok(sound)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long it lasts.
    pub fn length(&self) -> Duration {
        self.layout.form.time_of(self.layout.length)
    }

    /// How much of it was read.
    pub fn position(&self) -> Duration {
        let waiting = Duration::from_micros(self.waiting.len() as u64 * 1_000_000 / u64::from(self.rate));
        self.layout.form.time_of(self.layout.length - self.left).saturating_sub(waiting)
    }

    /// Goes to a place; beyond the end is the end.
    pub fn seek(&mut self, place: Duration) -> Result<(), SoundError> {
        let form = self.layout.form;
        let whole = self.layout.length - self.layout.length % form.block() as u64;
        let octets = form.octets_in(place).min(whole);
        let at = self.file.seek(SeekFrom::Start(self.layout.start + octets));
        at.map_err(|source| SoundError::io(&self.path, source))?;
        self.left = whole - octets;
        self.decoder = Decoder::default();
        self.waiting.clear();
        self.resampler = (form.rate != self.rate).then(|| Resampler::between(form.rate, self.rate));
        Ok(())
    }

    /// The next 20 ms; nothing at the end. The last frame is filled up with silence.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, SoundError> {
        let frame = match (self.layout.form.encoding, self.layout.form.channels, &self.resampler) {
            (Encoding::Ulaw, 1, None) => self.octets(Codec::Ulaw),
            (Encoding::Alaw, 1, None) => self.octets(Codec::Alaw),
            _ => self.decoded(),
        };
        frame.map_err(|source| SoundError::io(&self.path, source))
    }

    /// Octets that travel as they are.
    fn octets(&mut self, codec: Codec) -> io::Result<Option<Frame>> {
        let mut octets = [0; SAMPLES];
        let read = self.read(&mut octets)?;
        Ok(if read == 0 { None } else { Frame::from_octets(codec, &octets[..read]) })
    }

    fn decoded(&mut self) -> io::Result<Option<Frame>> {
        let length = self.rate as usize / 50;
        while self.waiting.len() < length && self.read_on()? {}
        let length = length.min(self.waiting.len());
        let frame = (length > 0).then(|| Frame::at_rate(self.rate, &self.waiting[..length]));
        self.waiting.drain(..length);
        Ok(frame)
    }

    /// Has more samples wait; false at the end.
    fn read_on(&mut self) -> io::Result<bool> {
        let form = self.layout.form;
        let mut octets = [0; PIECE];
        // Where a block is much audio by itself, one is enough.
        let wanted = if form.encoding.samples() < SAMPLES { PIECE - PIECE % form.block() } else { form.block() };
        let read = self.read(&mut octets[..wanted])?;
        let Some(resampler) = &mut self.resampler else {
            self.decoder.decode(form, &octets[..read], &mut self.waiting);
            return Ok(read > 0);
        };
        if read == 0 {
            resampler.end();
        } else {
            let mut samples = Vec::new();
            self.decoder.decode(form, &octets[..read], &mut samples);
            resampler.push(samples.into_iter().map(f32::from));
        }
        let before = self.waiting.len();
        let mut pulled = [0; SAMPLES];
        loop {
            let count = resampler.pull(&mut pulled);
            if count == 0 {
                return Ok(read > 0 || self.waiting.len() > before);
            }
            self.waiting.extend_from_slice(&pulled[..count]);
        }
    }

    /// Reads as much of `buffer` as there is. A file that was cut meanwhile just ends.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = (buffer.len() as u64).min(self.left) as usize;
        let mut filled = 0;
        while filled < wanted {
            match self.file.read(&mut buffer[filled..wanted]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.left = if filled < wanted { 0 } else { self.left - filled as u64 };
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::dtmf::tone_level;
    use std::fs;

    fn write(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn wav(tag: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend(tag.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend([0; 6]);
        file.extend(bits.to_le_bytes());
        file.extend(b"data");
        file.extend((data.len() as u32).to_le_bytes());
        file.extend(data);
        file
    }

    fn frames(path: &Path) -> Vec<Frame> {
        let mut sound = Sound::open(path).unwrap();
        std::iter::from_fn(|| sound.next_frame().unwrap()).collect()
    }

    #[test]
    fn wire_codecs_come_out_untouched() {
        let bytes: Vec<u8> = (0..=255).cycle().take(330).collect();
        for (name, codec) in [("a.ulaw", Codec::Ulaw), ("a.pcm", Codec::Ulaw), ("a.alaw", Codec::Alaw)] {
            let (_folder, path) = write(name, &bytes);
            let frames = frames(&path);
            assert_eq!((frames.len(), frames[0].codec()), (3, codec));
            assert_eq!(frames[1].octets().unwrap(), &bytes[160..320]);
            assert_eq!(frames[2].octets().unwrap()[..10], bytes[320..]);
        }
        let (_folder, path) = write("b.wav", &wav(7, 1, 8000, 8, &bytes));
        assert_eq!(frames(&path)[0].octets().unwrap(), &bytes[..160]);
    }

    #[test]
    fn every_rate_and_channel_count_sounds_the_same() {
        for (rate, channels) in [(8000, 1), (8000, 2), (16000, 1), (44100, 2), (48000, 1), (48000, 2)] {
            let mut data = Vec::new();
            for n in 0..rate {
                let sample = (10_000.0 * (f64::from(n) * std::f64::consts::TAU * 700.0 / f64::from(rate)).sin()) as i16;
                (0..channels).for_each(|_| data.extend(sample.to_le_bytes()));
            }
            let (_folder, path) = write("tone.wav", &wav(1, channels, rate, 16, &data));
            assert_eq!(Sound::open(&path).unwrap().length(), Duration::from_secs(1));
            let samples: Vec<i16> = frames(&path).iter().flat_map(|frame| frame.samples().to_vec()).collect();
            assert_eq!(samples.len(), 8000, "{rate} {channels}");
            let level = tone_level(&samples[800..7200], 700.0, 8000);
            assert!((level + 13.3).abs() < 0.2, "{rate} {channels}: {level}");
        }
    }

    #[test]
    fn raw_linear_files_have_their_rate_in_the_name() {
        let data = vec![0; 32000];
        for (name, length) in [("a.sln", 2000), ("a.sln16", 1000)] {
            let (_folder, path) = write(name, &data);
            assert_eq!(Sound::open(&path).unwrap().length(), Duration::from_millis(length));
            assert_eq!(frames(&path).len() as u64, length / 20);
        }
    }

    #[test]
    fn who_hears_more_gets_what_a_wide_file_has() {
        let samples =
            (0..48_000).map(|n| (8000.0 * (f64::from(n) * 5000.0 * std::f64::consts::TAU / 48_000.0).sin()) as i16);
        let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
        let (_folder, path) = write("a.sln48", &data);
        for (codec, rate) in [(Codec::G722, 16_000), (Codec::Opus, 48_000), (Codec::Linear24, 24_000)] {
            let mut sound = Sound::open_for(&path, codec).unwrap();
            let frames: Vec<Frame> = std::iter::from_fn(|| sound.next_frame().unwrap()).collect();
            assert_eq!((frames.len(), frames[0].codec().sample_rate()), (50, rate));
            let heard: Vec<i16> = frames.iter().flat_map(|frame| frame.samples().to_vec()).collect();
            assert!((tone_level(&heard[rate as usize / 2..], 5000.0, rate) + 15.3).abs() < 0.5, "{codec:?}");
        }
        let (_folder, path) = write("a.ulaw", &[0; 160]);
        let frame = Sound::open_for(&path, Codec::Opus).unwrap().next_frame().unwrap();
        assert_eq!(frame.unwrap().codec(), Codec::Ulaw, "a narrow file stays as it is");
    }

    #[test]
    fn one_may_go_anywhere() {
        let bytes: Vec<u8> = (0..10u8).flat_map(|second| [second; 160]).collect();
        let (_folder, path) = write("a.ulaw", &bytes);
        let mut sound = Sound::open(&path).unwrap();
        let mut at = |milliseconds| {
            sound.seek(Duration::from_millis(milliseconds)).unwrap();
            sound.next_frame().unwrap().map(|frame| frame.octets().unwrap()[0])
        };
        assert_eq!([at(100), at(0), at(180), at(999)], [Some(5), Some(0), Some(9), None]);
        sound.seek(Duration::from_millis(60)).unwrap();
        assert_eq!(sound.position(), Duration::from_millis(60));
    }

    #[test]
    fn damaged_files_end_early_and_never_panic() {
        let (_folder, path) = write("a.wav", &wav(1, 2, 44100, 16, &[1; 1001]));
        assert_eq!(frames(&path).len(), 1);
        let (_folder, path) = write("b.wav", b"");
        assert!(Sound::open(&path).unwrap_err().to_string().contains("b.wav"));
        let (_folder, path) = write("c.gsm", &[0x11; 100]);
        assert!(frames(&path).is_empty(), "it is no GSM");
        let (_folder, path) = write("c.g729", b"x");
        assert!(matches!(Sound::open(&path), Err(SoundError::Unsupported { .. })));
        assert!(matches!(Sound::open(Path::new("/nowhere/x.wav")), Err(SoundError::Io { .. })));
    }
}
