//! The arithmetic of mixing: sums of samples and their way back into 16 bits.

/// Up to here a sum passes unchanged; beyond it a parabola leads smoothly to the largest sample.
const KNEE: f32 = 24_576.0;
const ROOM: f32 = 32_767.0 - KNEE;

/// Samples summed without overflow: 32 bits hold 65,536 talkers at full scale.
pub(super) type Sum<const N: usize> = [i32; N];

#[inline]
pub(super) fn add(sum: &mut [i32], samples: &[i16]) {
    for (total, sample) in sum.iter_mut().zip(samples) {
        *total += i32::from(*sample);
    }
}

#[inline]
pub(super) fn subtract(sum: &mut [i32], samples: &[i16]) {
    for (total, sample) in sum.iter_mut().zip(samples) {
        *total -= i32::from(*sample);
    }
}

pub(super) fn scale(sum: &mut [i32], gain: f32) {
    for total in sum {
        *total = (*total as f32 * gain) as i32;
    }
}

/// Brings a sum into 16 bits: exact while it is not loud, never wrapping, without the harshness of clipping.
pub(super) fn clip<const N: usize>(sum: &Sum<N>) -> [i16; N] {
    let mut clipped = [0; N];
    clip_into(sum, &mut clipped);
    clipped
}

/// The same for any number of samples.
#[inline]
pub(super) fn clip_into(sum: &[i32], clipped: &mut [i16]) {
    // All bits that occur are at least the largest value, and cheaper to find; too many only cost the slower way.
    let bits = sum.iter().fold(0, |bits, total| bits | total.unsigned_abs());
    if bits <= KNEE as u32 {
        for (sample, total) in clipped.iter_mut().zip(sum) {
            *sample = *total as i16;
        }
        return;
    }
    for (sample, total) in clipped.iter_mut().zip(sum) {
        let magnitude = (*total as f32).abs();
        let over = if magnitude > KNEE { magnitude - KNEE } else { 0.0 };
        let within = magnitude - over;
        let over = if over < 2.0 * ROOM { over } else { 2.0 * ROOM };
        let bent = within + over - over * over * (1.0 / (4.0 * ROOM));
        // Adding 1.5 * 2^23 leaves the integer in the low bits: a conversion that becomes vector code, as `as` does not.
        *sample = (bent.copysign(*total as f32) + 12_582_912.0).to_bits() as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::frame::SAMPLES;

    #[test]
    fn quiet_sums_are_exact_and_loud_ones_bend_without_turning() {
        let mut last = 0;
        for total in (0..4_000_000).step_by(97) {
            let mut sum = [total; SAMPLES];
            let clipped = clip(&sum)[0];
            if total <= KNEE as i32 {
                assert_eq!(i32::from(clipped), total);
            }
            assert!(clipped >= last, "never falls");
            last = clipped;
            scale(&mut sum, -1.0);
            assert_eq!(clip(&sum)[0], -clipped, "even");
        }
    }

    #[test]
    fn the_widest_sums_stay_in_range() {
        assert!(clip(&[i32::MAX; SAMPLES])[0] > 32_000);
        assert!(clip(&[i32::MIN; SAMPLES])[0] < -32_000);
    }
}
