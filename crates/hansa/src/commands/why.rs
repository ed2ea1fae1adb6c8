//! What things wait for.

use clap::Args;
use hansa_model::id::{OrderId, ServiceId};

use super::Watch;
use crate::failure::Exit;
use crate::failure::Report;
use crate::resolve;
use crate::session::Session;

/// Show what an order or service waits for.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa why town-archive
  hansa why srv_01h455vb4pex5vsknk084sn02q --watch")]
pub(crate) struct Why {
    /// Order (identifier or application) or service (identifier, component or instance)
    subject: String,
    #[command(flatten)]
    watch: Watch,
}

#[derive(Debug, Clone, Copy)]
enum Subject {
    Order(OrderId),
    Service(ServiceId),
}

impl Why {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let subject = if self.subject.starts_with("srv_") {
            Subject::Service(resolve::service(&client, &self.subject).await?.id)
        } else {
            match resolve::order(&client, &self.subject).await {
                Ok(id) => Subject::Order(id),
                Err(error) if Report::of(&error).exit == Exit::NotFound as i32 => {
                    Subject::Service(resolve::service(&client, &self.subject).await?.id)
                }
                Err(error) => return Err(error),
            }
        };
        let draw = async || {
            let why = match subject {
                Subject::Order(id) => client.why_order(id).await?,
                Subject::Service(id) => client.why_service(id).await?,
            };
            session.output.one(&why)
        };
        session.watched(&client, self.watch.watch, "order.,service.", draw).await
    }
}
