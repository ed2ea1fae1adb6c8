//! A running agent: its parts, started together.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join5;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::TcpListener;

use crate::core::Core;
use crate::error::Error;
use crate::handle::Handle;
use crate::journal::Journal;
use crate::journal::storage::Storage;
use crate::link::Link;
use crate::options::Options;
use crate::station::{Placement, Station};
use crate::telemetry::Telemetry;
use crate::{census, consoles, pull, reconcile, report, web};

const LAST_REPORT_LIMIT: Duration = Duration::from_secs(3);

/// An agent that is ready to run.
///
/// It may be dropped at any point, which is the same as a crash: the next one on the same journal and back
/// ends goes on where it was.
pub struct Agent {
    core: Arc<Core>,
    metrics: Option<TcpListener>,
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agent").field("options", &self.core.options).finish_non_exhaustive()
    }
}

impl Agent {
    /// Reads the journal, so that [`Agent::run`] can go on from there.
    ///
    /// # Errors
    /// [`Error::Journal`] when the journal can't be used.
    pub async fn open(
        options: Options,
        placements: Vec<Placement>,
        link: impl Link,
        storage: impl Storage,
    ) -> Result<Self, Error> {
        let journal = Journal::open(Box::new(storage)).await?;
        let telemetry = Arc::new(Telemetry::new());
        let station = |placement| Station::new(placement, &options, Arc::clone(&telemetry));
        let stations = placements.into_iter().map(station).collect();
        let core = Arc::new(Core::new(options, Box::new(link), journal, stations, telemetry));
        Ok(Self { core, metrics: None })
    }

    /// Serves `GET /metrics` and `GET /health` on the listener while it runs.
    #[must_use]
    pub fn serve_metrics(mut self, listener: TcpListener) -> Self {
        self.metrics = Some(listener);
        self
    }

    /// A handle on it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(&self.core)
    }

    /// Runs until it is told to stop.
    ///
    /// # Errors
    /// [`Error`] when it must not go on. Services are left as they are.
    pub async fn run(self) -> Result<(), Error> {
        let handle = self.handle();
        let served = async {
            if let Some(listener) = self.metrics {
                web::serve(listener, handle).await;
            }
            // The endpoint is a convenience: the agent goes on without it.
            std::future::pending::<Infallible>().await
        };
        tokio::select! {
            biased;
            outcome = work(&self.core) => outcome,
            never = served => match never {},
        }
    }
}

async fn work(core: &Core) -> Result<(), Error> {
    let census = async {
        census::census(core).await;
        Ok(())
    };
    let consoles = async {
        consoles::serve(core).await;
        Ok(())
    };
    let (is_at_rest, ..) = try_join5(tend_all(core), pull::pull(core), report::report(core), census, consoles).await?;
    if is_at_rest && let Some(outcome) = core.options.timer.timeout(LAST_REPORT_LIMIT, report::flush(core)).await {
        outcome?;
    }
    Ok(())
}

/// Tends every service, each on its own, until the agent is to stop. Whether all calls came to an end then.
async fn tend_all(core: &Core) -> Result<bool, Error> {
    let mut tended = FuturesUnordered::new();
    while !core.signals.closing.is_cancelled() {
        tended.extend(core.new_slots().into_iter().map(|slot| reconcile::tend(core, slot)));
        tokio::select! {
            biased;
            () = core.signals.closing.cancelled() => {}
            Some(outcome) = tended.next() => outcome?,
            () = core.signals.assigned.notified() => {}
        }
    }
    let finish = async {
        while let Some(outcome) = tended.next().await {
            outcome?;
        }
        Ok(true)
    };
    core.options.timer.timeout(core.options.grace, finish).await.unwrap_or(Ok(false))
}
