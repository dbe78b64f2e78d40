//! The unit of audio: 20 milliseconds in one codec, held inline.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use super::codec::Codec;
use super::g711;

/// How long a frame lasts.
pub const FRAME: Duration = Duration::from_millis(20);

/// How many samples a frame has at 8 kHz.
pub const SAMPLES: usize = 160;

/// How many samples a frame has at 16 kHz.
pub const WIDE_SAMPLES: usize = 320;

/// The level reported for digital silence, in dBov (RFC 6464).
pub const SILENCE_LEVEL: f32 = -127.0;

/// The mean magnitude below which a frame counts as silence, as `dsp.conf` has it by default.
pub const SILENCE_THRESHOLD: u32 = 256;

/// Takes what a party says, frame by frame.
///
/// It is called from the task that received the frame: it must not block and should not allocate.
pub trait Sink: Send + Sync {
    /// Takes one frame.
    fn accept(&self, frame: &Frame);

    /// Whether it takes frames of more than 8 kHz. For others they are brought down.
    fn is_wide(&self) -> bool {
        false
    }

    /// Whether it hands packets of a codec on without a look into them: [`Frame::coded`]. Asked at every packet.
    fn carries(&self, _codec: Codec) -> bool {
        false
    }
}

impl dyn Sink {
    /// Gives it a frame in a form that it takes. Where a stream is brought down it is better to keep a filter's memory:
    /// see [`super::resample`].
    pub fn give(&self, frame: &Frame) {
        if frame.codec().is_wide() && !self.is_wide() && frame.packet().is_none() {
            self.accept(&frame.encode(Codec::Linear));
        } else {
            self.accept(frame);
        }
    }
}

/// The media stream of one leg, for those who handle many of them at every frame.
pub trait Stream: Send + Sync {
    /// Lets the party hear 20 ms, now, without waiting.
    fn write(&self, frame: &Frame);

    /// Leaves what the party says where it arrives until [`Self::collect`] asks for it, or hands it on as it comes again.
    /// Who asks on a beat of 20 ms serves many parties with one wake-up.
    fn set_collected(&self, is_collected: bool);

    /// Hands on to the sink what has come; does nothing where it is handed on as it comes.
    fn collect(&self);

    /// Whether the party takes packets of a codec as they are.
    fn carries(&self, codec: Codec) -> bool;
}

/// 20 ms of audio.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    payload: Payload,
}

/// Inline at 8 kHz: nothing is allocated for the frames that most are. Users see samples and octets as slices.
#[derive(Clone, PartialEq, Eq)]
enum Payload {
    /// At any higher rate, which its length tells.
    Wide(Arc<[i16]>),
    Ulaw([u8; SAMPLES]),
    Alaw([u8; SAMPLES]),
    Linear([i16; SAMPLES]),
    Coded(Packet),
}

/// The payload of a packet that goes from one party to another as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Packet {
    pub codec: Codec,
    pub octets: Arc<[u8]>,
    /// How many packets before it were lost, and how long they were, in samples at 8 kHz.
    pub lost: u16,
    pub gap: u32,
}

/// The linear samples of a frame.
// Inline on purpose: nothing is allocated for a frame of 8 kHz.
#[allow(clippy::large_enum_variant)]
#[derive(Clone)]
pub enum Samples {
    Narrow([i16; SAMPLES]),
    Wide(Arc<[i16]>),
}

impl std::ops::Deref for Samples {
    type Target = [i16];

    fn deref(&self) -> &[i16] {
        match self {
            Samples::Narrow(samples) => samples,
            Samples::Wide(samples) => samples,
        }
    }
}

impl Frame {
    /// A frame of G.711 µ-law.
    pub fn ulaw(octets: [u8; SAMPLES]) -> Frame {
        Frame { payload: Payload::Ulaw(octets) }
    }

    /// A frame of G.711 A-law.
    pub fn alaw(octets: [u8; SAMPLES]) -> Frame {
        Frame { payload: Payload::Alaw(octets) }
    }

    /// A frame of linear samples at 8 kHz.
    pub fn linear(samples: [i16; SAMPLES]) -> Frame {
        Frame { payload: Payload::Linear(samples) }
    }

    /// A frame of linear samples at 16 kHz.
    pub fn wide(samples: [i16; WIDE_SAMPLES]) -> Frame {
        Frame { payload: Payload::Wide(Arc::from(samples.as_slice())) }
    }

