//! Participants and invitations.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::sign_in::accounts;
use hansa_exchange::{identity, participants};
use hansa_model::id::ParticipantId;
use hansa_model::page::Page;
use hansa_model::participant::{
    AcceptInvitation, AdmittedParticipant, Invitation, InvitationCode, InvitationPreview, IssuedToken, NewInvitation,
    NewParticipant, Participant, Role,
};
use hansa_store::participant::ParticipantFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Body, Json, Nothing};
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
        .routes(routes!(invite_self))
        .routes(routes!(preview))
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

/// Makes a one-time code by which the caller, who acts by tokens so far, gets an account to sign in to the console with.
#[utoipa::path(post, path = "/v1/members/self/invitations", operation_id = "inviteSelf", tag = "participants",
    responses((status = 201, description = "The invitation", body = Invitation)))]
async fn invite_self(Caller(caller): Caller, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let invitation = accounts::invite_self(&mut act.work, &caller).await?;
    act.created(None, &invitation).await
}

/// Tells what an invitation leads to, without using it.
#[utoipa::path(post, path = "/v1/invitations/preview", operation_id = "previewInvitation", tag = "participants",
    request_body = InvitationCode,
    responses((status = 200, description = "What it leads to", body = InvitationPreview),
        (status = 401, description = "The code does not work")))]
async fn preview(
    State(api): State<Api>,
    Body(Json(asked)): Body<Json<InvitationCode>>,
) -> Result<axum::Json<InvitationPreview>> {
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(accounts::preview(&mut tx, &api.exchange, &asked.code).await?))
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
