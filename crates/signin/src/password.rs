//! Passwords, as NIST SP 800-63B asks for them: long rather than odd, and kept as Argon2id hashes (RFC 9106).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most bytes of a password; more would only be work for the exchange.
pub const LONGEST: usize = 256;
/// How many different characters a password has at least.
const VARIETY: usize = 5;

/// A password that can't be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password can't be hashed: {0}")]
pub struct HashFault(String);

/// What is kept when there is no password, so that looking for one takes as long as checking one.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

/// What is wrong with a password that somebody chose; nothing when it will do. `login` is what they sign in as.
#[must_use]
pub fn fault(password: &str, login: &str) -> Option<String> {
    let folded = password.to_lowercase();
    let different: BTreeSet<char> = folded.chars().collect();
    if password.chars().count() < SHORTEST {
        return Some(format!("use at least {SHORTEST} characters; a few words in a row are easy to remember"));
    }
    if password.len() > LONGEST {
        return Some(format!("use at most {LONGEST} bytes"));
    }
    if different.len() < VARIETY {
        return Some(format!("use at least {VARIETY} different characters"));
    }
    if !login.is_empty() && folded.contains(&login.to_lowercase()) {
        return Some("do not use what you sign in as within the password".to_owned());
    }
    None
}

/// What is kept of a password: a PHC string with the parameters and a salt of its own. Takes tens of milliseconds of
/// a processor and 19 MiB; call it where that holds up nobody.
///
/// # Errors
/// [`HashFault`] when there is no randomness or no memory.
pub fn hash(password: &str) -> Result<String, HashFault> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|error| HashFault(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was kept. Takes as long when nothing was kept.
#[must_use]
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    let Ok(hash) = PasswordHash::new(kept.unwrap_or(&NOBODYS)) else { return false };
    let matches = password.len() <= LONGEST && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    matches && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_and_no_other_is_taken() {
        let kept = hash("correct horse battery").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("correct horse battery", Some(&kept)));
        for wrong in ["Correct horse battery", "correct horse battery ", "", &"x".repeat(300)] {
            assert!(!verify(wrong, Some(&kept)), "{wrong}");
        }
        assert_ne!(kept, hash("correct horse battery").unwrap(), "the same salt twice");
    }

    #[test]
    fn nobody_has_the_password_of_nobody() {
        assert!(!verify("nobody has this password", None));
        assert!(!verify("x", Some("no hash")));
    }

    #[test]
    fn weak_passwords_are_told_why() {
        for (password, why) in [
            ("short one", "at least 12"),
            ("aaaaaaaaaaaaaaaa", "different characters"),
            ("my-ANNA@hansa.example-1", "what you sign in as"),
            (&"ab c".repeat(100), "at most 256"),
        ] {
            let fault = fault(password, "anna@hansa.example").unwrap();
            assert!(fault.contains(why), "{password}: {fault}");
        }
        assert_eq!(fault("vier Kähne im Nebel", "anna"), None);
    }
}
