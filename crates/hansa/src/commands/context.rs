//! Remembered exchanges.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::output::Shown;
use crate::profile::{self, Profiles};
use crate::session::Session;

/// Remembered exchanges.
#[derive(Debug, Subcommand)]
pub(crate) enum Context {
    /// List the contexts
    List(List),
    /// Make a context the current one
    Use(Use),
    /// Show what is in force
    Show(Show),
}

/// List the contexts.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa context list
  hansa context list -o name")]
pub(crate) struct List;

/// Use a context.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa context use operator
  hansa context use default --project web-shop")]
pub(crate) struct Use {
    /// Its name
    name: String,
}

/// Show what is in force.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa context show
  HANSA_CONTEXT=operator hansa context show")]
pub(crate) struct Show;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    exchange: String,
    project: Option<String>,
    has_token: bool,
    current: bool,
}

impl Shown for Row {
    const COLUMNS: &'static [&'static str] = &["", "name", "exchange", "project", "token"];
    const NONE: &'static str = "no exchange is remembered; log in to one: `hansa login --exchange URL`";

    fn cells(&self) -> Vec<String> {
        vec![
            if self.current { "*" } else { "" }.to_owned(),
            self.name.clone(),
            self.exchange.clone(),
            self.project.clone().unwrap_or_default(),
            if self.has_token { "yes" } else { "no" }.to_owned(),
        ]
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        Self::COLUMNS.iter().copied().zip(self.cells()).skip(1).collect()
    }
}

impl Context {
    pub(super) fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(List) => list(session),
            Self::Use(command) => command.run(session),
            Self::Show(Show) => show(session),
        }
    }
}

fn list(session: &Session) -> anyhow::Result<()> {
    let profiles = Profiles::load(&profile::path())?;
    let rows: Vec<_> = profiles
        .contexts
        .iter()
        .map(|(name, context)| Row {
            name: name.clone(),
            exchange: context.exchange.clone(),
            project: context.project.clone(),
            has_token: context.token.is_some(),
            current: profiles.current.as_ref() == Some(name),
        })
        .collect();
    session.output.list(&rows)
}

fn show(session: &Session) -> anyhow::Result<()> {
    let (name, context) = session.context()?;
    session.output.one(&Row {
        name: name.unwrap_or_else(|| "(none)".to_owned()),
        exchange: context.exchange,
        project: context.project,
        has_token: context.token.is_some(),
        current: true,
    })
}

impl Use {
    fn run(self, session: &Session) -> anyhow::Result<()> {
        let path = profile::path();
        let mut profiles = Profiles::load(&path)?;
        profiles.select(Some(&self.name))?;
        if let (Some(project), Some(context)) =
            (session.globals().project.clone(), profiles.contexts.get_mut(&self.name))
        {
            context.project = Some(project);
        }
        profiles.current = Some(self.name.clone());
        profiles.save(&path)?;
        session.output.done("in use", &self.name)
    }
}
