//! Looks for packages on the market as the caller may see it.

mod keeper;
mod kept;
mod lanes;
mod turns;

use hansa_matching::Snapshot;
use hansa_model::application::Application;
use hansa_model::package::{MatchOutcome, MatchRequest};

pub(crate) use keeper::Keeper;
pub(crate) use kept::News;
pub(crate) use lanes::Lanes;
use lanes::Search;

use crate::principal::Principal;
use crate::{Exchange, Result};

/// The catalogue as it is now, whole: what a caller may see of it is for the search to say.
///
/// # Errors
/// [`Error::Store`](crate::Error::Store).
pub async fn snapshot(exchange: &Exchange) -> Result<Snapshot<'static>> {
    exchange.keeper().snapshot(exchange).await
}

/// The packages that satisfy an application, and why everything else was left out. It reads for itself, and never
/// while something is being changed: a search may take its whole time limit.
///
/// # Errors
/// [`Error::Store`](crate::Error::Store), [`Error::Busy`](crate::Error::Busy).
pub async fn find(exchange: &Exchange, principal: &Principal, request: &MatchRequest) -> Result<MatchOutcome> {
    look(exchange, principal, &request.application, request.orderable_only).await
}

pub(crate) async fn look(
    exchange: &Exchange,
    principal: &Principal,
    application: &Application,
    orderable_only: bool,
) -> Result<MatchOutcome> {
    let search = Search {
        market: snapshot(exchange).await?,
        application: application.clone(),
        orderable_only,
        now: exchange.now(),
        sees_all: principal.sees_all(),
        participant: principal.participant,
        tenants: principal.tenants.iter().copied().collect(),
    };
    exchange.lanes().serve(search).await
}
