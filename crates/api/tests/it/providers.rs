//! Signing in on the word of an OpenID provider: a real, certified one that runs beside the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hansa_exchange::settings::{SecondFactor, Settings};
use hansa_model::participant::Role;
use hansa_model::time::Clock;
use hansa_signin::oidc::Provider;
use hansa_testkit::{Actor, Answer, Engine, World, WorldOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::sync::OnceCell;

use crate::surfer::Surfer;

/// Where the exchange sends people back to. Nothing listens there: the test takes the way back itself.
const EXCHANGE: &str = "http://localhost:7443";
const CALLBACK: &str = "http://localhost:7443/v1/sign-in/callback";

/// The provider's program, installed once for all tests.
async fn program() -> &'static Path {
    static INSTALLED: OnceCell<PathBuf> = OnceCell::const_new();
    let install = || async {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
        if !home.join("node_modules/oidc-provider").exists() {
            let mut npm = Command::new("npm");
            npm.args(["ci", "--silent"]).current_dir(&home).stdin(Stdio::null());
            let status = npm.status().expect("npm runs: install nodejs and npm");
            assert!(status.success(), "`npm ci` failed in {}", home.display());
        }
        home.join("provider.mjs")
    };
    INSTALLED.get_or_init(install).await
}

/// A provider that runs, and the file that tells whom it knows.
struct Running {
    issuer: String,
    file: tempfile::NamedTempFile,
    child: Child,
    /// It goes on talking, and would die of nobody listening.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Running {
    async fn start() -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut command = tokio::process::Command::new("node");
        command.arg(program().await).arg(file.path()).arg(CALLBACK);
        command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().expect("node runs: install nodejs");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = lines.next_line().await.unwrap().expect("the provider listens");
        Self { issuer, file, child, _said: lines }
    }

    async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }

    fn knows(&self, key: &str, people: &Value) {
        std::fs::write(self.file.path(), json!({"key": key, "people": people}).to_string()).unwrap();
    }

    /// A world that takes the provider's word; whoever it puts into a group is a member of `acme`.
    async fn world(&self, engine: Engine) -> World {
        self.world_with(engine, SecondFactor::Chosen).await
    }

    async fn world_with(&self, engine: Engine, second_factor: SecondFactor) -> World {
        let config = json!({
            "id": "corp", "title": "Corp", "issuer": self.issuer,
            "clientId": "hansa", "clientSecret": "a secret with + and %",
            "scopes": ["openid", "profile", "groups"],
            "join": {"participant": "acme", "claim": "groups",
                "roles": {"cloud": ["buyer", "provider"], "audit": ["auditor"]}},
        });
        let provider = Provider::new(serde_json::from_value(config).unwrap()).unwrap();
        let settings = Settings {
            issuer: EXCHANGE.to_owned(),
            identity_providers: vec![provider],
            second_factor,
            ..Settings::default()
        };
        // The provider dates what it says by the real time.
        let options = WorldOptions { settings, begin: Clock::System.now(), ..WorldOptions::on(engine) };
        let world = World::with(options).await;
        let _ = world.participant("acme", &[Role::Buyer, Role::Provider, Role::Auditor]).await;
        world
    }
}

/// The provider's clock goes on while the world's stands still.
fn keep_up(world: &World) {
    world.clock.advance(Clock::System.now().since(world.exchange.now()));
}

/// The whole way of somebody who signs in at the provider as `name`: there and back again.
async fn journey(world: &World, name: &str, wanted: &Value) -> Answer {
    let (secret, back) = outward(world, name, wanted).await;
    arrive(world, &secret, &back).await
}

/// The way to the provider and through its pages; answers the browser's cookie and the address it is sent back to.
async fn outward(world: &World, name: &str, wanted: &Value) -> (String, String) {
    let departed = world.stranger().post("/v1/sign-in/provider", wanted).await.is(StatusCode::CREATED);
    let set = departed.header("set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let url = departed.json()["url"].as_str().unwrap().to_owned();
    let back = Surfer::default().sign_in(&url, name, CALLBACK).await;
    (departed.cookie("hansa-journey").unwrap(), back)
}

async fn arrive(world: &World, cookie: &str, back: &str) -> Answer {
    keep_up(world);
    let path = back.strip_prefix(EXCHANGE).unwrap();
    // As browsers do it: a page of another site leads here.
    let stranger = world.stranger();
    let request = stranger.request(Method::GET, path).header("cookie", cookie).header("sec-fetch-site", "cross-site");
    stranger.send(request).await
}

fn wanted() -> Value {
    json!({"provider": "corp", "returnTo": "/orders?state=open"})
}

fn went_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("location").unwrap()
}

