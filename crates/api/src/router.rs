//! The router: every operation behind the gate, and what every request goes through.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use hansa_exchange::Exchange;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::document::complete;
use crate::options::ApiOptions;
use crate::problem::Refusal;
use crate::state::Api;
use crate::{
    account, agent_protocol, agents, audit, consoles, devices, document, events, evidence, gate, gxdch, imports, kinds,
    maintenance, market, members, money, observe, offers, onboarding, orders, participants, projects, proofs,
    proposals, services, sessions, sign_in, sites, system, tokens, trust,
};

/// Every operation.
pub(crate) fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(document::skeleton())
        .merge(system::routes())
        .merge(members::routes())
        .merge(participants::routes())
        .merge(tokens::routes())
        .merge(sign_in::routes())
        .merge(sessions::routes())
        .merge(account::routes())
        .merge(devices::routes())
        .merge(projects::routes())
        .merge(kinds::routes())
        .merge(sites::routes())
        .merge(maintenance::routes())
        .merge(offers::routes())
        .merge(imports::routes())
        .merge(agents::routes())
        .merge(agent_protocol::routes())
        .merge(market::routes())
        .merge(orders::routes())
        .merge(services::routes())
        .merge(consoles::routes())
        .merge(proposals::routes())
        .merge(trust::routes())
        .merge(evidence::routes())
        .merge(onboarding::routes())
        .merge(proofs::routes())
        .merge(gxdch::routes())
        .merge(money::routes())
        .merge(events::routes())
        .merge(audit::routes())
}

/// The API of an exchange.
pub fn router(exchange: Exchange, options: ApiOptions) -> Router {
    let (routes, mut document) = operations().split_for_parts();
    complete(&mut document);
    let json = document.to_json().unwrap_or_default();
    let api = Api::new(exchange, options, json);
    let docs: Router<Api> = SwaggerUi::new("/docs").config(Config::from("/openapi.json")).into();
    routes
        .route_layer(from_fn_with_state(api.clone(), gate::pass))
        .merge(docs)
        .fallback(elsewhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Refusal::fault().into_response()))
        .layer(from_fn(guard))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(api.clone(), observe::observe))
        .with_state(api)
}

/// Where no operation is: the console, except below what only programs ask for.
async fn elsewhere(State(api): State<Api>, request: Request) -> Response {
    let path = request.uri().path();
    let is_for_programs = ["/v1", "/gxdch", "/.well-known"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    match &api.options.pages {
        Some(pages) if !is_for_programs && matches!(*request.method(), Method::GET | Method::HEAD) => {
            pages.clone().oneshot(request).await.into_response()
        }
        _ => Refusal::no_route().into_response(),
    }
}

async fn wrong_method() -> Refusal {
    Refusal::wrong_method()
}

/// What browsers are told: to guess nothing, frame nothing, run nothing but the pages of the document.
async fn guard(request: Request, next: Next) -> Response {
    let is_page = request.uri().path().starts_with("/docs");
    let mut response = next.run(request).await;
    let policy = if is_page {
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    let mut set = |name: HeaderName, value: &'static str| {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, policy);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    set(REFERRER_POLICY, "no-referrer");
    set(CACHE_CONTROL, "private, no-cache");
    response
}
