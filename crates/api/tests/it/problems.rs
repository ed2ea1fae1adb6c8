//! Every refusal has one shape, whoever notices it.

use hansa_model::problem::Problem;
use hansa_testkit::{Actor, Answer, Engine, World};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::market;

fn problem(answer: &Answer, status: u16, code: &str) -> Problem {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.body);
    let problem: Problem = answer.read();
    assert_eq!((answer.status.as_u16(), problem.status, problem.code()), (status, status, code), "{}", answer.body);
    assert_eq!(problem.request_id.as_deref(), answer.header("x-request-id"));
    assert!(!problem.detail.is_empty() && !problem.title.is_empty());
    problem
}

async fn raw(actor: &Actor, method: Method, path: &str, content_type: &str, body: &str) -> Answer {
    let request = actor.request(method, path).header("content-type", content_type).body(body.to_owned());
    actor.send(request).await
}

#[tokio::test]
async fn refusals_have_one_shape() {
    let world = World::start(Engine::Sqlite).await;
    let operator = &world.operator;
    problem(&operator.get("/v1/nothing").await, 404, "no-such-path");
    problem(&operator.get("/").await, 404, "no-such-path");
    let wrong = operator.delete("/v1/whoami").await;
    assert!(wrong.header("allow").is_some());
    problem(&wrong, 405, "method-not-allowed");
    let post =
        async |content_type: &str, body: &str| raw(operator, Method::POST, "/v1/tokens", content_type, body).await;
    problem(&post("text/plain", "{}").await, 415, "media-type");
    problem(&post("", "{}").await, 415, "media-type");
    for garbage in ["", "{", "[]", "null", "{\"name\": \"x\"} x", "\u{feff}{}", "{\"name\": \"\\ud800\"}"] {
        let found = problem(&post("application/json", garbage).await, 400, "invalid-input");
        assert_eq!(found.errors.len(), 1, "{garbage}");
    }
    let nested = "[".repeat(100_000);
    problem(&post("application/json", &nested).await, 400, "invalid-input");
    let typo = post("application/json", r#"{"name": "x", "scopes": ["read"], "expires": 1}"#).await;
    assert!(problem(&typo, 400, "invalid-input").errors[0].message.contains("expires"));
    let misfit = post("application/json", "{\"name\": \"x\",\n \"scopes\": [\"read\", \"fly\"]}").await;
    let error = problem(&misfit, 400, "invalid-input").errors[0].clone();
    assert_eq!((error.field.as_str(), error.line), ("scopes[1]", Some(2)));
    problem(&operator.get("/v1/tokens?limit=0").await, 400, "invalid-input");
    problem(&operator.get("/v1/tokens?limit=501").await, 400, "invalid-input");
    problem(&operator.get("/v1/tokens?cursor=AAAA").await, 400, "invalid-input");
    problem(&operator.get("/v1/tokens?limits=1").await, 400, "invalid-input");
    problem(&operator.get("/v1/tokens?limit=1&limit=2").await, 400, "invalid-input");
    problem(&operator.get("/v1/offers/off_x").await, 404, "not-found");
    problem(&world.stranger().get("/v1/tokens").await, 401, "unauthenticated");
    problem(&operator.post("/v1/quotes", &json!({})).await, 403, "forbidden");
}

#[tokio::test]
async fn every_fault_of_an_application_is_named() {
    let world = World::start(Engine::Sqlite).await;
    let mut application = market::application();
    application["spec"]["components"]["web"]["cpu"] = json!("many");
    application["spec"]["components"]["web"]["memroy"] = json!("2 GiB");
    let answer = world.operator.post("/v1/match", &json!({"application": application})).await;
    let found = problem(&answer, 400, "invalid-input");
    let all =
        found.errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>().join("; ");
    assert!(all.contains("cpu") && all.contains("memroy"), "{all}");
}

#[tokio::test]
async fn odd_queries_are_answered() {
    let world = World::start(Engine::Sqlite).await;
    let long = "x".repeat(20_000);
    let values = ["", "%00", "%FF", "%", "%25", "'", "\\", "%5C%25_", "null", "-1", "1e9", "%F0%9F%9A%A2", &long];
    let paths = [
        (
            "/v1/offers",
            ["kind", "provider", "site", "country", "state", "q", "sort", "facets", "limit", "cursor"].as_slice(),
        ),
        ("/v1/participants", &["role", "q", "limit", "cursor"]),
        ("/v1/offers/compare", &["ids", "properties", "traffic"]),
        ("/v1/offers/export", &["format", "provider"]),
        ("/v1/events", &["kind", "subject", "limit", "cursor"]),
        ("/v1/audit", &["subject", "actor", "action", "cursor"]),
        ("/v1/services", &["state", "kind", "order", "all", "cursor"]),
        ("/v1/orders", &["state", "kind", "cursor"]),
        ("/v1/proposals", &["project", "order", "state", "limit", "cursor"]),
        ("/v1/usage", &["service", "meter", "cursor"]),
        ("/v1/statements", &["tenant", "month", "currency"]),
        ("/v1/costs", &["tenant", "month", "currency"]),
        ("/v1/costs/export", &["tenant", "month", "currency", "format"]),
        ("/v1/maintenance", &["site", "provider", "all", "limit", "cursor"]),
        ("/v1/provider-statements", &["provider", "month", "currency"]),
    ];
    for (path, names) in paths {
        for name in names {
            for value in values {
                for query in [format!("{name}={value}"), format!("{name}={value}&{name}={value}"), (*name).to_owned()] {
                    let answer = world.operator.get(&format!("{path}?{query}")).await;
                    let shown: String = query.chars().take(60).collect();
                    assert!(answer.status.as_u16() < 500, "{path}?{shown}: {}", answer.body);
                }
            }
        }
    }
}

#[tokio::test]
async fn request_ids_are_taken_over_when_they_are_plain() {
    let world = World::start(Engine::Sqlite).await;
    let ask = async |id: &[u8]| {
        let request = world.stranger().request(Method::GET, "/healthz").header("x-request-id", id);
        world.stranger().send(request).await.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(ask(b"abc-123.X_y:z").await, "abc-123.X_y:z");
    for odd in ["", "a b", "<script>", &"x".repeat(65)] {
        assert!(ask(odd.as_bytes()).await.starts_with("req_"), "{odd}");
    }
    assert!(ask(b"\xff").await.starts_with("req_"));
}

#[tokio::test]
async fn answers_say_what_browsers_may_do() {
    let world = World::start(Engine::Sqlite).await;
    let answer = world.stranger().get("/v1/offers").await.is(StatusCode::OK);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let page = world.stranger().get("/docs/").await.is(StatusCode::OK);
    assert!(page.body.contains("swagger"), "{}", page.body);
    let document = world.stranger().get("/openapi.json").await.is(StatusCode::OK).json();
    assert_eq!(document["openapi"], "3.1.0");
    let keys = world.stranger().get("/.well-known/jwks.json").await.is(StatusCode::OK).json();
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
}
