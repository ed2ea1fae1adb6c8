//! Signing in and up in a browser. Answers that begin a session set its cookie, so they are made anew each time.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hansa_exchange::sign_in::passwords::Outcome;
use hansa_exchange::sign_in::providers::Return;
use hansa_exchange::sign_in::{self, Begun, Visitor, accounts, passkeys, passwords, providers, resets};
use hansa_model::sign_in::{
    CodeSignIn, Departure, PasskeyAnswer, PasskeyChallenge, PasswordSignIn, ProviderSignIn, ResetAccount,
    SignInOptions, SignInOutcome, SignUp, SignUpChallenge, SignedIn,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{self, Body};
use crate::cookies::Cookie;
use crate::gate::{Caller, Comer};
use crate::problem::{Refusal, Result};
use crate::query::Query;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(options))
        .routes(routes!(password))
        .routes(routes!(code))
        .routes(routes!(passkey_challenge))
        .routes(routes!(passkey))
        .routes(routes!(provider))
        .routes(routes!(callback))
        .routes(routes!(sign_up_challenge))
        .routes(routes!(sign_up))
        .routes(routes!(reset))
}

/// An answer that nobody keeps.
pub(crate) fn unkept<T: Serialize>(status: StatusCode, value: &T) -> Response {
    let mut response = (status, Json(value)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An answer after which the browser has a session.
fn begun<T: Serialize>(api: &Api, status: StatusCode, secret: &str, value: &T) -> Response {
    let mut response = unkept(status, value);
    Cookie::Session.set(&api.exchange, &mut response, secret);
    response
}

fn signed_in(api: &Api, status: StatusCode, session: &Begun) -> Response {
    begun(api, status, &session.secret, &session.signed_in)
}

/// Says what signing in can be done with: passkeys, identity providers. Passwords always can be used.
#[utoipa::path(get, path = "/v1/sign-in", operation_id = "getSignInOptions", tag = "sign-in",
    responses((status = 200, description = "The ways to sign in", body = SignInOptions)))]
async fn options(State(api): State<Api>) -> Json<SignInOptions> {
    Json(sign_in::options(&api.exchange))
}

/// Signs in with a password. The browser gets a session, or a code is asked for as well.
#[utoipa::path(post, path = "/v1/sign-in/password", operation_id = "signInWithPassword", tag = "sign-in",
    request_body = PasswordSignIn,
    responses((status = 200, description = "Signed in, or a code is needed", body = SignInOutcome)))]
async fn password(
    State(api): State<Api>,
    Comer(visitor): Comer,
    Body(body::Json(given)): Body<body::Json<PasswordSignIn>>,
) -> Result<Response> {
    Ok(match passwords::sign_in(&api.exchange, given, &visitor).await? {
        Outcome::Begun(session) => {
            let Begun { secret, signed_in } = *session;
            begun(&api, StatusCode::OK, &secret, &SignInOutcome::SignedIn(Box::new(signed_in)))
        }
        Outcome::CodeNeeded(attempt) => unkept(StatusCode::OK, &SignInOutcome::CodeNeeded { attempt }),
    })
}

/// Goes on after the password with a code of the app, or a recovery code.
#[utoipa::path(post, path = "/v1/sign-in/code", operation_id = "signInWithCode", tag = "sign-in",
    request_body = CodeSignIn, responses((status = 200, description = "Signed in", body = SignedIn)))]
async fn code(
    State(api): State<Api>,
    Comer(visitor): Comer,
    Body(body::Json(given)): Body<body::Json<CodeSignIn>>,
) -> Result<Response> {
    let session = passwords::sign_in_with_code(&api.exchange, given, &visitor).await?;
    Ok(signed_in(&api, StatusCode::OK, &session))
}

/// Begins to use a passkey: gives what the browser needs.
#[utoipa::path(post, path = "/v1/sign-in/passkey/challenge", operation_id = "startPasskeySignIn", tag = "sign-in",
    responses((status = 201, description = "A challenge", body = PasskeyChallenge)))]
async fn passkey_challenge(State(api): State<Api>) -> Result<Response> {
    let mut work = api.exchange.begin().await?;
    let challenge = passkeys::challenge(&mut work).await?;
    work.commit().await?;
    Ok(unkept(StatusCode::CREATED, &challenge))
}

/// Signs in with a passkey.
#[utoipa::path(post, path = "/v1/sign-in/passkey", operation_id = "signInWithPasskey", tag = "sign-in",
    request_body = PasskeyAnswer, responses((status = 200, description = "Signed in", body = SignedIn)))]
async fn passkey(
    State(api): State<Api>,
    Comer(visitor): Comer,
    Body(body::Json(given)): Body<body::Json<PasskeyAnswer>>,
) -> Result<Response> {
    let session = passkeys::sign_in(&api.exchange, given, &visitor).await?;
    Ok(signed_in(&api, StatusCode::OK, &session))
}

