//! Becoming an agent: a one-time token and a fresh key for a lasting identity.

use std::fs;
use std::path::{Path, PathBuf};

use hansa_client::{AgentKey, AgentSecret, Client, ClientError, Credentials, KeyFileError};
use hansa_model::agent::{Agent, EnrolRequest};

/// Why an agent could not enrol.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// It has enrolled before.
    #[error("this agent has enrolled already: its key is {0}; move it away to enrol as another agent")]
    Already(PathBuf),
    /// The state directory can't be used.
    #[error("the state directory {0} can't be made")]
    Directory(PathBuf, #[source] std::io::Error),
    /// The key can't be kept.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The exchange did not take it.
    #[error(transparent)]
    Exchange(#[from] ClientError),
}

/// The file of an agent's key within its state directory.
#[must_use]
pub fn key_file(state: &Path) -> PathBuf {
    state.join("agent.key")
}

/// Enrols with a one-time token and keeps the key in the state directory.
///
/// The key is kept before it is sent, so an enrolment whose answer was lost can be repeated with it.
///
/// # Errors
/// [`EnrolError`].
pub async fn enrol(state: &Path, exchange: &str, token: &str) -> Result<Agent, EnrolError> {
    let path = key_file(state);
    if path.exists() {
        return Err(EnrolError::Already(path));
    }
    let unusable = |error| EnrolError::Directory(state.to_owned(), error);
    crate::private::make(state).map_err(unusable)?;
    let draft = state.join("enrolling.key");
    let secret = if draft.exists() {
        AgentSecret::load(&draft)?
    } else {
        let secret = AgentSecret::generate();
        secret.save(&draft)?;
        secret
    };
    let client = Client::new(exchange, Credentials::None)?;
    let request = EnrolRequest { token: token.to_owned(), public_key: secret.public_key() };
    let agent = client.enrol_agent(&request).await?;
    AgentKey::new(agent.id, secret).save(&path)?;
    let _ = fs::remove_file(draft);
    Ok(agent)
}
