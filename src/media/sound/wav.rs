//! The header of WAV files.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::{Encoding, Form, SoundError};

const PCM: u16 = 1;
const ALAW: u16 = 6;
const ULAW: u16 = 7;
const GSM: u16 = 0x31;
const EXTENSIBLE: u16 = 0xfffe;

/// Where the samples of a WAV file lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) form: Form,
    pub(super) start: u64,
    /// Octets of samples.
    pub(super) length: u64,
}

/// Reads the header. The samples may be cut off, or their length unknown, as after a crash: then they go to the end.
pub(super) fn read(path: &Path, file: &mut (impl Read + Seek), size: u64) -> Result<Layout, SoundError> {
    let io = |source| SoundError::io(path, source);
    let cut = |_| SoundError::malformed(path, "the WAV header is cut off");
    let mut riff = [0; 12];
    file.read_exact(&mut riff).map_err(cut)?;
    if &riff[..4] != b"RIFF" || &riff[8..] != b"WAVE" {
        return Err(SoundError::malformed(path, "it is no WAV file"));
    }
    let mut form = None;
    let mut place = 12;
    loop {
        let mut chunk = [0; 8];
        file.read_exact(&mut chunk).map_err(cut)?;
        place += 8;
        let length = u64::from(u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]));
        match &chunk[..4] {
            b"fmt " => form = Some(read_format(path, file, length)?),
            b"data" => {
                let form = form.ok_or_else(|| SoundError::malformed(path, "the WAV header has no format"))?;
                let rest = size.saturating_sub(place);
                let length = if length == 0 || length > rest { rest } else { length };
                return Ok(Layout { form, start: place, length });
            }
            _ => {}
        }
        // Chunks are padded to even lengths.
        place += length + length % 2;
        file.seek(SeekFrom::Start(place)).map_err(io)?;
    }
}

fn read_format(path: &Path, file: &mut impl Read, length: u64) -> Result<Form, SoundError> {
    let mut fields = [0; 40];
    let known = fields.get_mut(..length.min(40) as usize).unwrap_or_default();
    if known.len() < 16 || file.read_exact(known).is_err() {
        return Err(SoundError::malformed(path, "the WAV format is cut off"));
    }
    let field = |at: usize| u16::from_le_bytes([fields[at], fields[at + 1]]);
    let (tag, channels, bits) = (field(0), field(2), field(14));
    let rate = u32::from_le_bytes([fields[4], fields[5], fields[6], fields[7]]);
    let tag = if tag == EXTENSIBLE { field(24) } else { tag };
    let encoding = match (tag, bits) {
        (PCM, 16) => Encoding::Linear,
        (PCM, 8) => Encoding::Linear8,
        (ULAW, 8) => Encoding::Ulaw,
        (ALAW, 8) => Encoding::Alaw,
        (GSM, _) if channels == 1 => Encoding::GsmInWav,
        (PCM, bits) => return Err(SoundError::unsupported(path, format!("PCM with {bits} bits"))),
        (tag, _) => return Err(SoundError::unsupported(path, format!("WAV format {tag}"))),
    };
    if !(1..=8).contains(&channels) {
        return Err(SoundError::malformed(path, "the number of channels is not between 1 and 8"));
    }
    if !(4000..=192_000).contains(&rate) {
        return Err(SoundError::malformed(path, "the sample rate is not between 4 and 192 kHz"));
    }
    Ok(Form { encoding, rate, channels })
}

/// The header of a mono file in a form that is written, before so many octets of samples.
pub(super) fn header(form: Form, data: u64) -> Vec<u8> {
    let data = data.min(u64::from(u32::MAX)) as u32;
    let chunk = |name: &[u8; 4], body: &[u8]| [name, &(body.len() as u32).to_le_bytes(), body].concat();
    let block = form.encoding.octets() as u16;
    let (tag, bits) = if form.encoding == Encoding::GsmInWav { (GSM, 0) } else { (PCM, 16u16) };
    let octets_a_second = form.rate * u32::from(block) / form.encoding.samples() as u32;
    let mut format = Vec::new();
    [tag, 1].iter().for_each(|field| format.extend(field.to_le_bytes()));
    [form.rate, octets_a_second].iter().for_each(|field| format.extend(field.to_le_bytes()));
    [block, bits].iter().for_each(|field| format.extend(field.to_le_bytes()));
    let mut chunks = Vec::new();
    if form.encoding == Encoding::GsmInWav {
        let samples = form.encoding.samples() as u32;
        // How many samples a block is, and for all that is not PCM how many the file has.
        format.extend([2, 0]);
        format.extend((samples as u16).to_le_bytes());
        chunks = chunk(b"fact", &(data / u32::from(block) * samples).to_le_bytes());
    }
    let chunks = [chunk(b"fmt ", &format), chunks, [*b"data", data.to_le_bytes()].concat()].concat();
    let size = (chunks.len() as u32 + 4).saturating_add(data + data % 2);
    [b"RIFF".as_slice(), &size.to_le_bytes(), b"WAVE", &chunks].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const LINEAR: Form = Form::raw(Encoding::Linear, 8000);

    fn parse(bytes: &[u8]) -> Result<Layout, SoundError> {
        read(Path::new("x.wav"), &mut Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn our_own_header_is_read_back() {
        let mut file = header(LINEAR, 8);
        file.extend([0; 8]);
        assert_eq!(parse(&file).unwrap(), Layout { form: LINEAR, start: 44, length: 8 });
        let form = Form::raw(Encoding::GsmInWav, 8000);
        let mut file = header(form, 65);
        assert_eq!(file.len(), 60, "as Asterisk and sox write it");
        file.extend([0; 66]);
        assert_eq!(parse(&file).unwrap(), Layout { form, start: 60, length: 65 });
    }

    #[test]
    fn chunks_between_are_skipped_and_an_unknown_length_goes_to_the_end() {
        let mut file = header(LINEAR, 0)[..36].to_vec();
        file.extend(b"LIST\x03\0\0\0abc\0data\xff\xff\xff\xff");
        file.extend([1; 10]);
        let layout = parse(&file).unwrap();
        assert_eq!((layout.start, layout.length), (36 + 12 + 8, 10));
    }

    #[test]
    fn what_cannot_be_played_is_refused_with_its_name() {
        let with = |at: usize, value: u8| {
            let mut file = header(LINEAR, 0);
            file[at] = value;
            parse(&file).unwrap_err().to_string()
        };
        assert!(with(0, b'X').contains("no WAV file"));
        assert!(with(20, 0x30).contains("format 48"));
        assert!(with(34, 24).contains("24 bits"));
        assert!(with(22, 0).contains("channels"));
        assert!(parse(&header(LINEAR, 0)[..30]).unwrap_err().to_string().contains("cut off"));
    }

    #[test]
    fn no_bytes_are_a_panic() {
        use proptest::prelude::*;
        proptest!(|(bytes in prop::collection::vec(any::<u8>(), 0..120), keep in 0usize..44)| {
            let mut file = header(LINEAR, 4);
            file.truncate(keep);
            file.extend(&bytes);
            let _ = parse(&file);
            let _ = parse(&bytes);
        });
    }
}
