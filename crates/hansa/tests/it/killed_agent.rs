//! Agents as processes that are killed in the middle of a call to their back end.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::program::User;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut attempt: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = attempt().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// An exchange of its own, and its address.
pub(crate) async fn exchange(operator: &User) -> (Child, String) {
    let mut serve = operator.start(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    let mut lines = BufReader::new(serve.stdout.take().unwrap()).lines();
    let address = lines.next_line().await.unwrap().unwrap();
    let invitation = std::fs::read_to_string(operator.home().join("data/operator-invitation")).unwrap();
    operator.run(&["login", "--exchange", &address, "--invitation", invitation.trim()]).await.well();
    (serve, address)
}

async fn member(operator: &User, address: &str, name: &str, role: &str) -> User {
    let admit = ["participant", "admit", name, "--legal-name", name, "--country", "NL", "--role", role, "-o", "json"];
    let admitted = operator.run(&admit).await.well().json();
    let code = admitted["invitation"]["code"].as_str().unwrap().to_owned();
    let user = User::new();
    user.run(&["login", "--exchange", address, "--invitation", &code, "--name", "anna"]).await.well();
    user
}

/// What the back end holds: its state is written before and after each of its slow calls.
fn made(state: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(state).unwrap_or_default();
    let held: Value = serde_json::from_str(&text).unwrap_or_default();
    held["made"].as_object().map(|made| made.values().cloned().collect()).unwrap_or_default()
}

/// The agent's configuration, with calls that take so long.
pub(crate) fn configure(provider: &User, address: &str, milliseconds: u64) {
    let config = json!({
        "exchange": address, "state": "agent", "checkEvery": "1 s",
        "drivers": [{
            "site": "utrecht-1", "type": "simulated", "kind": "compute.instance", "state": "back-end.json",
            "latencyMs": {"min": milliseconds, "max": milliseconds},
        }],
    });
    provider.file("agent.yaml", &config.to_string());
}

/// A provider whose agent has enrolled, and a buyer with an application that fits its offer.
pub(crate) async fn traders(operator: &User, address: &str) -> (User, User) {
    let provider = member(operator, address, "domstad", "provider").await;
    let buyer = member(operator, address, "gridtown", "buyer").await;
    let site = "{name: utrecht-1, country: NL, city: Utrecht, coordinates: {latitude: 52.09, longitude: 5.12}}";
    provider.run_with(&["site", "create", "-f", "-"], site).await.well();
    let offer = "{site: utrecht-1, sku: small, kind: compute.instance, properties: {cpu: 1, memory: 1 GiB}, price: \
                 {currency: EUR, components: [{name: base, type: fixed, amount: 4 EUR, per: month}]}}";
    provider.run_with(&["offer", "publish", "-f", "-"], offer).await.well();
    let enrolment = provider.run(&["enrolment", "create", "agent-1", "-o", "json"]).await.well().json();
    let token = enrolment["token"].as_str().unwrap();
    let enrol = ["agent", "enrol", "--exchange", address, "--token", token, "--state", "agent"];
    provider.run(&enrol).await.well();
    buyer.file(
        "app.yaml",
        "apiVersion: hansa/v1\nkind: Application\nmetadata: { name: shop }\nspec:\n  components:\n    web: \
         { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }\n",
    );
    (provider, buyer)
}

/// Orders the application, as soon as there is an offer; answers the order's identifier.
pub(crate) async fn order(buyer: &User) -> String {
    let order = ["order", "create", "-f", "app.yaml", "--yes", "-o", "json"];
    let order = eventually("an offer that can be ordered", async || {
        let ran = buyer.run(&order).await;
        (ran.code == 0).then(|| ran.json())
    })
    .await;
    order["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_killed_at_work_makes_nothing_twice_and_leaves_nothing() {
    let operator = User::new();
    let (_serve, address) = exchange(&operator).await;
    let (provider, buyer) = traders(&operator, &address).await;
    let (run, state) = (["agent", "run", "--config", "agent.yaml"], provider.home().join("back-end.json"));

    configure(&provider, &address, 3_000);
    let mut agent = provider.start(&run);
    let id = &order(&buyer).await;
    eventually("the back end to be at work", async || (!made(&state).is_empty()).then_some(())).await;
    agent.kill().await.unwrap();
    assert_eq!(made(&state).len(), 1);

    configure(&provider, &address, 0);
    let mut agent = provider.start(&run);
    let waited = buyer.run(&["order", "wait", id, "-o", "json"]).await.well().json();
    assert_eq!((waited["state"].as_str(), made(&state).len()), (Some("fulfilled"), 1));
    agent.kill().await.unwrap();

    configure(&provider, &address, 3_000);
    let mut agent = provider.start(&run);
    let service = buyer.run(&["service", "list", "-o", "json"]).await.well().json()[0]["id"].clone();
    let end = ["service", "terminate", service.as_str().unwrap(), "--yes", "-o", "json"];
    let end = buyer.run(&end).await.well().json();
    let stuck = "the agent to take the end on";
    let journal = provider.home().join("agent/journal");
    let has_end = || std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"desired\":\"terminated\""));
    eventually(stuck, async || has_end().then_some(())).await;
    agent.kill().await.unwrap();

    configure(&provider, &address, 0);
    let _agent = provider.start(&run);
    let waited = buyer.run(&["order", "wait", end["id"].as_str().unwrap(), "-o", "json"]).await.well().json();
    assert_eq!((waited["state"].as_str(), made(&state).len()), (Some("fulfilled"), 0));
    let agents = provider.run(&["agent", "list", "-o", "json"]).await.well().json();
    assert_eq!(agents[0]["orphans"], json!([]));
}
