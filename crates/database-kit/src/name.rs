//! Names of databases and users, derived from the service so that they are found without any memory.

use std::fmt;

use hansa_model::id::ServiceId;

/// The name of a service's database and of its user: the service's identifier, 30 characters of `a-z`, `0-9`, `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// What all of them begin with.
    pub const PREFIX: &'static str = "srv_";

    /// The name for a service.
    #[must_use]
    pub fn of(service: ServiceId) -> Self {
        Self(service.to_string())
    }

    /// The name as text; needs no quoting, as it has no special characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
