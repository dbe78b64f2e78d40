//! `MD5`, `SHA1`

use std::fmt::Write as _;

use md5::Digest as _;

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("text", Kind::Text)];

/// Gives the MD5 digest of a text, as SIP's digest authentication stores it.
pub static MD5: Function = Function::new("MD5", "The MD5 digest of a text", ARGUMENTS).reads(md5);

/// Gives the SHA-1 digest of a text.
pub static SHA1: Function = Function::new("SHA1", "The SHA-1 digest of a text", ARGUMENTS).reads(sha1);

fn md5(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    write_digest(text, &md5::Md5::digest(text), out)
}

fn sha1(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    write_digest(text, &sha1::Sha1::digest(text), out)
}

fn write_digest(text: &str, digest: &[u8], out: &mut String) -> Result<(), FunctionError> {
    if text.is_empty() {
        return Err(FunctionError::arguments("a text is needed"));
    }
    for byte in digest {
        let _ = write!(out, "{byte:02x}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn digests_in_small_letters() {
        assert_eq!(value("${MD5(hello)}"), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(value("${SHA1(hello)} [${SHA1()}]"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d []");
    }
}
