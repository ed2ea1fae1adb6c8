//! Looks for packages on the market as the caller may see it.

use std::time::Duration;

use hansa_matching::Options;
use hansa_model::application::Application;
use hansa_model::offer::Catalogue;
use hansa_model::package::{MatchOutcome, MatchRequest};
use hansa_store::catalogue;
use hansa_store::offer::Viewer;

use crate::principal::Principal;
use crate::{Error, Exchange, Result};

/// How long a search may take before it answers with what it has, and how far from the best that may be.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// What a search found, and the catalogue that it searched.
#[derive(Debug)]
pub struct Market {
    pub(crate) catalogue: Catalogue,
    pub(crate) outcome: MatchOutcome,
}

/// Searches the market for an application. It reads for itself, and never while something is being changed: a
/// search may take its whole time limit.
///
/// # Errors
/// [`Error::Store`].
pub async fn look(
    exchange: &Exchange,
    principal: &Principal,
    application: &Application,
    orderable_only: bool,
) -> Result<Market> {
    let viewer = if principal.sees_all() { Viewer::Everything } else { Viewer::Participant(principal.participant) };
    let now = exchange.now();
    let catalogue = catalogue::snapshot(&mut exchange.read().await?, viewer, now).await?;
    let application = application.clone();
    // The search must not keep others from being served.
    tokio::task::spawn_blocking(move || {
        let options = Options { orderable_only, time_limit: TIME_LIMIT, ..Options::at(now) };
        let outcome = hansa_matching::find(&application, &catalogue, &options);
        Market { catalogue, outcome }
    })
    .await
    .map_err(|error| Error::Internal(format!("the search broke off: {error}")))
}

/// The packages that satisfy an application, and why everything else was left out.
///
/// # Errors
/// [`Error::Store`].
pub async fn find(exchange: &Exchange, principal: &Principal, request: &MatchRequest) -> Result<MatchOutcome> {
    let market = look(exchange, principal, &request.application, request.orderable_only).await?;
    Ok(market.outcome)
}
