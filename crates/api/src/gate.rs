//! What every request to an operation goes through: whose it is, whether there were too many, whether the caller
//! may ask for this at all. A route without a row in the table of operations is never served.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, OptionalFromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use hansa_exchange::authorization::{Operation, Reach, authorize};
use hansa_exchange::principal::{AgentPrincipal, Principal};
use hansa_exchange::sign_in::{Visitor, factors, sessions};
use hansa_exchange::{Error, identity};

use crate::cookies::Cookie;
use crate::problem::{Refusal, Result};
use crate::state::Api;
use crate::{same_site, sign_in};

/// The secret that a request came with.
#[derive(Clone)]
pub(crate) struct Credential(pub(crate) String);

impl Credential {
    /// Who has it, if it still works, for what goes on after its request was let pass.
    pub(crate) async fn still(&self, api: &Api) -> hansa_exchange::Result<Principal> {
        if self.0.starts_with(sessions::SESSION_PREFIX) {
            return sessions::still(&api.exchange, &self.0).await;
        }
        identity::authenticate(&api.exchange, &self.0).await
    }
}

/// Where a request comes from.
#[derive(Debug, Clone)]
pub(crate) struct Comer(pub(crate) Visitor);

/// A member who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Principal);

/// An agent that asks.
#[derive(Debug, Clone)]
pub(crate) struct AgentCaller(pub(crate) AgentPrincipal);

pub(crate) async fn pass(State(api): State<Api>, mut request: Request, next: Next) -> Result<Response> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let method = if request.method() == "HEAD" { "GET" } else { request.method().as_str() };
    let operation = Operation::at(method, path).ok_or_else(Refusal::no_route)?;
    if is_probe(operation) {
        return Ok(next.run(request).await);
    }
    let address = address(&request, api.options.behind_proxy);
    let visitor = sign_in::visitor(address, request.headers());
    request.extensions_mut().insert(Comer(visitor));
    if is_guessed_at(operation) {
        api.limits.sign_in(address)?;
    }
    if operation.is_sign_in() {
        same_site::not_foreign(&api.exchange, request.headers())?;
    }
    match bearer(request.headers())? {
        None => match browser(&api, request.headers(), operation).await? {
            None => {
                api.limits.address(address)?;
                authorize(None, operation)?;
            }
            Some((caller, secret)) => {
                api.limits.known(&caller.credential.to_string())?;
                authorize(Some(&caller), operation)?;
                if let Some(caller) = factors::admit(&api.exchange, caller, operation)? {
                    request.extensions_mut().insert(Caller(caller));
                    request.extensions_mut().insert(Credential(secret));
                }
            }
        },
        Some(secret) if operation.rule().reach == Reach::Agent => {
            let agent = known(&api, address, identity::authenticate_agent(&api.exchange, &secret).await)?;
            api.limits.known(&agent.agent.to_string())?;
            request.extensions_mut().insert(AgentCaller(agent));
        }
        Some(secret) => {
            let caller = known(&api, address, identity::authenticate(&api.exchange, &secret).await)?;
            api.limits.known(&caller.credential.to_string())?;
            authorize(Some(&caller), operation)?;
            request.extensions_mut().insert(Caller(caller));
            request.extensions_mut().insert(Credential(secret));
        }
    }
    Ok(next.run(request).await)
}

/// Whose session a browser shows. One that has ended is as good as none: its page will ask to sign in again.
async fn browser(api: &Api, headers: &HeaderMap, operation: Operation) -> Result<Option<(Principal, String)>> {
    let Some(secret) = Cookie::Session.read(&api.exchange, headers) else { return Ok(None) };
    let Some(caller) = sessions::authenticate(&api.exchange, &secret).await? else { return Ok(None) };
    if operation.rule().method.changes() {
        same_site::own(&api.exchange, headers)?;
    }
    Ok(Some((caller, secret)))
}

/// Whether somebody could find something out by asking often.
const fn is_guessed_at(operation: Operation) -> bool {
    use Operation as Op;
    matches!(
        operation,
        Op::SignInWithPassword
            | Op::SignInWithCode
            | Op::SignUp
            | Op::ResetAccount
            | Op::StartSignUpPasskey
            | Op::StartProviderSignIn
            | Op::ProveAgain
            | Op::PreviewInvitation
            | Op::CreateDeviceCode
            | Op::GetDevice
    )
}

/// Whether whoever watches over the process asks; it must get an answer when everybody else asks too much.
const fn is_probe(operation: Operation) -> bool {
    matches!(operation, Operation::Health | Operation::Readiness | Operation::Metrics)
}

/// Counts credentials that do not work, so that guessing stays slow.
fn known<T>(api: &Api, address: IpAddr, outcome: hansa_exchange::Result<T>) -> Result<T> {
    if let Err(Error::Unauthenticated(_)) = outcome {
        api.limits.address(address)?;
    }
    Ok(outcome?)
}

/// The secret in the header `authorization`.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let secret = header.to_str().ok().and_then(|text| {
        let (scheme, secret) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
    });
    match secret {
        Some(secret) if !secret.is_empty() => Ok(Some(secret)),
        _ => {
            let detail = "the header `authorization` is not of the form `Bearer hansa_…`";
            Err(Error::Unauthenticated(detail.to_owned()).into())
        }
    }
}

fn address(request: &Request, behind_proxy: bool) -> IpAddr {
    let forwarded = || {
        let list = request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        list.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let peer = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let found = if behind_proxy { forwarded().or_else(peer) } else { peer() };
    found.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let missing = || Error::Unauthenticated("this needs a token, or somebody who is signed in".to_owned()).into();
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

impl<S: Sync> FromRequestParts<S> for Comer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let missing = || Error::Internal("a request did not go through the gate".to_owned()).into();
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

impl<S: Sync> FromRequestParts<S> for AgentCaller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let missing = || Error::Unauthenticated("this needs an agent's proof".to_owned()).into();
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}
