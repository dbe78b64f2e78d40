//! Conversion of a stream of samples to another rate by a low-pass filter in polyphase form.

use crate::media::frame::Frame;

/// The samples of a frame at the highest rate.
const MOST_SAMPLES: usize = 960;
/// The middle of the filter's slope, as a share of the lower rate: at 8 kHz flat to 3.4 kHz, 70 dB down from 4 kHz.
const CUTOFF: f64 = 0.4625;
/// Width of the slope, as a share of the lower rate.
const SLOPE: f64 = 0.075;
/// The Kaiser window's shape for 70 dB.
const KAISER_BETA: f64 = 6.76;

/// Converts samples of one rate to another.
#[derive(Debug)]
pub struct Resampler {
    /// Per phase, the filter's taps.
    phases: Vec<Vec<f32>>,
    taps: usize,
    /// The input moves on by `step / phases.len()` samples for one of the output.
    step: usize,
    phase: usize,
    /// Samples not yet passed by.
    input: Vec<f32>,
    ended: bool,
}

impl Resampler {
    /// A converter for frames as they come: 20 ms in give 20 ms out, later by half the filter's length (3.6 ms at 8 kHz).
    pub fn live(from: u32, to: u32) -> Resampler {
        let mut resampler = Resampler::between(from, to);
        resampler.input.resize(resampler.taps - 1, 0.0);
        resampler
    }

    /// Converts one frame of a live stream.
    pub fn convert(&mut self, samples: &[i16], converted: &mut [i16]) {
        self.push(samples.iter().map(|sample| f32::from(*sample)));
        self.pull(converted);
    }

    /// A converter from `rate` samples a second to `target`.
    pub fn between(rate: u32, target: u32) -> Resampler {
        let (rate, target) = (rate.max(1), target.max(1));
        let divisor = greatest_common_divisor(rate, target);
        let (count, step) = ((target / divisor) as usize, (rate / divisor) as usize);
        let lower = f64::from(rate.min(target));
        // In cycles per input sample.
        let (cutoff, slope) = (CUTOFF * lower / f64::from(rate), SLOPE * lower / f64::from(rate));
        let half = ((70.0 - 8.0) / (2.285 * std::f64::consts::TAU * slope) / 2.0).ceil();
        let taps = 2 * half as usize;
        let phases = (0..count).map(|phase| taps_of(phase as f64 / count as f64, taps, cutoff)).collect();
        // Silence before the first sample, so that the output begins with it.
        let mut input = Vec::with_capacity(taps + MOST_SAMPLES);
        input.resize(half as usize - 1, 0.0);
        Resampler { phases, taps, step, phase: 0, input, ended: false }
    }

    /// Takes input.
    pub fn push(&mut self, samples: impl IntoIterator<Item = f32>) {
        self.input.extend(samples);
    }

    /// Says that no more input comes; what is left in the filter comes out.
    pub fn end(&mut self) {
        if !self.ended {
            self.ended = true;
            let silence = self.input.len() + self.taps / 2;
            self.input.resize(silence, 0.0);
        }
    }

    /// Fills `output` as far as the input reaches; returns how many samples it wrote.
    pub fn pull(&mut self, output: &mut [i16]) -> usize {
        let (mut start, mut written) = (0, 0);
        for slot in output {
            let Some(window) = self.input.get(start..start + self.taps) else { break };
            let taps = &self.phases[self.phase];
            let sample: f32 = window.iter().zip(taps).map(|(sample, tap)| sample * tap).sum();
            *slot = sample.round().clamp(-32768.0, 32767.0) as i16;
            written += 1;
            self.phase += self.step;
            start += self.phase / self.phases.len();
            self.phase %= self.phases.len();
        }
        self.input.drain(..start.min(self.input.len()));
        written
    }
}

/// Brings the frames of a live stream to a rate, whatever theirs is. A frame that is at the rate costs nothing, and ends
/// the filter's memory: what was heard before is no part of it.
#[derive(Debug, Default)]
pub struct Rates {
    filter: Option<Box<Filter>>,
}

#[derive(Debug)]
struct Filter {
    from: u32,
    to: u32,
    resampler: Resampler,
}

impl Rates {
    /// The frame at the rate.
    pub fn bring(&mut self, frame: &Frame, rate: u32) -> Frame {
        let from = frame.codec().sample_rate();
        if from == rate {
            self.filter = None;
            return frame.clone();
        }
        let filter = match self.filter.take().filter(|filter| (filter.from, filter.to) == (from, rate)) {
            Some(filter) => filter,
            None => Box::new(Filter { from, to: rate, resampler: Resampler::live(from, rate) }),
        };
        let filter = self.filter.insert(filter);
        let mut samples = [0; MOST_SAMPLES];
        let length = (rate as usize / 50).min(MOST_SAMPLES);
        filter.resampler.convert(&frame.samples(), &mut samples[..length]);
        Frame::at_rate(rate, &samples[..length])
    }
}

