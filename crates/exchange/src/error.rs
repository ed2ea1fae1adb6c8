//! What can go wrong when Hansa is asked to do something.

use std::time::Duration;

use hansa_model::document::FieldError;
use hansa_model::lifecycle::IllegalTransition;
use hansa_model::money::MoneyError;
use hansa_model::problem::Problem;
use hansa_store::StoreError;

/// A refusal or failure. Each maps to one problem on the wire, in one place: [`Error::problem`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request carries no credentials, or none that are known.
    #[error("{0}")]
    Unauthenticated(String),
    /// The caller may see the thing but not do this with it.
    #[error("{detail}")]
    Forbidden {
        /// What is missing.
        detail: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The caller must prove again who they are.
    #[error("it is too long ago that you proved who you are")]
    Unproven,
    /// The caller must prove a second factor.
    #[error("this exchange demands a second factor, and you signed in with a password alone")]
    FactorNeeded,
    /// There were too many attempts.
    #[error("{detail}")]
    TooMany {
        /// Of what.
        detail: String,
        /// How long to wait.
        wait: Duration,
    },
    /// Somebody else who is needed does not answer.
    #[error("{0}")]
    Unreachable(String),
    /// The provider's agent, which alone could answer, does not.
    #[error("{0}")]
    AgentAway(String),
    /// There is no such thing, or the caller may not see it.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// How it was named.
        name: String,
    },
    /// The input is wrong; every field that is.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// It clashes with what is there.
    #[error("{detail}")]
    Conflict {
        /// A stable code: `name-taken`, `quote-expired`.
        code: &'static str,
        /// What clashes.
        detail: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// It was looked at and found wanting, for all these reasons.
    #[error("{detail}")]
    Refused {
        /// A stable code: `not-compliant`.
        code: &'static str,
        /// What it comes to.
        detail: String,
        /// Everything that stands against it.
        errors: Vec<FieldError>,
    },
    /// It is well-formed, but can't be done as things are.
    #[error("{detail}")]
    Impossible {
        /// A stable code: `capacity-exhausted`, `budget-exceeded`.
        code: &'static str,
        /// Why not.
        detail: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// It is not any more what the caller has seen.
    #[error("it changed since you looked at it")]
    Changed,
    /// The thing is in a state that does not allow it.
    #[error(transparent)]
    State(#[from] IllegalTransition),
    /// Amounts that can't be added or do not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// There is too much to do just now.
    #[error("{0}")]
    Busy(String),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// A fault of Hansa's own.
    #[error("{0}")]
    Internal(String),
}

/// The result of what Hansa does.
pub type Result<T> = std::result::Result<T, Error>;

fn summary(errors: &[FieldError]) -> String {
    match errors {
        [] => "the input is wrong".to_owned(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cursor => Self::field("cursor", error.to_string()),
            other => Self::Store(other),
        }
    }
}

impl Error {
    /// A thing that is not there, or not for this caller to see.
    pub fn not_found(what: &'static str, name: impl ToString) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }

    /// One field that is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// A clash with what is there.
    pub fn conflict(code: &'static str, detail: impl Into<String>, hint: impl Into<Option<&'static str>>) -> Self {
        Self::Conflict { code, detail: detail.into(), hint: hint.into().map(str::to_owned) }
    }

    /// Something that can't be done as things are.
    pub fn impossible(code: &'static str, detail: impl Into<String>, hint: impl Into<Option<&'static str>>) -> Self {
        Self::Impossible { code, detail: detail.into(), hint: hint.into().map(str::to_owned) }
    }

    /// The same as a problem on the wire. What went wrong inside stays inside.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (status, code, title) = match self {
            Self::Unauthenticated(_) => (401, "unauthenticated", "Who are you?"),
            Self::Forbidden { .. } => (403, "forbidden", "You may not do this"),
            Self::Unproven => (403, "proof-needed", "Prove again who you are"),
            Self::FactorNeeded => (403, "second-factor-needed", "Prove a second factor"),
            Self::TooMany { .. } => (429, "too-many-attempts", "Too many attempts"),
            Self::Unreachable(_) => (503, "provider-unreachable", "Somebody else does not answer"),
            Self::AgentAway(_) => (503, "agent-away", "The provider's agent is away"),
            Self::NotFound { .. } => (404, "not-found", "Not found"),
            Self::Invalid(_) => (400, "invalid-input", "The input is wrong"),
            Self::Conflict { code, .. } => (409, *code, "It clashes with what is there"),
            Self::Refused { code, .. } => (409, *code, "It does not meet the conditions"),
            Self::Changed => (412, "changed", "It changed meanwhile"),
            Self::State(_) => (409, "illegal-state", "Not possible in this state"),
            Self::Impossible { code, .. } => (422, *code, "It can't be done"),
            Self::Money(_) => (422, "amount", "The amounts do not fit"),
            Self::Busy(_) => (503, "busy", "The exchange is busy"),
            Self::Store(StoreError::Unavailable(_)) => (503, "unavailable", "The exchange is not available"),
            Self::Store(_) | Self::Internal(_) => (500, "internal-error", "A fault of the exchange"),
        };
        let hint = match self {
            Self::Forbidden { hint, .. } | Self::Conflict { hint, .. } | Self::Impossible { hint, .. } => hint.clone(),
            Self::Unproven => Some("send a proof to `/v1/session/proof`, then repeat the request".to_owned()),
            Self::FactorNeeded => Some(
                "set one-time codes or a passkey up in your account, then send one to `/v1/session/proof`".to_owned(),
            ),
            Self::TooMany { wait, .. } => Some(format!("wait for {} seconds", wait.as_secs() + 1)),
            Self::Unreachable(_) => Some("try again in a moment, or sign in another way".to_owned()),
            Self::AgentAway(_) => {
                Some("try again in a moment; if that does not help, ask the provider about its agent".to_owned())
            }
            Self::Changed => Some("read it again and repeat with its new `etag`".to_owned()),
            Self::Busy(_) | Self::Store(StoreError::Unavailable(_)) => Some("try again in a moment".to_owned()),
            Self::Store(_) | Self::Internal(_) => {
                Some("give the request id to the operator of the exchange".to_owned())
            }
            _ => None,
        };
        let detail = match self {
            Self::Store(StoreError::Unavailable(_)) => "the exchange can't reach its database".to_owned(),
            Self::Store(_) | Self::Internal(_) => "something went wrong inside the exchange".to_owned(),
            other => other.to_string(),
        };
        let errors = match self {
            Self::Invalid(errors) | Self::Refused { errors, .. } => errors.clone(),
            _ => Vec::new(),
        };
        Problem {
            kind: format!("/problems/{code}"),
            title: title.to_owned(),
            status,
            detail,
            hint,
            request_id: None,
            errors,
        }
    }
}
