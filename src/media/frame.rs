//! The unit of audio: 20 milliseconds in one codec, held inline.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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

/// A form of audio, named as Asterisk names it. It includes the sample rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// G.711 µ-law, RTP payload type 0.
    Ulaw,
    /// G.711 A-law, RTP payload type 8.
    Alaw,
    /// G.722, RTP payload type 9: 16 kHz in as many bits as G.711. It has a memory, so only RTP carries it: frames hold
    /// [`Codec::Linear16`] instead.
    G722,
    /// Signed linear, 16 bits at 8 kHz: the form applications compute with.
    Linear,
    /// Signed linear, 16 bits at 16 kHz.
    Linear16,
}

impl Codec {
    /// Every codec.
    pub const ALL: [Codec; 5] = [Codec::Ulaw, Codec::Alaw, Codec::G722, Codec::Linear, Codec::Linear16];

    /// The codec Asterisk calls `name` (`ulaw`, `alaw`, `slin`), whatever the letters' case.
    pub fn named(name: &str) -> Option<Codec> {
        Self::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// Asterisk's name.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Ulaw => "ulaw",
            Codec::Alaw => "alaw",
            Codec::G722 => "g722",
            Codec::Linear => "slin",
            Codec::Linear16 => "slin16",
        }
    }

    /// The encoding name in SDP (RFC 3551).
    pub fn encoding_name(self) -> &'static str {
        match self {
            Codec::Ulaw => "PCMU",
            Codec::Alaw => "PCMA",
            Codec::G722 => "G722",
            Codec::Linear | Codec::Linear16 => "L16",
        }
    }

    /// The codec with this encoding name and clock rate in an SDP rtpmap.
    pub fn of_rtpmap(encoding_name: &str, clock_rate: u32) -> Option<Codec> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.encoding_name().eq_ignore_ascii_case(encoding_name) && codec.clock_rate() == clock_rate)
    }

    /// The payload type RFC 3551 reserves, if it does.
    pub fn static_payload_type(self) -> Option<u8> {
        match self {
            Codec::Ulaw => Some(0),
            Codec::Alaw => Some(8),
            Codec::G722 => Some(9),
            Codec::Linear | Codec::Linear16 => None,
        }
    }

    /// Samples a second.
    pub fn sample_rate(self) -> u32 {
        match self {
            Codec::Ulaw | Codec::Alaw | Codec::Linear => 8000,
            Codec::G722 | Codec::Linear16 => 16_000,
        }
    }

    /// Whether it holds more than a telephone's 3.4 kHz.
    pub fn is_wide(self) -> bool {
        self.sample_rate() > 8000
    }

    /// Ticks of its RTP clock a second. G.722's is half its sample rate, by an error that RFC 3551 keeps.
    pub fn clock_rate(self) -> u32 {
        if self == Codec::Linear16 { 16_000 } else { 8000 }
    }

    /// The form in which frames hold its audio.
    pub fn in_frames(self) -> Codec {
        if self == Codec::G722 { Codec::Linear16 } else { self }
    }

    /// Octets of 20 ms in RTP.
    pub fn octets_per_frame(self) -> usize {
        match self {
            Codec::Ulaw | Codec::Alaw | Codec::G722 => SAMPLES,
            Codec::Linear => 2 * SAMPLES,
            Codec::Linear16 => 2 * WIDE_SAMPLES,
        }
    }

    /// Samples in one frame.
    pub fn samples_per_frame(self) -> usize {
        if self.is_wide() { WIDE_SAMPLES } else { SAMPLES }
    }
}

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
}

impl dyn Sink {
    /// Gives it a frame in a form that it takes. Where a stream is brought down it is better to keep a filter's memory:
    /// see [`super::resample`].
    pub fn give(&self, frame: &Frame) {
        if frame.codec().is_wide() && !self.is_wide() {
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
}

/// 20 ms of audio.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    payload: Payload,
}

/// Inline at 8 kHz: nothing is allocated for the frames that most are. Users see samples and octets as slices.
#[derive(Clone, PartialEq, Eq)]
enum Payload {
    Wide(Arc<[i16; WIDE_SAMPLES]>),
    Ulaw([u8; SAMPLES]),
    Alaw([u8; SAMPLES]),
    Linear([i16; SAMPLES]),
}

/// The linear samples of a frame.
// Inline on purpose: nothing is allocated for a frame of 8 kHz.
#[allow(clippy::large_enum_variant)]
#[derive(Clone)]
pub enum Samples {
    Narrow([i16; SAMPLES]),
    Wide(Arc<[i16; WIDE_SAMPLES]>),
}

impl std::ops::Deref for Samples {
    type Target = [i16];

