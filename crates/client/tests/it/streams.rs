//! Event streams that break.

use futures_util::StreamExt;
use hansa_client::{Client, ClientError, Credentials};
use serde_json::{Value, json};

use crate::world::{Server, status};

fn stream(body: &str) -> crate::world::Answer {
    (200, vec![("content-type", "text/event-stream".to_owned())], body.to_owned())
}

#[tokio::test]
async fn a_broken_stream_goes_on_where_it_broke_off() {
    let answers = [
        stream(": listening\nid: 4\n\nid: 5\ndata: \"five\"\n\nid: 6\ndata: \"s"),
        status(503),
        stream("id: 6\ndata: \"six\"\n\n"),
    ];
    let (server, address) = Server::start(answers).await;
    let client = Client::new(&address, Credentials::None).unwrap();
    let messages = client.subscribe::<Value>("/v1/events", Some("4".to_owned()), [("kind", "order")]);
    let mut messages = std::pin::pin!(messages);
    assert_eq!(messages.next().await.unwrap().unwrap(), json!("five"));
    assert_eq!(messages.next().await.unwrap().unwrap(), json!("six"));
    let asked = server.asked();
    let resumed: Vec<_> = asked.iter().map(|asked| asked.header("last-event-id").unwrap()).collect();
    assert_eq!(resumed, ["4", "5", "5"]);
    assert_eq!(asked[0].header("accept"), Some("text/event-stream"));
    assert_eq!(asked[2].uri, "/v1/events?kind=order");
}

#[tokio::test]
async fn a_refused_stream_ends_with_the_refusal() {
    let (server, address) = Server::start([status(403)]).await;
    let client = Client::new(&address, Credentials::None).unwrap();
    let mut events = std::pin::pin!(client.events(None, ()));
    let refusal = events.next().await.unwrap();
    assert!(matches!(refusal, Err(ClientError::Unexpected { status: 403, .. })), "{refusal:?}");
    assert!(events.next().await.is_none());
    assert_eq!(server.asked().len(), 1);
}
