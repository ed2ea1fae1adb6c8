//! Texts as one part of a path.

use std::fmt::Write as _;

/// The text with everything escaped that has a meaning in an address.
pub(crate) fn part(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(byte)),
            // Writing into a text can't fail.
            _ => _ = write!(escaped, "%{byte:02X}"),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_has_a_meaning_is_escaped() {
        assert_eq!(super::part("a/b?c=ä%"), "a%2Fb%3Fc%3D%C3%A4%25");
        assert_eq!(super::part("gridtown-1.a_b~"), "gridtown-1.a_b~");
    }
}
