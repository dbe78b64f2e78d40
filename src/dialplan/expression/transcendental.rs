//! Roots, powers, logarithms and angles.
//!
//! They are worked out with the 113 bits of an IEEE quadruple and rounded once to the 64 bits of a [`Number`],
//! so that the 18 digits shown are those of the exact result in all but the rarest cases.

use rustc_apfloat::ieee::{Quad, X87DoubleExtended};
use rustc_apfloat::{Float, FloatConvert, Round};

use super::number::Number;

const LN_2: &str = "0.693147180559945309417232121458176568075500134360255254120680009";
const LN_10: &str = "2.30258509299404568401799145468436420760110148862877297603332790";
const HALF_PI: &str = "1.57079632679489661923132169163975144209858469968755291048747230";

/// Terms of a series after which nothing changes any more in 113 bits.
const TERMS: u32 = 60;

fn constant(digits: &str) -> Quad {
    Quad::from_str_r(digits, Round::NearestTiesToEven).map_or(Quad::NAN, |read| read.value)
}

fn whole(value: i32) -> Quad {
    Quad::from_i128(i128::from(value)).value
}

fn wide(number: Number) -> Quad {
    number.0.convert(&mut false).value
}

fn narrow(value: Quad) -> Number {
    let value: X87DoubleExtended = value.convert(&mut false).value;
    Number(value)
}

/// What the GNU library answers where there is no answer.
fn undefined() -> Number {
    Number(X87DoubleExtended::NAN.abs())
}

fn add(a: Quad, b: Quad) -> Quad {
    (a + b).value
}

fn sub(a: Quad, b: Quad) -> Quad {
    (a - b).value
}

fn mul(a: Quad, b: Quad) -> Quad {
    (a * b).value
}

fn div(a: Quad, b: Quad) -> Quad {
    (a / b).value
}

/// The nearest whole number, as a Quad and as an i32.
fn nearest(value: Quad) -> (Quad, i32) {
    let rounded = value.round_to_integral(Round::NearestTiesToEven).value;
    let number = i32::try_from(rounded.to_i128(32).value).unwrap_or(0);
    (rounded, number)
}

fn root(x: Quad) -> Quad {
    if x.is_zero() || !x.is_finite() {
        return x;
    }
    // An estimate by the exponent alone; each of Newton's steps then doubles the number of right digits.
    let mut guess = whole(1).scalbn(x.ilogb() / 2);
    for _ in 0..10 {
        guess = add(guess, div(x, guess)).scalbn(-1);
    }
    guess
}

fn exp(x: Quad) -> Quad {
    if x > whole(12_000) {
        return Quad::INFINITY;
    }
    if x < whole(-12_000) {
        return Quad::ZERO;
    }
    let ln_2 = constant(LN_2);
    let (multiple, exponent) = nearest(div(x, ln_2));
    let rest = sub(x, mul(multiple, ln_2));
    let (mut sum, mut term) = (whole(1), whole(1));
    for n in 1..TERMS.cast_signed() {
        term = div(mul(term, rest), whole(n));
        sum = add(sum, term);
    }
    sum.scalbn(exponent)
}

/// The logarithm of a positive, finite number.
fn ln(x: Quad) -> Quad {
    let mut exponent = x.ilogb();
    let mut mantissa = x.scalbn(-exponent);
    if mantissa > constant("1.41421356") {
        mantissa = mantissa.scalbn(-1);
        exponent += 1;
    }
    let ratio = div(sub(mantissa, whole(1)), add(mantissa, whole(1)));
    let square = mul(ratio, ratio);
    let (mut sum, mut power) = (Quad::ZERO, ratio);
    for n in 0..TERMS.cast_signed() {
        sum = add(sum, div(power, whole(2 * n + 1)));
        power = mul(power, square);
    }
    add(sum.scalbn(1), mul(whole(exponent), constant(LN_2)))
}

fn logarithm(x: Number, base: Option<Quad>) -> Number {
    if x.is_zero() {
        return Number(-X87DoubleExtended::INFINITY);
    }
    if x.0.is_nan() || x.0.is_pos_infinity() {
        return x;
    }
    if x.0.is_negative() {
        return undefined();
    }
    let logarithm = ln(wide(x));
    narrow(base.map_or(logarithm, |base| div(logarithm, base)))
}

/// Sine and cosine of an angle of at most a quarter turn, by their series.
fn series(x: Quad, first: Quad, from: i32) -> Quad {
    let square = mul(x, x);
    let (mut sum, mut term) = (first, first);
    for n in 0..TERMS.cast_signed() {
        let at = from + 2 * n;
        term = -div(mul(term, square), whole(at * (at + 1)));
        sum = add(sum, term);
    }
    sum
}

