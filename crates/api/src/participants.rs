//! Participants and invitations.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::{identity, participants};
use hansa_model::id::ParticipantId;
use hansa_model::page::Page;
use hansa_model::participant::{
    AcceptInvitation, AdmittedParticipant, Invitation, IssuedToken, NewInvitation, NewParticipant, Participant, Role,
};
use hansa_store::participant::ParticipantFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Json;
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query, non_empty, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, admit))
        .routes(routes!(get))
        .routes(routes!(invite))
        .routes(routes!(accept))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ParticipantQuery {
    /// Those with this role.
    role: Option<Role>,
    /// Those whose name holds this text.
    q: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists the participants of the federation, by name.
#[utoipa::path(get, path = "/v1/participants", operation_id = "listParticipants", tag = "participants",
    params(ParticipantQuery), responses((status = 200, description = "A page of participants", body = Page<Participant>)))]
async fn list(State(api): State<Api>, Query(query): Query<ParticipantQuery>) -> Result<axum::Json<Page<Participant>>> {
    let wanted = ParticipantFilter { role: query.role, text: non_empty(query.q) };
    let page = page(query.limit, query.cursor)?;
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(participants::list(&mut tx, &wanted, &page).await?))
}

/// Shows one participant, named by its identifier or short name.
#[utoipa::path(get, path = "/v1/participants/{participant}", operation_id = "getParticipant", tag = "participants",
    params(("participant" = String, Path, description = "Identifier or short name")),
    responses((status = 200, description = "The participant", body = Participant)))]
async fn get(State(api): State<Api>, Path(key): Path<String>, headers: HeaderMap) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &participants::get(&mut tx, &key).await?))
}

/// Takes a participant in. The answer holds the one-time code for its first member.
#[utoipa::path(post, path = "/v1/participants", operation_id = "admitParticipant", tag = "participants",
    request_body = NewParticipant,
    responses((status = 201, description = "The participant with its first tenant, project and invitation",
        body = AdmittedParticipant)))]
async fn admit(Caller(caller): Caller, change: Change<Json<NewParticipant>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let admitted = participants::admit(&mut act.work, &caller, new).await?;
    act.created(Some(format!("/v1/participants/{}", admitted.participant.id)), &admitted).await
}

/// Makes a one-time code that lets a member in. Its token will have every scope, so the token that asks needs every
/// scope as well.
#[utoipa::path(post, path = "/v1/participants/{participant}/invitations", operation_id = "inviteMember",
    tag = "participants", params(("participant" = ParticipantId, Path, description = "The participant to join")),
    request_body = NewInvitation, responses((status = 201, description = "The invitation", body = Invitation)))]
async fn invite(
    Caller(caller): Caller,
    Path(participant): Path<ParticipantId>,
    change: Change<Json<NewInvitation>>,
) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let invitation = identity::invite(&mut act.work, &caller, participant, new).await?;
    act.created(None, &invitation).await
}

/// Becomes a member with the code of an invitation. The answer holds the secret of a token, which is shown once.
#[utoipa::path(post, path = "/v1/invitations/accept", operation_id = "acceptInvitation", tag = "participants",
    request_body = AcceptInvitation,
    responses((status = 201, description = "A token of the new member", body = IssuedToken),
        (status = 401, description = "The code does not work")))]
async fn accept(change: Change<Json<AcceptInvitation>>) -> Result<Response> {
    let (Json(answer), mut act) = begin!(change);
    let issued = identity::accept(&mut act.work, answer).await?;
    act.created(None, &issued).await
}
