//! What is noted of every request: an identifier that logs and errors share, and how long it took.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hansa_model::id::RequestId;
use tracing::Instrument;

use crate::problem::Refusal;
use crate::state::Api;

const HEADER: &str = "x-request-id";
/// The longest identifier of a client's own that is taken over.
const LONGEST: usize = 64;

tokio::task_local! {
    static REQUEST: String;
}

/// The identifier of the request that is being served.
pub(crate) fn request_id() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}

/// Gives the request an identifier, measures it, and ends it when it takes too long.
pub(crate) async fn observe(State(api): State<Api>, request: Request, next: Next) -> Response {
    let id = sane(request.headers().get(HEADER)).unwrap_or_else(|| RequestId::new().to_string());
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, method, route);
    let begun = Instant::now();
    let answered = tokio::time::timeout(api.options.answer_timeout, next.run(request));
    let serve = async {
        let mut response = match answered.await {
            Ok(response) => response,
            Err(_) => Refusal::slow_answer().into_response(),
        };
        let took = begun.elapsed();
        api.metrics.note(&route, &method, response.status().as_u16(), took);
        tracing::debug!(status = response.status().as_u16(), ms = took.as_millis(), "answered");
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    };
    REQUEST.scope(id.clone(), serve).instrument(span).await
}

/// A client's own identifier, where it is short and plain enough for logs.
fn sane(header: Option<&HeaderValue>) -> Option<String> {
    let text = header?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    ((1..=LONGEST).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
}
