//! Numbers as Asterisk computes with them: the 80-bit `long double` of x86, printed with C's `%.18Lg`.

use std::cmp::Ordering;
use std::fmt::Write;

use rustc_apfloat::ieee::X87DoubleExtended;
use rustc_apfloat::{Category, Float, Round};

/// A number with a mantissa of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Number(pub X87DoubleExtended);

/// How many significant digits a result shows.
const DIGITS: usize = 18;

/// Whole numbers below this show all their digits.
pub(super) const SMALL: u64 = 1_000_000_000_000_000_000;

impl Number {
    pub const ZERO: Self = Self(X87DoubleExtended::ZERO);

    pub fn integer(value: i64) -> Self {
        Self(X87DoubleExtended::from_i128(i128::from(value)).value)
    }

    /// The number at the beginning of `text`, as `strtold` reads it from digits, points and a sign; 0 if there is none.
    pub fn from_text(text: &str) -> Self {
        let text = text.trim_start_matches([' ', '\t']);
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let whole = text.bytes().take_while(u8::is_ascii_digit).count();
        let fraction = match text.as_bytes().get(whole) {
            Some(b'.') => 1 + text[whole + 1..].bytes().take_while(u8::is_ascii_digit).count(),
            _ => 0,
        };
        let digits = &text[..whole + fraction];
        let value = match digits.parse::<u64>() {
            Ok(small) => X87DoubleExtended::from_u128(u128::from(small)).value,
            Err(_) => X87DoubleExtended::from_str_r(digits, Round::NearestTiesToEven)
                .map_or(X87DoubleExtended::ZERO, |read| read.value),
        };
        Self(if negative { -value } else { value })
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    pub fn plus(self, other: Self) -> Self {
        Self((self.0 + other.0).value)
    }

    pub fn minus(self, other: Self) -> Self {
        Self((self.0 - other.0).value)
    }

    pub fn times(self, other: Self) -> Self {
        Self((self.0 * other.0).value)
    }

    pub fn over(self, other: Self) -> Self {
        Self((self.0 / other.0).value)
    }

    /// The rest of a division, with the sign of `self`.
    pub fn modulo(self, other: Self) -> Self {
        let rest = self.0.c_fmod(other.0).value;
        Self(if rest.is_zero() { rest.copy_sign(self.0) } else { rest })
    }

    pub fn magnitude(self) -> Self {
        // As in C, -0 is not below 0.
        if self.is_zero() { self } else { Self(self.0.abs()) }
    }

    pub fn floor(self) -> Self {
        self.rounded(Round::TowardNegative)
    }

    pub fn ceiling(self) -> Self {
        self.rounded(Round::TowardPositive)
    }

    pub fn truncated(self) -> Self {
        self.rounded(Round::TowardZero)
    }

    /// The nearest whole number, halves away from zero.
    pub fn nearest(self) -> Self {
        self.rounded(Round::NearestTiesToAway)
    }

    /// The nearest whole number, halves to the even one.
    pub fn nearest_or_even(self) -> Self {
        self.rounded(Round::NearestTiesToEven)
    }

    fn rounded(self, round: Round) -> Self {
        Self(self.0.round_to_integral(round).value.copy_sign(self.0))
    }

    /// What is left of `self` after taking off `other` as often as comes nearest.
    pub fn nearest_remainder(self, other: Self) -> Self {
        if other.is_zero() || self.0.is_infinite() {
            return Self(-X87DoubleExtended::NAN.abs());
        }
        let rest = self.0.ieee_rem(other.0).value;
        Self(if rest.is_zero() { rest.copy_sign(self.0) } else { rest })
    }

    /// Writes the number as `%.18Lg` does.
    pub fn print(self, out: &mut String) {
        if self.0.is_negative() {
            out.push('-');
        }
        match self.0.category() {
            Category::Infinity => out.push_str("inf"),
            Category::NaN => out.push_str("nan"),
            Category::Zero => out.push('0'),
            Category::Normal => match self.small_whole() {
                Some(whole) => out.push_str(itoa::Buffer::new().format(whole)),
                None => print_digits(&Decimal::of(self.0), out),
            },
        }
    }

    /// The size of a whole number that prints with all its digits.
    fn small_whole(self) -> Option<u64> {
        let mut exact = false;
        let whole = self.0.abs().to_u128_r(64, Round::TowardZero, &mut exact).value;
        u64::try_from(whole).ok().filter(|&whole| exact && whole < SMALL)
    }
}

/// The significant digits of a number, and how many of them stand before the point.
struct Decimal {
    digits: Vec<u8>,
    point: isize,
}

impl Decimal {
    /// The exact value, rounded half to even at [`DIGITS`] digits.
    fn of(value: X87DoubleExtended) -> Self {
        let value = value.abs();
        let exponent = value.ilogb() - 63;
        let mantissa = value.scalbn(-exponent).to_u128(64).value;
        // mantissa * 2^-n is mantissa * 5^n with the point n digits to the left.
        let (base, steps, chunk) = if exponent >= 0 { (2_u64, exponent, 29) } else { (5_u64, -exponent, 12) };
        let mut limbs = Limbs::new(mantissa);
        let mut left = steps.unsigned_abs();
        while left > 0 {
            let step = left.min(chunk);
            limbs.multiply(base.pow(step));
            left -= step;
        }
        let digits = limbs.digits();
        let shift = isize::try_from(if exponent >= 0 { 0 } else { steps }).unwrap_or(0);
        let point = digits.len().cast_signed() - shift;
        let mut decimal = Self { digits, point };
        decimal.round();
        decimal
    }

