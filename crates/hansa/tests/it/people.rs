//! People: the first operator's way into the console, letting the command line in by a browser, members.

use hansa_client::{Client, Credentials};
use hansa_model::participant::{Invitation, Role};
use hansa_model::sign_in::SignUp;
use hansa_testkit::{Engine, PASSWORD, World};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use crate::against_an_exchange::member;
use crate::program::User;

/// The next line that holds this. The stream stays open, because a program may go on talking.
async fn line_with(stream: &mut (impl AsyncRead + Unpin), part: &str) -> String {
    let mut lines = BufReader::new(stream).lines();
    loop {
        let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("no line with `{part}`"));
        if line.contains(part) {
            return line;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_shows_a_way_into_the_console() {
    let operator = User::new();
    let arguments = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    let mut serve = operator.start_heard(&arguments);
    let mut stderr = serve.stderr.take().unwrap();
    let shown = line_with(&mut stderr, "/sign-up#code=").await;
    let (address, code) = shown.trim().split_once("/sign-up#code=").unwrap();
    let client = Client::new(address, Credentials::None).unwrap();
    let new = SignUp {
        code: code.to_owned(),
        login: "olga".to_owned(),
        name: "Olga".to_owned(),
        password: Some(PASSWORD.to_owned()),
        passkey: None,
    };
    let signed_in = client.sign_up(&new).await.unwrap();
    assert_eq!(signed_in.memberships[0].member.roles.iter().copied().collect::<Vec<_>>(), [Role::Operator]);
    serve.kill().await.unwrap();
    // Now there is an operator, so nobody else is invited.
    let mut again = operator.start_heard(&arguments);
    let mut said = Vec::new();
    let mut lines = BufReader::new(again.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let serves = line.contains("the exchange serves");
        said.push(line);
        if serves {
            break;
        }
    }
    assert!(!said.join("\n").contains("sign-up"), "{said:?}");
    assert!(!operator.home().join("data/operator-invitation").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_lets_the_command_line_in() {
    let world = World::start(Engine::Sqlite).await;
    let anna = world.person("gridtown", &[Role::Buyer]).await;
    let user = User::new();
    let mut login = user.start_heard(&["login", "--exchange", &format!("http://{}", world.address), "--name", "anna"]);
    let mut stderr = login.stderr.take().unwrap();
    let shown = line_with(&mut stderr, "/device?code=").await;
    let code = shown.split_once("/device?code=").unwrap().1.split_whitespace().next().unwrap();
    let path = format!("/v1/device/requests/{code}/approve");
    assert_eq!(anna.post(&path, &json!({})).await.status.as_u16(), 200);
    assert!(login.wait().await.unwrap().success());
    let whoami = user.run(&["whoami", "-o", "json"]).await.well().json();
    assert_eq!(whoami["participant"]["name"], "gridtown");
    // Whoever has an account needs no link that makes one.
    let console = user.run(&["console"]).await.well().stdout;
    assert_eq!(console, format!("http://{}/sign-in\n", world.address));
    let tokens_only = member(&world, "other", &[Role::Buyer]).await;
    assert!(tokens_only.run(&["console"]).await.well().stdout.contains("/sign-up#code="));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_listed_get_in_again_and_are_removed() {
    let world = World::start(Engine::Sqlite).await;
    let user = member(&world, "gridtown", &[Role::Buyer]).await;
    let invited = user.run(&["participant", "invite", "gridtown", "-o", "json"]).await.well();
    assert!(invited.stderr.contains("/sign-up#code="), "{invited}");
    let new = json!({"code": invited.json()["code"], "login": "bert", "name": "bert", "password": PASSWORD});
    assert_eq!(world.stranger().post("/v1/sign-up", &new).await.status.as_u16(), 201);
    let listed = user.run(&["member", "list", "-o", "json"]).await.well().json();
    assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&json!("anna"), &json!("bert")));
    let reset = user.run(&["member", "reset", "bert", "-o", "json"]).await.well();
    let made: Invitation = serde_json::from_value(reset.json()).unwrap();
    assert!(reset.stderr.contains(&format!("/sign-up#code={}", made.code)), "{reset}");
    // Whoever acts by tokens alone has nothing that could be reset.
    let none = user.run(&["member", "reset", "anna", "-o", "json"]).await;
    assert_eq!((none.error()["code"].as_str(), none.error()["hint"].is_string()), (Some("no-account"), true));
    user.run(&["member", "remove", "bert", "-y"]).await.well();
    assert_eq!(user.run(&["member", "list", "-o", "json"]).await.well().json().as_array().unwrap().len(), 1);
    assert_eq!(user.run(&["member", "remove", "bert", "-y"]).await.code, 3);
}
