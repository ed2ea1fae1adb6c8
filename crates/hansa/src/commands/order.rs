//! Orders.

mod create;
mod wait;

use clap::{Args, Subcommand};
use hansa_client::OrderFilter;
use hansa_model::order::{OrderKind, OrderState, RejectOrder};

use super::{Watch, Yes};
use crate::session::Session;
use crate::{input, prompt, resolve};

pub(super) use wait::follow;

/// Orders.
#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Order a quote, or match, quote and order in one go
    Create(create::Create),
    /// List orders
    List(List),
    /// Show an order
    Show(Show),
    /// Show the steps of an order
    Steps(Steps),
    /// Wait until an order has ended, and show its steps meanwhile
    Wait(wait::Wait),
    /// Approve an order of somebody else
    Approve(Approve),
    /// Reject an order
    Reject(Reject),
    /// Cancel an order and undo what was done
    Cancel(Cancel),
}

/// List orders.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa order list
  hansa order list --state submitted --watch")]
pub(crate) struct List {
    /// Only those in this state
    #[arg(long, value_parser = input::word::<OrderState>)]
    state: Option<OrderState>,
    /// Only those that do this
    #[arg(long, value_parser = input::word::<OrderKind>)]
    kind: Option<OrderKind>,
    #[command(flatten)]
    watch: Watch,
}

/// Show an order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa order show town-archive
  hansa order show ord_01h455vb4pex5vsknk084sn02q --watch")]
pub(crate) struct Show {
    /// Identifier, or name of the application that it made
    order: String,
    #[command(flatten)]
    watch: Watch,
}

/// Show the steps.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa order steps town-archive
  hansa order steps ord_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Steps {
    /// Identifier, or name of the application that it made
    order: String,
    #[command(flatten)]
    watch: Watch,
}

/// Approve an order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa order approve ord_01h455vb4pex5vsknk084sn02q
  hansa order approve town-archive -o json")]
pub(crate) struct Approve {
    /// Identifier, or name of the application that it made
    order: String,
}

/// Reject an order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa order reject town-archive --message 'over budget until January'
  hansa order reject ord_01h455vb4pex5vsknk084sn02q")]
pub(crate) struct Reject {
    /// Identifier, or name of the application that it made
    order: String,
    /// What the one who ordered is told
    #[arg(long)]
    message: Option<String>,
}

/// Cancel an order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa order cancel town-archive
  hansa order cancel ord_01h455vb4pex5vsknk084sn02q -y")]
pub(crate) struct Cancel {
    /// Identifier, or name of the application that it made
    order: String,
    #[command(flatten)]
    yes: Yes,
}

impl Order {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        match self {
            Self::Create(command) => command.run(session).await,
            Self::Wait(command) => command.run(session).await,
            Self::List(List { state, kind, watch }) => {
                let client = session.client()?;
                let filter = OrderFilter { state, kind };
                let draw = async || output.list(&client.orders(&filter).await?);
                session.watched(&client, watch.watch, "order.", draw).await
            }
            Self::Show(Show { order, watch }) => {
                let client = session.client()?;
                let id = resolve::order(&client, &order).await?;
                let draw = async || output.one(&client.order(id).await?);
                session.watched(&client, watch.watch, "order.", draw).await
            }
            Self::Steps(Steps { order, watch }) => {
                let client = session.client()?;
                let id = resolve::order(&client, &order).await?;
                let draw = async || output.list(&client.order_steps(id).await?);
                session.watched(&client, watch.watch, "order.", draw).await
            }
            Self::Approve(Approve { order }) => {
                let client = session.client()?;
                output.one(&client.approve_order(resolve::order(&client, &order).await?).await?)
            }
            Self::Reject(Reject { order, message }) => {
                let client = session.client()?;
                let id = resolve::order(&client, &order).await?;
                output.one(&client.reject_order(id, &RejectOrder { message }).await?)
            }
            Self::Cancel(Cancel { order, yes }) => {
                let client = session.client()?;
                let id = resolve::order(&client, &order).await?;
                prompt::type_name(&format!("At {}: the order will be undone.", client.address()), &order, yes.yes)?;
                output.one(&client.cancel_order(id).await?)
            }
        }
    }
}
