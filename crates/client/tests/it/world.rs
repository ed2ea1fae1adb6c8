//! A server on a port of its own that answers from a script and keeps what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

/// One answer: status, headers, body.
pub(crate) type Answer = (u16, Vec<(&'static str, String)>, String);

#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

#[derive(Clone, Default)]
pub(crate) struct Server {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server with these answers, in order; its address.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> (Self, String) {
        let server = Self { answers: Arc::new(Mutex::new(answers.into_iter().collect())), ..Self::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (server, address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn answer(State(server): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    server.asked.lock().unwrap().push(Asked { uri: parts.uri, headers: parts.headers, body });
    let next = server.answers.lock().unwrap().pop_front();
    let (status, headers, body) = next.unwrap_or((404, Vec::new(), String::new()));
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).unwrap()
}

pub(crate) fn json(body: &serde_json::Value) -> Answer {
    (200, vec![("content-type", "application/json".to_owned())], body.to_string())
}

pub(crate) fn status(status: u16) -> Answer {
    (status, Vec::new(), String::new())
}
