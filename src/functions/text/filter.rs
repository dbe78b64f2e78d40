//! `FILTER`

use crate::dialplan::template::text_from_bytes;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Keeps only the listed characters of a text: the way to make a number or a name from outside harmless.
///
/// Ranges such as `0-9` and escapes such as `\x2c` are allowed; a dash that means itself is written `\-`. A range whose
/// end comes before its beginning goes on from the last byte to the first. It works on bytes: a character beyond ASCII
/// counts as each of its bytes.
pub static FILTER: Function = Function::new(
    "FILTER",
    "Only the allowed characters of a text",
    &[Argument::required("allowed", Kind::Text), Argument::required("text", Kind::Text)],
)
.reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(allowed), Some(text)] = fields::raw(arguments) else {
        return Err(FunctionError::arguments("the allowed characters and a text are needed"));
    };
    let allowed = Allowed::parse(allowed);
    let kept: Vec<u8> = text.bytes().filter(|byte| allowed.has(*byte)).collect();
    out.push_str(&text_from_bytes(&kept));
    Ok(())
}

/// One flag a byte.
struct Allowed([bool; 256]);

impl Allowed {
    fn parse(text: &str) -> Self {
        let mut allowed = Self([false; 256]);
        let mut rest = text;
        while let Some(first) = take(&mut rest) {
            let Some(after) = rest.strip_prefix('-') else {
                first.iter().for_each(|byte| allowed.add(*byte, *byte));
                continue;
            };
            rest = after;
            // A range without an end is its beginning alone.
            let last = take(&mut rest).unwrap_or_else(|| first.clone());
            match (&*first, &*last) {
                ([first], [last]) => allowed.add(*first, *last),
                _ => first.iter().chain(&last).for_each(|byte| allowed.add(*byte, *byte)),
            }
        }
        allowed
    }

    fn add(&mut self, first: u8, last: u8) {
        let mut byte = first;
        self.0[usize::from(byte)] = true;
        while byte != last {
            byte = byte.wrapping_add(1);
            self.0[usize::from(byte)] = true;
        }
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

/// The bytes of the next character; an escape stands for one byte.
fn take(rest: &mut &str) -> Option<Vec<u8>> {
    let is_escape = rest.starts_with('\\');
    let character = fields::take_encoded(rest)?;
    match u8::try_from(u32::from(character)) {
        Ok(byte) if is_escape || byte < 0x80 => Some(vec![byte]),
        _ => Some(character.to_string().into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn only_what_is_allowed_stays() {
        assert_eq!(value("${FILTER(0123456789,(555) 123-4567)}"), "5551234567");
        assert_eq!(value(r"${FILTER(a-f0-9,Xyz12Cafe)} ${FILTER(\x30-\x39,tel:+49.30)}"), "12afe 4930");
        assert_eq!(value(r"${FILTER(0-9\-,12-34x)} ${FILTER(0-9\,,1,2,x)} [${FILTER(,abc)}]"), "12-34 1,2, []");
        assert_eq!(
            value("${FILTER(9-0,a5-90)} ${FILTER(ab-,a-b)} ${FILTER(0-9-,12-3)} [${FILTER(0-9,)}]"),
            "a-90 ab 12-3 []"
        );
    }

    #[tokio::test]
    async fn characters_beyond_ascii_are_bytes() {
        assert_eq!(value("${FILTER(ö,größe)} ${FILTER(a-z,größe)}"), "ö? gre");
    }
}
