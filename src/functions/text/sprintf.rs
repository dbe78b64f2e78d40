//! `SPRINTF`

use std::fmt::Write as _;

use crate::dialplan::template::text_from_bytes;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Formats values as C's `printf` does: `%d %i %o %x %X %u %e %f %g %a %s %c %%` with flags, width and precision.
///
/// An argument that is no number where one is due leaves the whole result empty; `%c` takes a character's number.
/// Arguments too many are left out.
pub static SPRINTF: Function = Function::new(
    "SPRINTF",
    "Values in a format",
    &[Argument::required("format", Kind::Text), Argument::optional("values", Kind::Text)],
)
.reads(read);

/// No field is wider than this.
const MAX_WIDTH: usize = 1024;

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::arguments("a format is needed"));
    }
    let arguments = fields::all(arguments);
    let mut values = arguments.iter().skip(1);
    let mut rest = arguments.first().map_or("", String::as_str);
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let (conversion, after) = Conversion::parse(after.get(1..).unwrap_or(""));
        rest = after;
        match conversion.letter {
            Some('%') => {
                out.push('%');
                continue;
            }
            Some(_) => {}
            None => break,
        }
        let value = match (values.next(), conversion.letter) {
            (Some(value), _) => value,
            // What C prints for a text that is not there.
            (None, Some('s')) => "(null)",
            (None, _) => return Err(FunctionError::arguments("there are more conversions than values")),
        };
        conversion.write(value, out)?;
    }
    out.push_str(rest);
    Ok(())
}

/// One `%…` of a format.
#[derive(Default)]
struct Conversion {
    is_left: bool,
    has_plus: bool,
    has_blank: bool,
    is_alternate: bool,
    has_zeros: bool,
    width: usize,
    precision: Option<usize>,
    /// `None` where the format ends before it.
    letter: Option<char>,
}

impl Conversion {
    /// Reads what follows the percent sign; gives what stands behind the conversion.
    fn parse(text: &str) -> (Self, &str) {
        let mut conversion = Self::default();
        let mut rest = text;
        while let Some(flag) = rest.chars().next() {
            match flag {
                '-' => conversion.is_left = true,
                '+' => conversion.has_plus = true,
                ' ' => conversion.has_blank = true,
                '#' => conversion.is_alternate = true,
                '0' => conversion.has_zeros = true,
                // Grouping and other figures, which the C locale does not have.
                '\'' | 'I' => {}
                _ => break,
            }
            rest = rest.get(1..).unwrap_or("");
        }
        conversion.width = number(&mut rest).unwrap_or(0);
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            conversion.precision = Some(number(&mut rest).unwrap_or(0));
        }
        rest = rest.trim_start_matches(['h', 'l', 'L', 'q', 'j', 'z', 't']);
        let mut characters = rest.chars();
        conversion.letter = characters.next();
        (conversion, characters.as_str())
    }

    fn write(&self, value: &str, out: &mut String) -> Result<(), FunctionError> {
        let letter = self.letter.unwrap_or_default();
        let wrong = |what| FunctionError::arguments(format!("`{value}` is no {what}, as %{letter} wants"));
        match letter {
            'd' | 'i' | 'o' | 'u' | 'x' | 'X' => {
                let (number, _) = fields::integer(value).ok_or_else(|| wrong("whole number"))?;
                self.write_integer(number, out);
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'a' | 'A' => {
                let number = fields::float(value).ok_or_else(|| wrong("number"))?;
                self.write_float(number, out);
            }
            's' => {
                let most = self.precision.unwrap_or(usize::MAX).min(value.len());
                let cut = text_from_bytes(value.as_bytes().get(..most).unwrap_or_default());
                self.pad("", &cut, false, out);
            }
            'c' => {
                let (number, _) = fields::integer(value).ok_or_else(|| wrong("number of a character"))?;
                let byte = u8::try_from(number.rem_euclid(256)).unwrap_or_default();
                self.pad("", &text_from_bytes(&[byte]), false, out);
            }
            other => return Err(FunctionError::arguments(format!("%{other} is no conversion"))),
        }
        Ok(())
    }

    fn sign(&self, is_negative: bool) -> &'static str {
        match () {
            () if is_negative => "-",
            () if self.has_plus => "+",
            () if self.has_blank => " ",
            () => "",
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "C's int and unsigned have 32 bits")]
    fn write_integer(&self, number: i64, out: &mut String) {
        let number = number as i32;
        let bits = number as u32;
        let (prefix, mut digits) = match self.letter.unwrap_or_default() {
            'o' => (if self.is_alternate { "0" } else { "" }, format!("{bits:o}")),
            'x' => (if self.is_alternate && bits != 0 { "0x" } else { "" }, format!("{bits:x}")),
            'X' => (if self.is_alternate && bits != 0 { "0X" } else { "" }, format!("{bits:X}")),
            'u' => ("", bits.to_string()),
            _ => (self.sign(number < 0), number.unsigned_abs().to_string()),
        };
        if let Some(precision) = self.precision {
            let precision = precision.min(MAX_WIDTH);
            digits = format!("{digits:0>precision$}");
        }
        self.pad(prefix, &digits, self.precision.is_none(), out);
    }

    fn write_float(&self, number: f64, out: &mut String) {
        let precision = self.precision.unwrap_or(6).min(MAX_WIDTH);
        let magnitude = number.abs();
        let letter = self.letter.unwrap_or_default();
        let mut digits = match letter {
            _ if !number.is_finite() => if number.is_nan() { "nan" } else { "inf" }.to_owned(),
            'e' | 'E' => exponential(magnitude, precision),
            'g' | 'G' => general(magnitude, precision, self.is_alternate),
            _ => format!("{magnitude:.precision$}"),
        };
        if letter.is_ascii_uppercase() {
            digits.make_ascii_uppercase();
        }
        self.pad(self.sign(number.is_sign_negative()), &digits, number.is_finite(), out);
    }

    fn pad(&self, prefix: &str, text: &str, may_have_zeros: bool, out: &mut String) {
        let missing = self.width.min(MAX_WIDTH).saturating_sub(prefix.len() + text.len());
        let fill = |out: &mut String, with: char| out.extend(std::iter::repeat_n(with, missing));
        let zeros = self.has_zeros && may_have_zeros && !self.is_left;
        if !self.is_left && !zeros {
            fill(out, ' ');
        }
        out.push_str(prefix);
        if zeros {
            fill(out, '0');
        }
        out.push_str(text);
        if self.is_left {
            fill(out, ' ');
        }
    }
}

