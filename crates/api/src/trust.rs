//! Trust: what is known of participants and offers, and what rule sets make of it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use hansa_exchange::trust;
use hansa_model::evidence::{
    CredentialCheck, NewEvidence, NewTrustedIssuer, OwnershipReport, RuleSetDetail, RuleSetSummary, TrustReport,
    TrustedIssuer,
};
use hansa_model::id::{OfferId, ParticipantId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Body, Json, Nothing};
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Path2};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(participant))
        .routes(routes!(offer))
        .routes(routes!(ownership))
        .routes(routes!(rule_sets))
        .routes(routes!(rule_set))
        .routes(routes!(issuers, believe))
        .routes(routes!(distrust))
        .routes(routes!(check))
        .routes(routes!(rotate))
        .routes(routes!(exchange_did))
        .routes(routes!(participant_did))
        .routes(routes!(status_list))
        .routes(routes!(participant_status_list))
}

/// Shows what is known of a participant, named by its identifier or short name, and what rule sets make of it.
#[utoipa::path(get, path = "/v1/participants/{participant}/trust", operation_id = "getParticipantTrust", tag = "trust",
    params(("participant" = String, Path, description = "Identifier or short name")),
    responses((status = 200, description = "Levels, the criteria that bind and the evidence that is missing",
        body = TrustReport)))]
async fn participant(State(api): State<Api>, Path(key): Path<String>, headers: HeaderMap) -> Result<Response> {
    Ok(etag::answer(&headers, &trust::of_participant(&api.exchange, &key).await?))
}

/// Shows what is known of an offer, and what rule sets make of it.
#[utoipa::path(get, path = "/v1/offers/{offer}/trust", operation_id = "getOfferTrust", tag = "trust",
    params(("offer" = OfferId, Path, description = "The offer")),
    responses((status = 200, description = "Levels, the criteria that bind and the evidence that is missing",
        body = TrustReport)))]
async fn offer(
    State(api): State<Api>,
    caller: Option<Caller>,
    Path(offer): Path<OfferId>,
    headers: HeaderMap,
) -> Result<Response> {
    let caller = caller.map(|Caller(caller)| caller);
    Ok(etag::answer(&headers, &trust::of_offer(&api.exchange, caller.as_ref(), offer).await?))
}

/// Shows who owns and controls a participant, which third countries can reach it, and a picture of it.
#[utoipa::path(get, path = "/v1/participants/{participant}/ownership", operation_id = "getOwnership", tag = "trust",
    params(("participant" = String, Path, description = "Identifier or short name")),
    responses((status = 200, description = "The verdict and what it rests on", body = OwnershipReport)))]
async fn ownership(State(api): State<Api>, Path(key): Path<String>, headers: HeaderMap) -> Result<Response> {
    Ok(etag::answer(&headers, &trust::ownership(&api.exchange, &key).await?))
}

/// Lists the rule sets that evidence is judged by, each in its versions.
#[utoipa::path(get, path = "/v1/rule-sets", operation_id = "listRuleSets", tag = "trust",
    responses((status = 200, description = "The rule sets", body = Vec<RuleSetSummary>)))]
async fn rule_sets(State(api): State<Api>, headers: HeaderMap) -> Response {
    etag::answer(&headers, &trust::rule_sets(&api.exchange))
}

/// Shows one version of a rule set with all its criteria.
#[utoipa::path(get, path = "/v1/rule-sets/{ruleSet}/{version}", operation_id = "getRuleSet", tag = "trust",
    params(("ruleSet" = String, Path, description = "The rule set: `gaia-x`"),
        ("version" = String, Path, description = "Its version")),
    responses((status = 200, description = "The rule set", body = RuleSetDetail)))]
async fn rule_set(
    State(api): State<Api>,
    Path2(id, version): Path2<String, String>,
    headers: HeaderMap,
) -> Result<Response> {
    Ok(etag::answer(&headers, &trust::rule_set(&api.exchange, &id, &version)?))
}

/// Lists whom the exchange believes what it signs about others.
#[utoipa::path(get, path = "/v1/trusted-issuers", operation_id = "listTrustedIssuers", tag = "trust",
    responses((status = 200, description = "The list", body = Vec<TrustedIssuer>)))]
async fn issuers(State(api): State<Api>, headers: HeaderMap) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &trust::issuers(&mut tx).await?))
}

