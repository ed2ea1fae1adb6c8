//! Checking application documents.

use std::path::PathBuf;

use clap::Args;

use crate::input;
use crate::session::Session;

/// Check an application document.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa validate -f app.yaml
  cat app.yaml | hansa validate -f - -o json")]
pub(crate) struct Validate {
    /// The document, in YAML or JSON; `-` for stdin
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
}

impl Validate {
    pub(super) fn run(self, session: &Session) -> anyhow::Result<()> {
        let application = input::application(&self.file)?;
        let people = || format!("{} is right: {} components\n", application.name, application.components.len());
        session.output.document(&application, people, || vec![application.name.to_string()])
    }
}
