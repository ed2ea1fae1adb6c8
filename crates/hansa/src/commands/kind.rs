//! Service kinds.

use clap::{Args, Subcommand};
use hansa_model::kind::{KINDS, KindId};
use serde::Serialize;

use crate::output::Shown;
use crate::session::Session;

/// Service kinds.
#[derive(Debug, Subcommand)]
pub(crate) enum Kind {
    /// List the kinds
    List(List),
    /// Print the JSON Schema of a kind's properties, or of whole applications
    Schema(Schema),
}

/// List the kinds.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa kind list
  hansa kind list -o name")]
pub(crate) struct List;

/// Print a schema.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa kind schema compute.instance
  hansa kind schema > application.schema.json")]
pub(crate) struct Schema {
    /// The kind; whole applications by default
    kind: Option<KindId>,
}

#[derive(Debug, Serialize)]
struct Row {
    id: KindId,
    title: &'static str,
    description: &'static str,
}

impl Shown for Row {
    const COLUMNS: &'static [&'static str] = &["kind", "title", "description"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.title.to_owned(), self.description.to_owned()]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Kind {
    pub(super) fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(List) => {
                let rows: Vec<_> =
                    KINDS.iter().map(|kind| Row { id: kind.id, title: kind.title, description: kind.doc }).collect();
                session.output.list(&rows)
            }
            Self::Schema(Schema { kind }) => {
                let schema = kind.map_or_else(hansa_model::application::schema, |kind| kind.spec().schema());
                let text = serde_json::to_string_pretty(&schema)?;
                session.output.document(&schema, || text + "\n", || kind.iter().map(ToString::to_string).collect())
            }
        }
    }
}