/// Believes somebody what it signs about others, or changes what it is believed. Whom its evidence concerns is judged
/// anew.
#[utoipa::path(post, path = "/v1/trusted-issuers", operation_id = "trustIssuer", tag = "trust",
    request_body = NewTrustedIssuer,
    responses((status = 201, description = "Who is believed what", body = TrustedIssuer)))]
async fn believe(Caller(caller): Caller, change: Change<Json<NewTrustedIssuer>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let issuer = trust::believe(&mut act.work, &caller, new).await?;
    act.created(None, &issuer).await
}

/// Believes somebody no longer. What it signed counts no more from now on.
#[utoipa::path(delete, path = "/v1/trusted-issuers/{issuer}", operation_id = "distrustIssuer", tag = "trust",
    params(("issuer" = String, Path, description = "Its DID")),
    responses((status = 204, description = "It is believed no longer")))]
async fn distrust(Caller(caller): Caller, Path(did): Path<String>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    trust::distrust(&mut act.work, &caller, &did).await?;
    act.gone().await
}

/// Looks at a credential or presentation without taking it in: whether its signature, times, status and issuer can be
/// believed, whether it keeps to the shape of its type, and what it says.
#[utoipa::path(post, path = "/v1/trust/check", operation_id = "checkCredential", tag = "trust",
    request_body = NewEvidence,
    responses((status = 200, description = "What was found", body = CredentialCheck)))]
async fn check(
    State(api): State<Api>,
    Caller(_caller): Caller,
    Body(Json(new)): Body<Json<NewEvidence>>,
) -> Result<axum::Json<CredentialCheck>> {
    Ok(axum::Json(trust::check(&api.exchange, &new).await?))
}

/// Gives a participant a new key to sign credentials with. What was signed with the ones before still verifies.
#[utoipa::path(post, path = "/v1/participants/{participant}/key", operation_id = "rotateKey", tag = "trust",
    params(("participant" = ParticipantId, Path, description = "The participant")),
    responses((status = 200, description = "The new DID document", body = serde_json::Value)))]
async fn rotate(
    Caller(caller): Caller,
    Path(participant): Path<ParticipantId>,
    change: Change<Nothing>,
) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let document = trust::rotate(&mut act.work, &caller, participant).await?;
    act.done(&document).await
}

/// Gives the DID document of the exchange (did:web).
#[utoipa::path(get, path = "/.well-known/did.json", operation_id = "getExchangeDid", tag = "trust",
    responses((status = 200, description = "The document", body = serde_json::Value)))]
async fn exchange_did(State(api): State<Api>) -> Result<Response> {
    Ok(axum::Json(trust::exchange_document(&api.exchange).await?).into_response())
}

/// Gives the DID document of a participant (did:web).
#[utoipa::path(get, path = "/participants/{participant}/did.json", operation_id = "getParticipantDid", tag = "trust",
    params(("participant" = String, Path, description = "Its short name")),
    responses((status = 200, description = "The document", body = serde_json::Value)))]
async fn participant_did(State(api): State<Api>, Path(name): Path<String>) -> Result<Response> {
    Ok(axum::Json(trust::participant_document(&api.exchange, &name).await?).into_response())
}

/// Gives a status list of credentials that the exchange issued (W3C Bitstring Status List), as a signed credential.
#[utoipa::path(get, path = "/trust/status/{list}", operation_id = "getStatusList", tag = "trust",
    params(("list" = String, Path, description = "The number of the list")),
    responses((status = 200, description = "The list", content_type = "application/vc+jwt", body = String)))]
async fn status_list(State(api): State<Api>, Path(list): Path<String>) -> Result<Response> {
    Ok(signed(trust::status_list(&api.exchange, None, &list).await?))
}

/// Gives a status list of credentials that a participant issued (W3C Bitstring Status List), as a signed credential.
#[utoipa::path(get, path = "/participants/{participant}/status/{list}", operation_id = "getParticipantStatusList",
    tag = "trust", params(("participant" = String, Path, description = "Its short name"),
        ("list" = String, Path, description = "The number of the list")),
    responses((status = 200, description = "The list", content_type = "application/vc+jwt", body = String)))]
async fn participant_status_list(
    State(api): State<Api>,
    Path2(participant, list): Path2<String, String>,
) -> Result<Response> {
    Ok(signed(trust::status_list(&api.exchange, Some(&participant), &list).await?))
}

fn signed(credential: String) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/vc+jwt"))], credential).into_response()
}
