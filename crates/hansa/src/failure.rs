//! Why a command failed, as people, programs and shells are told.

use std::fmt::Write as _;

use hansa_client::ClientError;
use hansa_model::document::FieldError;
use serde::Serialize;

use crate::profile::Context;
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

/// What to do next, where whoever refused does not say.
fn next_step(code: &str, message: &str) -> Option<String> {
    let step = match code {
        "not-found" => return Some(look_for(message)),
        "forbidden" => "`hansa whoami` shows who you are here; ask somebody who may",
        "illegal-state" => "`hansa why` shows where it stands and what comes next",
        "unreachable" => "name another exchange with --exchange, or start one: `hansa serve`",
        "unexpected-answer" => "look at --exchange and HANSA_EXCHANGE, and compare `hansa version` with the exchange's",
        _ => return None,
    };
    Some(step.to_owned())
}

/// Where to look when a message says that something is not there: "there is no order `shop`".
fn look_for(message: &str) -> String {
    let what = message.strip_prefix("there is no ").and_then(|rest| rest.split_once(" `")).map(|(what, _)| what);
    let list = match what {
        Some("maintenance window") => "maintenance list",
        Some("rule set") => "trust rules",
        Some(
            noun @ ("agent" | "evidence" | "member" | "offer" | "onboarding" | "order" | "participant" | "project"
            | "proposal" | "quote" | "service" | "site" | "token"),
        ) => &format!("{noun} list"),
        _ => return "look at how it is spelt; what is not yours may be hidden from you".to_owned(),
    };
    format!("`hansa {list}` shows those that you may see")
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
        let mut report = if let Some(failure) = error.downcast_ref::<Failure>() {
            Self::of_failure(failure)
        } else if let Some(refusal) = error.downcast_ref::<ClientError>() {
            Self::of_client(refusal)
        } else {
            Self::new(Exit::Failure, "failure", format!("{error:#}"))
        };
        report.hint = report.hint.take().or_else(|| next_step(&report.code, &report.message));
        report
    }

    /// The same to whoever acts in this context: who is not let in is told where to log in.
    #[must_use]
    pub fn to_caller(mut self, context: &Context) -> Self {
        if self.code == "unauthenticated" && self.hint.is_none() {
            if context.token.is_none() {
                self.message = format!("you are not logged in at {}", context.exchange);
            }
            self.hint = Some(format!("log in: `hansa login --exchange {}`", context.exchange));
        }
        self
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
