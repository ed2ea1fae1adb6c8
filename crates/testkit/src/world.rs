//! An exchange that serves requests, and those who ask.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use hansa_api::{ApiOptions, Rate};
use hansa_exchange::settings::Settings;
use hansa_exchange::{Exchange, identity, reconcilers};
use hansa_model::id::ParticipantId;
use hansa_model::participant::{AcceptInvitation, AdmittedParticipant, IssuedToken, NewParticipant, Role};
use hansa_model::time::{Clock, Timestamp};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, Engine};

/// The password of everybody who has one.
pub const PASSWORD: &str = "vier Kähne im Nebel";

/// Where the clock of a world begins.
const BEGIN: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// How a world is set up.
#[derive(Debug, Clone)]
pub struct WorldOptions {
    /// What the database runs on.
    pub engine: Engine,
    /// The settings of the exchange.
    pub settings: Settings,
    /// The settings of the API.
    pub api: ApiOptions,
    /// Where the clock begins.
    pub begin: Timestamp,
}

impl WorldOptions {
    /// The usual settings, but for limits on how many requests are taken.
    #[must_use]
    pub fn on(engine: Engine) -> Self {
        let plenty = Rate::new(1_000_000, 1_000_000);
        let api =
            ApiOptions { token_rate: plenty, address_rate: plenty, sign_in_rate: plenty, ..ApiOptions::default() };
        Self { engine, settings: Settings::default(), api, begin: BEGIN }
    }
}

/// An exchange that serves requests on a free port, with a clock that stands still until it is moved.
#[derive(Debug)]
pub struct World {
    /// The exchange.
    pub exchange: Exchange,
    /// Its clock.
    pub clock: Clock,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its first operator.
    pub operator: Actor,
    options: WorldOptions,
    database: Database,
    serving: JoinHandle<()>,
    stop: CancellationToken,
}

impl World {
    /// A world of its own.
    ///
    /// # Panics
    /// When something of it can't be started.
    pub async fn start(engine: Engine) -> Self {
        Self::with(WorldOptions::on(engine)).await
    }