hansa_testkit::on_both! { people_come_with_the_roles_that_the_provider_tells }

async fn people_come_with_the_roles_that_the_provider_tells(engine: Engine) {
    let provider = Running::start().await;
    provider.knows("first", &json!({"anna": ["cloud", "football"], "bert": []}));
    let world = provider.world(engine).await;
    let options = world.stranger().get("/v1/sign-in").await.is(StatusCode::OK).json();
    assert_eq!(options["providers"], json!([{"id": "corp", "title": "Corp"}]));
    let answer = journey(&world, "anna", &wanted()).await;
    assert_eq!(went_to(&answer), "/orders?state=open");
    let anna = world.browser(&answer);
    let whoami = anna.get("/v1/whoami").await.is(StatusCode::OK).json();
    assert_eq!((&whoami["participant"]["name"], &whoami["member"]["name"]), (&json!("acme"), &json!("anna")));
    assert_eq!(whoami["member"]["roles"], json!(["buyer", "provider"]));
    let session = anna.get("/v1/session").await.is(StatusCode::OK).json();
    assert_eq!((&session["session"]["proof"], session["account"].get("login")), (&json!("provider"), None));
    // Whom the provider puts nowhere is nobody here.
    let nobody = journey(&world, "bert", &wanted()).await;
    assert_eq!(went_to(&nobody), "/sign-in?problem=forbidden");
    assert!(nobody.cookie("hansa-session").is_none());
    // It changes its mind, and its key.
    provider.knows("second", &json!({"anna": ["audit"]}));
    world.clock.advance(Duration::from_secs(11));
    let again = world.browser(&journey(&world, "anna", &wanted()).await);
    let now = again.get("/v1/whoami").await.is(StatusCode::OK).json();
    assert_eq!((&now["member"]["id"], &now["member"]["roles"]), (&whoami["member"]["id"], &json!(["auditor"])));
    let _ = anna.post("/v1/sites", &crate::market::site("x-1")).await.is(StatusCode::FORBIDDEN);
    world.settle().await;
    assert!(world.operator.get("/v1/audit?limit=500").await.body.contains("member.roles"));
}

#[tokio::test]
async fn an_invitation_lets_in_whom_the_provider_puts_nowhere() {
    let provider = Running::start().await;
    provider.knows("first", &json!({}));
    let world = provider.world(Engine::Sqlite).await;
    let new = json!({"name": "other", "legalName": "other", "country": "NL", "roles": ["buyer"]});
    let admitted = world.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED).json();
    let invited = json!({"provider": "corp", "invitation": admitted["invitation"]["code"]});
    let first = journey(&world, "bert", &invited).await;
    assert_eq!(went_to(&first), "/");
    let whoami = world.browser(&first).get("/v1/whoami").await.is(StatusCode::OK).json();
    assert_eq!(whoami["participant"]["name"], "other");
    // The code is used up, for others and not for whoever used it.
    assert_eq!(went_to(&journey(&world, "carla", &invited).await), "/sign-in?problem=forbidden");
    assert_eq!(went_to(&journey(&world, "bert", &invited).await), "/");
    assert_eq!(went_to(&journey(&world, "bert", &wanted()).await), "/orders?state=open");
}

