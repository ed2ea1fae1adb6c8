//! One-time codes by time (TOTP, RFC 6238): six digits, thirty seconds, SHA-1, which is what every app can do.

use totp_rs::{Builder, Secret, Totp};

/// How many steps a clock may be early or late.
const SKEW: u16 = 1;

/// Why a code can't be computed.
#[derive(Debug, thiserror::Error)]
#[error("the secret of the one-time codes can't be used: {0}")]
pub struct CodeFault(String);

fn fault(error: impl std::fmt::Display) -> CodeFault {
    CodeFault(error.to_string())
}

/// A new secret of 160 bits, in base 32.
#[must_use]
pub fn make() -> String {
    Secret::from(rand::random::<[u8; 20]>().to_vec()).to_base32()
}

fn codes(secret: &str) -> Result<Builder, CodeFault> {
    let secret = Secret::try_from_base32(secret).map_err(|_| fault("it is not base 32"))?;
    Ok(Builder::new().with_secret(secret).with_skew(SKEW))
}

/// What an app reads as a picture: `otpauth://totp/…`. `exchange` and `login` tell which secret it is.
///
/// # Errors
/// [`CodeFault`] when the secret is none.
pub fn uri(secret: &str, exchange: &str, login: &str) -> Result<String, CodeFault> {
    let plain = |text: &str| text.replace(':', "_");
    let builder = codes(secret)?.with_account_name(plain(login)).with_issuer(Some(plain(exchange)));
    builder.build().map_err(fault)?.to_url().map_err(fault)
}

/// The step that a code belongs to, when it is one of about now; `None` otherwise. Whoever asks must take a step only
/// once, and none before one that was taken.
///
/// # Errors
/// [`CodeFault`] when the secret is none.
pub fn step(secret: &str, code: &str, seconds: u64) -> Result<Option<u64>, CodeFault> {
    let totp: Totp = codes(secret)?.build().map_err(fault)?;
    let digits: String = code.chars().filter(|character| *character != ' ').collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    Ok(totp.check(&digits, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `12345678901234567890` in base 32, as the RFC's vectors have it.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (20_000_000_000, "353130")]
        {
            assert_eq!(step(SECRET, code, seconds).unwrap(), Some(seconds / 30), "{seconds}");
        }
        assert_eq!(step(SECRET, "287 082", 59).unwrap(), Some(1));
    }

    #[test]
    fn a_code_is_good_for_one_step_before_and_after_its_own() {
        let at = |seconds| step(SECRET, "287082", seconds).unwrap();
        assert_eq!((at(29), at(30), at(89), at(90)), (Some(1), Some(1), Some(1), None));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for code in ["", "28708", "2870820", "28708a", "-28708", "+28708"] {
            assert_eq!(step(SECRET, code, 59).unwrap(), None, "{code}");
        }
        assert!(step("not base 32!", "287082", 59).is_err());
    }

    #[test]
    fn apps_are_told_whose_secret_it_is() {
        let secret = make();
        assert_eq!(secret.len(), 32);
        let uri = uri(&secret, "hansa.example:7443", "anna@example.eu").unwrap();
        assert!(uri.starts_with("otpauth://totp/hansa.example_7443:anna%40example.eu?secret="), "{uri}");
    }
}
