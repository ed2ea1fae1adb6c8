//! What works without an exchange.

use crate::program::{User, hansa_snapshot};

const CATALOGUE: &str = r"
providers:
- name: nordhafen
  legalName: Nordhafen GmbH
  country: DE
  assurance: {certificates: [{scheme: ISO27001}], seal: 3}
  sites:
  - {name: hamburg-1, country: DE, city: Hamburg, coordinates: {latitude: 53.55, longitude: 9.99}}
  offers:
  - {site: hamburg-1, sku: m.small, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB, disk: 40 GiB, image: debian-12}, price: {currency: EUR, components: [{name: machine, type: fixed, amount: 4.90 EUR, per: month}]}}
- name: alpenrechner
  legalName: Alpenrechner AG
  country: AT
  sites:
  - {name: wien, country: AT, city: Vienna, coordinates: {latitude: 48.21, longitude: 16.37}}
  offers:
  - {site: wien, sku: std-2, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB, disk: 60 GiB, image: debian-12}, price: {currency: EUR, components: [{name: machine, type: fixed, amount: 3.90 EUR, per: month}]}}
";

fn application(extra: &str) -> String {
    format!(
        "apiVersion: hansa/v1\nkind: Application\nmetadata: {{ name: shop }}\nspec:\n{extra}  components:\n    \
         web: {{ kind: compute.instance, cpu: '>= 2', memory: '>= 2 GiB', disk: '>= 20 GiB', image: debian-12 }}\n"
    )
}

#[tokio::test]
async fn matching_shows_packages_and_what_was_left_out() {
    let user = User::new();
    user.file("catalogue.yaml", CATALOGUE);
    user.file("app.yaml", &application("  requirements: { certifications: { all: [ISO27001] } }\n"));
    let arguments = ["match", "-f", "app.yaml", "--catalogue", "catalogue.yaml"];
    hansa_snapshot!(user.run(&arguments).await);
    let found = user.run(&[&arguments[..], &["-o", "json"]].concat()).await.well().json();
    assert_eq!(found["packages"][0]["components"]["web"]["offer"], "nordhafen/hamburg-1/m.small");
}

#[tokio::test]
async fn levels_are_shown_and_so_is_the_evidence_that_is_missing() {
    let known = "assurance: {seal: 1, cada: 1, labels: {gaia-x: L1}, validUntil: '2090-03-01T00:00:00Z', lacks: \
                 {'seal:2': [{criterion: sov-2-q2, missing: no evidence on extraterritorial law}]}}";
    let own = "  - {site: wien, sku: std-3, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB, disk: 60 GiB, \
               image: debian-12}, price: {currency: EUR, components: [{name: machine, type: fixed, amount: 5.90 EUR, \
               per: month}]}, assurance: {seal: 2}}\n";
    let catalogue = CATALOGUE.replace("country: AT\n  sites", &format!("country: AT\n  {known}\n  sites")) + own;
    let user = User::new();
    user.file("catalogue.yaml", &catalogue);
    user.file("app.yaml", &application("  requirements: { seal: { minimum: 1 } }\n"));
    let arguments = ["match", "-f", "app.yaml", "--catalogue", "catalogue.yaml"];
    hansa_snapshot!(user.run(&arguments).await);
    user.file("app.yaml", &application("  requirements: { seal: { minimum: 2 }, providers: [alpenrechner] }\n"));
    hansa_snapshot!(user.run(&arguments).await);
    let found = user.run(&[&arguments[..], &["-o", "json"]].concat()).await.well().json();
    assert_eq!(found["excluded"][0]["because"][0]["criterion"], "sov-2-q2");
    user.file("found.json", &found.to_string());
    user.run(&["match", "verify", "found.json", "-f", "app.yaml", "--catalogue", "catalogue.yaml"]).await.well();
    let broken = catalogue.replace("seal: 2}}", "seals: 2}}");
    user.file("catalogue.yaml", &broken);
    hansa_snapshot!(user.run(&arguments).await);
}

#[tokio::test]
async fn answers_are_re_checked_and_what_is_not_so_is_told() {
    let user = User::new();
    user.file("catalogue.yaml", CATALOGUE);
    user.file("app.yaml", &application("  objective: { pareto: true }\n"));
    let catalogue = ["-f", "app.yaml", "--catalogue", "catalogue.yaml"];
    let found = user.run(&[&["match"], &catalogue[..], &["-o", "json"]].concat()).await.well().json();
    user.file("found.json", &found.to_string());
    let verify = [&["match", "verify", "found.json"], &catalogue[..]].concat();
    hansa_snapshot!(user.run(&verify).await);
    let mut altered = found;
    altered["packages"][0]["carbon"] = serde_json::json!(0.001);
    altered["packages"][0]["proof"]["bound"] = serde_json::json!(1);
    user.file("found.json", &altered.to_string());
    let ran = user.run(&verify).await;
    assert_eq!(ran.code, 1);
    hansa_snapshot!(ran);
}