#[tokio::test]
async fn a_return_is_taken_once_and_from_the_browser_that_left() {
    let provider = Running::start().await;
    provider.knows("first", &json!({"anna": ["cloud"], "bert": ["cloud"]}));
    let world = provider.world(Engine::Sqlite).await;
    let ((anna, annas), (bert, berts)) =
        (outward(&world, "anna", &wanted()).await, outward(&world, "bert", &wanted()).await);
    let refused = "/sign-in?problem=unauthenticated";
    assert_eq!(went_to(&arrive(&world, &bert, &annas).await), refused, "somebody else's return");
    assert_eq!(went_to(&arrive(&world, "", &annas).await), refused, "without the cookie");
    assert_eq!(went_to(&arrive(&world, &anna, &annas).await), "/orders?state=open");
    assert_eq!(went_to(&arrive(&world, &anna, &annas).await), refused, "again");
    // Bert's journey ended with the attempt above.
    assert_eq!(went_to(&arrive(&world, &bert, &berts).await), refused);
    let (bert, berts) = outward(&world, "bert", &wanted()).await;
    let elsewhere = berts.split("&iss=").next().unwrap();
    assert_eq!(went_to(&arrive(&world, &bert, elsewhere).await), refused, "from nobody");
    let (bert, _) = outward(&world, "bert", &wanted()).await;
    let turned_away = format!("{CALLBACK}?error=access_denied&state=x");
    assert_eq!(went_to(&arrive(&world, &bert, &turned_away).await), refused);
    for wrong in ["https://evil.example/", "//evil.example", "orders"] {
        let body = json!({"provider": "corp", "returnTo": wrong});
        let _ = world.stranger().post("/v1/sign-in/provider", &body).await.is(StatusCode::BAD_REQUEST);
    }
    let _ = world.stranger().post("/v1/sign-in/provider", &json!({"provider": "x"})).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_account_is_linked_to_a_provider() {
    let provider = Running::start().await;
    provider.knows("first", &json!({}));
    let world = provider.world(Engine::Sqlite).await;
    let anna = world.person("other", &[Role::Buyer]).await;
    let link = json!({"provider": "corp", "returnTo": "/account", "link": true});
    let _ = world.stranger().post("/v1/sign-in/provider", &link).await.is(StatusCode::UNAUTHORIZED);
    let link_up = async || {
        let departed = anna.post("/v1/sign-in/provider", &link).await.is(StatusCode::CREATED);
        let url = departed.json()["url"].as_str().unwrap().to_owned();
        let back = Surfer::default().sign_in(&url, "anna", CALLBACK).await;
        let answer = arrive(&world, &departed.cookie("hansa-journey").unwrap(), &back).await;
        assert_eq!((went_to(&answer), answer.cookie("hansa-session")), ("/account", None));
        let account = anna.get("/v1/account").await.is(StatusCode::OK).json();
        assert_eq!(account["identities"][0]["subject"], "anna");
        format!("/v1/account/identities/{}", account["identities"][0]["id"].as_str().unwrap())
    };
    let path = link_up().await;
    let by_provider = world.browser(&journey(&world, "anna", &wanted()).await);
    let account = async |browser: &Actor| browser.get("/v1/account").await.json()["id"].clone();
    assert_eq!(account(&by_provider).await, account(&anna).await);
    let _ = world.person("third", &[Role::Buyer]).await.delete(&path).await.is(StatusCode::NOT_FOUND);
    let _ = anna.delete(&path).await.is(StatusCode::NO_CONTENT);
    assert_eq!(went_to(&journey(&world, "anna", &wanted()).await), "/sign-in?problem=forbidden");
    let path = link_up().await;
    world.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(anna.delete(&path).await.code(), "proof-needed");
}

#[tokio::test]
async fn the_last_way_in_and_the_word_that_makes_a_member_stay_linked() {
    let provider = Running::start().await;
    provider.knows("first", &json!({"anna": ["cloud"]}));
    let world = provider.world(Engine::Sqlite).await;
    let unlink = async |person: &Actor| {
        let account = person.get("/v1/account").await.is(StatusCode::OK).json();
        let path = format!("/v1/account/identities/{}", account["identities"][0]["id"].as_str().unwrap());
        person.delete(&path).await
    };
    let managed = unlink(&world.browser(&journey(&world, "anna", &wanted()).await)).await;
    assert_eq!((managed.status, managed.code().as_str()), (StatusCode::CONFLICT, "managed"));
    let new = json!({"name": "other", "legalName": "other", "country": "NL", "roles": ["buyer"]});
    let admitted = world.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED).json();
    let invited = json!({"provider": "corp", "invitation": admitted["invitation"]["code"]});
    let last = unlink(&world.browser(&journey(&world, "bert", &invited).await)).await;
    assert_eq!((last.status, last.code().as_str()), (StatusCode::CONFLICT, "last-way-in"));
}

#[tokio::test]
async fn the_word_of_a_provider_counts_as_a_second_factor() {
    let provider = Running::start().await;
    provider.knows("first", &json!({"anna": ["cloud"]}));
    let world = provider.world_with(Engine::Sqlite, SecondFactor::Everybody).await;
    let anna = world.browser(&journey(&world, "anna", &wanted()).await);
    let _ = anna.get("/v1/whoami").await.is(StatusCode::OK);
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_to_be() {
    let provider = Running::start().await;
    provider.knows("first", &json!({}));
    let world = provider.world(Engine::Sqlite).await;
    provider.stop().await;
    let request = world.stranger().request(Method::POST, "/v1/sign-in/provider").json(&wanted());
    let answer = world.stranger().send(request).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "provider-unreachable"));
}