/// Begins a journey to an identity provider: gives the address to go to. The browser keeps a cookie until it is back.
#[utoipa::path(post, path = "/v1/sign-in/provider", operation_id = "startProviderSignIn", tag = "sign-in",
    request_body = ProviderSignIn,
    responses((status = 201, description = "Where to go", body = Departure),
        (status = 404, description = "There is no such provider")))]
async fn provider(
    State(api): State<Api>,
    caller: Option<Caller>,
    Body(body::Json(wanted)): Body<body::Json<ProviderSignIn>>,
) -> Result<Response> {
    let caller = caller.map(|Caller(caller)| caller);
    let departed = providers::depart(&api.exchange, caller.as_ref(), wanted).await?;
    let mut response = unkept(StatusCode::CREATED, &departed.departure);
    Cookie::Journey.set(&api.exchange, &mut response, &departed.secret);
    Ok(response)
}

/// What a provider says when it sends somebody back. It may say more than is of use here.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Callback {
    /// What the journey is recognised by.
    #[serde(default)]
    state: String,
    /// The code to ask with who it is.
    code: Option<String>,
    /// Why there is none.
    error: Option<String>,
    /// Which provider says so (RFC 9207).
    iss: Option<String>,
}

/// Takes somebody in whom an identity provider sends back, and goes on in the console: where the journey wanted to, or
/// at `/sign-in?problem=…` with the problem's code when it failed.
#[utoipa::path(get, path = "/v1/sign-in/callback", operation_id = "finishProviderSignIn", tag = "sign-in",
    params(Callback), responses((status = 303, description = "Where to go on")))]
async fn callback(
    State(api): State<Api>,
    Comer(visitor): Comer,
    headers: HeaderMap,
    Query(query): Query<Callback>,
) -> Response {
    let secret = Cookie::Journey.read(&api.exchange, &headers).unwrap_or_default();
    let back = Return { state: query.state, code: query.code, error: query.error, issuer: query.iss };
    let arrived = providers::arrive(&api.exchange, &secret, back, &visitor).await;
    let (go_to, session) = match arrived {
        Ok(arrived) => (arrived.go_to, arrived.begun),
        Err(error) => (format!("/sign-in?problem={}", Refusal::from(error).code()), None),
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(location) = HeaderValue::from_str(&go_to) {
        response.headers_mut().insert(LOCATION, location);
    }
    Cookie::Journey.clear(&api.exchange, &mut response);
    if let Some(session) = session {
        Cookie::Session.set(&api.exchange, &mut response, &session.secret);
    }
    response
}

/// Begins to make the passkey of a new account: gives what the browser needs.
#[utoipa::path(post, path = "/v1/sign-up/passkey/challenge", operation_id = "startSignUpPasskey", tag = "sign-in",
    request_body = SignUpChallenge, responses((status = 201, description = "A challenge", body = PasskeyChallenge)))]
async fn sign_up_challenge(
    State(api): State<Api>,
    Body(body::Json(new)): Body<body::Json<SignUpChallenge>>,
) -> Result<Response> {
    let mut work = api.exchange.begin().await?;
    let challenge = passkeys::first_challenge(&mut work, new).await?;
    work.commit().await?;
    Ok(unkept(StatusCode::CREATED, &challenge))
}

/// Makes an account by an invitation, with a password, a passkey, or both. The browser gets a session.
#[utoipa::path(post, path = "/v1/sign-up", operation_id = "signUp", tag = "sign-in", request_body = SignUp,
    responses((status = 201, description = "Signed in", body = SignedIn)))]
async fn sign_up(
    State(api): State<Api>,
    Comer(visitor): Comer,
    Body(body::Json(new)): Body<body::Json<SignUp>>,
) -> Result<Response> {
    let session = accounts::sign_up(&api.exchange, new, &visitor).await?;
    Ok(signed_in(&api, StatusCode::CREATED, &session))
}

/// Sets new proofs for an account by the code of a reset: a password, a passkey, or both. Those from before stop working,
/// but for identity providers. The browser gets a session, the account's only one.
#[utoipa::path(post, path = "/v1/sign-up/reset", operation_id = "resetAccount", tag = "sign-in",
    request_body = ResetAccount, responses((status = 201, description = "Signed in", body = SignedIn)))]
async fn reset(
    State(api): State<Api>,
    Comer(visitor): Comer,
    Body(body::Json(new)): Body<body::Json<ResetAccount>>,
) -> Result<Response> {
    let session = resets::redeem(&api.exchange, new, &visitor).await?;
    Ok(signed_in(&api, StatusCode::CREATED, &session))
}

/// Where somebody comes from.
pub(crate) fn visitor(address: std::net::IpAddr, headers: &HeaderMap) -> Visitor {
    let browser = headers.get(axum::http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    Visitor::new(address.to_string(), browser)
}