fn number(rest: &mut &str) -> Option<usize> {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at_checked(count)?;
    *rest = after;
    (count > 0).then(|| digits.parse().unwrap_or(MAX_WIDTH))
}

/// C's `%e`: at least two figures of exponent.
fn exponential(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// C's `%g`: the shorter of the two notations, without zeros at the end.
pub fn general(number: f64, precision: usize, keeps_zeros: bool) -> String {
    let precision = precision.max(1);
    let scientific = exponential(number, precision - 1);
    let exponent: i32 = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let most = i32::try_from(precision).unwrap_or(i32::MAX);
    let (mut mantissa, tail) = if exponent < -4 || exponent >= most {
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "+00"));
        (mantissa.to_owned(), format!("e{exponent}"))
    } else {
        let decimals = usize::try_from(most - 1 - exponent).unwrap_or(0);
        let mut text = String::new();
        let _ = write!(text, "{number:.decimals$}");
        (text, String::new())
    };
    if !keeps_zeros && mantissa.contains('.') {
        mantissa.truncate(mantissa.trim_end_matches('0').trim_end_matches('.').len());
    }
    mantissa + &tail
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn numbers() {
        assert_eq!(value("${SPRINTF(%05d|%-5d|%+d|%x|%#X|%o,42,42,42,255,255,8)}"), "00042|42   |+42|ff|0XFF|10");
        assert_eq!(
            value("${SPRINTF(%.2f|%5.1f|%e|%g|%g,3.14159,2.25,12345,0.0001,1e20)}"),
            "3.14|  2.2|1.234500e+04|0.0001|1e+20"
        );
        assert_eq!(value("${SPRINTF(%d,010)} ${SPRINTF(%06.2f,-1.5)}"), "10 -01.50");
        assert_eq!(
            value("${SPRINTF(%c%c,65,98)} [${SPRINTF(%c,x)}] ${SPRINTF(50%)} ${SPRINTF(%x,4294967297)}"),
            "Ab [] 50 1"
        );
    }

    #[tokio::test]
    async fn texts() {
        assert_eq!(
            value("${SPRINTF(%s-%s,a,b)}|${SPRINTF(%5s|%-5s|%.3s,ab,cd,abcdef)}|${SPRINTF(%d%%,50)}"),
            "a-b|   ab|cd   |abc|50%"
        );
        assert_eq!(
            value("[${SPRINTF(%d,abc)}] [${SPRINTF(plain)}] [${SPRINTF(%s)}] [${SPRINTF()}] ${SPRINTF(%s,a,b)}"),
            "[] [plain] [(null)] [] a"
        );
    }
}
