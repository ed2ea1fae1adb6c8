//! What is kept true: idempotent functions without input, run now and then and when poked.
//!
//! [`run`] starts them all. Each may be run on many replicas at once: what must happen once is decided by the
//! store.

mod budgets;
mod close;
mod expire;
mod forget;
mod propose;
mod relay;
mod sagas;
mod silence;
mod trust;

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, error};

use crate::hints::Hint;
use crate::{Exchange, Result};

/// How long a reconciler rests after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// When a reconciler looks again: at the latest after this pause, earlier when its bell rings.
struct Rhythm {
    name: &'static str,
    bell: Option<Hint>,
}

/// Keeps everything true until the token is cancelled.
pub async fn run(exchange: Exchange, stop: CancellationToken) {
    let runner = format!("{}-{}", std::process::id(), hansa_model::id::RequestId::new());
    let every = |name| Rhythm { name, bell: None };
    let rung = |name, hint| Rhythm { name, bell: Some(hint) };
    tokio::join!(
        keep(&exchange, &stop, rung("sagas", Hint::Sagas), || sagas::look(&exchange, &runner)),
        keep(&exchange, &stop, rung("relay", Hint::Outbox), || relay::look(&exchange)),
        keep(&exchange, &stop, every("expire"), || expire::look(&exchange)),
        keep(&exchange, &stop, every("silence"), || silence::look(&exchange)),
        keep(&exchange, &stop, every("close"), || close::look(&exchange)),
        keep(&exchange, &stop, every("budgets"), || budgets::look(&exchange)),
        keep(&exchange, &stop, every("forget"), || forget::look(&exchange)),
        keep(&exchange, &stop, every("propose"), || propose::look(&exchange)),
        keep(&exchange, &stop, rung("trust", Hint::Trust), || trust::look(&exchange)),
    );
}

/// Runs every reconciler once, in an order that lets one see what the one before did. For tests with a hand-set
/// clock.
///
/// # Errors
/// The first failure.
pub async fn run_once(exchange: &Exchange) -> Result<()> {
    expire::look(exchange).await?;
    silence::look(exchange).await?;
    sagas::look(exchange, "once").await?;
    close::look(exchange).await?;
    budgets::look(exchange).await?;
    forget::look(exchange).await?;
    trust::look(exchange).await?;
    propose::look(exchange).await?;
    relay::look(exchange).await?;
    Ok(())
}

async fn keep<F, Fut>(exchange: &Exchange, stop: &CancellationToken, rhythm: Rhythm, look: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Duration>>,
{
    let bell = rhythm.bell.map(|hint| exchange.hints().bell(hint));
    let work = async {
        loop {
            exchange.jobs().begin(rhythm.name, exchange.now());
            let (pause, failure) = match look().await {
                Ok(pause) => (pause, None),
                Err(error) => {
                    let source = std::error::Error::source(&error);
                    error!(%error, source, "the reconciler failed and will look again");
                    (AFTER_FAILURE, Some(error.to_string()))
                }
            };
            let now = exchange.now();
            exchange.jobs().end(rhythm.name, now, now.plus(pause), failure);
            let poked = async {
                match &bell {
                    Some(bell) => bell.notified().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = poked => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    };
    work.instrument(tracing::info_span!("reconciler", name = rhythm.name)).await;
}
