//! Why a command failed, as people, programs and shells are told.

use std::fmt::Write as _;

use hansa_client::ClientError;
use hansa_model::document::FieldError;
use serde::Serialize;

use crate::render::paint::Paint;

/// What the process ends with. The numbers are a promise: `docs/cli.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It failed for a reason without a number of its own.
    Failure = 1,
    /// The command line was wrong.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// It can't be done as things are; nothing matches.
    Impossible = 4,
    /// The exchange does not know or not allow the caller.
    Refused = 5,
    /// The exchange can't be reached or is not available.
    Unreachable = 6,
    /// It took too long.
    TimedOut = 7,
}

/// A failure found by this program itself.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What the process ends with.
    pub exit: Exit,
    /// A stable code for programs.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Every field that is wrong.
    pub errors: Vec<FieldError>,
    /// The errors with excerpts of the text, for people.
    pub excerpt: Option<String>,
}

impl Failure {
    /// A failure with its code and message.
    pub fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self { exit, code, message: message.into(), hint: None, errors: Vec::new(), excerpt: None }
    }

    /// The same with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A thing that is not there.
    pub fn not_found(what: &str, name: &str) -> Self {
        Self::new(Exit::NotFound, "not-found", format!("there is no {what} `{name}`"))
    }

    /// A command line that is wrong in itself.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }
}

/// What is told of a failure: one JSON object, or some lines of text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What the process ends with.
    #[serde(skip)]
    pub exit: i32,
    /// A stable code for programs.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The request, for support.
    pub request_id: Option<String>,
    /// Every field that is wrong.
    pub errors: Vec<FieldError>,
    #[serde(skip)]
    excerpt: Option<String>,
}

impl Report {
    /// What is told of this error.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Self {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return Self::of_failure(failure);
        }
        if let Some(refusal) = error.downcast_ref::<ClientError>() {
            return Self::of_client(refusal);
        }
        Self::new(Exit::Failure, "failure", format!("{error:#}"))
    }

    fn new(exit: Exit, code: &str, message: String) -> Self {
        Self {
            exit: exit as i32,
            code: code.to_owned(),
            message,
            hint: None,
            request_id: None,
            errors: Vec::new(),
            excerpt: None,
        }
    }

    fn of_failure(failure: &Failure) -> Self {
        Self {
            hint: failure.hint.clone(),
            errors: failure.errors.clone(),
            excerpt: failure.excerpt.clone(),
            ..Self::new(failure.exit, failure.code, failure.message.clone())
        }
    }

    fn of_client(error: &ClientError) -> Self {
        let (exit, code) = match error {
            ClientError::Problem(problem) => {
                let exit = match problem.status {
                    401 | 403 => Exit::Refused,
                    404 => Exit::NotFound,
                    422 => Exit::Impossible,
                    502..=504 => Exit::Unreachable,
                    _ => Exit::Failure,
                };
                (exit, problem.code())
            }
            ClientError::Unreachable { .. } => (Exit::Unreachable, "unreachable"),
            ClientError::TimedOut { .. } => (Exit::TimedOut, "timed-out"),
            ClientError::InvalidAddress(_) => (Exit::Usage, "invalid-address"),
            ClientError::Unexpected { .. } | ClientError::Shape(_) => (Exit::Failure, "unexpected-answer"),
            ClientError::Setup(_) | ClientError::Request(_) | ClientError::Key(_) => (Exit::Failure, "failure"),
        };
        let mut report = Self::new(exit, code, error.to_string());
        if let Some(problem) = error.problem() {
            report.hint.clone_from(&problem.hint);
            report.request_id.clone_from(&problem.request_id);
            report.errors.clone_from(&problem.errors);
            if problem.status == 401 && report.hint.is_none() {
                report.hint = Some("log in: `hansa login --exchange URL --token TOKEN`".to_owned());
            }
        }
        report
    }

    /// The same for people, ending with a line break.
    #[must_use]
    pub fn text(&self, paint: Paint) -> String {
        let mut text = format!("{} {}\n", paint.bad("error:"), self.message);
        // Writing into a text can't fail.
        if let Some(excerpt) = &self.excerpt {
            _ = write!(text, "\n{excerpt}");
        } else if self.errors.len() > 1 {
            for error in &self.errors {
                _ = writeln!(text, "  {error}");
            }
        }
        if let Some(hint) = &self.hint {
            _ = writeln!(text, "  {} {hint}", paint.dim("hint:"));
        }
        if let Some(request) = &self.request_id {
            _ = writeln!(text, "  {} {request}", paint.dim("request:"));
        }
        text
    }

    /// The same as one JSON object, ending with a line break.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).map(|text| text + "\n").unwrap_or_default()
    }
}