    fn round(&mut self) {
        if let Some(&next) = self.digits.get(DIGITS) {
            let rest = self.digits[DIGITS + 1..].iter().any(|&digit| digit != 0);
            let odd = self.digits[DIGITS - 1] % 2 == 1;
            self.digits.truncate(DIGITS);
            let up = match next.cmp(&5) {
                Ordering::Less => false,
                Ordering::Equal => rest || odd,
                Ordering::Greater => true,
            };
            if up {
                self.carry();
            }
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
    }

    fn carry(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.point += 1;
    }
}

/// A whole number in base 10^9, the lowest digit first.
struct Limbs(Vec<u32>);

impl Limbs {
    const BASE: u64 = 1_000_000_000;

    fn new(mut value: u128) -> Self {
        let mut limbs = Vec::new();
        while value > 0 {
            limbs.push(u32::try_from(value % u128::from(Self::BASE)).unwrap_or(0));
            value /= u128::from(Self::BASE);
        }
        Self(limbs)
    }

    /// Multiplies by a factor below 2^30.
    fn multiply(&mut self, factor: u64) {
        let mut carry = 0;
        for limb in &mut self.0 {
            let product = u64::from(*limb) * factor + carry;
            *limb = u32::try_from(product % Self::BASE).unwrap_or(0);
            carry = product / Self::BASE;
        }
        if carry > 0 {
            // A factor below 2^30 carries less than two limbs hold.
            self.0.push(u32::try_from(carry % Self::BASE).unwrap_or(0));
            if carry >= Self::BASE {
                self.0.push(u32::try_from(carry / Self::BASE).unwrap_or(0));
            }
        }
    }

    fn digits(&self) -> Vec<u8> {
        let mut text = String::new();
        for (at, limb) in self.0.iter().rev().enumerate() {
            // Writing to a String cannot fail.
            let _ = if at == 0 { write!(text, "{limb}") } else { write!(text, "{limb:09}") };
        }
        text.bytes().map(|digit| digit - b'0').collect()
    }
}

fn print_digits(decimal: &Decimal, out: &mut String) {
    let digits = || decimal.digits.iter().map(|digit| char::from(b'0' + digit));
    let point = decimal.point;
    let exponent = point - 1;
    if exponent < -4 || exponent >= DIGITS.cast_signed() {
        out.extend(digits().take(1));
        if decimal.digits.len() > 1 {
            out.push('.');
            out.extend(digits().skip(1));
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
        return;
    }
    let Ok(before) = usize::try_from(point) else {
        out.push_str("0.");
        out.extend((0..point.unsigned_abs()).map(|_| '0'));
        out.extend(digits());
        return;
    };
    if before == 0 {
        out.push('0');
    }
    out.extend(digits().chain(std::iter::repeat('0')).take(before));
    if decimal.digits.len() > before {
        out.push('.');
        out.extend(digits().skip(before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(number: Number) -> String {
        let mut out = String::new();
        number.print(&mut out);
        out
    }

    fn number(text: &str) -> Number {
        Number::from_text(text)
    }

    #[test]
    fn numbers_print_as_c_prints_them() {
        let one = Number::integer(1);
        for (value, expected) in [
            (number("2").over(number("3")), "0.666666666666666667"),
            (number("10").over(number("3")), "3.33333333333333333"),
            (number("1000000000").times(number("1000000000")), "1e+18"),
            (number("999999999999999999"), "999999999999999999"),
            (number("999999999999999999.5"), "1e+18"),
            (number("123456789012345678.5"), "123456789012345678"),
            (number("123456789012345679.5"), "123456789012345680"),
            (one.over(number("10000")), "0.0001"),
            (one.over(number("100000")), "1e-05"),
            (number("0.1").plus(number("0.2")), "0.3"),
            (number("100"), "100"),
            (number("1.50"), "1.5"),
            (number("0.99999999999999999999"), "1"),
            (number("0").negated(), "-0"),
            (one.over(Number::ZERO).negated(), "-inf"),
            (number("9007199254740993"), "9007199254740993"),
        ] {
            assert_eq!(printed(value), expected);
        }
    }

    #[test]
    fn reading_stops_at_the_second_point() {
        assert_eq!(printed(number("1.2.3")), "1.2");
        assert_eq!(printed(number(" -4.5 6")), "-4.5");
        assert_eq!(printed(number("5.")), "5");
        assert_eq!(printed(number(".5")), "0.5");
        assert_eq!(printed(number(".")), "0");
        assert_eq!(printed(number("--1")), "-0");
    }

    #[test]
    fn a_remainder_keeps_the_sign_of_the_dividend() {
        assert_eq!(printed(number("-7").modulo(number("3"))), "-1");
        assert_eq!(printed(number("7.5").modulo(number("2"))), "1.5");
        assert_eq!(printed(number("-6").modulo(number("3"))), "-0");
    }

    #[test]
    fn the_smallest_and_the_largest_numbers_print() {
        assert_eq!(printed(Number(X87DoubleExtended::largest())), "1.18973149535723177e+4932");
        assert_eq!(printed(Number(X87DoubleExtended::SMALLEST)), "3.64519953188247460e-4951".replace("0e", "e"));
    }
}