#[tokio::test]
async fn what_can_not_be_matched_says_what_would_help() {
    let user = User::new();
    user.file("catalogue.yaml", CATALOGUE);
    user.file("app.yaml", &application("  budget: { monthly: 1 EUR }\n"));
    let ran = user.run(&["match", "-f", "app.yaml", "--catalogue", "catalogue.yaml"]).await;
    assert_eq!(ran.code, 4);
    hansa_snapshot!(ran);
}

#[tokio::test]
async fn a_what_if_shows_both_answers_side_by_side() {
    let user = User::new();
    user.file("catalogue.yaml", CATALOGUE);
    user.file("app.yaml", &application("  requirements: { certifications: { all: [ISO27001] } }\n"));
    let arguments = ["match", "-f", "app.yaml", "--catalogue", "catalogue.yaml", "--what-if"];
    let without = [&arguments[..], &["requirements.certifications.all="]].concat();
    hansa_snapshot!(user.run(&without).await);
    let found = user.run(&[&without[..], &["-o", "json"]].concat()).await.well().json();
    assert_eq!(found["changes"][0]["from"], "[ISO27001]");
    assert_eq!(found["before"]["packages"][0]["components"]["web"]["offer"], "nordhafen/hamburg-1/m.small");
    assert_eq!(found["after"]["packages"][0]["components"]["web"]["offer"], "alpenrechner/wien/std-2");
    let dear = user.run(&[&arguments[..], &["budget.monthly=1 EUR"]].concat()).await;
    assert_eq!(dear.code, 4);
    hansa_snapshot!(dear);
    let unknown = user.run(&[&arguments[..], &["budget.montly=1 EUR"]].concat()).await;
    assert_eq!(unknown.code, 2);
    hansa_snapshot!(unknown);
}

#[tokio::test]
async fn a_repair_can_be_taken_over_as_it_is() {
    let user = User::new();
    user.file("catalogue.yaml", CATALOGUE);
    user.file("app.yaml", &application("  budget: { monthly: 1 EUR }\n"));
    let arguments = ["match", "-f", "app.yaml", "--catalogue", "catalogue.yaml"];
    let printed = user.run(&[&arguments[..], &["--apply-repair", "1"]].concat()).await.well().stdout;
    assert!(printed.contains("monthly: 3.90 EUR"), "{printed}");
    let wrote = [&arguments[..], &["--apply-repair", "1", "--write", "repaired.yaml"]].concat();
    user.run(&wrote).await.well();
    let repaired = ["match", "-f", "repaired.yaml", "--catalogue", "catalogue.yaml"];
    user.run(&repaired).await.well();
    let none = user.run(&[&repaired[..], &["--apply-repair", "1", "-o", "json"]].concat()).await;
    assert_eq!(none.error()["code"], "nothing-to-repair");
    let other = user.run(&[&arguments[..], &["--apply-repair", "7", "-o", "json"]].concat()).await;
    assert_eq!((other.code, &other.error()["code"]), (3, &serde_json::json!("no-such-repair")));
}

#[tokio::test]
async fn errors_in_a_document_show_their_line() {
    let user = User::new();
    user.file("app.yaml", &application("").replace("cpu: '>= 2'", "cpus: two"));
    let ran = user.run(&["validate", "-f", "app.yaml"]).await;
    assert_eq!(ran.code, 1);
    hansa_snapshot!(ran);
    let error = user.run(&["validate", "-f", "app.yaml", "-o", "json"]).await.error();
    assert_eq!(error["code"], "invalid-input");
    assert!(error["errors"][0]["line"].is_u64(), "{error}");
}

#[tokio::test]
async fn skeletons_can_be_used_as_they_are() {
    let user = User::new();
    let skeleton = user.run(&["match", "--generate-skeleton"]).await.well().stdout;
    user.run_with(&["validate", "-f", "-"], &skeleton).await.well();
    let offer = user.run(&["offer", "publish", "--generate-skeleton"]).await.well().stdout;
    let document = hansa_model::document::Document::parse(&offer).unwrap();
    serde_json::from_value::<hansa_model::offer::NewOffer>(document.root().clone()).unwrap();
    let site = user.run(&["site", "create", "--generate-skeleton"]).await.well().stdout;
    let document = hansa_model::document::Document::parse(&site).unwrap();
    serde_json::from_value::<hansa_model::site::NewSite>(document.root().clone()).unwrap();
}

#[tokio::test]
async fn mistyped_commands_are_guessed_and_errors_are_json_when_asked_for() {
    let user = User::new();
    let ran = user.run(&["servcie", "list"]).await;
    assert_eq!(ran.code, 2);
    hansa_snapshot!(ran);
    let ran = user.run(&["servcie", "list", "-o", "json"]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.error()["code"], "usage");
}

#[tokio::test]
async fn an_exchange_that_is_not_there_is_named() {
    let user = User::new();
    let ran = user.run(&["whoami", "--exchange", "http://127.0.0.1:1", "-o", "json"]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (6, ""));
    assert_eq!(ran.error()["code"], "unreachable");
}
