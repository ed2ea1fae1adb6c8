//! What happened.

use clap::Args;
use futures_util::StreamExt as _;
use hansa_model::event::Event;

use crate::events::EventFilter;
use crate::output::{Format, Shown as _};
use crate::session::Session;

/// Show what happened.
#[derive(Debug, Args)]
#[command(after_help = "With --follow and -o json there is one JSON object a line.

Examples:
  hansa events
  hansa events --follow --kind order.,service.
  hansa events --subject ord_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Events {
    /// Go on with what happens, until interrupted
    #[arg(short, long)]
    follow: bool,
    /// Go on after the event with this sequence number; implies --follow
    #[arg(long, value_name = "SEQUENCE")]
    after: Option<u64>,
    /// Only these kinds, separated by commas; `order.` stands for all that begin so
    #[arg(long)]
    kind: Option<String>,
    /// Only about this thing
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
}

impl Events {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let filter = EventFilter { kind: self.kind, subject: self.subject };
        if !self.follow && self.after.is_none() {
            return session.output.list(&client.past_events(&filter).await?);
        }
        let mut events = std::pin::pin!(client.events(self.after, filter));
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(event) => print(session, &event?)?,
                    None => return Ok(()),
                },
                _ = tokio::signal::ctrl_c() => return Ok(()),
            }
        }
    }
}

fn print(session: &Session, event: &Event) -> anyhow::Result<()> {
    let line = match session.output.format() {
        Format::Table => event.cells().join("  "),
        Format::Json => serde_json::to_string(event)?,
        Format::Yaml => format!("---\n{}", yaml_serde::to_string(event)?.trim_end()),
        Format::Name => event.name(),
    };
    session.output.print(&(line + "\n"))
}
