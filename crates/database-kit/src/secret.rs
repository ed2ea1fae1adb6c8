//! Passwords that never show up in logs.

use std::fmt;

use rand::distr::{Alphanumeric, SampleString};
use serde::Deserialize;

/// Letters and digits of a password: 32 of them carry 190 bits.
const LENGTH: usize = 32;

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A new random password of 32 letters and digits, which needs no quoting anywhere.
    #[must_use]
    pub fn random() -> Self {
        Self(Alphanumeric.sample_string(&mut rand::rng(), LENGTH))
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_distinct_and_hidden() {
        let (first, second) = (Secret::random(), Secret::random());
        assert_eq!(first.reveal().len(), 32);
        assert_ne!(first, second);
        assert!(!format!("{first:?}").contains(first.reveal()));
    }
}
