//! `AES_ENCRYPT`, `AES_DECRYPT`

use aes::Aes128;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt as _, BlockEncrypt as _, KeyInit as _};
use base64::Engine as _;

use super::base64::{ENGINE, bytes};
use crate::dialplan::template::text_from_bytes;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("key", Kind::Text), Argument::required("text", Kind::Text)];

/// Encrypts a text by AES-128 with a key of 16 bytes; the result is in base 64.
///
/// Blocks are encrypted each for itself, and the last one is filled up with zeros.
pub static AES_ENCRYPT: Function = Function::new("AES_ENCRYPT", "An encrypted text", ARGUMENTS).reads(encrypt);

/// Decrypts what `AES_ENCRYPT` made.
pub static AES_DECRYPT: Function = Function::new("AES_DECRYPT", "A decrypted text", ARGUMENTS).reads(decrypt);

const BLOCK: usize = 16;

/// The cipher of the key, and the text.
fn prepare(arguments: &str) -> Result<(Aes128, &str), FunctionError> {
    let [Some(key), Some(text)] = fields::raw(arguments) else {
        return Err(FunctionError::arguments("a key and a text are needed"));
    };
    let cipher = Aes128::new_from_slice(key.as_bytes());
    let cipher = cipher.map_err(|_| FunctionError::arguments("the key must have exactly 16 bytes"))?;
    Ok((cipher, text))
}

fn encrypt(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (cipher, text) = prepare(arguments)?;
    let mut encrypted = text.as_bytes().to_vec();
    encrypted.resize(text.len().next_multiple_of(BLOCK), 0);
    for block in encrypted.chunks_exact_mut(BLOCK) {
        cipher.encrypt_block(GenericArray::from_mut_slice(block));
    }
    ENGINE.encode_string(encrypted, out);
    Ok(())
}

fn decrypt(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (cipher, text) = prepare(arguments)?;
    let mut decrypted = bytes(text);
    if !decrypted.len().is_multiple_of(BLOCK) {
        return Err(FunctionError::value("the text is no AES-128 text in base 64"));
    }
    for block in decrypted.chunks_exact_mut(BLOCK) {
        cipher.decrypt_block(GenericArray::from_mut_slice(block));
    }
    let end = decrypted.iter().position(|byte| *byte == 0).unwrap_or(decrypted.len());
    out.push_str(&text_from_bytes(decrypted.get(..end).unwrap_or_default()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn both_ways() {
        assert_eq!(
            value("${AES_DECRYPT(1234567890123456,${AES_ENCRYPT(1234567890123456,secret words)})}"),
            "secret words"
        );
        assert_eq!(value("[${AES_ENCRYPT(short,hello)}] [${AES_ENCRYPT(1234567890123456)}]"), "[] []");
    }
}
