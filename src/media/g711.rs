//! ITU-T G.711: µ-law and A-law, by table.
//!
//! The tables are built at compile time from the companding rules of the recommendation, in the form of the
//! ITU-T Software Tool Library: µ-law keeps 14 bits of a 16-bit sample, A-law 13.

/// The µ-law code of a zero sample.
pub const ULAW_SILENCE: u8 = 0xff;
/// The A-law code of the smallest positive sample, which A-law has instead of zero.
pub const ALAW_SILENCE: u8 = 0xd5;

/// The µ-law code of a 16-bit linear sample.
#[inline]
pub fn ulaw_encode(sample: i16) -> u8 {
    ULAW_CODES[usize::from(sample as u16 >> 2)]
}

/// The 16-bit linear sample of a µ-law code.
#[inline]
pub fn ulaw_decode(code: u8) -> i16 {
    ULAW_SAMPLES[usize::from(code)]
}

/// The A-law code of a 16-bit linear sample.
#[inline]
pub fn alaw_encode(sample: i16) -> u8 {
    ALAW_CODES[usize::from(sample as u16 >> 4)]
}

/// The 16-bit linear sample of an A-law code.
#[inline]
pub fn alaw_decode(code: u8) -> i16 {
    ALAW_SAMPLES[usize::from(code)]
}

static ULAW_SAMPLES: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = ulaw_expand(code as u8);
        code += 1;
    }
    table
};

static ALAW_SAMPLES: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = alaw_expand(code as u8);
        code += 1;
    }
    table
};

/// Indexed by the upper 14 bits of a sample: the lower two never reach the code.
static ULAW_CODES: [u8; 1 << 14] = {
    let mut table = [0; 1 << 14];
    let mut index = 0;
    while index < table.len() {
        table[index] = ulaw_compress((index << 2) as u16 as i16);
        index += 1;
    }
    table
};

/// Indexed by the upper 12 bits of a sample: the smallest A-law step is two of its 13-bit units.
static ALAW_CODES: [u8; 1 << 12] = {
    let mut table = [0; 1 << 12];
    let mut index = 0;
    while index < table.len() {
        table[index] = alaw_compress((index << 4) as u16 as i16);
        index += 1;
    }
    table
};

const fn ulaw_expand(code: u8) -> i16 {
    let code = !code;
    let segment = (code >> 4) & 7;
    let magnitude = ((((code & 0x0f) as i16) << 3) + 0x84) << segment;
    if code & 0x80 == 0 { magnitude - 0x84 } else { 0x84 - magnitude }
}

const fn ulaw_compress(sample: i16) -> u8 {
    let (negative, magnitude) = if sample < 0 { (0x80, !sample >> 2) } else { (0, sample >> 2) };
    let biased = if magnitude + 33 > 0x1fff { 0x1fff } else { magnitude + 33 };
    let segment = 10 - (biased as u16).leading_zeros() as u8;
    let step = (biased >> (segment + 1)) as u8 & 0x0f;
    !(negative | segment << 4 | step)
}

const fn alaw_expand(code: u8) -> i16 {
    let code = code ^ 0x55;
    let segment = (code >> 4) & 7;
    let step = ((code & 0x0f) as i16) << 4;
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn alaw_compress(sample: i16) -> u8 {
    let (positive, magnitude) = if sample < 0 { (0, !sample >> 4) } else { (0x80, sample >> 4) };
    let code = if magnitude < 16 {
        magnitude as u8
    } else {
        let segment = 12 - (magnitude as u16).leading_zeros() as u8;
        segment << 4 | (magnitude >> (segment - 1)) as u8 & 0x0f
    };
    (positive | code) ^ 0x55
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ulaw_code_survives_a_round_trip() {
        for code in 0..=255 {
            // 0x7f is negative zero: linear samples have only one zero.
            let expected = if code == 0x7f { 0xff } else { code };
            assert_eq!(ulaw_encode(ulaw_decode(code)), expected, "code {code:#04x}");
        }
    }

    #[test]
    fn every_alaw_code_survives_a_round_trip() {
        for code in 0..=255 {
            assert_eq!(alaw_encode(alaw_decode(code)), code, "code {code:#04x}");
        }
    }

    #[test]
    fn known_vectors() {
        let ulaw = [(0xff, 0), (0x80, 32124), (0x00, -32124), (0xf0, 120), (0xef, 132)];
        for (code, sample) in ulaw {
            assert_eq!(ulaw_decode(code), sample, "µ-law {code:#04x}");
        }
        let alaw = [(0xd5, 8), (0x55, -8), (0xaa, 32256), (0x2a, -32256), (0xc5, 264), (0x80, 5504)];
        for (code, sample) in alaw {
            assert_eq!(alaw_decode(code), sample, "A-law {code:#04x}");
        }
    }

    #[test]
    fn the_digital_milliwatt_of_the_recommendation_is_a_sine() {
        // G.711 table 6: one period of 1 kHz at 0 dBm0.
        let period = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e].map(ulaw_decode);
        assert_eq!(period, [-8828, -20860, -20860, -8828, 8828, 20860, 20860, 8828]);
    }

    #[test]
    fn extremes_saturate_and_keep_their_sign() {
        assert_eq!(ulaw_encode(i16::MAX), 0x80);
        assert_eq!(ulaw_encode(i16::MIN), 0x00);
        assert_eq!(alaw_encode(i16::MAX), 0xaa);
        assert_eq!(alaw_encode(i16::MIN), 0x2a);
        assert_eq!((ulaw_encode(0), alaw_encode(0)), (ULAW_SILENCE, ALAW_SILENCE));
    }

    #[test]
    fn a_code_is_the_nearest_within_half_a_step() {
        for sample in (i16::MIN..=i16::MAX).step_by(7) {
            let clipped = i32::from(sample).clamp(-32124, 32124);
            let step = 8 + clipped.abs() / 16;
            assert!((i32::from(ulaw_decode(ulaw_encode(sample))) - clipped).abs() <= step, "µ-law {sample}");
            let step = 16 + i32::from(sample).abs() / 16;
            assert!((i32::from(alaw_decode(alaw_encode(sample))) - i32::from(sample)).abs() <= step, "A-law {sample}");
        }
    }
}
