//! Calls, retries, problems, pages.

use std::time::Duration;

use hansa_client::{AgentKey, AgentSecret, Client, ClientError, Credentials};
use hansa_model::id::AgentId;
use serde_json::{Value, json};

use crate::world::{Server, json as answer, status};

#[tokio::test]
async fn a_mutation_is_made_again_with_the_same_key() {
    let (server, address) = Server::start([status(503), status(502), answer(&json!({"done": true}))]).await;
    let client = Client::new(&address, Credentials::Token("hansa_secret".into())).unwrap();
    let done: Value = client.post("/v1/things", &json!({"a": 1})).await.unwrap();
    assert_eq!(done, json!({"done": true}));
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    let key = asked[0].header("idempotency-key").unwrap().to_owned();
    for asked in &asked {
        assert_eq!((asked.header("idempotency-key"), asked.body.as_str()), (Some(key.as_str()), r#"{"a":1}"#));
        assert_eq!(asked.header("authorization"), Some("Bearer hansa_secret"));
    }
    let _: Result<Value, _> = client.post("/v1/things", &json!({"a": 1})).await;
    assert_ne!(server.asked()[0].header("idempotency-key"), Some(key.as_str()), "another call has another key");
}

#[tokio::test]
async fn reading_carries_no_key_and_retries_are_bounded() {
    let (server, address) = Server::start((0..10).map(|_| status(503))).await;
    let client = Client::new(&address, Credentials::None).unwrap();
    let error = client.get::<Value>("/v1/things").await.unwrap_err();
    assert!(matches!(error, ClientError::Unexpected { status: 503, .. }), "{error:?}");
    assert!(error.is_temporary());
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    assert_eq!((asked[0].header("idempotency-key"), asked[0].header("authorization")), (None, None));
}

#[tokio::test]
async fn a_server_that_wants_long_patience_is_not_asked_again() {
    let patience = |seconds: &str| (503, vec![("retry-after", seconds.to_owned())], String::new());
    let (server, address) = Server::start([patience("3600")]).await;
    let client = Client::new(&address, Credentials::None).unwrap();
    assert!(client.get::<Value>("/v1/things").await.is_err());
    assert_eq!(server.asked().len(), 1);
    let (server, address) = Server::start([patience("0"), answer(&json!(1))]).await;
    let client = Client::new(&address, Credentials::None).unwrap();
    assert_eq!(client.get::<Value>("/v1/things").await.unwrap(), json!(1));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn problems_come_through_whole() {
    let problem = json!({
        "type": "/problems/quote-expired", "title": "The quote has expired", "status": 409,
        "detail": "The quote expired an hour ago.", "hint": "Ask for a new quote.",
    });
    let content = vec![("content-type", "application/problem+json; charset=utf-8".to_owned())];
    let (_server, address) = Server::start([(409, content, problem.to_string())]).await;
    let client = Client::new(&address, Credentials::None).unwrap();
    let error = client.delete("/v1/things/1").await.unwrap_err();
    let problem = error.problem().unwrap();
    assert_eq!((problem.code(), problem.hint.as_deref()), ("quote-expired", Some("Ask for a new quote.")));
    assert!(!error.is_temporary());
    assert_eq!(error.to_string(), "The quote expired an hour ago.");
}

#[tokio::test]
async fn who_is_not_there_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&address, Credentials::None).unwrap();
    let error = client.get::<Value>("/v1/things").await.unwrap_err();
    assert_eq!(error.to_string(), format!("no answer: is the exchange running at {address}?"));
    assert!(error.is_temporary());
}

#[tokio::test]
async fn only_addresses_of_exchanges_are_taken() {
    for address in ["exchange", "ftp://exchange", "http://user@exchange", "http://exchange/?a=b", ""] {
        let error = Client::new(address, Credentials::None).unwrap_err();
        assert!(matches!(error, ClientError::InvalidAddress(_)), "{address}: {error:?}");
    }
    assert_eq!(Client::new("http://exchange/", Credentials::None).unwrap().address(), "http://exchange");
}

#[tokio::test]
async fn every_page_is_fetched() {
    let pages = [
        answer(&json!({"items": [1, 2], "next": "a b"})),
        answer(&json!({"items": [], "next": "c"})),
        answer(&json!({"items": [3]})),
    ];
    let (server, address) = Server::start(pages).await;
    let client = Client::new(&address, Credentials::None).unwrap();
    let items: Vec<u32> = client.all("/v1/things", [("kind", "x&y")]).await.unwrap();
    assert_eq!(items, [1, 2, 3]);
    let queries: Vec<_> = server.asked().iter().map(|asked| asked.uri.query().unwrap().to_owned()).collect();
    assert_eq!(queries, ["kind=x%26y", "kind=x%26y&cursor=a+b", "kind=x%26y&cursor=c"]);
}

#[tokio::test]
async fn agents_sign_each_request_anew() {
    let assignments = json!({"cursor": 8, "assignments": []});
    let (server, address) = Server::start([answer(&assignments), answer(&assignments)]).await;
    let key = AgentKey::new(AgentId::new(), AgentSecret::generate());
    let client = Client::new(&address, Credentials::Agent(key)).unwrap();
    for _ in 0..2 {
        assert_eq!(client.assignments(7, Duration::from_secs(30)).await.unwrap().cursor, 8);
    }
    let asked = server.asked();
    assert_eq!(asked[0].uri, "/v1/agent/assignments?cursor=7&wait=30");
    let token = asked[0].header("authorization").unwrap();
    assert!(token.starts_with("Bearer ey") && Some(token) != asked[1].header("authorization"), "{token}");
}

#[test]
fn secrets_are_not_printed() {
    let client = Client::new("http://exchange", Credentials::Token("hansa_very_secret".into())).unwrap();
    assert!(!format!("{client:?}").contains("very_secret"));
}
