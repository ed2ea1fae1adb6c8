//! What browsers get.

use axum::Router;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::files::{File, find};

/// The one page; it reads from the address what to show.
const PAGE: &str = "index.html";
/// Where the files are whose names change with their content.
const ASSETS: &str = "assets/";

/// Nothing from elsewhere, nothing inline; only ourselves may be sent forms and asked for data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// What stands here when the console was not built.
const MISSING: &str = "<!doctype html><html lang=\"en\"><title>Hansa</title><h1>This Hansa has no console</h1>\
                       <p>It was built without it. Run <code>make build</code>, which builds the console first. \
                       The API is at <a href=\"/docs\">/docs</a>.</p></html>";

/// The console: its files, and its one page at every other address.
pub fn pages() -> Router {
    Router::new().fallback(serve)
}

async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let takes_brotli = takes(&headers, "br");
    match find(path, takes_brotli) {
        Some(file) if path != PAGE => answer(&headers, file, path.starts_with(ASSETS)),
        _ if path.starts_with(ASSETS) => StatusCode::NOT_FOUND.into_response(),
        _ => match find(PAGE, takes_brotli) {
            Some(page) => answer(&headers, page, false),
            None => ([(CONTENT_TYPE, "text/html; charset=utf-8")], MISSING).into_response(),
        },
    }
}

fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        name.trim() == encoding && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn answer(headers: &HeaderMap, file: File, is_for_ever: bool) -> Response {
    let etag = format!("\"{}\"", file.hash);
    let caching = if is_for_ever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let common =
        [(ETAG, etag.as_str()), (CACHE_CONTROL, caching), (CONTENT_SECURITY_POLICY, POLICY), (VARY, "accept-encoding")];
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let mut response = (common, [(CONTENT_TYPE, file.media_type)], file.content.into_owned()).into_response();
    if file.is_brotli {
        response.headers_mut().insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static("br"));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        pages().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn every_address_is_the_page_and_a_missing_file_is_none() {
        for path in ["/", "/orders/ord_01", "/index.html"] {
            let response = get(path, &[]).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        }
        assert_eq!(get("/assets/missing-1234.js", &[]).await.status(), StatusCode::NOT_FOUND);
        let post = Request::post("/").body(Body::empty()).unwrap();
        assert_eq!(pages().oneshot(post).await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[test]
    fn what_a_browser_does_not_take_it_does_not_get() {
        let takes_br = |accepted: &'static str| {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, accepted.parse().unwrap())]);
            takes(&headers, "br")
        };
        assert!(takes_br("gzip, deflate, br, zstd") && takes_br("br;q=0.5"));
        assert!(!takes_br("gzip") && !takes_br("br;q=0") && !takes_br("brotli"));
    }

    #[test]
    fn what_is_known_is_not_sent_again_and_what_never_changes_is_not_asked_for_again() {
        let file = || File {
            content: b"let x".as_slice().into(),
            is_brotli: true,
            media_type: "text/javascript; charset=utf-8",
            hash: "ab12".to_owned(),
        };
        let fresh = answer(&HeaderMap::new(), file(), true);
        assert_eq!((fresh.status(), &fresh.headers()[CONTENT_ENCODING]), (StatusCode::OK, &"br".parse().unwrap()));
        assert!(fresh.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let known = HeaderMap::from_iter([(IF_NONE_MATCH, "W/\"ab12\"".parse().unwrap())]);
        assert_eq!(answer(&known, file(), false).status(), StatusCode::NOT_MODIFIED);
    }
}
