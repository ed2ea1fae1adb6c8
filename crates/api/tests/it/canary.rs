//! No secret ever shows up where it does not belong.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use hansa_model::participant::Role;
use hansa_store::args;
use hansa_testkit::{Engine, PASSWORD, World};
use reqwest::StatusCode;
use serde_json::json;

use crate::market;

/// Everything that this process logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let filter = tracing_subscriber::EnvFilter::new("trace,hyper=info,h2=info");
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writer.clone());
        let _ = subscriber.try_init();
        log
    })
}

const TABLES: [&str; 18] = [
    "audit",
    "event",
    "outbox",
    "token",
    "invitation",
    "enrolment",
    "agent",
    "idempotency",
    "member",
    "participant",
    "account",
    "passkey",
    "identity_link",
    "recovery_code",
    "session",
    "sign_in_attempt",
    "sign_in_failure",
    "device",
];

#[tokio::test]
async fn secrets_stay_secret() {
    let log = log();
    let world = World::start(Engine::Sqlite).await;
    let provider = world.participant("seller", &[Role::Provider]).await;
    let mut secrets = vec![world.operator.secret.clone(), provider.secret.clone()];
    let path = format!("/v1/participants/{}/invitations", provider.participant.unwrap());
    let keyed = |path: &str, body: serde_json::Value| {
        let request = provider.request(reqwest::Method::POST, path).header("idempotency-key", "the-key-canary");
        provider.send(request.json(&body))
    };
    let invitation = keyed(&path, json!({"roles": ["provider"]})).await.is(StatusCode::CREATED).json();
    secrets.push(invitation["code"].as_str().unwrap().to_owned());
    secrets.push("the-key-canary".to_owned());
    let token = provider.post("/v1/tokens", &json!({"name": "x", "scopes": ["read"]})).await.json();
    secrets.push(token["secret"].as_str().unwrap().to_owned());
    let enrolment = provider.post("/v1/agents/enrolments", &json!({"name": "a"})).await.json();
    secrets.push(enrolment["token"].as_str().unwrap().to_owned());
    let agent = market::enrol(&world, &provider, "b").await;
    secrets.push(agent.proof(&world, 60));
    let _ = world.bearer(secrets.last().unwrap()).get("/v1/agent/assignments?cursor=0").await.is(StatusCode::OK);
    let wrong = world.bearer("hansa_wrong-canary").get("/v1/whoami").await;
    secrets.push("wrong-canary".to_owned());
    let person = world.person("person", &[Role::Buyer]).await;
    secrets.push(PASSWORD.to_owned());
    secrets.push(person.session.clone().unwrap().split_once('=').unwrap().1.to_owned());
    let codes = person.request(reqwest::Method::POST, "/v1/account/one-time-codes").header("idempotency-key", "codes");
    let codes = person.send(codes).await.is(StatusCode::CREATED).json();
    secrets.push(codes["secret"].as_str().unwrap().to_owned());
    let device = world.stranger().post("/v1/device/codes", &json!({"name": "x"})).await.is(StatusCode::CREATED).json();
    secrets.push(device["deviceCode"].as_str().unwrap().to_owned());
    let guess = json!({"login": "person@hansa.example", "password": "a-guess-canary"});
    let _ = world.stranger().post("/v1/sign-in/password", &guess).await.is(StatusCode::UNAUTHORIZED);
    secrets.push("a-guess-canary".to_owned());
    world.settle().await;

    let mut places = vec![("an answer".to_owned(), wrong.body)];
    places.push(("events".to_owned(), world.operator.get("/v1/events?limit=500").await.body));
    places.push(("audit".to_owned(), world.operator.get("/v1/audit?limit=500").await.body));
    places.push(("metrics".to_owned(), world.operator.get("/metrics").await.body));
    places.push(("tokens".to_owned(), provider.get("/v1/tokens").await.body));
    let mut tx = world.exchange.read().await.unwrap();
    for table in TABLES {
        let columns = tx.all(&format!("select name from pragma_table_info('{table}')"), args![]).await.unwrap();
        let all: Vec<_> = columns.iter().map(|row| format!("coalesce({}, '')", row.text("name").unwrap())).collect();
        let rows = tx.all(&format!("select {} as line from {table}", all.join(" || ' ' || ")), args![]).await.unwrap();
        for row in rows {
            places.push((format!("table {table}"), row.text("line").unwrap()));
        }
    }
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("/v1/tokens"), "nothing was logged");
    places.push(("the log".to_owned(), logged));
    for secret in &secrets {
        for (place, text) in &places {
            let shown = text.contains(secret.as_str());
            assert!(!shown, "{place} holds {}…", &secret[..12.min(secret.len())]);
        }
    }
}
