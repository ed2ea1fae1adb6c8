//! People in browsers: signing up and in, codes, guesses, sessions, pages of other sites.

use std::time::Duration;

use hansa_exchange::settings::Settings;
use hansa_model::participant::Role;
use hansa_testkit::{Actor, Answer, Engine, PASSWORD, World, WorldOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

hansa_testkit::on_both! {
    an_invitation_becomes_an_account_once
    a_code_is_asked_for_beside_the_password
    guesses_must_wait
    a_session_ends_when_it_should
    an_account_acts_for_several
}

async fn sign_in(world: &World, login: &str, password: &str) -> Answer {
    world.stranger().post("/v1/sign-in/password", &json!({"login": login, "password": password})).await
}

async fn invitation(world: &World, name: &str, roles: &[Role]) -> String {
    let new = json!({"name": name, "legalName": name, "country": "NL", "roles": roles});
    let admitted = world.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED).json();
    admitted["invitation"]["code"].as_str().unwrap().to_owned()
}

/// What an app shows for a secret.
pub(crate) fn app(world: &World, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let seconds = u64::try_from(world.exchange.now().micros() / 1_000_000).unwrap();
    Builder::new().with_secret(secret).build_noncompliant().generate(seconds).to_string()
}

/// Has an app make codes from now on; answers its secret and the recovery codes.
async fn set_codes_up(world: &World, anna: &Actor) -> (String, Vec<String>) {
    let offered = anna.post("/v1/account/one-time-codes", &json!({})).await.is(StatusCode::CREATED).json();
    let secret = offered["secret"].as_str().unwrap().to_owned();
    assert!(offered["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    let activate = async |code: &str| anna.post("/v1/account/one-time-codes/activate", &json!({"code": code})).await;
    let _ = activate("000000").await.is(StatusCode::BAD_REQUEST);
    let codes = activate(&app(world, &secret)).await.is(StatusCode::OK).json();
    (secret, serde_json::from_value(codes["codes"].clone()).unwrap())
}

async fn an_invitation_becomes_an_account_once(engine: Engine) {
    let world = World::start(engine).await;
    let code = invitation(&world, "acme", &[Role::Buyer]).await;
    let stranger = world.stranger();
    let preview = async |code: &str| stranger.post("/v1/invitations/preview", &json!({"code": code})).await;
    let seen = preview(&code).await.is(StatusCode::OK).json();
    assert_eq!((&seen["participant"], &seen["roles"], seen.get("member")), (&json!("acme"), &json!(["buyer"]), None));
    let sign_up = async |login: &str, password: &str| {
        let body = json!({"code": code, "login": login, "name": "Anna", "password": password});
        stranger.post("/v1/sign-up", &body).await
    };
    for (login, password) in [("an", PASSWORD), ("an na", PASSWORD), ("anna", "too short"), ("anna", "x-anna-x-anna-x")]
    {
        let _ = sign_up(login, password).await.is(StatusCode::BAD_REQUEST);
    }
    let answer = sign_up(" Anna@Acme.Example ", PASSWORD).await.is(StatusCode::CREATED);
    assert_eq!(answer.json()["account"]["login"], "anna@acme.example");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let set = answer.header("set-cookie").unwrap().to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    let anna = world.browser(&answer);
    let whoami = anna.get("/v1/whoami").await.is(StatusCode::OK).json();
    assert_eq!((&whoami["participant"]["name"], whoami.get("token")), (&json!("acme"), None));
    assert_eq!(whoami["projects"].as_array().unwrap().len(), 1);
    let _ = preview(&code).await.is(StatusCode::UNAUTHORIZED);
    let _ = sign_up("other@acme.example", PASSWORD).await.is(StatusCode::UNAUTHORIZED);
    let again = invitation(&world, "other", &[Role::Buyer]).await;
    let taken = json!({"code": again, "login": "ANNA@acme.example", "name": "Other", "password": PASSWORD});
    let taken = stranger.post("/v1/sign-up", &taken).await;
    assert_eq!((taken.status, taken.code().as_str()), (StatusCode::CONFLICT, "login-taken"));
    let _ = preview(&again).await.is(StatusCode::OK);
    let back = sign_in(&world, "anna@ACME.example", PASSWORD).await.is(StatusCode::OK);
    assert_eq!(back.json()["state"], "signed-in");
    world.settle().await;
    let audit = world.operator.get("/v1/audit?limit=500").await.is(StatusCode::OK).body;
    assert!(audit.contains("account.join") && audit.contains("session.begin"), "{audit}");
    assert!(anna.get("/v1/events").await.is(StatusCode::OK).body.contains("session.begun"));
}

async fn a_code_is_asked_for_beside_the_password(engine: Engine) {
    let world = World::start(engine).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let (secret, recovery) = set_codes_up(&world, &anna).await;
    assert_eq!(recovery.len(), 10);
    let twice = anna.post("/v1/account/one-time-codes", &json!({})).await;
    assert_eq!((twice.status, twice.code().as_str()), (StatusCode::CONFLICT, "in-use"));
    let attempt = async || {
        let answer = sign_in(&world, "acme@hansa.example", PASSWORD).await.is(StatusCode::OK);
        assert!(answer.cookie("hansa-session").is_none(), "a session without a code");
        assert_eq!(answer.json()["state"], "code-needed");
        answer.json()["attempt"].as_str().unwrap().to_owned()
    };
    let send = async |attempt: &str, code: &str| {
        world.stranger().post("/v1/sign-in/code", &json!({"attempt": attempt, "code": code})).await
    };
    let first = attempt().await;
    // The code that set the app up was used.
    let _ = send(&first, &app(&world, &secret)).await.is(StatusCode::UNAUTHORIZED);
    world.clock.advance(Duration::from_secs(30));
    let code = app(&world, &secret);
    let answer = send(&first, &code).await.is(StatusCode::OK);
    assert_eq!(answer.json()["session"]["proof"], "one-time-code");
    let _ = send(&first, &code).await.is(StatusCode::UNAUTHORIZED);
    let second = attempt().await;
    let _ = send(&second, &code).await.is(StatusCode::UNAUTHORIZED);
    let answer = send(&second, &recovery[3].to_uppercase()).await.is(StatusCode::OK);
    assert_eq!(answer.json()["session"]["proof"], "recovery-code");
    assert_eq!(answer.json()["account"]["recoveryCodes"], 9);
    let third = attempt().await;
    let _ = send(&third, &recovery[3]).await.is(StatusCode::UNAUTHORIZED);
    world.clock.advance(Duration::from_secs(10 * 60));
    let _ = send(&third, &app(&world, &secret)).await.is(StatusCode::UNAUTHORIZED);
    let other = world.person("other", &[Role::Buyer]).await;
    let none = other.post("/v1/account/recovery-codes", &json!({})).await;
    assert_eq!((none.status, none.code().as_str()), (StatusCode::CONFLICT, "nothing-to-recover"));
    let renewed = anna.post("/v1/account/recovery-codes", &json!({})).await.is(StatusCode::CREATED).json();
    assert!(!renewed.to_string().contains(&recovery[0]));
    let _ = send(&attempt().await, &recovery[0]).await.is(StatusCode::UNAUTHORIZED);
    let _ = anna.delete("/v1/account/one-time-codes").await.is(StatusCode::NO_CONTENT);
    assert_eq!(sign_in(&world, "acme@hansa.example", PASSWORD).await.json()["state"], "signed-in");
}

async fn guesses_must_wait(engine: Engine) {
    let world = World::start(engine).await;
    let _ = world.person("acme", &[Role::Buyer]).await;
    // Whether there is such an account shows in nothing.
    let mut seen = Vec::new();
    for login in ["acme@hansa.example", "nobody@hansa.example"] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            let answer = sign_in(&world, login, "a wrong password").await;
            let problem = answer.json();
            answers.push((answer.status, problem["detail"].clone(), answer.header("retry-after").map(str::to_owned)));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[0][4].0, seen[0][5].0), (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS));
    // Also the right password must wait.
    let right = sign_in(&world, "acme@hansa.example", PASSWORD).await;
    assert_eq!((right.status, right.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-attempts"));
    world.clock.advance(Duration::from_secs(60));
    let _ = sign_in(&world, "acme@hansa.example", "a wrong password").await.is(StatusCode::UNAUTHORIZED);
    world.clock.advance(Duration::from_secs(60));
    let _ = sign_in(&world, "acme@hansa.example", PASSWORD).await.is(StatusCode::TOO_MANY_REQUESTS);
    world.clock.advance(Duration::from_secs(60));
    let _ = sign_in(&world, "acme@hansa.example", PASSWORD).await.is(StatusCode::OK);
    // The right one wipes the slate.
    for _ in 0..4 {
        let _ = sign_in(&world, "acme@hansa.example", "a wrong password").await.is(StatusCode::UNAUTHORIZED);
    }
    let _ = sign_in(&world, "acme@hansa.example", PASSWORD).await.is(StatusCode::OK);
    world.settle().await;
    let audit = world.operator.get("/v1/audit?limit=500").await.is(StatusCode::OK).body;
    assert_eq!(audit.matches("account.lock").count(), 2, "{audit}");
}

async fn a_session_ends_when_it_should(engine: Engine) {
    let settings = Settings {
        session_idle: Duration::from_secs(3600),
        session_lifetime: Duration::from_secs(3 * 3600),
        ..Settings::default()
    };
    let world = World::with(WorldOptions { settings, ..WorldOptions::on(engine) }).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let seen = async |actor: &Actor| actor.get("/v1/whoami").await.status;
    let other = async || world.browser(&sign_in(&world, "acme@hansa.example", PASSWORD).await.is(StatusCode::OK));
    let idle = other().await;
    // Being used keeps it, but not for ever.
    for _ in 0..3 {
        assert_eq!(seen(&anna).await, StatusCode::OK);
        world.clock.advance(Duration::from_secs(3599));
    }
    assert_eq!(seen(&idle).await, StatusCode::UNAUTHORIZED);
    assert_eq!(seen(&anna).await, StatusCode::OK);
    world.clock.advance(Duration::from_secs(3));
    assert_eq!(seen(&anna).await, StatusCode::UNAUTHORIZED);
    // A page whose session has ended can still ask how to sign in.
    let _ = anna.get("/v1/sign-in").await.is(StatusCode::OK);
    let (laptop, phone, tablet) = (other().await, other().await, other().await);
    let list = laptop.get("/v1/account/sessions").await.is(StatusCode::OK).json();
    let sessions = list["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 3, "{list}");
    assert_eq!(sessions.iter().map(|session| session["current"] == true).collect::<Vec<_>>(), [false, false, true]);
    let path = |index: usize| format!("/v1/account/sessions/{}", sessions[index]["id"].as_str().unwrap());
    let stranger = world.person("other", &[Role::Buyer]).await;
    let _ = stranger.delete(&path(0)).await.is(StatusCode::NOT_FOUND);
    let _ = laptop.delete(&path(0)).await.is(StatusCode::NO_CONTENT);
    assert_eq!((seen(&tablet).await, seen(&phone).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    let another = json!({"password": "drei Kähne im Nebel"});
    let _ = laptop.post("/v1/account/password", &another).await.is(StatusCode::NO_CONTENT);
    assert_eq!((seen(&phone).await, seen(&laptop).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    let _ = sign_in(&world, "acme@hansa.example", PASSWORD).await.is(StatusCode::UNAUTHORIZED);
    let gone = laptop.delete("/v1/session").await.is(StatusCode::NO_CONTENT);
    assert!(gone.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(seen(&laptop).await, StatusCode::UNAUTHORIZED);
    world.settle().await;
}

async fn an_account_acts_for_several(engine: Engine) {
    let world = World::start(engine).await;
    let anna = world.person("acme", &[Role::Buyer, Role::Provider]).await;
    let code = invitation(&world, "second", &[Role::Buyer]).await;
    let joined = anna.post("/v1/account/memberships", &json!({"code": code})).await.is(StatusCode::CREATED).json();
    let again = anna.post("/v1/account/memberships", &json!({"code": code})).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    let session = anna.get("/v1/session").await.is(StatusCode::OK).json();
    let memberships = session["memberships"].as_array().unwrap();
    assert_eq!(memberships.len(), 2);
    let (acme, second) = (&memberships[0], &joined);
    let switch = async |to: Value| anna.patch("/v1/session", &to).await;
    let name = async || anna.get("/v1/whoami").await.is(StatusCode::OK).json()["participant"]["name"].clone();
    assert_eq!(name().await, "acme");
    let _ = switch(json!({"member": second["member"]["id"]})).await.is(StatusCode::OK);
    assert_eq!(name().await, "second");
    let _ = anna.post("/v1/sites", &crate::market::site("x-1")).await.is(StatusCode::FORBIDDEN);
    // In fewer roles, for one tenant; never in more, or for somebody else's.
    let tenant = &acme["tenants"][0]["id"];
    let narrow = json!({"member": acme["member"]["id"], "roles": ["buyer"], "tenant": tenant});
    let _ = switch(narrow).await.is(StatusCode::OK);
    let _ = anna.post("/v1/sites", &crate::market::site("x-1")).await.is(StatusCode::FORBIDDEN);
    assert_eq!(anna.get("/v1/whoami").await.json()["tenants"][0]["id"], *tenant);
    let more = json!({"member": acme["member"]["id"], "roles": ["operator"]});
    let _ = switch(more).await.is(StatusCode::BAD_REQUEST);
    let foreign = json!({"member": second["member"]["id"], "tenant": tenant});
    let _ = switch(foreign).await.is(StatusCode::NOT_FOUND);
    let other = world.person("other", &[Role::Operator]).await;
    let others = other.get("/v1/session").await.json()["memberships"][0]["member"]["id"].clone();
    let _ = switch(json!({"member": others})).await.is(StatusCode::NOT_FOUND);
    let _ = switch(json!({"member": acme["member"]["id"]})).await.is(StatusCode::OK);
    let _ = anna.post("/v1/sites", &crate::market::site("x-1")).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_member_with_a_token_gets_an_account() {
    let world = World::start(Engine::Sqlite).await;
    let invited = world.operator.post("/v1/members/self/invitations", &json!({})).await.is(StatusCode::CREATED).json();
    let code = invited["code"].as_str().unwrap();
    let seen = world.stranger().post("/v1/invitations/preview", &json!({"code": code})).await.json();
    assert_eq!(seen["member"], "first");
    // It is for a browser: it does not make another member with a token.
    let _ = world
        .stranger()
        .post("/v1/invitations/accept", &json!({"code": code, "name": "x"}))
        .await
        .is(StatusCode::UNAUTHORIZED);
    let body = json!({"code": code, "login": "operator", "name": "Olga", "password": PASSWORD});
    let answer = world.stranger().post("/v1/sign-up", &body).await.is(StatusCode::CREATED);
    let browser = world.browser(&answer);
    let (by_token, in_browser) = (world.operator.get("/v1/whoami").await, browser.get("/v1/whoami").await);
    assert_eq!(by_token.json()["member"], in_browser.json()["member"]);
    for actor in [&browser, &world.operator] {
        let twice = actor.post("/v1/members/self/invitations", &json!({})).await;
        assert_eq!((twice.status, twice.code().as_str()), (StatusCode::CONFLICT, "account-already"));
    }
    // A token can't get at the account.
    let _ = world.operator.get("/v1/account").await.is(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pages_of_other_sites_use_no_session() {
    let world = World::start(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer, Role::Provider]).await;
    let cookie = anna.session.clone().unwrap();
    let host = world.address.to_string();
    let own = format!("http://{host}");
    let try_with = async |headers: &[(&str, &str)]| {
        let stranger = world.stranger();
        let mut request = stranger.request(Method::DELETE, "/v1/account/sessions").header("cookie", &cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        stranger.send(request).await.status
    };
    for headers in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("origin", own.as_str())],
        &[("x-hansa-console", "1")],
        &[("origin", "http://127.0.0.1:7443")],
    ] {
        assert_eq!(try_with(headers).await, StatusCode::NO_CONTENT, "{headers:?}");
    }
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
        &[("sec-fetch-site", "same-site"), ("x-hansa-console", "1")],
        &[("origin", "https://evil.example"), ("x-hansa-console", "1")],
        &[("origin", "null")],
    ] {
        assert_eq!(try_with(headers).await, StatusCode::FORBIDDEN, "{headers:?}");
    }
    // Nobody is signed in as somebody else by another site either.
    let stranger = world.stranger();
    let body = json!({"login": "acme@hansa.example", "password": PASSWORD});
    let forged = stranger.request(Method::POST, "/v1/sign-in/password").header("sec-fetch-site", "cross-site");
    let forged = stranger.send(forged.json(&body)).await;
    assert_eq!((forged.status, forged.code().as_str()), (StatusCode::FORBIDDEN, "cross-site"));
    // A token is no cookie: no page has it by accident.
    let request = world.operator.request(Method::GET, "/v1/whoami").header("origin", "https://evil.example");
    let _ = world.operator.send(request).await.is(StatusCode::OK);
}

#[tokio::test]
async fn cookies_are_bound_to_the_host_where_the_connection_is_encrypted() {
    let settings = Settings { issuer: "https://exchange.example".to_owned(), ..Settings::default() };
    let world = World::with(WorldOptions { settings, ..WorldOptions::on(Engine::Sqlite) }).await;
    let code = invitation(&world, "acme", &[Role::Buyer]).await;
    let body = json!({"code": code, "login": "anna", "name": "Anna", "password": PASSWORD});
    let answer = world.stranger().post("/v1/sign-up", &body).await.is(StatusCode::CREATED);
    let set = answer.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-hansa-session=hansa-session_") && set.ends_with("; Secure"), "{set}");
}

#[tokio::test]
async fn what_is_weighty_wants_a_fresh_proof() {
    let world = World::start(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let token = async || anna.post("/v1/tokens", &json!({"name": "x", "scopes": ["read"]})).await;
    let _ = token().await.is(StatusCode::CREATED);
    world.clock.advance(Duration::from_secs(15 * 60));
    let stale = token().await;
    assert_eq!((stale.status, stale.code().as_str()), (StatusCode::FORBIDDEN, "proof-needed"));
    for (method, path, body) in [
        (Method::POST, "/v1/account/password", json!({"password": "drei Kähne im Nebel"})),
        (Method::POST, "/v1/account/one-time-codes", json!({})),
        (Method::DELETE, "/v1/account/one-time-codes", json!({})),
        (Method::POST, "/v1/account/recovery-codes", json!({})),
    ] {
        let answer = anna.send(anna.request(method, path).json(&body)).await;
        assert_eq!(answer.code(), "proof-needed", "{path}");
    }
    let prove = async |password: &str| anna.post("/v1/session/proof", &json!({"password": password})).await;
    let _ = prove("a wrong password").await.is(StatusCode::UNAUTHORIZED);
    let _ = prove(PASSWORD).await.is(StatusCode::OK);
    let _ = token().await.is(StatusCode::CREATED);
    let (secret, _) = set_codes_up(&world, &anna).await;
    let _ = prove(PASSWORD).await.is(StatusCode::BAD_REQUEST);
    world.clock.advance(Duration::from_secs(30));
    let both = json!({"password": PASSWORD, "code": app(&world, &secret)});
    let _ = anna.post("/v1/session/proof", &both).await.is(StatusCode::OK);
}

#[tokio::test]
async fn one_address_signs_in_so_often_only() {
    let options = WorldOptions::on(Engine::Sqlite);
    let api = hansa_api::ApiOptions { sign_in_rate: hansa_api::Rate::new(1, 3), ..options.api };
    let world = World::with(WorldOptions { api, ..options }).await;
    // All at once, so that it does not matter how fast this machine is.
    let stranger = world.stranger();
    let code = json!({"code": "hansa-invite_guess"});
    let tries = (0..30).map(|_| stranger.post("/v1/invitations/preview", &code));
    let answers = futures_util::future::join_all(tries).await;
    let count = |status: StatusCode| answers.iter().filter(|answer| answer.status == status).count();
    assert!(count(StatusCode::UNAUTHORIZED) >= 3, "{answers:?}");
    assert!(count(StatusCode::TOO_MANY_REQUESTS) > 0, "{answers:?}");
    let _ = stranger.get("/v1/sign-in").await.is(StatusCode::OK);
}
