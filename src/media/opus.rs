//! Opus (RFC 6716) in 20 ms frames of one channel, as SDP settles it (RFC 7587).

use std::collections::VecDeque;
use std::fmt;

use opus_rs::{Application, OpusDecoder, OpusEncoder};

use super::frame::{Codec, Frame};
use super::resample::Rates;

/// What a decoder gives.
const RATE: u32 = 48_000;
/// 20 ms of that.
const SAMPLES: usize = 960;
/// A packet holds no more: 120 ms.
const MOST_SAMPLES: usize = 5760;
/// Good for speech at a third of the work.
const COMPLEXITY: i32 = 5;
/// The lowest and highest bit rate that a far end may ask for (RFC 7587, section 7.1).
const BITRATES: std::ops::RangeInclusive<u32> = 6000..=510_000;

/// What the far end wants, in the words of its `fmtp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// The highest rate that it plays: `maxplaybackrate`.
    pub playback_rate: u32,
    /// `maxaveragebitrate`
    pub bitrate: Option<u32>,
    /// It can make use of `useinbandfec`.
    pub takes_fec: bool,
    /// `cbr`
    pub constant: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self::NONE
    }
}

impl Wishes {
    /// A far end without wishes.
    pub const NONE: Self = Self { playback_rate: RATE, bitrate: None, takes_fec: false, constant: false };

    /// Reads the parameters of an `fmtp`: `maxplaybackrate=16000;useinbandfec=1`.
    pub fn parse(parameters: &str) -> Self {
        let mut wishes = Self::default();
        for (name, value) in parameters.split(';').filter_map(|parameter| parameter.split_once('=')) {
            let Ok(value) = value.trim().parse::<u32>() else { continue };
            match name.trim().to_ascii_lowercase().as_str() {
                "maxplaybackrate" => wishes.playback_rate = value.clamp(8000, RATE),
                "maxaveragebitrate" => wishes.bitrate = Some(value.clamp(*BITRATES.start(), *BITRATES.end())),
                "useinbandfec" => wishes.takes_fec = value == 1,
                "cbr" => wishes.constant = value == 1,
                _ => {}
            }
        }
        wishes
    }
}

/// The way out.
pub struct Encoder {
    encoder: OpusEncoder,
    wishes: Wishes,
    rate: u32,
    rates: Rates,
}

impl Encoder {
    /// An encoder for the first frame of a stream, if there is one for its rate.
    pub fn new(wishes: Wishes, frame: &Frame) -> Option<Self> {
        let rate = rate_for(wishes, frame);
        let mut encoder = OpusEncoder::new(i32::try_from(rate).ok()?, 1, Application::Voip).ok()?;
        let usual = match rate {
            ..=8000 => 16_000,
            8001..=16_000 => 24_000,
            _ => 32_000,
        };
        encoder.bitrate_bps = wishes.bitrate.unwrap_or(usual).min(usual * 2) as i32;
        encoder.complexity = COMPLEXITY;
        encoder.use_inband_fec = wishes.takes_fec;
        encoder.packet_loss_perc = if wishes.takes_fec { 5 } else { 0 };
        encoder.use_cbr = wishes.constant;
        Some(Self { encoder, wishes, rate, rates: Rates::default() })
    }

    /// Whether it fits the frame: telephones among the talkers are encoded as such.
    pub fn fits(&self, frame: &Frame) -> bool {
        self.rate == rate_for(self.wishes, frame)
    }

    /// Writes the packet of a frame; its length.
    pub fn write(&mut self, frame: &Frame, octets: &mut [u8]) -> Option<usize> {
        let frame = self.rates.bring(frame, self.rate);
        let samples = frame.samples();
        self.encoder.encode_i16(&samples, samples.len(), octets).ok()
    }
}

/// How long a packet lasts, in samples at 48 kHz (RFC 6716, section 3.1); nothing for one that is none.
pub fn duration(packet: &[u8]) -> u32 {
    let Some(first) = packet.first() else { return 0 };
    let (mode, length) = (first >> 3, first >> 3 & 3);
    let frame = match mode {
        0..=11 => [480, 960, 1920, 2880][usize::from(length)],
        12..=15 => [480, 960][usize::from(length & 1)],
        _ => [120, 240, 480, 960][usize::from(length)],
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1).map_or(0, |count| count & 0x3f)),
    };
    (frame * frames).min(MOST_SAMPLES as u32)
}

/// The rate at which a frame is encoded: its own, where Opus has it and the far end plays it.
fn rate_for(wishes: Wishes, frame: &Frame) -> u32 {
    let most = wishes.playback_rate;
    let own = frame.codec().sample_rate();
    let rates = [8000, 12_000, 16_000, 24_000, RATE];
    let wanted = rates.into_iter().find(|rate| *rate >= own).unwrap_or(RATE);
    rates.into_iter().rfind(|rate| *rate <= wanted.min(most)).unwrap_or(8000)
}

/// The way in.
pub struct Decoder {
    decoder: OpusDecoder,
    /// Samples that do not make a frame yet, or wait for their turn.
    waiting: VecDeque<i16>,
}

impl Decoder {
    pub fn new() -> Option<Self> {
        Some(Self { decoder: OpusDecoder::new(RATE as i32, 1).ok()?, waiting: VecDeque::new() })
    }

