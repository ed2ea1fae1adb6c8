//! The consoles of services, from whoever sits at them through the exchange to a real agent and back.

use std::sync::Arc;
use std::time::Duration;

use hansa_agent::{Agent, Handle, Http, Options as AgentOptions, Placement, Volatile};
use hansa_client::{AgentKey, AgentSecret, Client, ClientError, Console, ConsoleEnd, Credentials, Options};
use hansa_driver_simulated::{Backend, Options as BackendOptions, Simulated};
use hansa_model::agent::{Agent as Enrolled, Assignments, Enrolment};
use hansa_model::console::{ConsoleAccess, ConsoleTicket, ConsoleWish, close};
use hansa_model::id::ServiceId;
use hansa_model::kind::KindId;
use hansa_model::participant::{IssuedToken, Role};
use hansa_model::service::{Service, ServiceState};
use hansa_testkit::{Actor, Engine, World, WorldOptions};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::market;

const PATIENCE: Duration = Duration::from_secs(30);

/// A buyer whose machine runs, in a simulation, at a provider with a real agent.
struct House {
    world: World,
    buyer: Actor,
    seller: Actor,
    service: ServiceId,
    backend: Backend,
    agent: Handle,
    running: JoinHandle<Result<(), hansa_agent::Error>>,
}

/// The key of an agent that enrols now.
async fn enrol(world: &World, provider: &Actor, name: &str) -> AgentKey {
    let enrolment: Enrolment =
        provider.post("/v1/agents/enrolments", &json!({"name": name})).await.is(StatusCode::CREATED).read();
    let secret = AgentSecret::generate();
    let request = json!({"token": enrolment.token, "publicKey": secret.public_key()});
    let agent: Enrolled = world.stranger().post("/v1/agents/enrol", &request).await.is(StatusCode::CREATED).read();
    AgentKey::new(agent.id, secret)
}

fn client(world: &World, credentials: Credentials) -> Client {
    let options = Options { clock: world.clock.clone(), ..Options::default() };
    Client::with_options(&format!("http://{}", world.address), credentials, options).unwrap()
}