/// The taps for an output sample that lies `offset` of a sample after the middle of the window.
fn taps_of(offset: f64, taps: usize, cutoff: f64) -> Vec<f32> {
    let half = taps as f64 / 2.0;
    let weights: Vec<f64> = (0..taps)
        .map(|tap| {
            let distance = tap as f64 - (half - 1.0) - offset;
            let angle = std::f64::consts::TAU * cutoff * distance;
            let sinc = if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle };
            let inside = (1.0 - (distance / half).powi(2)).max(0.0);
            sinc * bessel_i0(KAISER_BETA * inside.sqrt())
        })
        .collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| (weight / total) as f32).collect()
}

/// The modified Bessel function of order zero, by its series.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..30 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::dtmf::tone_level;

    /// A second of a loud sine at `rate`, converted.
    fn convert(rate: u32, hertz: f64) -> Vec<i16> {
        let mut resampler = Resampler::between(rate, 8000);
        let wave = (0..rate)
            .map(|n| (20_000.0 * (f64::from(n) * std::f64::consts::TAU * hertz / f64::from(rate)).sin()) as f32);
        resampler.push(wave);
        resampler.end();
        let mut output = vec![0; 9000];
        let written = resampler.pull(&mut output);
        output.truncate(written);
        output
    }

    #[test]
    fn a_second_stays_a_second_and_speech_stays_as_it_is() {
        for rate in [6000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000] {
            let before = 20.0 * (20_000.0f32 / 2f32.sqrt() / 32768.0).log10();
            for hertz in [300.0, 1000.0, 2500.0] {
                let output = convert(rate, hertz);
                assert!((7998..=8002).contains(&output.len()), "{rate}: {}", output.len());
                let level = tone_level(&output[400..7600], hertz, 8000);
                assert!((level - before).abs() < 0.2, "{rate} {hertz}: {level} {before}");
            }
        }
    }

    #[test]
    fn what_8_khz_cannot_hold_does_not_come_back_as_another_tone() {
        for (rate, hertz) in [(16000, 5000.0), (16000, 7000.0), (44100, 4200.0), (44100, 10_000.0), (48000, 15_000.0)] {
            let output = convert(rate, hertz);
            let peak = output[400..7600].iter().map(|sample| sample.unsigned_abs()).max();
            assert!(peak < Some(20), "{rate} {hertz}: {peak:?} of 20000 is left");
        }
    }

    #[test]
    fn a_live_stream_goes_up_and_down_frame_by_frame() {
        for rate in [12_000, 16_000, 24_000, 32_000, 44_100, 48_000] {
            let (mut up, mut down) = (Rates::default(), Rates::default());
            let wave = |n: usize, hertz: f64| (n as f64 * hertz * std::f64::consts::TAU / 8000.0).sin();
            let tone = |n: usize| (5000.0 * (wave(n, 440.0) + wave(n, 157.0))) as i16;
            let mut back = Vec::new();
            for number in 0..20 {
                let frame = Frame::linear(std::array::from_fn(|n| tone(number * 160 + n)));
                let wide = up.bring(&frame, rate);
                assert_eq!(wide.codec().sample_rate(), rate);
                back.extend_from_slice(&down.bring(&wide, 8000).narrow());
            }
            // Each way delays by half its filter.
            let delay = (0..100).min_by_key(|delay| {
                (1000..2000).map(|n| (i64::from(back[n + delay]) - i64::from(tone(n))).abs()).sum::<i64>()
            });
            let delay = delay.unwrap();
            assert!((40..=70).contains(&delay), "{rate}: {delay}");
            let off = (1000..2000).map(|n| (i32::from(back[n + delay]) - i32::from(tone(n))).abs()).max();
            assert!(off < Some(1600), "{rate}: {off:?}");
        }
    }

    #[test]
    fn pieces_make_the_same_as_the_whole() {
        let wave: Vec<f32> = (0..4410).map(|n| ((n * n) % 2001) as f32 - 1000.0).collect();
        let whole = {
            let mut resampler = Resampler::between(44100, 8000);
            resampler.push(wave.iter().copied());
            let mut output = vec![0; 1000];
            let written = resampler.pull(&mut output);
            output[..written].to_vec()
        };
        let mut resampler = Resampler::between(44100, 8000);
        let mut pieces = Vec::new();
        for piece in wave.chunks(97) {
            resampler.push(piece.iter().copied());
            let mut output = [0; 50];
            let written = resampler.pull(&mut output);
            pieces.extend_from_slice(&output[..written]);
        }
        assert_eq!(pieces, whole);
    }
}