    /// A frame of linear samples at the rate, or at the nearest that there is; what is missing of 20 ms is silence.
    pub fn at_rate(rate: u32, samples: &[i16]) -> Frame {
        let length = Codec::linear_at(rate).samples_per_frame();
        match samples.get(..length) {
            _ if length == SAMPLES => Frame::from_samples(samples),
            Some(whole) => Frame { payload: Payload::Wide(Arc::from(whole)) },
            None => {
                let padded = samples.iter().copied().chain(std::iter::repeat(0)).take(length);
                Frame { payload: Payload::Wide(padded.collect()) }
            }
        }
    }

    /// A linear frame of up to 20 ms of samples at 8 kHz; what is missing is silence.
    pub fn from_samples(samples: &[i16]) -> Frame {
        let mut padded = [0; SAMPLES];
        for (slot, sample) in padded.iter_mut().zip(samples) {
            *slot = *sample;
        }
        Frame::linear(padded)
    }

    /// A frame of a G.711 codec from its octets on the wire; what is missing of the 160 is silence.
    /// Nothing for a codec whose frames are not octets.
    pub fn from_octets(codec: Codec, octets: &[u8]) -> Option<Frame> {
        let (silence, frame): (u8, fn([u8; SAMPLES]) -> Frame) = match codec {
            Codec::Ulaw => (g711::ULAW_SILENCE, Frame::ulaw),
            Codec::Alaw => (g711::ALAW_SILENCE, Frame::alaw),
            _ => return None,
        };
        let mut padded = [silence; SAMPLES];
        for (slot, octet) in padded.iter_mut().zip(octets) {
            *slot = *octet;
        }
        Some(frame(padded))
    }

    /// A packet for one who [`carries`](Sink::carries) its codec. Nobody else hears anything in it.
    pub fn coded(packet: Packet) -> Frame {
        Frame { payload: Payload::Coded(packet) }
    }

    /// The packet that it is, if it is one.
    pub fn packet(&self) -> Option<&Packet> {
        match &self.payload {
            Payload::Coded(packet) => Some(packet),
            _ => None,
        }
    }

    /// Digital silence in a codec.
    pub fn silence(codec: Codec) -> Frame {
        match codec {
            Codec::Ulaw => Frame::ulaw([g711::ULAW_SILENCE; SAMPLES]),
            Codec::Alaw => Frame::alaw([g711::ALAW_SILENCE; SAMPLES]),
            Codec::Linear => Frame::linear([0; SAMPLES]),
            wide => Frame::at_rate(wide.sample_rate(), &[]),
        }
    }

    /// The codec it is in.
    pub fn codec(&self) -> Codec {
        match &self.payload {
            Payload::Ulaw(_) => Codec::Ulaw,
            Payload::Alaw(_) => Codec::Alaw,
            Payload::Linear(_) => Codec::Linear,
            Payload::Wide(samples) if samples.len() == WIDE_SAMPLES => Codec::Linear16,
            Payload::Wide(samples) => Codec::linear_at(samples.len() as u32 * 50),
            Payload::Coded(packet) => packet.codec,
        }
    }

    /// The octets as they travel in RTP, for the codecs that travel (G.711).
    pub fn octets(&self) -> Option<&[u8]> {
        match &self.payload {
            Payload::Ulaw(octets) | Payload::Alaw(octets) => Some(octets),
            Payload::Linear(_) | Payload::Wide(_) | Payload::Coded(_) => None,
        }
    }

    /// The linear samples at the frame's own rate, decoded if need be.
    pub fn samples(&self) -> Samples {
        match &self.payload {
            Payload::Wide(samples) => Samples::Wide(Arc::clone(samples)),
            _ => Samples::Narrow(self.narrow()),
        }
    }

    /// The samples of a frame of more than 8 kHz; none of others.
    pub fn wide_samples(&self) -> &[i16] {
        match &self.payload {
            Payload::Wide(samples) => samples,
            _ => &[],
        }
    }

    /// The linear samples at 8 kHz.
    pub fn narrow(&self) -> [i16; SAMPLES] {
        match &self.payload {
            Payload::Ulaw(octets) => convert(octets, 0, g711::ulaw_decode),
            Payload::Alaw(octets) => convert(octets, 0, g711::alaw_decode),
            Payload::Linear(samples) => *samples,
            Payload::Wide(samples) => stretched(samples),
            Payload::Coded(_) => [0; SAMPLES],
        }
    }

    /// The linear samples at 16 kHz.
    pub fn widened(&self) -> [i16; WIDE_SAMPLES] {
        match &self.payload {
            Payload::Wide(samples) => stretched(samples),
            _ => doubled(&self.narrow()),
        }
    }

