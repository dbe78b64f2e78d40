use super::*;
use crate::media::frame::{Codec, SAMPLES};
use crate::media::tone::{Tone, ToneGenerator, dtmf_frequencies};

fn detect(samples: &[i16]) -> Vec<DigitEvent> {
    let mut detector = DtmfDetector::new();
    let mut events = Vec::new();
    let padding = [0; 4 * SAMPLES];
    for chunk in samples.chunks(SAMPLES).chain(padding.chunks(SAMPLES)) {
        // As it is heard over G.711.
        detector.process(&Frame::from_samples(chunk).encode(Codec::Ulaw), |event| events.push(event));
    }
    events
}

fn digits(samples: &[i16]) -> String {
    let began = |event| if let DigitEvent::Began(digit) = event { Some(digit) } else { None };
    detect(samples).into_iter().filter_map(began).collect()
}

fn sine(hertz: f64, amplitude: f64, milliseconds: usize) -> Vec<f64> {
    (0..milliseconds * 8).map(|n| amplitude * (n as f64 * std::f64::consts::TAU * hertz / 8000.0).sin()).collect()
}

/// Two tones with amplitudes and a frequency error in percent.
fn dual(digit: char, row: f64, column: f64, error: f64, milliseconds: usize) -> Vec<i16> {
    let (low, high) = dtmf_frequencies(digit).unwrap();
    let factor = 1.0 + error / 100.0;
    let low = sine(f64::from(low) * factor, row, milliseconds);
    let high = sine(f64::from(high) * factor, column, milliseconds);
    low.iter().zip(high).map(|(low, high)| (low + high) as i16).collect()
}

fn pause(milliseconds: usize) -> Vec<i16> {
    vec![0; milliseconds * 8]
}

#[test]
fn all_digits_are_heard_at_40_ms_on_and_40_ms_off_at_any_phase_of_the_blocks() {
    for offset in (0..BLOCK).step_by(5) {
        let mut samples = vec![0; offset];
        for digit in DTMF_DIGITS.iter().chain(&DTMF_DIGITS) {
            samples.extend(dual(*digit, 5000.0, 5000.0, 0.0, 40));
            samples.extend(pause(40));
        }
        let expected: String = DTMF_DIGITS.iter().chain(&DTMF_DIGITS).collect();
        assert_eq!(digits(&samples), expected, "offset {offset}");
    }
}

#[test]
fn the_same_digit_twice_is_two_digits_and_lengths_are_told() {
    let samples = [dual('7', 5000.0, 5000.0, 0.0, 100), pause(60), dual('7', 5000.0, 5000.0, 0.0, 200)].concat();
    let lengths: Vec<u128> = detect(&samples)
        .into_iter()
        .filter_map(
            |event| if let DigitEvent::Ended { duration, .. } = event { Some(duration.as_millis()) } else { None },
        )
        .collect();
    assert_eq!(lengths.len(), 2);
    assert!((85..=115).contains(&lengths[0]) && (185..=215).contains(&lengths[1]), "{lengths:?}");
}

#[test]
fn tones_of_20_ms_are_not_digits_and_drop_outs_of_10_ms_do_not_split_one() {
    for offset in (0..BLOCK).step_by(5) {
        let short = [vec![0; offset], dual('5', 5000.0, 5000.0, 0.0, 20), pause(50)].concat();
        assert_eq!(digits(&short), "", "offset {offset}");
        let mut torn = [vec![0; offset], dual('5', 5000.0, 5000.0, 0.0, 120)].concat();
        torn[offset + 400..offset + 480].fill(0);
        assert_eq!(digits(&torn), "5", "offset {offset}");
    }
}

#[test]
fn twist_level_and_frequency_stay_within_q24() {
    let heard = |row, column, error| digits(&dual('8', row, column, error, 100)) == "8";
    assert!(heard(5000.0, 5000.0 * 1.5, 0.0), "3.5 dB of twist");
    assert!(heard(5000.0, 5000.0 / 2.3, 0.0), "7 dB of reverse twist");
    assert!(!heard(2000.0, 2000.0 * 3.2, 0.0), "10 dB of twist");
    assert!(!heard(5000.0, 5000.0 / 4.0, 0.0), "12 dB of reverse twist");
    assert!(heard(800.0, 800.0, 0.0), "-29 dBm0");
    assert!(!heard(100.0, 100.0, 0.0), "-47 dBm0");
    assert!(heard(5000.0, 5000.0, 1.5) && heard(5000.0, 5000.0, -1.5));
    assert!(!heard(5000.0, 5000.0, 5.0) && !heard(5000.0, 5000.0, -5.0));
}

