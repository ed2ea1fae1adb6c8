//! The caller's account: what it signs in with, and for whom it acts.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use hansa_exchange::sign_in::{accounts, one_time, passkeys, passwords, providers};
use hansa_model::id::{IdentityId, PasskeyId};
use hansa_model::sign_in::{
    Account, JoinParticipant, Membership, NewPasskey, NewPassword, OneTimeCode, OneTimeSecret, Passkey,
    PasskeyChallenge, RecoveryCodes, RenamePasskey,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{self, Nothing};
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::Path;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(set_password))
        .routes(routes!(offer_codes, stop_codes))
        .routes(routes!(activate_codes))
        .routes(routes!(renew_codes))
        .routes(routes!(passkey_challenge))
        .routes(routes!(add_passkey))
        .routes(routes!(rename_passkey, remove_passkey))
        .routes(routes!(unlink))
        .routes(routes!(join))
}

/// Gives the caller's account: what it signs in with, and who knows it.
#[utoipa::path(get, path = "/v1/account", operation_id = "getAccount", tag = "account",
    responses((status = 200, description = "The account", body = Account)))]
async fn get(State(api): State<Api>, Caller(caller): Caller) -> Result<Json<Account>> {
    let mut tx = api.exchange.read().await?;
    Ok(Json(accounts::get(&mut tx, &caller).await?))
}

/// Gives the account another password, and ends its other sessions. Wants a proof of the last quarter of an hour.
#[utoipa::path(post, path = "/v1/account/password", operation_id = "setPassword", tag = "account",
    request_body = NewPassword, responses((status = 204, description = "It is another now")))]
async fn set_password(
    State(api): State<Api>,
    Caller(caller): Caller,
    change: Change<body::Json<NewPassword>>,
) -> Result<Response> {
    // Hashing takes long, so it is done before the change begins.
    let hashed = passwords::prepare(&api.exchange, &caller, &change.input().0).await?;
    let (_, mut act) = begin!(change);
    passwords::set(&mut act.work, &caller, &hashed).await?;
    act.gone().await
}

/// Makes a secret for an app that makes one-time codes. They are asked for once one was sent to `…/activate`.
#[utoipa::path(post, path = "/v1/account/one-time-codes", operation_id = "offerOneTimeCodes", tag = "account",
    responses((status = 201, description = "The secret; shown once", body = OneTimeSecret)))]
async fn offer_codes(Caller(caller): Caller, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let secret = one_time::offer(&mut act.work, &caller).await?;
    act.created(None, &secret).await
}

/// Asks for one-time codes beside the password from now on, and gives the recovery codes.
#[utoipa::path(post, path = "/v1/account/one-time-codes/activate", operation_id = "activateOneTimeCodes",
    tag = "account", request_body = OneTimeCode,
    responses((status = 200, description = "The recovery codes; shown once", body = RecoveryCodes)))]
async fn activate_codes(Caller(caller): Caller, change: Change<body::Json<OneTimeCode>>) -> Result<Response> {
    let (body::Json(given), mut act) = begin!(change);
    let codes = one_time::activate(&mut act.work, &caller, &given).await?;
    act.done(&codes).await
}

/// Asks for one-time codes no more. Recovery codes stop working.
#[utoipa::path(delete, path = "/v1/account/one-time-codes", operation_id = "stopOneTimeCodes", tag = "account",
    responses((status = 204, description = "They are not asked for any more")))]
async fn stop_codes(Caller(caller): Caller, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    one_time::stop(&mut act.work, &caller).await?;
    act.gone().await
}

/// Makes other recovery codes. Those from before stop working.
#[utoipa::path(post, path = "/v1/account/recovery-codes", operation_id = "renewRecoveryCodes", tag = "account",
    responses((status = 201, description = "The recovery codes; shown once", body = RecoveryCodes)))]
async fn renew_codes(Caller(caller): Caller, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let codes = one_time::renew(&mut act.work, &caller).await?;
    act.created(None, &codes).await
}

/// Begins to make another passkey: gives what the browser needs.
#[utoipa::path(post, path = "/v1/account/passkeys/challenge", operation_id = "startPasskey", tag = "account",
    responses((status = 201, description = "A challenge", body = PasskeyChallenge)))]
async fn passkey_challenge(Caller(caller): Caller, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let challenge = passkeys::next_challenge(&mut act.work, &caller).await?;
    act.created(None, &challenge).await
}

/// Adds a passkey to the account.
#[utoipa::path(post, path = "/v1/account/passkeys", operation_id = "addPasskey", tag = "account",
    request_body = NewPasskey, responses((status = 201, description = "The passkey", body = Passkey),
        (status = 404, description = "The challenge is another account's")))]
async fn add_passkey(Caller(caller): Caller, change: Change<body::Json<NewPasskey>>) -> Result<Response> {
    let (body::Json(new), mut act) = begin!(change);
    let passkey = passkeys::add(&mut act.work, &caller, new).await?;
    act.created(None, &passkey).await
}

/// Calls a passkey of the account something else.
#[utoipa::path(patch, path = "/v1/account/passkeys/{passkey}", operation_id = "renamePasskey", tag = "account",
    params(("passkey" = PasskeyId, Path, description = "The passkey")), request_body = RenamePasskey,
    responses((status = 200, description = "The passkey as it is now", body = Passkey)))]
async fn rename_passkey(
    Caller(caller): Caller,
    Path(passkey): Path<PasskeyId>,
    change: Change<body::Json<RenamePasskey>>,
) -> Result<Response> {
    let (body::Json(given), mut act) = begin!(change);
    let passkey = passkeys::rename(&mut act.work, &caller, passkey, &given.name).await?;
    act.done(&passkey).await
}

/// Removes a passkey of the account, unless nothing would be left to sign in with.
#[utoipa::path(delete, path = "/v1/account/passkeys/{passkey}", operation_id = "removePasskey", tag = "account",
    params(("passkey" = PasskeyId, Path, description = "The passkey")),
    responses((status = 204, description = "It does not work any more")))]
async fn remove_passkey(
    Caller(caller): Caller,
    Path(passkey): Path<PasskeyId>,
    change: Change<Nothing>,
) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    passkeys::remove(&mut act.work, &caller, passkey).await?;
    act.gone().await
}

/// Has an identity provider's word count for the account no more, unless nothing would be left to sign in with or the
/// provider's word is what makes the person a member. Wants a proof of the last quarter of an hour.
#[utoipa::path(delete, path = "/v1/account/identities/{identity}", operation_id = "unlinkIdentity", tag = "account",
    params(("identity" = IdentityId, Path, description = "As whom the provider knows the person")),
    responses((status = 204, description = "It does not count any more")))]
async fn unlink(Caller(caller): Caller, Path(identity): Path<IdentityId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    providers::unlink(&mut act.work, &caller, identity).await?;
    act.gone().await
}

/// Lets the account act for another participant as well, by an invitation.
#[utoipa::path(post, path = "/v1/account/memberships", operation_id = "joinParticipant", tag = "account",
    request_body = JoinParticipant,
    responses((status = 201, description = "For whom it acts as well now", body = Membership)))]
async fn join(Caller(caller): Caller, change: Change<body::Json<JoinParticipant>>) -> Result<Response> {
    let (body::Json(new), mut act) = begin!(change);
    let membership = accounts::join(&mut act.work, &caller, new).await?;
    act.created(None, &membership).await
}
