//! Codes for when everything else is lost: made by the exchange, kept on paper by their owner, each good for once.

use std::fmt::Write as _;

/// How many codes are made at a time.
pub const COUNT: usize = 10;
/// The characters of codes: those that are not mistaken for each other (Crockford).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 80 bits, which no search finds, so that a plain hash can be kept.
const LENGTH: usize = 16;

/// New codes, like `4t1m-07qa-zz8x-pk2c`.
#[must_use]
pub fn make() -> Vec<String> {
    (0..COUNT).map(|_| one()).collect()
}

fn one() -> String {
    let mut code = String::new();
    for (place, byte) in rand::random::<[u8; LENGTH]>().iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        // 256 is a multiple of 32, so every character is as likely.
        let _ = write!(code, "{}", char::from(ALPHABET[usize::from(byte % 32)]));
    }
    code
}

/// The code that somebody meant: without the marks between its parts, small letters only, and with letters that look
/// like others read as those. `None` when it can't be a code.
#[must_use]
pub fn read(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|character| !matches!(character, '-' | ' '))
        .map(|character| match character.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            'u' => 'v',
            other => other,
        })
        .collect();
    let right = code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
    right.then_some(code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_differ_and_are_read_back_however_they_are_typed() {
        let codes = make();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), COUNT);
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            assert_eq!(read(code), Some(code.replace('-', "")));
            assert_eq!(read(&code.to_uppercase().replace('-', " ")), read(code));
        }
        assert_eq!(read("OIL0-0000-0000-0000").unwrap(), "0110000000000000");
        for wrong in ["123456", "", "0000-0000-0000-000", "0000-0000-0000-000é", "0000-0000-0000-0000-0"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
