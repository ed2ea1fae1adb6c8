//! Looks for packages on the market as the caller may see it.

mod keeper;
mod kept;

use std::time::Duration;

use hansa_matching::{Options, Snapshot, Viewer};
use hansa_model::application::Application;
use hansa_model::id::TenantId;
use hansa_model::package::{MatchOutcome, MatchRequest};

pub(crate) use keeper::Keeper;
pub(crate) use kept::News;

use crate::principal::Principal;
use crate::{Error, Exchange, Result};

/// How long a search may take before it answers with what it has, and how far from the best that may be.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// The catalogue as it is now, whole: what a caller may see of it is for the search to say.
///
/// # Errors
/// [`Error::Store`].
pub async fn snapshot(exchange: &Exchange) -> Result<Snapshot<'static>> {
    exchange.keeper().snapshot(exchange).await
}

/// The packages that satisfy an application, and why everything else was left out. It reads for itself, and never
/// while something is being changed: a search may take its whole time limit.
///
/// # Errors
/// [`Error::Store`].
pub async fn find(exchange: &Exchange, principal: &Principal, request: &MatchRequest) -> Result<MatchOutcome> {
    look(exchange, principal, &request.application, request.orderable_only).await
}

pub(crate) async fn look(
    exchange: &Exchange,
    principal: &Principal,
    application: &Application,
    orderable_only: bool,
) -> Result<MatchOutcome> {
    let market = snapshot(exchange).await?;
    let now = exchange.now();
    let application = application.clone();
    let (id, sees_all) = (principal.participant, principal.sees_all());
    let tenants: Vec<TenantId> = principal.tenants.iter().copied().collect();
    // The search must not keep others from being served.
    tokio::task::spawn_blocking(move || {
        let viewer = if sees_all { Viewer::Everything } else { Viewer::Participant { id, tenants: &tenants } };
        let options = Options { orderable_only, time_limit: TIME_LIMIT, viewer, ..Options::at(now) };
        hansa_matching::find_in(&market, &application, &options)
    })
    .await
    .map_err(|error| Error::Internal(format!("the search broke off: {error}")))
}