    /// The same audio in another codec, as frames hold it. Where a stream changes its rate it is better to keep a filter's
    /// memory: see [`super::resample::Rates`].
    pub fn encode(&self, codec: Codec) -> Frame {
        let codec = codec.in_frames();
        if self.codec() == codec {
            return self.clone();
        }
        match codec {
            Codec::Ulaw => Frame::ulaw(convert(&self.narrow(), 0, g711::ulaw_encode)),
            Codec::Alaw => Frame::alaw(convert(&self.narrow(), 0, g711::alaw_encode)),
            Codec::Linear => Frame::linear(self.narrow()),
            Codec::Linear16 => Frame::wide(self.widened()),
            other => {
                let mut samples = vec![0; other.samples_per_frame()];
                stretch(&self.samples(), &mut samples);
                Frame::at_rate(other.sample_rate(), &samples)
            }
        }
    }

    /// The audio amplified by `gain` (1.0 leaves it), saturating, as linear samples.
    pub fn amplified(&self, gain: f32) -> Frame {
        let amplify = |sample: i16| (f32::from(sample) * gain).clamp(-32768.0, 32767.0) as i16;
        match self.samples() {
            Samples::Narrow(samples) => Frame::linear(samples.map(amplify)),
            Samples::Wide(samples) => {
                Frame { payload: Payload::Wide(samples.iter().map(|sample| amplify(*sample)).collect()) }
            }
        }
    }

    /// The level in dBov: 0 is the loudest square wave, a full-scale sine is −3, silence is −127.
    pub fn level(&self) -> f32 {
        let samples = self.samples();
        let energy: i64 = samples.iter().map(|&sample| i64::from(sample) * i64::from(sample)).sum();
        if energy == 0 {
            return SILENCE_LEVEL;
        }
        let mean = energy as f32 / samples.len() as f32;
        (10.0 * (mean / (32768.0 * 32768.0)).log10()).max(SILENCE_LEVEL)
    }

    /// The mean of the samples' magnitudes: the scale of Asterisk's silence thresholds.
    pub fn mean_magnitude(&self) -> u32 {
        let samples = self.samples();
        samples.iter().map(|sample| u32::from(sample.unsigned_abs())).sum::<u32>() / samples.len() as u32
    }

    /// Whether it is quieter than [`SILENCE_THRESHOLD`].
    pub fn is_silent(&self) -> bool {
        self.mean_magnitude() < SILENCE_THRESHOLD
    }
}

/// The taps of a half-band filter at 1, 3, 5 and 7 samples from its middle, whose own tap is one half; between them it
/// has none. For single frames: at their ends it hears the last sample again.
const HALF_BAND: [f32; 4] = [0.3155, -0.0885, 0.033, -0.01];

fn stretched<const N: usize>(samples: &[i16]) -> [i16; N] {
    let mut stretched = [0; N];
    stretch(samples, &mut stretched);
    stretched
}

/// Brings the samples of a single frame to another number.
fn stretch(from: &[i16], to: &mut [i16]) {
    if let (Ok(wide), Ok(narrow)) = (from.try_into(), <&mut [i16; SAMPLES]>::try_from(&mut *to)) {
        *narrow = halved(wide);
        return;
    }
    if from.len() == to.len() {
        return to.copy_from_slice(from);
    }
    let at = |place: usize| f32::from(from.get(place).or(from.last()).copied().unwrap_or(0));
    let step = from.len() as f32 / to.len() as f32;
    for (n, sample) in to.iter_mut().enumerate() {
        let place = n as f32 * step;
        let whole = place as usize;
        let value = if step <= 1.0 {
            at(whole) + (at(whole + 1) - at(whole)) * (place - whole as f32)
        } else {
            // The mean of what it stands for: a plain filter.
            let end = ((place + step) as usize).max(whole + 1);
            (whole..end).map(at).sum::<f32>() / (end - whole) as f32
        };
        *sample = value.round() as i16;
    }
}

fn halved(wide: &[i16; WIDE_SAMPLES]) -> [i16; SAMPLES] {
    let at = |place: isize| f32::from(wide[place.clamp(0, WIDE_SAMPLES as isize - 1) as usize]);
    std::array::from_fn(|n| {
        let middle = 2 * n as isize;
        let sides =
            HALF_BAND.iter().zip((1..).step_by(2)).map(|(tap, far)| tap * (at(middle - far) + at(middle + far)));
        (at(middle) / 2.0 + sides.sum::<f32>()).round().clamp(-32768.0, 32767.0) as i16
    })
}

fn doubled(narrow: &[i16; SAMPLES]) -> [i16; WIDE_SAMPLES] {
    let at = |place: isize| f32::from(narrow[place.clamp(0, SAMPLES as isize - 1) as usize]);
    std::array::from_fn(|n| {
        let before = n as isize / 2;
        if n % 2 == 0 {
            return narrow[n / 2];
        }
        let sides = HALF_BAND.iter().zip(0..).map(|(tap, far)| 2.0 * tap * (at(before - far) + at(before + 1 + far)));
        sides.sum::<f32>().round().clamp(-32768.0, 32767.0) as i16
    })
}