    /// A world with settings of its own.
    ///
    /// # Panics
    /// When something of it can't be started.
    pub async fn with(options: WorldOptions) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        Self::listening(listener, options).await
    }

    /// A world on a port that was taken before, so that its address could go into its settings, or those of others.
    ///
    /// # Panics
    /// When something of it can't be started.
    pub async fn listening(listener: TcpListener, options: WorldOptions) -> Self {
        // Another test may have been faster; then it is done.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let database = Database::new(options.engine).await;
        let clock = Clock::manual(options.begin);
        let exchange = open(&database, &clock, &options).await;
        let (address, serving, stop) = serve(listener, &exchange, &options);
        let nobody = Actor::new(address, String::new(), None);
        let operator = first_operator(&exchange, &nobody).await;
        Self { exchange, clock, address, operator, options, database, serving, stop }
    }

    /// Ends the process that serves, as far as a test can, and starts another on the same database.
    ///
    /// # Panics
    /// When it can't be started again.
    pub async fn restart(&mut self) {
        self.stop.cancel();
        (&mut self.serving).await.expect("the server ends");
        self.exchange.db().close().await;
        self.exchange = open(&self.database, &self.clock, &self.options).await;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        (self.address, self.serving, self.stop) = serve(listener, &self.exchange, &self.options);
        self.operator.base = format!("http://{}", self.address);
    }

    /// Somebody without credentials.
    #[must_use]
    pub fn stranger(&self) -> Actor {
        Actor::new(self.address, String::new(), None)
    }

    /// Somebody with these credentials.
    #[must_use]
    pub fn bearer(&self, secret: &str) -> Actor {
        Actor::new(self.address, secret.to_owned(), None)
    }

    /// The first member of a participant that is admitted with these roles.
    ///
    /// # Panics
    /// When it is not admitted.
    pub async fn participant(&self, name: &str, roles: &[Role]) -> Actor {
        let new = json!({"name": name, "legalName": name, "country": "NL", "roles": roles});
        let admitted = self.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED);
        let admitted: AdmittedParticipant = admitted.read();
        self.join(&admitted.invitation.code, admitted.participant.id).await
    }

    /// The first person of a participant that is admitted with these roles, signed in in a browser with a password.
    ///
    /// # Panics
    /// When it is not admitted.
    pub async fn person(&self, name: &str, roles: &[Role]) -> Actor {
        let new = json!({"name": name, "legalName": name, "country": "NL", "roles": roles});
        let admitted = self.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED);
        let admitted: AdmittedParticipant = admitted.read();
        let sign_up = json!({"code": admitted.invitation.code, "login": format!("{name}@hansa.example"), "name": name,
            "password": PASSWORD});
        let answer = self.stranger().post("/v1/sign-up", &sign_up).await.is(StatusCode::CREATED);
        Actor { participant: Some(admitted.participant.id), ..self.browser(&answer) }
    }

    /// The browser that was given this answer, with the session that it set.
    ///
    /// # Panics
    /// When it set none.
    #[must_use]
    pub fn browser(&self, answer: &Answer) -> Actor {
        let cookie = answer.cookie("hansa-session").expect("a session");
        Actor { session: Some(cookie), ..self.stranger() }
    }

    /// Whoever accepts an invitation.
    ///
    /// # Panics
    /// When it does not work.
    pub async fn join(&self, code: &str, participant: ParticipantId) -> Actor {
        let name = format!("member-{}", uuid::Uuid::now_v7().simple());
        let answer = self.stranger().post("/v1/invitations/accept", &json!({"code": code, "name": name})).await;
        let issued: IssuedToken = answer.is(StatusCode::CREATED).read();
        Actor::new(self.address, issued.secret, Some(participant))
    }

    /// Runs every reconciler once: sagas go on, events and audit rows take their places.
    ///
    /// # Panics
    /// When one fails.
    pub async fn settle(&self) {
        reconcilers::run_once(&self.exchange).await.expect("the reconcilers work");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn open(database: &Database, clock: &Clock, options: &WorldOptions) -> Exchange {
    Exchange::open(database.open().await, clock.clone(), options.settings.clone()).await.expect("the exchange opens")
}

fn serve(
    listener: TcpListener,
    exchange: &Exchange,
    options: &WorldOptions,
) -> (SocketAddr, JoinHandle<()>, CancellationToken) {
    let address = listener.local_addr().expect("the port is known");
    let stop = CancellationToken::new();
    let api = ApiOptions { shutdown: stop.clone(), ..options.api.clone() };
    let serving = tokio::spawn(hansa_api::serve(listener, exchange.clone(), api));
    (address, serving, stop)
}

async fn first_operator(exchange: &Exchange, stranger: &Actor) -> Actor {
    let operator = NewParticipant {
        name: "operator".parse().expect("a name"),
        legal_name: "Operator".to_owned(),
        country: "BE".parse().expect("a country"),
        roles: BTreeSet::from([Role::Operator]),
        assurance: hansa_model::evidence::Assurance::default(),
    };
    let mut work = exchange.begin().await.expect("a transaction");
    let invitation = identity::bootstrap(&mut work, operator).await.expect("the bootstrap works");
    let invitation = invitation.expect("nobody is an operator yet");
    work.commit().await.expect("it lasts");
    let answer = AcceptInvitation { code: invitation.code, name: "first".to_owned() };
    let answer = stranger.post("/v1/invitations/accept", &json!(answer)).await.is(StatusCode::CREATED);
    let issued: IssuedToken = answer.read();
    Actor { secret: issued.secret, participant: Some(invitation.participant), ..stranger.clone() }
}

/// Somebody who asks.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The secret of its token; empty without one.
    pub secret: String,
    /// The cookie of its session; `None` without one.
    pub session: Option<String>,
    /// For whom it acts.
    pub participant: Option<ParticipantId>,
    client: reqwest::Client,
    base: String,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Actor {
    fn new(address: SocketAddr, secret: String, participant: Option<ParticipantId>) -> Self {
        // Whoever is sent elsewhere sees where to; no page is there.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let client = client.expect("a client without settings of its own");
        Self { secret, session: None, participant, client, base: format!("http://{address}") }
    }

    /// A request with the actor's credentials, to be completed and given to [`Actor::send`].
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.session {
            Some(cookie) => request.header("cookie", cookie).header("x-hansa-console", "1"),
            None if self.secret.is_empty() => request,
            None => request.bearer_auth(&self.secret),
        }
    }

    /// Sends a request.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.expect("a readable answer") }
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Makes, or asks for an act.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Changes a part.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// Takes away.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }
}

impl Answer {
    /// The answer, if it has this status.
    ///
    /// # Panics
    /// When it has another.
    #[must_use]
    pub fn is(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The body as a value.
    ///
    /// # Panics
    /// When it is none of that kind.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        self.read()
    }

    /// The last part of the problem's type: `not-found`.
    ///
    /// # Panics
    /// When it is no problem.
    #[must_use]
    pub fn code(&self) -> String {
        self.read::<hansa_model::problem::Problem>().code().to_owned()
    }

    /// The cookie of this name that it sets, as a browser sends it back.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let mut pairs = set.filter_map(|line| line.split(';').next());
        pairs.find(|pair| pair.split_once('=').is_some_and(|(found, _)| found == name)).map(str::to_owned)
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