/// Sine and cosine.
fn circle(x: Quad) -> (Quad, Quad) {
    let half_pi = constant(HALF_PI);
    // Whole turns first: what is left fits the counting of quarter turns.
    let x = x.c_fmod(half_pi.scalbn(2)).value;
    let (multiple, quarter) = nearest(div(x, half_pi));
    if x.is_zero() {
        return (x, whole(1));
    }
    let rest = sub(x, mul(multiple, half_pi));
    let (sine, cosine) = (series(rest, rest, 2), series(rest, whole(1), 1));
    match quarter.rem_euclid(4) {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

fn angle(x: Quad) -> Quad {
    if x.is_infinite() {
        return constant(HALF_PI).copy_sign(x);
    }
    if x.abs() > whole(1) {
        return sub(constant(HALF_PI).copy_sign(x), angle(div(whole(1), x)));
    }
    // Halving the angle three times makes the series short.
    let mut small = x;
    for _ in 0..3 {
        small = div(small, add(whole(1), root(add(whole(1), mul(small, small)))));
    }
    let square = mul(small, small);
    let (mut sum, mut power) = (Quad::ZERO, small);
    for n in 0..TERMS.cast_signed() {
        sum = add(sum, div(power, whole(2 * n + 1)));
        power = -mul(power, square);
    }
    sum.scalbn(3)
}

fn angle_of(y: Quad, x: Quad) -> Quad {
    let half_pi = constant(HALF_PI);
    if x.is_zero() && !y.is_zero() {
        return half_pi.copy_sign(y);
    }
    if x.is_infinite() && y.is_infinite() {
        let eighth = half_pi.scalbn(-1);
        let angle = if x.is_negative() { sub(half_pi.scalbn(1), eighth) } else { eighth };
        return angle.copy_sign(y);
    }
    let first = if y.is_zero() { Quad::ZERO } else { angle(div(y, x).abs()) };
    let angle = if x.is_negative() { sub(half_pi.scalbn(1), first) } else { first };
    angle.copy_sign(y)
}

pub(super) fn square_root(x: Number) -> Number {
    // Where the processor itself has no answer, the sign differs from what the library says.
    if x.0.is_negative() && !x.is_zero() { undefined().negated() } else { narrow(root(wide(x))) }
}

pub(super) fn exponential(x: Number) -> Number {
    narrow(exp(wide(x)))
}

pub(super) fn power_of_two(x: Number) -> Number {
    power(Number::integer(2), x)
}

pub(super) fn power_of_ten(x: Number) -> Number {
    power(Number::integer(10), x)
}

pub(super) fn natural_logarithm(x: Number) -> Number {
    logarithm(x, None)
}

pub(super) fn binary_logarithm(x: Number) -> Number {
    logarithm(x, Some(constant(LN_2)))
}

pub(super) fn decimal_logarithm(x: Number) -> Number {
    logarithm(x, Some(constant(LN_10)))
}

pub(super) fn sine(x: Number) -> Number {
    if x.0.is_finite() { narrow(circle(wide(x)).0) } else { undefined() }
}

pub(super) fn cosine(x: Number) -> Number {
    if x.0.is_finite() { narrow(circle(wide(x)).1) } else { undefined() }
}

pub(super) fn tangent(x: Number) -> Number {
    if !x.0.is_finite() {
        return undefined();
    }
    let (sine, cosine) = circle(wide(x));
    narrow(div(sine, cosine))
}

pub(super) fn arc_tangent(x: Number) -> Number {
    narrow(angle(wide(x)))
}

pub(super) fn arc_tangent_of(y: Number, x: Number) -> Number {
    narrow(angle_of(wide(y), wide(x)))
}

pub(super) fn arc_sine(x: Number) -> Number {
    match opposite(x) {
        Some(other) => narrow(angle_of(wide(x), other)),
        None => undefined(),
    }
}

pub(super) fn arc_cosine(x: Number) -> Number {
    match opposite(x) {
        Some(other) => narrow(angle_of(other, wide(x))),
        None => undefined(),
    }
}

/// The other side of a right triangle whose longest side is 1.
fn opposite(x: Number) -> Option<Quad> {
    let x = wide(x);
    let square = mul(sub(whole(1), x), add(whole(1), x));
    (square.is_zero() || !square.is_negative() && square.is_finite()).then(|| root(square))
}

pub(super) fn power(x: Number, y: Number) -> Number {
    let (base, exponent) = (wide(x), wide(y));
    let one = whole(1);
    if exponent.is_zero() || base == one {
        return Number::integer(1);
    }
    if base.is_nan() || exponent.is_nan() {
        return undefined();
    }
    let is_whole = exponent.is_integer();
    let half = exponent.scalbn(-1);
    let negative = base.is_negative() && is_whole && !half.is_integer();
    let size = base.abs();
    let result = if size.is_zero() || size.is_infinite() || exponent.is_infinite() {
        let grows = (size > one) != exponent.is_negative();
        if size == one {
            one
        } else if grows {
            Quad::INFINITY
        } else {
            Quad::ZERO
        }
    } else if base.is_negative() && !is_whole {
        return undefined().negated();
    } else if is_whole && exponent.abs() <= whole(64) {
        // Small whole powers by multiplication: exact as long as the result is.
        let mut product = one;
        for _ in 0..exponent.abs().to_u128(32).value {
            product = mul(product, size);
        }
        if exponent.is_negative() { div(one, product) } else { product }
    } else {
        exp(mul(exponent, ln(size)))
    };
    narrow(if negative { -result } else { result })
}
