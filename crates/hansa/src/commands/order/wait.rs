//! Waiting for orders.

use std::time::Duration;

use clap::Args;
use futures_util::StreamExt as _;
use hansa_client::Client;
use hansa_model::id::OrderId;
use hansa_model::lifecycle;
use hansa_model::order::{Order, OrderState};

use crate::events::EventFilter;
use crate::failure::{Exit, Failure};
use crate::render::steps::Live;
use crate::render::words;
use crate::resolve;
use crate::session::Session;

/// How long not to look when no event comes: steps change without one.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Wait for an order.
#[derive(Debug, Args)]
#[command(after_help = "Interrupting (Ctrl-C) stops waiting only; the order goes on.

Examples:
  hansa order wait town-archive
  hansa order wait ord_01h455vb4pex5vsknk084sn02q --timeout 600 -o json")]
pub(crate) struct Wait {
    /// Identifier, or name of the application that it made
    order: String,
    /// Seconds to wait at most
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

impl Wait {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let id = resolve::order(&client, &self.order).await?;
        follow(session, &client, id, self.timeout.map(Duration::from_secs)).await
    }
}

/// Shows the steps of an order until it has ended, then the order. Fails when it ended otherwise than wished.
///
/// # Errors
/// With [`Exit::TimedOut`] after the time is over, [`Exit::Impossible`] when the order failed.
pub(crate) async fn follow(
    session: &Session,
    client: &Client,
    id: OrderId,
    timeout: Option<Duration>,
) -> anyhow::Result<()> {
    let terminal = session.output.shows_progress();
    let mut live = Live::new(terminal, !session.globals().quiet);
    let resume = format!("the order goes on; wait for it again: hansa order wait {id}");
    let outcome = tokio::select! {
        ended = until_ended(client, id, &mut live) => ended.map(Some),
        _ = tokio::signal::ctrl_c() => Ok(None),
        () = after(timeout) => {
            Err(Failure::new(Exit::TimedOut, "timed-out", "the order has not ended yet").hint(resume.clone()).into())
        }
    };
    live.finish();
    let Some(order) = outcome? else {
        session.output.note(&resume);
        return Ok(());
    };
    session.output.one(&order)?;
    if order.state == OrderState::Fulfilled {
        return Ok(());
    }
    let message = format!("the order is {}", words::word(&order.state));
    let failure = Failure::new(Exit::Impossible, "order-not-fulfilled", message);
    Err(failure.hint(format!("why: hansa why {id}")).into())
}

async fn after(timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => tokio::time::sleep(timeout).await,
        None => std::future::pending().await,
    }
}

async fn until_ended(client: &Client, id: OrderId, live: &mut Live) -> anyhow::Result<Order> {
    let filter = EventFilter { kind: None, subject: Some(id.to_string()) };
    let mut events = std::pin::pin!(client.events(None, filter).fuse());
    loop {
        let order = client.order(id).await?;
        live.update(&order, &client.order_steps(id).await?);
        if lifecycle::ORDER.is_end(order.state) {
            return Ok(order);
        }
        tokio::select! {
            // A stream that ended or failed only makes the next look come later.
            Some(_) = events.next() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
