//! Why a call failed.

use hansa_model::problem::Problem;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address can't be one of an exchange.
    #[error("`{0}` is not the address of an exchange: write it like `https://exchange.example`")]
    InvalidAddress(String),
    /// The client could not be set up.
    #[error("the HTTP client can't be set up: are the system's root certificates installed?")]
    Setup(#[source] reqwest::Error),
    /// The exchange understood and said no.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// Nobody answered.
    #[error("no answer: is the exchange running at {address}?")]
    Unreachable {
        /// The exchange's address.
        address: String,
        /// What happened.
        source: reqwest::Error,
    },
    /// The answer did not come in time.
    #[error("the exchange at {address} did not answer in time: try again")]
    TimedOut {
        /// The exchange's address.
        address: String,
    },
    /// The answer is not one of an exchange.
    #[error("unexpected answer with status {status} from {address}: is this really an exchange?")]
    Unexpected {
        /// The exchange's address.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// The answer has another shape than this client knows.
    #[error("an answer of the exchange is not understood: is it of another version than this program?")]
    Shape(#[source] serde_json::Error),
    /// What was to be sent can't be written as JSON.
    #[error("the request can't be written as JSON")]
    Request(#[source] serde_json::Error),
    /// The agent's key can't sign.
    #[error("the agent's key can't be used: enrol the agent again")]
    Key(#[source] jsonwebtoken::errors::Error),
}

impl ClientError {
    /// The problem, when the exchange understood and said no.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether the same call may work later: nobody answered, or the exchange is busy.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Problem(problem) => matches!(problem.status, 429 | 500..=599),
            Self::Unexpected { status, .. } => matches!(status, 429 | 500..=599),
            _ => false,
        }
    }
}
