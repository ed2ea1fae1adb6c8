//! Who a client speaks for.

use std::fmt;

use hansa_model::time::Clock;

use crate::agent_key::AgentKey;
use crate::error::ClientError;

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Who a client speaks for.
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// Nobody: enough for what is public.
    #[default]
    None,
    /// The member whose API token this is.
    Token(Secret),
    /// The agent whose key this is.
    Agent(AgentKey),
}

impl Credentials {
    /// What to send as bearer token in the next request.
    pub(crate) fn bearer(&self, clock: &Clock) -> Result<Option<String>, ClientError> {
        match self {
            Self::None => Ok(None),
            Self::Token(secret) => Ok(Some(secret.reveal().to_owned())),
            Self::Agent(key) => key.token(clock.now()).map(Some).map_err(ClientError::Key),
        }
    }
}