#[test]
fn digits_survive_noise() {
    let mut noise = Noise(7);
    let mut samples = dual('3', 5000.0, 5000.0, 0.0, 100);
    samples.iter_mut().for_each(|sample| *sample += (noise.next() * 1200.0) as i16);
    assert_eq!(digits(&samples), "3");
}

struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1 << 23) - 1.0
    }
}

#[test]
fn call_progress_tones_noise_and_sweeps_are_no_digits() {
    for tone in ["350+440", "440+480", "480+620", "425", "950/330,1400/330,1800/330", "941", "1209", "1004", "2100"] {
        let mut generator = ToneGenerator::new(Tone::parse(tone).unwrap());
        let samples: Vec<i16> = (0..100).flat_map(|_| generator.next_frame().unwrap().samples().to_vec()).collect();
        assert_eq!(digits(&samples), "", "{tone}");
    }
    let mut noise = Noise(1);
    let hiss: Vec<i16> = (0..80_000).map(|_| (noise.next() * 12_000.0) as i16).collect();
    assert_eq!(digits(&hiss), "");
    let mut phase = 0.0f64;
    let sweep: Vec<i16> = (0..80_000)
        .map(|n| {
            phase += std::f64::consts::TAU * (300.0 + f64::from(n) / 25.0) / 8000.0;
            (phase.sin() * 10_000.0) as i16
        })
        .collect();
    assert_eq!(digits(&sweep), "");
}

#[test]
fn voices_and_music_are_no_digits() {
    // Voiced sounds: all harmonics of a gliding pitch, falling, under two formants. Music: chords of notes with overtones.
    let mut voice = Vec::new();
    let mut phase = 0.0f64;
    for n in 0..240_000 {
        let time = f64::from(n) / 8000.0;
        let pitch = 120.0 + 80.0 * (time * 1.3).sin();
        let formants = [600.0 + 250.0 * (time * 2.1).sin(), 1350.0 + 400.0 * (time * 1.7).cos()];
        phase += std::f64::consts::TAU * pitch / 8000.0;
        let sample: f64 = (1..20)
            .map(|harmonic| {
                let frequency = pitch * f64::from(harmonic);
                let gain: f64 = formants.iter().map(|formant| (-((frequency - formant) / 150.0).powi(2)).exp()).sum();
                (gain + 0.1 + 0.5 / f64::from(harmonic)) * (phase * f64::from(harmonic)).sin()
            })
            .sum();
        voice.push((sample * 4000.0) as i16);
    }
    assert_eq!(digits(&voice), "");
    let mut music = Vec::new();
    for chord in 0..120 {
        let notes = [0, 4, 7].map(|step| 220.0 * 2f64.powf(f64::from(chord % 24 + step) / 12.0));
        music.extend((0..2000).map(|n| {
            let sample: f64 = notes
                .iter()
                .flat_map(|note| (1..5).map(move |overtone| (note * f64::from(overtone), 1.0 / f64::from(overtone))))
                .map(|(hertz, gain)| gain * (f64::from(n) * std::f64::consts::TAU * hertz / 8000.0).sin())
                .sum();
            (sample * 4000.0) as i16
        }));
    }
    assert_eq!(digits(&music), "");
}

#[test]
fn the_level_of_a_frequency_is_measured() {
    let samples: Vec<i16> = sine(1000.0, 32767.0, 100).iter().map(|sample| *sample as i16).collect();
    assert!((tone_level(&samples, 1000.0, 8000) + 3.01).abs() < 0.05);
    assert!(tone_level(&samples, 1500.0, 8000) < -50.0);
    assert_eq!(tone_level(&[], 1000.0, 8000), SILENCE_LEVEL);
    assert_eq!(tone_level(&[0; 160], 1000.0, 8000), SILENCE_LEVEL);
}
