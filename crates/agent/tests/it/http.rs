//! The agent over real HTTP: enrolment, polling, reporting, its own endpoint, and a tidy end.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use hansa_agent::timer::Timer;
use hansa_agent::{Agent, Directory, EnrolError, Http, Options, Placement, enrol, key_file};
use hansa_client::{AgentKey, Client, Credentials};
use hansa_driver_simulated::{Options as BackendOptions, Simulated};
use hansa_model::agent::{Agent as Enrolled, Assignments, EnrolRequest, Report, ReportReceipt};
use hansa_model::id::{AgentId, ParticipantId};
use hansa_model::kind::KindId;
use hansa_model::service::{Desired, Observed};
use hansa_model::time::Clock;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::exchange::Exchange;

#[derive(Deserialize)]
struct Question {
    cursor: u64,
    wait: u64,
}

async fn poll(State(exchange): State<Exchange>, Query(question): Query<Question>) -> Json<Assignments> {
    Json(exchange.poll(question.cursor, Duration::from_secs(question.wait)).await)
}

async fn take(
    State(exchange): State<Exchange>,
    headers: HeaderMap,
    Json(report): Json<Report>,
) -> Result<Json<ReportReceipt>, StatusCode> {
    let is_signed = headers.get("authorization").is_some_and(|value| value.as_bytes().starts_with(b"Bearer ey"));
    if !is_signed || !headers.contains_key("idempotency-key") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(Json(exchange.take(&report)))
}

async fn take_in(Json(request): Json<EnrolRequest>) -> Result<Json<Enrolled>, StatusCode> {
    if request.token != "once" || request.public_key.len() != 43 {
        return Err(StatusCode::FORBIDDEN);
    }
    Ok(Json(Enrolled {
        id: AgentId::new(),
        provider: ParticipantId::new(),
        name: "utrecht-1".parse().unwrap(),
        capabilities: Vec::new(),
        version: String::new(),
        enrolled_at: Clock::System.now(),
        last_seen: None,
        online: false,
        orphans: Vec::new(),
        revoked_at: None,
    }))
}

async fn serve(exchange: Exchange) -> String {
    let router = Router::new()
        .route("/v1/agents/enrol", post(take_in))
        .route("/v1/agent/assignments", get(poll))
        .route("/v1/agent/reports", post(take))
        .with_state(exchange);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Waits until something is so; a test that waits in vain fails.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap_or_else(|_| panic!("{what} did not happen"));
}

#[tokio::test]
async fn an_agent_enrols_works_is_watched_and_ends() {
    let state = tempfile::tempdir().unwrap();
    let exchange = Exchange::new(Clock::System, Timer::System);
    let address = serve(exchange.clone()).await;

    assert!(matches!(enrol(state.path(), &address, "wrong").await, Err(EnrolError::Exchange(_))));
    let agent = enrol(state.path(), &address, "once").await.unwrap();
    assert!(matches!(enrol(state.path(), &address, "once").await, Err(EnrolError::Already(_))));
    let key = AgentKey::load(&key_file(state.path())).unwrap();
    assert_eq!(key.agent(), agent.id);

    let client = Client::new(&address, Credentials::Agent(key)).unwrap();
    let driver = Simulated::open(BackendOptions::new(KindId::ComputeInstance), Clock::System).unwrap();
    let backend = driver.backend().clone();
    let placements = vec![Placement { site: "utrecht".parse().unwrap(), driver: Arc::new(driver) }];
    let journal = Directory::open(state.path()).await.unwrap();
    let agent = Agent::open(Options::default(), placements, Http::new(client), journal).await.unwrap();
    let metrics = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", metrics.local_addr().unwrap());
    let agent = agent.serve_metrics(metrics);
    let handle = agent.handle();
    let running = tokio::spawn(agent.run());

    let service = exchange.order();
    let state_of = |service| exchange.books(|books| books.accounts.get(&service)?.last().map(|last| last.state));
    until("running", || state_of(service) == Some(Observed::Running)).await;
    let status: serde_json::Value = Client::new(&endpoint, Credentials::None).unwrap().get("/health").await.unwrap();
    assert_eq!((&status["connected"], &status["services"][0]["state"]), (&true.into(), &"running".into()));
    let figures = handle.metrics().await;
    assert!(figures.contains("hansa_agent_services{state=\"running\"} 1"), "{figures}");
    assert!(figures.contains("call=\"create\",outcome=\"done\"} 1"), "{figures}");
    let log = handle.log(service, 10).await.unwrap().unwrap();
    assert!(log.starts_with("run 1 began"), "{log}");

    backend.kill(service);
    handle.poke();
    until("the restart", || backend.runs() == 2).await;
    exchange.wish(service, Desired::Terminated);
    until("absence", || state_of(service) == Some(Observed::Absent)).await;

    handle.shutdown();
    tokio::time::timeout(Duration::from_secs(10), running).await.unwrap().unwrap().unwrap();
    assert_eq!(handle.log(service, 10).await.unwrap(), None);
    assert_eq!(exchange.offences(), Vec::<String>::new());
}