    /// Takes a packet; false where it is none.
    pub fn take(&mut self, packet: &[u8]) -> bool {
        let mut samples = [0.0; MOST_SAMPLES];
        let length = if packet.len() <= 1 { SAMPLES } else { MOST_SAMPLES };
        let taken = self.decoder.decode(packet, length, &mut samples);
        self.keep(taken.ok().and_then(|length| samples.get(..length)))
    }

    /// Makes up the 20 ms before a packet that were lost, from what the packet knows of them.
    pub fn recover(&mut self, packet: &[u8]) -> bool {
        let mut samples = [0.0; SAMPLES];
        let made = self.decoder.decode_fec(packet, SAMPLES, &mut samples);
        self.keep(made.ok().map(|_| &samples[..]))
    }

    fn keep(&mut self, samples: Option<&[f32]>) -> bool {
        let Some(samples) = samples.filter(|_| self.waiting.len() <= MOST_SAMPLES) else { return false };
        self.waiting.extend(samples.iter().map(|sample| (sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16));
        true
    }

    /// How many samples wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The next whole frame.
    pub fn frame(&mut self) -> Option<Frame> {
        if self.waiting.len() < SAMPLES {
            return None;
        }
        let samples: Vec<i16> = self.waiting.drain(..SAMPLES).collect();
        Some(Frame::at_rate(Codec::Opus.sample_rate(), &samples))
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Encoder({} Hz)", self.rate)
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Decoder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::dtmf::tone_level;

    fn tone(rate: u32, hertz: f64, number: usize) -> Frame {
        let length = rate as usize / 50;
        let sample = |n: usize| (8000.0 * (n as f64 * hertz * std::f64::consts::TAU / f64::from(rate)).sin()) as i16;
        let samples: Vec<i16> = (number * length..(number + 1) * length).map(sample).collect();
        Frame::at_rate(rate, &samples)
    }

    /// Forty frames over the wire, the odd packets with what is lost of them.
    fn carried(wishes: Wishes, rate: u32, hertz: f64, is_lost: impl Fn(usize) -> bool) -> (Vec<i16>, usize) {
        let mut encoder = Encoder::new(wishes, &tone(rate, hertz, 0)).unwrap();
        let mut decoder = Decoder::new().unwrap();
        let (mut heard, mut octets) = (Vec::new(), 0);
        for number in 0..40 {
            let mut packet = [0; 1276];
            let length = encoder.write(&tone(rate, hertz, number), &mut packet).unwrap();
            octets += length;
            if is_lost(number) {
                continue;
            }
            assert!(number == 0 || !is_lost(number - 1) || decoder.recover(&packet[..length]));
            assert!(decoder.take(&packet[..length]));
            while let Some(frame) = decoder.frame() {
                heard.extend_from_slice(&frame.samples());
            }
        }
        (heard, octets / 40)
    }

    #[test]
    fn a_tone_keeps_its_level_at_every_rate() {
        let before = 20.0 * (8000.0f32 / 2f32.sqrt() / 32768.0).log10();
        for (rate, hertz) in [(8000, 1000.0), (16_000, 5000.0), (32_000, 1000.0), (44_100, 1000.0), (48_000, 9000.0)] {
            let (heard, _) = carried(Wishes::default(), rate, hertz, |_| false);
            assert_eq!(heard.len(), 40 * SAMPLES);
            let level = tone_level(&heard[20 * SAMPLES..], hertz, RATE);
            assert!((level - before).abs() < 2.5, "{rate}: {level} {before}");
        }
    }

    #[test]
    fn what_is_lost_is_made_up_in_its_time() {
        let wishes = Wishes { takes_fec: true, ..Wishes::default() };
        let (heard, _) = carried(wishes, 16_000, 300.0, |number| number % 10 == 5);
        assert_eq!(heard.len(), 40 * SAMPLES);
        let loudest = |frame: usize| heard[frame * SAMPLES..][..SAMPLES].iter().map(|s| s.unsigned_abs()).max();
        assert!([15, 25, 35].into_iter().all(|lost| loudest(lost) > Some(3000)), "no gap");
    }

    #[test]
    fn the_far_end_has_its_wishes() {
        let wishes = Wishes::parse("maxplaybackrate=16000; maxaveragebitrate=12000;useinbandfec=1;cbr=1;x;stereo=0");
        assert_eq!(wishes, Wishes { playback_rate: 16_000, bitrate: Some(12_000), takes_fec: true, constant: true });
        let (heard, octets) = carried(Wishes { takes_fec: false, ..wishes }, 48_000, 1000.0, |_| false);
        assert!((25..=35).contains(&octets), "{octets}");
        assert_eq!(heard.len(), 40 * SAMPLES);
        assert_eq!(Wishes::parse("maxplaybackrate=1;maxaveragebitrate=999999999").playback_rate, 8000);
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        let mut decoder = Decoder::new().unwrap();
        assert!(!decoder.take(&[0xff; 3]));
        (0..100).for_each(|_| _ = decoder.take(&[0]));
        assert!(decoder.waiting() <= 2 * MOST_SAMPLES, "nobody who does not listen makes it grow");
    }
}
