//! The header of WAV files.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::{Encoding, Form, SoundError};

/// Octets of the header that [`header`] writes.
pub(super) const HEADER: u64 = 44;

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
        (GSM, _) => return Err(SoundError::unsupported(path, "GSM 06.10 in WAV")),
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

/// The header of a mono file of 16-bit samples at 8 kHz.
pub(super) fn header(rate: u32, data: u32) -> [u8; HEADER as usize] {
    let mut header = *b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";
    header[24..28].copy_from_slice(&rate.to_le_bytes());
    header[28..32].copy_from_slice(&(rate * 2).to_le_bytes());
    header[4..8].copy_from_slice(&data.saturating_add(36).to_le_bytes());
    header[40..].copy_from_slice(&data.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn parse(bytes: &[u8]) -> Result<Layout, SoundError> {
        read(Path::new("x.wav"), &mut Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn our_own_header_is_read_back() {
        let mut file = header(8000, 8).to_vec();
        file.extend([0; 8]);
        let form = Form { encoding: Encoding::Linear, rate: 8000, channels: 1 };
        assert_eq!(parse(&file).unwrap(), Layout { form, start: 44, length: 8 });
    }

    #[test]
    fn chunks_between_are_skipped_and_an_unknown_length_goes_to_the_end() {
        let mut file = header(8000, 0)[..36].to_vec();
        file.extend(b"LIST\x03\0\0\0abc\0data\xff\xff\xff\xff");
        file.extend([1; 10]);
        let layout = parse(&file).unwrap();
        assert_eq!((layout.start, layout.length), (36 + 12 + 8, 10));
    }

    #[test]
    fn what_cannot_be_played_is_refused_with_its_name() {
        let with = |at: usize, value: u8| {
            let mut file = header(8000, 0);
            file[at] = value;
            parse(&file).unwrap_err().to_string()
        };
        assert!(with(0, b'X').contains("no WAV file"));
        assert!(with(20, 0x31).contains("GSM"));
        assert!(with(34, 24).contains("24 bits"));
        assert!(with(22, 0).contains("channels"));
        assert!(parse(&header(8000, 0)[..30]).unwrap_err().to_string().contains("cut off"));
    }

    #[test]
    fn no_bytes_are_a_panic() {
        use proptest::prelude::*;
        proptest!(|(bytes in prop::collection::vec(any::<u8>(), 0..120), keep in 0usize..44)| {
            let mut file = header(8000, 4).to_vec();
            file.truncate(keep);
            file.extend(&bytes);
            let _ = parse(&file);
            let _ = parse(&bytes);
        });
    }
}