/// Has a saga go on until the service is in the state.
async fn until(world: &World, buyer: &Actor, state: ServiceState) -> Service {
    let wait = async {
        loop {
            world.settle().await;
            let services = buyer.get("/v1/services").await.is(StatusCode::OK).json();
            let service = serde_json::from_value::<Service>(services["items"][0].clone()).ok();
            if let Some(service) = service.filter(|service| service.state == state) {
                return service;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the service gets on")
}

async fn order(world: &World, buyer: &Actor) {
    let project = market::project(buyer).await;
    let quote = json!({"project": project, "application": market::application()});
    let quote = buyer.post("/v1/quotes", &quote).await.is(StatusCode::CREATED).json()["id"].clone();
    let _ = buyer.post("/v1/orders", &json!({"kind": "create", "quote": quote})).await.is(StatusCode::CREATED);
    world.settle().await;
}

impl House {
    async fn new() -> Self {
        Self::with(WorldOptions::on(Engine::Sqlite)).await
    }

    async fn with(options: WorldOptions) -> Self {
        let world = World::with(options).await;
        let seller = world.participant("seller", &[Role::Provider]).await;
        let buyer = world.participant("buyer", &[Role::Buyer]).await;
        let _ = seller.post("/v1/sites", &market::site("seller-1")).await.is(StatusCode::CREATED);
        let _ = seller.post("/v1/offers", &market::offer("seller-1", "vm")).await.is(StatusCode::CREATED);

        let link = Http::new(client(&world, Credentials::Agent(enrol(&world, &seller, "agent").await)));
        let images = [("debian-12".to_owned(), "00".to_owned())].into();
        let backend = BackendOptions { images, ..BackendOptions::new(KindId::ComputeInstance) };
        let driver = Simulated::open(backend, world.clock.clone()).unwrap();
        let backend = driver.backend().clone();
        let placements = vec![Placement { site: "seller-1".parse().unwrap(), driver: Arc::new(driver) }];
        let options = AgentOptions { clock: world.clock.clone(), ..AgentOptions::default() };
        let agent = Agent::open(options, placements, link, Volatile::default()).await.unwrap();
        let handle = agent.handle();
        let running = tokio::spawn(agent.run());
        let online = async {
            while seller.get("/v1/agents").await.json()["items"][0]["online"] != json!(true) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, online).await.expect("the agent comes");
        order(&world, &buyer).await;
        let service = until(&world, &buyer, ServiceState::Active).await;
        assert_eq!(service.console, ConsoleAccess::Terminal);
        Self { world, buyer, seller, service: service.id, backend, agent: handle, running }
    }

    fn client(&self) -> Client {
        client(&self.world, Credentials::Token(self.buyer.secret.clone().into()))
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/services/{}/{rest}", self.service)
    }

    async fn ticket(&self) -> ConsoleTicket {
        self.buyer.post(&self.path("consoles"), &json!({})).await.is(StatusCode::CREATED).read()
    }
}

/// What was shown until it holds the text, and the end if it ended before.
async fn shown(console: &mut Console, text: &str) -> (String, Option<ConsoleEnd>) {
    let mut shown = Vec::new();
    loop {
        let next = tokio::time::timeout(PATIENCE, console.output.next()).await;
        match next.unwrap_or_else(|_| panic!("`{text}` is not in {}", String::from_utf8_lossy(&shown))) {
            Ok(bytes) => shown.extend(bytes),
            Err(end) => return (String::from_utf8_lossy(&shown).into_owned(), Some(end)),
        }
        if String::from_utf8_lossy(&shown).contains(text) {
            return (String::from_utf8_lossy(&shown).into_owned(), None);
        }
    }
}

async fn end(console: &mut Console) -> ConsoleEnd {
    shown(console, "this is never shown").await.1.unwrap()
}

fn code(outcome: Result<impl std::fmt::Debug, ClientError>) -> (u16, String) {
    let error = outcome.unwrap_err();
    let problem = error.problem().unwrap_or_else(|| panic!("{error}"));
    (problem.status, problem.code().to_owned())
}

#[tokio::test]
async fn the_log_of_a_service_is_shown_to_its_buyer() {
    let house = House::new().await;
    let log = house.client().service_log(house.service, None).await.unwrap();
    assert_eq!((log.service, log.text.lines().count()), (house.service, 2));
    assert!(log.text.starts_with("run 1 began"), "{log:?}");
    let last = house.client().service_log(house.service, Some(1)).await.unwrap();
    assert_eq!(last.text, "this is a simulation: nothing runs\n");
    for lines in ["0", "10001", "-1", "x"] {
        let answer = house.buyer.get(&house.path(&format!("log?lines={lines}"))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{lines}");
    }
    house.backend.kill(house.service);
    house.backend.set_down(true);
    assert_eq!(house.client().service_log(house.service, None).await.unwrap().text, "");
}

#[tokio::test]
async fn what_is_typed_reaches_the_service_and_its_answer_comes_back() {
    let house = House::new().await;
    let mut console = house.client().open_console(house.service).await.unwrap();
    let (welcome, _) = shown(&mut console, "simulated$ ").await;
    assert!(welcome.starts_with("This is a simulated console"), "{welcome}");
    assert!(console.input.resize(120, 40).await);
    assert!(console.input.send(b"echo hello\r").await);
    assert_eq!(shown(&mut console, "\r\nhello\r\n").await.1, None);
    assert!(console.input.send(b"exit\r").await);
    assert_eq!(end(&mut console).await, ConsoleEnd { code: Some(close::ENDED), reason: String::new() });
    // The next one sits down at the same console.
    let mut again = house.client().open_console(house.service).await.unwrap();
    assert_eq!(shown(&mut again, "simulated$ ").await.1, None);
    again.input.close(close::ENDED, "").await;

    let noted = async {
        loop {
            house.world.settle().await;
            let audit = house.world.operator.get("/v1/audit").await.is(StatusCode::OK).json();
            let rows = audit["items"].as_array().unwrap().clone();
            let of = |action: &str| rows.iter().filter(|row| row["action"] == action).cloned().collect::<Vec<_>>();
            let (opened, closed) = (of("service.console-opened"), of("service.console-closed"));
            if (opened.len(), closed.len()) == (2, 2) {
                return (opened, closed);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (opened, closed) = tokio::time::timeout(PATIENCE, noted).await.expect("it is noted");
    let me = house.buyer.get("/v1/whoami").await.json()["member"]["id"].clone();
    assert!(me.is_string());
    for row in opened.iter().chain(&closed) {
        assert_eq!((&row["actor"], &row["subject"]), (&me, &json!(house.service)), "{row}");
    }
    assert_eq!(closed.iter().filter(|row| row["detail"]["bytesTyped"] == 16).count(), 1, "{closed:?}");
    let told = async |actor: &Actor| {
        let events = actor.get("/v1/events?kind=service.console-opened").await.is(StatusCode::OK).json();
        events["items"].as_array().unwrap().len()
    };
    assert_eq!((told(&house.buyer).await, told(&house.seller).await), (2, 0));
}

#[tokio::test]
async fn a_ticket_works_once_for_half_a_minute_and_from_pages_of_the_exchange_only() {
    let house = House::new().await;
    let stranger = house.world.stranger();
    let open = async |ticket: &ConsoleTicket, origin: Option<&str>| {
        let request = stranger
            .request(Method::GET, &ticket.path)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let request = match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        };
        request.send().await.unwrap()
    };
    let ticket = house.ticket().await;
    assert_eq!(stranger.get(&ticket.path).await.code(), "upgrade-required");
    assert_eq!(open(&ticket, Some("https://evil.example")).await.status(), StatusCode::FORBIDDEN);
    let own = format!("http://{}", house.world.address);
    let opened = open(&ticket, Some(&own)).await;
    assert_eq!(opened.status(), StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(opened.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(open(&ticket, None).await.status(), StatusCode::NOT_FOUND);

    let late = house.ticket().await;
    house.world.clock.advance(Duration::from_secs(31));
    let answer = open(&late, None).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn nobody_but_the_buyer_sees_a_console() {
    let house = House::new().await;
    let rival = house.world.participant("rival", &[Role::Buyer]).await;
    let auditor = house.world.participant("auditor", &[Role::Auditor]).await;
    for (actor, status) in [
        (&rival, StatusCode::NOT_FOUND),
        (&house.seller, StatusCode::FORBIDDEN),
        (&auditor, StatusCode::FORBIDDEN),
        (&house.world.operator, StatusCode::FORBIDDEN),
        (&house.world.stranger(), StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(actor.get(&house.path("log")).await.status, status);
        assert_eq!(actor.post(&house.path("consoles"), &json!({})).await.status, status);
    }
    let reader = house.buyer.post("/v1/tokens", &json!({"name": "reader", "scopes": ["read"]})).await;
    let reader: IssuedToken = reader.is(StatusCode::CREATED).read();
    let reader = house.world.bearer(&reader.secret);
    assert_eq!(reader.get(&house.path("log")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_agent_that_is_away_is_said_to_be() {
    let house = House::new().await;
    house.agent.shutdown();
    tokio::time::timeout(PATIENCE, house.running).await.unwrap().unwrap().unwrap();
    // It still counts as online, so that it is waited for a little.
    let asked = tokio::time::timeout(PATIENCE, async {
        let client = client(&house.world, Credentials::Token(house.buyer.secret.clone().into()));
        let log = code(client.service_log(house.service, None).await);
        let mut console = client.open_console(house.service).await.unwrap();
        (log, end(&mut console).await)
    });
    let (log, ended) = asked.await.unwrap();
    assert_eq!(log, (503, "agent-away".to_owned()));
    assert_eq!(ended.code, Some(close::AGENT_AWAY), "{ended:?}");
    assert!(ended.reason.contains("did not come within 5 seconds"), "{ended:?}");

    house.world.clock.advance(Duration::from_secs(600));
    house.world.settle().await;
    let known = house.buyer.post(&format!("/v1/services/{}/consoles", house.service), &json!({})).await;
    assert_eq!((known.status, known.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "agent-away"));
    assert!(known.header("retry-after").is_some());
}

#[tokio::test]
async fn a_terminal_carries_no_more_than_it_may() {
    let mut options = WorldOptions::on(Engine::Sqlite);
    options.api.console_limit = 200_000;
    let house = House::with(options).await;
    let mut console = house.client().open_console(house.service).await.unwrap();
    assert!(console.input.send(b"flood\r").await);
    let (shown, ended) = shown(&mut console, "this is never shown").await;
    assert_eq!(ended.unwrap().code, Some(close::TOO_MUCH));
    assert!(shown.len() > 150_000 && shown.len() <= 200_000, "{} bytes came through", shown.len());
}

#[tokio::test]
async fn a_terminal_ends_when_it_is_idle_and_when_its_token_is_revoked() {
    let mut options = WorldOptions::on(Engine::Sqlite);
    options.api.heartbeat = Duration::from_millis(50);
    options.api.console_idle = Duration::from_secs(2);
    let house = House::with(options).await;
    let issued = house.buyer.post("/v1/tokens", &json!({"name": "x", "scopes": ["read", "order"]})).await;
    let issued: IssuedToken = issued.is(StatusCode::CREATED).read();
    let other = client(&house.world, Credentials::Token(issued.secret.clone().into()));
    let mut revoked = other.open_console(house.service).await.unwrap();
    assert_eq!(shown(&mut revoked, "simulated$ ").await.1, None);
    let _ = house.buyer.delete(&format!("/v1/tokens/{}", issued.token.id)).await.is(StatusCode::NO_CONTENT);
    assert_eq!(end(&mut revoked).await.code, Some(close::FORBIDDEN));

    let mut idle = house.client().open_console(house.service).await.unwrap();
    assert_eq!(end(&mut idle).await.code, Some(close::TIMED_OUT));
}

#[tokio::test]
async fn a_service_has_four_terminals_and_no_more() {
    let house = House::new().await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(house.client().open_console(house.service).await.unwrap());
    }
    for console in &mut open {
        assert_eq!(shown(console, "simulated$ ").await.1, None);
    }
    assert_eq!(code(house.client().open_console(house.service).await), (409, "too-many-consoles".to_owned()));
    open.pop();
    let freed = async {
        while house.client().open_console(house.service).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, freed).await.expect("the place is free again");
}

#[tokio::test]
async fn only_the_agent_that_was_asked_brings_a_console_and_may_say_no() {
    let house = House::new().await;
    house.agent.shutdown();
    tokio::time::timeout(PATIENCE, house.running).await.unwrap().unwrap().unwrap();
    // Another process speaks as agent, with the key that it got for the same name.
    let key = enrol(&house.world, &house.seller, "agent").await;
    let asked = client(&house.world, Credentials::Agent(key));
    let another = client(&house.world, Credentials::Agent(enrol(&house.world, &house.seller, "another").await));
    let buyer = client(&house.world, Credentials::Token(house.buyer.secret.clone().into()));

    let mut console = buyer.open_console(house.service).await.unwrap();
    let ask = async {
        loop {
            let news: Assignments = asked.assignments(u64::from(u32::MAX), Duration::from_secs(5)).await.unwrap();
            if let Some(ask) = news.consoles.into_iter().next() {
                return ask;
            }
        }
    };
    let ask = tokio::time::timeout(PATIENCE, ask).await.unwrap();
    assert_eq!((ask.service, ask.wants), (house.service, ConsoleWish::Terminal));
    assert_eq!(code(another.join_console(&ask.ticket).await), (404, "no-such-ticket".to_owned()));
    let mut brought = asked.join_console(&ask.ticket).await.unwrap();
    assert_eq!(code(asked.join_console(&ask.ticket).await), (404, "no-such-ticket".to_owned()));
    assert!(brought.input.send(b"not today\r\n").await);
    assert_eq!(shown(&mut console, "not today").await.1, None);
    brought.input.close(close::REFUSED, "the machine is being moved").await;
    let said = ConsoleEnd { code: Some(close::REFUSED), reason: "the machine is being moved".to_owned() };
    assert_eq!(end(&mut console).await, said);
}
