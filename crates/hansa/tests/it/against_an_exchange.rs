//! The program and an exchange.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use hansa_model::participant::{AdmittedParticipant, Role};
use hansa_testkit::{Engine, World};
use serde_json::json;

use crate::program::{User, hansa_snapshot};

/// The address of a world.
fn address(world: &World) -> String {
    format!("http://{}", world.address)
}

/// A user who has joined as the first member of a participant with these roles.
pub(crate) async fn member(world: &World, name: &str, roles: &[Role]) -> User {
    let new = json!({"name": name, "legalName": name, "country": "NL", "roles": roles});
    let admitted: AdmittedParticipant = world.operator.post("/v1/participants", &new).await.read();
    let user = User::new();
    let code = admitted.invitation.code;
    user.run(&["login", "--exchange", &address(world), "--invitation", &code, "--name", "anna"]).await.well();
    user
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_makes_a_member_who_is_remembered() {
    let world = World::start(Engine::Sqlite).await;
    let user = member(&world, "gridtown", &[Role::Buyer]).await;
    hansa_snapshot!(user.run(&["whoami"]).await);
    let file = user.home().join("config/contexts.yaml");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let shown = user.run(&["context", "show", "-o", "json"]).await.well().json();
    assert_eq!((&shown["name"], &shown["hasToken"]), (&json!("default"), &json!(true)));

    let saved = std::fs::read_to_string(&file).unwrap();
    let token = saved.split_whitespace().find(|word| word.starts_with("hansa_")).unwrap();
    let with_token = ["whoami", "--exchange", &address(&world), "--token", token];
    user.run(&with_token).await.well();
    user.run(&["logout"]).await.well();
    assert_eq!(user.run(&with_token).await.code, 5, "logging out revokes the token");
    assert!(!std::fs::read_to_string(&file).unwrap().contains("hansa_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_lists_are_empty_documents() {
    let world = World::start(Engine::Sqlite).await;
    let user = member(&world, "gridtown", &[Role::Buyer]).await;
    for noun in ["quote", "order", "proposal", "service", "usage", "offer", "site", "agent"] {
        let ran = user.run(&[noun, "list", "-o", "json"]).await.well();
        assert_eq!((ran.json(), ran.stderr.as_str()), (json!([]), ""), "{noun}");
    }
    hansa_snapshot!(user.run(&["order", "list"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_have_their_own_exit_codes() {
    let world = World::start(Engine::Sqlite).await;
    let stranger = User::new().with("HANSA_EXCHANGE", &address(&world)).with("HANSA_TOKEN", "hansa_nothing");
    let ran = stranger.run(&["order", "list"]).await;
    assert_eq!(ran.code, 5);
    hansa_snapshot!(ran);

    let user = member(&world, "gridtown", &[Role::Buyer]).await;
    let unknown = user.run(&["order", "show", "ord_01h455vb4pex5vsknk084sn02q", "-o", "json"]).await;
    assert_eq!((unknown.code, unknown.stdout.as_str()), (3, ""));
    assert_eq!(unknown.error()["code"], "not-found");
    assert!(unknown.error()["requestId"].is_string());
    assert_eq!(user.run(&["service", "show", "web"]).await.code, 3);
    assert_eq!(user.run(&["ledger", "trial-balance"]).await.code, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_sets_are_shown_with_their_criteria() {
    let world = World::start(Engine::Sqlite).await;
    let user = member(&world, "gridtown", &[Role::Buyer]).await;
    let listed = user.run(&["trust", "rules", "-o", "json"]).await.well().json();
    let set = listed.as_array().unwrap().iter().find(|set| set["id"] == "csf").unwrap();
    let shown = user.run(&["trust", "rules", "csf", "-o", "json"]).await.well();
    assert_eq!(shown.json()["criteria"].as_array().map(Vec::len), set["criteria"].as_u64().map(|count| count as usize));
    assert_eq!(shown.stdout.matches("\n  \"criteria\":").count(), 1, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flag_wins_over_the_environment_and_that_over_the_context() {
    let world = World::start(Engine::Sqlite).await;
    let user = member(&world, "gridtown", &[Role::Buyer]).await;
    assert_eq!(user.run(&["whoami"]).await.code, 0);
    let user = user.with("HANSA_TOKEN", "hansa_nothing");
    assert_eq!(user.run(&["whoami"]).await.code, 5);
    let good = world.operator.secret.clone();
    assert_eq!(user.run(&["whoami", "--token", &good]).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_publishes_and_a_buyer_finds_it() {
    let world = World::start(Engine::Sqlite).await;
    let provider = member(&world, "nordhafen", &[Role::Provider]).await;
    let site = "{name: hamburg-1, country: DE, city: Hamburg, coordinates: {latitude: 53.55, longitude: 9.99}}";
    provider.run_with(&["site", "create", "-f", "-"], site).await.well();
    let skeleton = provider.run(&["offer", "publish", "--generate-skeleton"]).await.well().stdout;
    provider.run_with(&["offer", "publish", "-f", "-"], &skeleton).await.well();

    let buyer = member(&world, "gridtown", &[Role::Buyer]).await;
    hansa_snapshot!(buyer.run(&["offer", "list"]).await);
    let start = world.clock.now().plus(Duration::from_secs(3_600));
    let end = start.plus(Duration::from_secs(3_600));
    let window = ["--start", &start.to_string(), "--end", &end.to_string(), "--reason", "New switch"];
    provider.run(&[&["maintenance", "create", "hamburg-1"], &window[..]].concat()).await.well();
    hansa_snapshot!(buyer.run(&["maintenance", "list"]).await);
    hansa_snapshot!(provider.run(&["statement", "show", "--provider", "--month", "2026-01"]).await);
    let shown = buyer.run(&["offer", "show", "nordhafen/hamburg-1/m.small", "-o", "json"]).await.well().json();
    assert_eq!(shown["sku"], "m.small");
    buyer.file(
        "app.yaml",
        "apiVersion: hansa/v1\nkind: Application\nmetadata: { name: shop }\nspec:\n  components:\n    web: \
         { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB', disk: '>= 20 GiB', image: debian-12 }\n",
    );
    let found = buyer.run(&["match", "-f", "app.yaml", "-o", "name"]).await.well();
    assert!(found.stdout.starts_with("cheapest") || found.stdout.starts_with("chosen"), "{found}");
    let answer = buyer.run(&["match", "-f", "app.yaml", "-o", "json"]).await.well().json();
    buyer.file("found.json", &answer.to_string());
    let verified = buyer.run(&["match", "verify", "found.json", "-f", "app.yaml", "-o", "json"]).await.well().json();
    let checks = verified["checks"].as_array().unwrap();
    // An exchange tells nobody what is free at its sites, and not which version of its catalogue this is.
    let mut open: Vec<&str> = checks
        .iter()
        .filter(|check| check["verdict"] != "holds")
        .map(|check| check["field"].as_str().unwrap())
        .collect();
    open.sort_unstable();
    assert_eq!(open, ["packages[0].components", "packages[0].proof.catalogueVersion"]);
    assert_eq!(buyer.run(&["match", "-f", "app.yaml", "--orderable-only"]).await.code, 4);

    let dry = ["order", "create", "-f", "app.yaml", "--dry-run", "-o", "json"];
    assert_eq!(buyer.run(&dry).await.well().json()["application"]["metadata"]["name"], "shop");
    assert_eq!(buyer.run(&["quote", "list", "-o", "json"]).await.well().json(), json!([]));
}