/// `array::map` in a form that is compiled into a loop: for arrays of this length it is faster.
#[inline]
fn convert<From: Copy, To: Copy>(from: &[From; SAMPLES], blank: To, convert: impl Fn(From) -> To) -> [To; SAMPLES] {
    let mut to = [blank; SAMPLES];
    for (to, from) in to.iter_mut().zip(from) {
        *to = convert(*from);
    }
    to
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}, {:.0} dBov)", self.codec().name(), self.level())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_stays_small() {
        assert!(size_of::<Frame>() <= 328);
    }

    #[test]
    fn level_counts_from_the_loudest_square_wave() {
        let square = |amplitude: i16| std::array::from_fn(|i| if i % 2 == 0 { amplitude } else { -amplitude });
        assert!(Frame::linear(square(32767)).level().abs() < 0.01);
        assert!((Frame::linear(square(3277)).level() + 20.0).abs() < 0.01);
        assert_eq!(Frame::silence(Codec::Ulaw).level(), SILENCE_LEVEL);
    }

    #[test]
    fn silence_is_silent_in_every_codec() {
        for codec in [Codec::Ulaw, Codec::Alaw, Codec::Linear, Codec::Linear16, Codec::Linear44, Codec::Linear48] {
            let frame = Frame::silence(codec);
            assert_eq!(frame.codec(), codec);
            assert!(frame.is_silent());
        }
        assert!(!Frame::linear([300; SAMPLES]).is_silent());
        assert!(Frame::linear([-255; SAMPLES]).is_silent());
    }

    #[test]
    fn encoding_to_its_own_codec_changes_nothing_and_across_laws_keeps_the_level() {
        let frame = Frame::ulaw(std::array::from_fn(|i| i as u8));
        assert_eq!(frame.encode(Codec::Ulaw), frame);
        assert_eq!(frame.encode(Codec::Linear).encode(Codec::Ulaw).codec(), Codec::Ulaw);
        assert!((frame.encode(Codec::Alaw).level() - frame.level()).abs() < 0.1);
    }

    #[test]
    fn short_input_is_padded_with_silence() {
        let frame = Frame::from_octets(Codec::Alaw, &[0x2a; 80]).unwrap();
        assert_eq!(frame.samples()[79], -32256);
        assert_eq!(frame.samples()[80], 8);
        assert_eq!(Frame::from_samples(&[5, 6]).samples()[..3], [5, 6, 0]);
        assert!(Frame::from_octets(Codec::Linear, &[]).is_none());
    }

    #[test]
    fn amplifying_saturates() {
        assert_eq!(Frame::linear([20000; SAMPLES]).amplified(2.0).samples()[0], 32767);
        assert_eq!(Frame::linear([-100; SAMPLES]).amplified(0.5).samples()[0], -50);
    }

    #[test]
    fn a_frame_goes_to_16_khz_and_back_with_its_tone_and_level() {
        let tone = |rate: f32, n: usize| (10_000.0 * (n as f32 * 440.0 * std::f32::consts::TAU / rate).sin()) as i16;
        let narrow = Frame::linear(std::array::from_fn(|n| tone(8000.0, n)));
        let wide = narrow.encode(Codec::G722);
        assert_eq!((wide.codec(), wide.samples().len()), (Codec::Linear16, WIDE_SAMPLES));
        let off = (20..300).map(|n| (i32::from(wide.samples()[n]) - i32::from(tone(16_000.0, n))).abs()).max();
        assert!(off < Some(150), "{off:?}");
        assert!((wide.encode(Codec::Linear).level() - narrow.level()).abs() < 0.1);
    }

    #[test]
    fn frames_have_every_rate() {
        for codec in Codec::ALL.into_iter().filter(|codec| codec.is_linear()) {
            let tone = |n: usize| (8000.0 * (n as f32 * 50.0 / codec.samples_per_frame() as f32 * 0.44).sin()) as i16;
            let samples: Vec<i16> = (0..codec.samples_per_frame()).map(tone).collect();
            let frame = Frame::at_rate(codec.sample_rate(), &samples);
            assert_eq!((frame.codec(), &*frame.samples()), (codec, &*samples));
            for other in [Codec::Linear, Codec::Linear16, Codec::Opus] {
                let changed = frame.encode(other);
                assert_eq!(changed.codec(), other.in_frames());
                assert!((changed.level() - frame.level()).abs() < 0.5, "{codec:?} {other:?}");
            }
        }
    }
}
