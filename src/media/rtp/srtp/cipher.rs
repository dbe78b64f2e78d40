//! The keys that packets are secured with, and what they do (RFC 3711, section 4).

use aes::Aes128;
use aes::cipher::{BlockEncrypt as _, KeyInit as _};
use ring::hmac;

/// Octets of a block of AES.
const BLOCK: usize = 16;
/// Blocks of key stream that are made at once.
const AT_ONCE: usize = 12;
const SALT: usize = 14;

/// What is derived from a master key.
pub(super) struct Material {
    pub(super) rtp: Derived,
    pub(super) rtcp: Derived,
}

impl Material {
    /// Derives the session keys (section 4.3), which stay the same for the whole session.
    pub(super) fn of(master: &[u8; 30]) -> Material {
        let (key, salt) = master.split_at(BLOCK);
        let cipher = aes(key);
        let derived = |label: u8| {
            let mut iv = [0; BLOCK];
            iv.iter_mut().zip(salt).for_each(|(octet, salt)| *octet = *salt);
            iv[7] ^= label;
            iv
        };
        let derive = |labels: [u8; 3]| {
            let [mut key, mut proof, mut salt] = [[0; BLOCK], [0; BLOCK], [0; BLOCK]].map(|_: [u8; BLOCK]| [0; 20]);
            for (label, octets) in labels.into_iter().zip([&mut key, &mut proof, &mut salt]) {
                stream(&cipher, derived(label), octets);
            }
            let mut kept = [0; SALT];
            kept.copy_from_slice(&salt[..SALT]);
            Derived {
                cipher: aes(&key[..BLOCK]),
                salt: kept,
                proof: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &proof),
            }
        };
        Material { rtp: derive([0, 1, 2]), rtcp: derive([3, 4, 5]) }
    }
}

/// The keys of one kind of packets.
pub(super) struct Derived {
    cipher: Aes128,
    salt: [u8; SALT],
    proof: hmac::Key,
}

impl Derived {
    /// Encrypts or decrypts a payload (section 4.1.1).
    pub(super) fn apply(&self, ssrc: u32, index: u64, payload: &mut [u8]) {
        let mut iv = [0; BLOCK];
        iv[..SALT].copy_from_slice(&self.salt);
        let words = (u128::from(ssrc) << 64) ^ (u128::from(index) << 16);
        iv.iter_mut().zip(words.to_be_bytes()).for_each(|(octet, word)| *octet ^= word);
        stream(&self.cipher, iv, payload);
    }

    /// What proves a packet: of it only the first octets travel.
    pub(super) fn proof(&self, packet: &[u8], more: &[u8]) -> [u8; 20] {
        let mut context = hmac::Context::with_key(&self.proof);
        context.update(packet);
        context.update(more);
        let mut proof = [0; 20];
        proof.iter_mut().zip(context.sign().as_ref()).for_each(|(octet, signed)| *octet = *signed);
        proof
    }

    /// Whether the octets prove the packet; it takes as long for wrong ones.
    pub(super) fn is_proven(&self, packet: &[u8], more: &[u8], octets: &[u8]) -> bool {
        let proof = self.proof(packet, more);
        let differing = proof.iter().zip(octets).fold(0, |differing, (one, other)| differing | (one ^ other));
        differing == 0
    }
}

fn aes(key: &[u8]) -> Aes128 {
    let mut octets = [0; BLOCK];
    octets.iter_mut().zip(key).for_each(|(octet, key)| *octet = *key);
    Aes128::new(&octets.into())
}

/// Adds the key stream that begins with `iv`, whose last two octets count the blocks.
fn stream(cipher: &Aes128, iv: [u8; BLOCK], octets: &mut [u8]) {
    let mut count = 0u16;
    for piece in octets.chunks_mut(BLOCK * AT_ONCE) {
        let mut blocks: [aes::Block; AT_ONCE] = std::array::from_fn(|at| {
            let mut block = iv;
            block[SALT..].copy_from_slice(&count.wrapping_add(at as u16).to_be_bytes());
            block.into()
        });
        let needed = piece.len().div_ceil(BLOCK);
        cipher.encrypt_blocks(&mut blocks[..needed]);
        count = count.wrapping_add(needed as u16);
        piece.iter_mut().zip(blocks.iter().flatten()).for_each(|(octet, key)| *octet ^= key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The octets that a text of hexadecimal digits stands for.
    fn octets(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    #[test]
    fn the_key_stream_is_that_of_rfc_3711() {
        // Appendix B.2.
        let cipher = aes(&octets("2B7E151628AED2A6ABF7158809CF4F3C"));
        let mut iv = [0; BLOCK];
        iv[..SALT].copy_from_slice(&octets("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
        let mut made = vec![0; BLOCK * 3];
        stream(&cipher, iv, &mut made);
        let expected =
            "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0";
        assert_eq!(made, octets(expected));
        let mut long = vec![0; BLOCK * 0xff02];
        stream(&cipher, iv, &mut long);
        assert_eq!(long[BLOCK * 0xfeff..][..16], octets("EC8CDF7398607CB0F2D21675EA9EA1E4"));
    }

    #[test]
    fn session_keys_are_derived_as_rfc_3711_does() {
        // Appendix B.3.
        let master: Vec<u8> = octets("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
        let material = Material::of(&master.try_into().unwrap());
        assert_eq!(material.rtp.salt.to_vec(), octets("30CBBC08863D8C85D49DB34A9AE1"));
        let mut block = aes::Block::default();
        material.rtp.cipher.encrypt_block(&mut block);
        let mut expected = aes::Block::default();
        aes(&octets("C61E7A93744F39EE10734AFE3FF7A087")).encrypt_block(&mut expected);
        assert_eq!(block, expected);
        let proof =
            hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &octets("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
        assert_eq!(material.rtp.proof(b"x", b"y").as_slice(), hmac::sign(&proof, b"xy").as_ref());
    }
}
