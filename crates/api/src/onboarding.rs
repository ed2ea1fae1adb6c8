//! Onboarding: what providers say of themselves step by step, and what operators make of it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::onboarding;
use hansa_model::id::ParticipantId;
use hansa_model::onboarding::{
    Onboarding, OnboardingState, OnboardingStep, OnboardingSummary, ReturnOnboarding, StepAnswers,
};
use hansa_model::page::Page;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Json, Nothing};
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Path2, Query, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(answer))
        .routes(routes!(submit))
        .routes(routes!(withdraw))
        .routes(routes!(approve))
        .routes(routes!(give_back))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OnboardingQuery {
    /// Those in this state.
    #[param(inline)]
    state: Option<OnboardingState>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists onboardings by the name of the provider: the caller's own; all for operators and auditors.
#[utoipa::path(get, path = "/v1/onboardings", operation_id = "listOnboardings", tag = "trust", params(OnboardingQuery),
    responses((status = 200, description = "A page of onboardings", body = Page<OnboardingSummary>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<OnboardingQuery>,
) -> Result<axum::Json<Page<OnboardingSummary>>> {
    let page = page(query.limit, query.cursor)?;
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(onboarding::list(&mut tx, &caller, query.state, &page).await?))
}

/// Shows the onboarding of a participant, named by its identifier or short name: every step with what is still wrong,
/// and for each level of each rule set what is missing and which step asks for it.
#[utoipa::path(get, path = "/v1/participants/{participant}/onboarding", operation_id = "getOnboarding", tag = "trust",
    params(("participant" = String, Path, description = "Identifier or short name")),
    responses((status = 200, description = "The onboarding", body = Onboarding)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &onboarding::get(&api.exchange, &mut tx, &caller, &key).await?))
}

/// Answers one step, in the place of what was answered before. It is kept at once, also when something of it is still
/// wrong or missing; the answer says what.
#[utoipa::path(post, path = "/v1/participants/{participant}/onboarding/steps/{step}",
    operation_id = "answerOnboardingStep", tag = "trust",
    params(("participant" = ParticipantId, Path, description = "The caller's participant"),
        ("step" = OnboardingStep, Path, description = "The step")),
    request_body = StepAnswers,
    responses((status = 200, description = "The onboarding as it is now", body = Onboarding)))]
async fn answer(
    Caller(caller): Caller,
    Path2(id, step): Path2<ParticipantId, OnboardingStep>,
    change: Change<Json<Value>>,
) -> Result<Response> {
    let (Json(said), mut act) = begin!(change);
    let now = onboarding::answer(&mut act.work, &caller, &id.to_string(), step, said).await?;
    act.done(&now).await
}

/// Submits what was answered: it becomes signed declarations, in the place of those of an earlier submission, and
/// levels follow at once.
#[utoipa::path(post, path = "/v1/participants/{participant}/onboarding/submit", operation_id = "submitOnboarding",
    tag = "trust", params(("participant" = ParticipantId, Path, description = "The caller's participant")),
    responses((status = 200, description = "The onboarding as it is now", body = Onboarding),
        (status = 400, description = "Something is still wrong or missing"),
        (status = 409, description = "It waits already")))]
async fn submit(Caller(caller): Caller, Path(id): Path<ParticipantId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let now = onboarding::submit(&mut act.work, &caller, &id.to_string()).await?;
    act.done(&now).await
}

/// Gives the onboarding of the caller's participant up. The evidence that it made counts no longer.
#[utoipa::path(post, path = "/v1/participants/{participant}/onboarding/withdraw", operation_id = "withdrawOnboarding",
    tag = "trust", params(("participant" = ParticipantId, Path, description = "The caller's participant")),
    responses((status = 200, description = "The onboarding as it is now", body = Onboarding),
        (status = 409, description = "It was given up before")))]
async fn withdraw(Caller(caller): Caller, Path(id): Path<ParticipantId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let now = onboarding::withdraw(&mut act.work, &caller, &id.to_string()).await?;
    act.done(&now).await
}

/// Approves what is submitted. When enough operators have, it is published, and the exchange attests what they have
/// looked at: who the provider is, its registration numbers and addresses. Nobody approves their own participant.
#[utoipa::path(post, path = "/v1/participants/{participant}/onboarding/approve", operation_id = "approveOnboarding",
    tag = "trust", params(("participant" = ParticipantId, Path, description = "The provider")),
    responses((status = 200, description = "The onboarding as it is now", body = Onboarding),
        (status = 409, description = "It is not submitted, or the caller has approved it and four eyes are asked for")))]
async fn approve(Caller(caller): Caller, Path(id): Path<ParticipantId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let now = onboarding::approve(&mut act.work, &caller, &id.to_string()).await?;
    act.done(&now).await
}

/// Gives an onboarding back with what is to be put right, by step. It is no longer published then.
#[utoipa::path(post, path = "/v1/participants/{participant}/onboarding/return", operation_id = "returnOnboarding",
    tag = "trust", params(("participant" = ParticipantId, Path, description = "The provider")),
    request_body = ReturnOnboarding,
    responses((status = 200, description = "The onboarding as it is now", body = Onboarding),
        (status = 409, description = "There is nothing to give back")))]
async fn give_back(
    Caller(caller): Caller,
    Path(id): Path<ParticipantId>,
    change: Change<Json<ReturnOnboarding>>,
) -> Result<Response> {
    let (Json(why), mut act) = begin!(change);
    let now = onboarding::give_back(&mut act.work, &caller, &id.to_string(), why).await?;
    act.done(&now).await
}
