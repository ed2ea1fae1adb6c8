//! The form in which PostgreSQL keeps passwords (SCRAM-SHA-256, RFC 5802 and RFC 7677). Computing it here keeps
//! the password itself out of statements, and thereby out of the server's log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_database_kit::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const ITERATIONS: u32 = 4096;

/// What PostgreSQL takes in the place of the password.
pub(crate) fn verifier(password: &Secret) -> String {
    with_salt(password.reveal().as_bytes(), &rand::random::<[u8; 16]>())
}

fn with_salt(password: &[u8], salt: &[u8]) -> String {
    let salted = salted_password(password, salt);
    let stored_key = Sha256::digest(sign(&salted, b"Client Key"));
    let server_key = sign(&salted, b"Server Key");
    let [salt, stored_key, server_key] =
        [salt, stored_key.as_slice(), server_key.as_slice()].map(|bytes| STANDARD.encode(bytes));
    format!("SCRAM-SHA-256${ITERATIONS}:{salt}${stored_key}:{server_key}")
}

/// `Hi` of RFC 5802: PBKDF2 with one block.
fn salted_password(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let first = sign(password, &[salt, &1u32.to_be_bytes()].concat());
    let mut round = first;
    let mut sum = first;
    for _ in 1..ITERATIONS {
        round = sign(password, &round);
        sum.iter_mut().zip(round).for_each(|(byte, other)| *byte ^= other);
    }
    sum
}

fn sign(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_example_of_rfc_7677() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = with_salt(b"pencil", &salt);
        let expected = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$\
                        WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        assert_eq!(verifier, expected);
    }
}
