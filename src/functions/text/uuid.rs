//! `UUID`

use std::fmt::Write as _;

use crate::interpreter::{Context, Function, FunctionError};

/// Makes a new random UUID (RFC 4122, version 4).
pub static UUID: Function = Function::new("UUID", "A new random UUID", &[]).reads(read);

fn read(context: &mut Context<'_>, _: &str, out: &mut String) -> Result<(), FunctionError> {
    let bits = |count: u32| context.exchange.random(0, (1_i64 << count) - 1);
    let (low, middle, high) = (bits(32), bits(16), bits(12));
    // The variant 10 in the two highest bits.
    let (clock, node) = (0x8000 | bits(14), bits(48));
    let _ = write!(out, "{low:08x}-{middle:04x}-4{high:03x}-{clock:04x}-{node:012x}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn its_shape_is_that_of_version_4() {
        let pattern =
            regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").unwrap();
        assert!(pattern.is_match(&value("${UUID()}")));
    }
}