    fn deref(&self) -> &[i16] {
        match self {
            Samples::Narrow(samples) => samples,
            Samples::Wide(samples) => &**samples,
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
        Frame { payload: Payload::Wide(Arc::new(samples)) }
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
            Codec::G722 | Codec::Linear | Codec::Linear16 => return None,
        };
        let mut padded = [silence; SAMPLES];
        for (slot, octet) in padded.iter_mut().zip(octets) {
            *slot = *octet;
        }
        Some(frame(padded))
    }

    /// Digital silence in a codec.
    pub fn silence(codec: Codec) -> Frame {
        match codec {
            Codec::Ulaw => Frame::ulaw([g711::ULAW_SILENCE; SAMPLES]),
            Codec::Alaw => Frame::alaw([g711::ALAW_SILENCE; SAMPLES]),
            Codec::Linear => Frame::linear([0; SAMPLES]),
            Codec::G722 | Codec::Linear16 => Frame::wide([0; WIDE_SAMPLES]),
        }
    }

    /// The codec it is in.
    pub fn codec(&self) -> Codec {
        match self.payload {
            Payload::Ulaw(_) => Codec::Ulaw,
            Payload::Alaw(_) => Codec::Alaw,
            Payload::Linear(_) => Codec::Linear,
            Payload::Wide(_) => Codec::Linear16,
        }
    }

    /// The octets as they travel in RTP, for the codecs that travel (G.711).
    pub fn octets(&self) -> Option<&[u8]> {
        match &self.payload {
            Payload::Ulaw(octets) | Payload::Alaw(octets) => Some(octets),
            Payload::Linear(_) | Payload::Wide(_) => None,
        }
    }

    /// The linear samples at the frame's own rate, decoded if need be.
    pub fn samples(&self) -> Samples {
        match &self.payload {
            Payload::Wide(samples) => Samples::Wide(Arc::clone(samples)),
            _ => Samples::Narrow(self.narrow()),
        }
    }

    /// The linear samples at 8 kHz.
    pub fn narrow(&self) -> [i16; SAMPLES] {
        match &self.payload {
            Payload::Ulaw(octets) => convert(octets, 0, g711::ulaw_decode),
            Payload::Alaw(octets) => convert(octets, 0, g711::alaw_decode),
            Payload::Linear(samples) => *samples,
            Payload::Wide(samples) => halved(samples),
        }
    }

    /// The linear samples at 16 kHz.
    pub fn widened(&self) -> [i16; WIDE_SAMPLES] {
        match &self.payload {
            Payload::Wide(samples) => **samples,
            _ => doubled(&self.narrow()),
        }
    }

    /// The same audio in another codec, as frames hold it.
    pub fn encode(&self, codec: Codec) -> Frame {
        let codec = codec.in_frames();
        if self.codec() == codec {
            return self.clone();
        }
        match codec {
            Codec::Ulaw => Frame::ulaw(convert(&self.narrow(), 0, g711::ulaw_encode)),
            Codec::Alaw => Frame::alaw(convert(&self.narrow(), 0, g711::alaw_encode)),
            Codec::Linear => Frame::linear(self.narrow()),
            Codec::G722 | Codec::Linear16 => Frame::wide(self.widened()),
        }
    }

    /// The audio amplified by `gain` (1.0 leaves it), saturating, as linear samples.
    pub fn amplified(&self, gain: f32) -> Frame {
        let amplify = |sample: i16| (f32::from(sample) * gain).clamp(-32768.0, 32767.0) as i16;
        match self.samples() {
            Samples::Narrow(samples) => Frame::linear(samples.map(amplify)),
            Samples::Wide(samples) => Frame::wide(samples.map(amplify)),
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
        for codec in [Codec::Ulaw, Codec::Alaw, Codec::Linear, Codec::Linear16] {
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
    fn names_are_found_again() {
        assert_eq!(Codec::named("ALAW"), Some(Codec::Alaw));
        assert_eq!(Codec::named("g729"), None);
        assert_eq!(Codec::of_rtpmap("pcmu", 8000), Some(Codec::Ulaw));
        assert_eq!(Codec::of_rtpmap("PCMU", 16000), None);
        assert_eq!(Codec::of_rtpmap("G722", 8000), Some(Codec::G722));
        assert_eq!(Codec::of_rtpmap("L16", 16000), Some(Codec::Linear16));
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
}
