//! Somebody for each role, signed in: a page of this machine whose links open the console as them.
//!
//! The page is the demo's own. It signs somebody in as anybody would, by a password, and hands the session on to the
//! browser: cookies of one host are the same on all of its ports.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context as _;
use axum::extract::{Path, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use hansa_client::{Client, Credentials};
use hansa_model::evidence::Assurance;
use hansa_model::participant::{NewParticipant, Role};
use hansa_model::sign_in::{PasswordSignIn, SignUp};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::exchange::Exchange;

/// The password of everybody in the demo, whose exchange ends with it and is reached from this machine only.
pub(crate) const PASSWORD: &str = "hansa demo on loopback";

/// Somebody with an account.
#[derive(Debug, Clone)]
struct Visitor {
    /// The word in the link.
    key: &'static str,
    login: String,
    what: &'static str,
}

/// Everybody who can look around, and the page that lets them in.
#[derive(Debug)]
pub(crate) struct Visitors {
    /// The address of the page.
    pub(crate) address: String,
    visitors: Vec<Visitor>,
    serving: JoinHandle<()>,
}

impl Drop for Visitors {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Debug)]
struct Door {
    console: String,
    visitors: Vec<Visitor>,
}

async fn sign_up(address: &str, code: String, login: &str, name: &str) -> anyhow::Result<()> {
    let anybody = Client::new(address, Credentials::None)?;
    let new = SignUp {
        code,
        login: login.to_owned(),
        name: name.to_owned(),
        password: Some(PASSWORD.to_owned()),
        passkey: None,
    };
    anybody.sign_up(&new).await.with_context(|| format!("{login} can't get an account"))?;
    Ok(())
}

impl Visitors {
    /// Gives the operator, the buyer and a provider an account, takes an auditor in, and opens the page.
    pub(crate) async fn receive(exchange: &Exchange, buyer: &Client, provider: &Client) -> anyhow::Result<Self> {
        let mut visitors = Vec::new();
        let insiders = [
            ("buyer", buyer, "Anna", "describes, matches, orders, watches, pays"),
            ("provider", provider, "Bo", "sites, offers, agents, evidence, earnings"),
            ("operator", &exchange.operator, "Olga", "participants, reviews, health, the books"),
        ];
        for (key, client, name, what) in insiders {
            let login = format!("{key}@demo");
            sign_up(&exchange.address, client.invite_self().await?.code, &login, name).await?;
            visitors.push(Visitor { key, login, what });
        }
        let auditor = NewParticipant {
            name: "revision".parse()?,
            legal_name: "Revision GmbH".to_owned(),
            country: "DE".parse()?,
            roles: BTreeSet::from([Role::Auditor]),
            assurance: Assurance::default(),
        };
        let login = "auditor@demo".to_owned();
        sign_up(&exchange.address, exchange.admit(&auditor).await?.invitation.code, &login, "Ada").await?;
        visitors.push(Visitor { key: "auditor", login, what: "reads everything, changes nothing" });

        let listener = TcpListener::bind("127.0.0.1:0").await.context("the demo's page finds no free port")?;
        let address = format!("http://{}", listener.local_addr()?);
        let door = Arc::new(Door { console: exchange.address.clone(), visitors: visitors.clone() });
        let routes = axum::Router::new().route("/", get(hall)).route("/as/{key}", get(enter)).with_state(door);
        let serving = tokio::spawn(async move {
            // It is dropped with the story; until then it has nothing to fail with.
            _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, visitors, serving })
    }

    /// Where each can be visited, for a terminal.
    pub(crate) fn lines(&self) -> Vec<String> {
        let link = |visitor: &Visitor| {
            format!("open {}/as/{:<9} # {}: {}", self.address, visitor.key, visitor.key, visitor.what)
        };
        self.visitors.iter().map(link).collect()
    }

    /// Signs each in, as following its link does: the words of those who got in.
    pub(crate) async fn try_out(&self, exchange: &str) -> anyhow::Result<Vec<&'static str>> {
        let mut inside = Vec::new();
        for visitor in &self.visitors {
            sign_in(exchange, &visitor.login).await?;
            inside.push(visitor.key);
        }
        Ok(inside)
    }
}

/// The cookie of a new session.
async fn sign_in(exchange: &str, login: &str) -> anyhow::Result<HeaderValue> {
    let anybody = Client::new(exchange, Credentials::None)?;
    let answer = PasswordSignIn { login: login.to_owned(), password: PASSWORD.to_owned() };
    let response = anybody.call(Method::POST, "/v1/sign-in/password").body(&answer).send_raw().await?;
    response.headers().get(SET_COOKIE).cloned().with_context(|| format!("{login} got no session"))
}

async fn hall(State(door): State<Arc<Door>>) -> Html<String> {
    let links = door.visitors.iter().map(|visitor| {
        format!("<li><a href=\"/as/{key}\">{key}</a>: {what}</li>", key = visitor.key, what = visitor.what)
    });
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hansa: the demo</title>\
         <h1>Look around as</h1><ul>{}</ul></html>",
        links.collect::<String>()
    ))
}

async fn enter(State(door): State<Arc<Door>>, Path(key): Path<String>) -> Response {
    let Some(visitor) = door.visitors.iter().find(|visitor| visitor.key == key) else {
        return (StatusCode::NOT_FOUND, "nobody is called so in this demo").into_response();
    };
    match sign_in(&door.console, &visitor.login).await {
        Ok(cookie) => {
            let headers = HeaderMap::from_iter([(SET_COOKIE, cookie)]);
            (StatusCode::SEE_OTHER, headers, [(LOCATION, format!("{}/", door.console))]).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
    }
}
