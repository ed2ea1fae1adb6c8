//! Catalogue files.

use hansa_model::participant::Role;
use hansa_testkit::{Actor, Answer, Engine, World};
use reqwest::{Method, StatusCode};

use crate::market;

hansa_testkit::on_both! {
    the_seed_catalogue_goes_in_and_comes_out_again
    a_bad_line_is_reported_and_the_rest_goes_in_or_nothing
    providers_bring_their_own_only
}

const SEED: &str = include_str!("../../../../data/market/catalogue.yaml");

async fn send(actor: &Actor, query: &str, text: &str) -> Answer {
    let request = actor.request(Method::POST, &format!("/v1/offers/import?{query}")).body(text.to_owned());
    actor.send(request.header("content-type", "text/plain")).await
}

async fn the_seed_catalogue_goes_in_and_comes_out_again(engine: Engine) {
    let world = World::start(engine).await;
    let report = send(&world.operator, "format=yaml&atomic=true", SEED).await.is(StatusCode::OK).json();
    assert!(report["created"].as_u64().unwrap() > 300, "{report}");
    assert!(report["providers"].as_u64().unwrap() >= 25, "{report}");
    let again = send(&world.operator, "format=yaml", SEED).await.is(StatusCode::OK).json();
    assert_eq!((&again["created"], &again["unchanged"]), (&0.into(), &report["created"]), "{again}");
    let yaml = world.stranger().get("/v1/offers/export?format=yaml").await.is(StatusCode::OK).body;
    let other = World::start(engine).await;
    let copied = send(&other.operator, "format=yaml&atomic=true", &yaml).await.is(StatusCode::OK).json();
    assert_eq!(copied["created"], report["created"]);
    let csv = world.stranger().get("/v1/offers/export?format=csv").await.is(StatusCode::OK).body;
    let same = send(&other.operator, "format=csv&atomic=true", &csv).await.is(StatusCode::OK).json();
    assert_eq!((&same["unchanged"], &same["errors"]), (&report["created"], &serde_json::json!([])));
    let page = world.stranger().get("/v1/offers?limit=500&facets=true").await.is(StatusCode::OK).json();
    let counted: u64 = page["facets"]["state"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(report["created"], counted);
}

const ROWS: &str = "provider,site,sku,kind,cpu,memory,price.month\n\
    seller,seller-1,good,compute.instance,1,1 GiB,4.00\n\
    seller,seller-1,bad,compute.instance,one,1 GiB,4.00\n\
    seller,nowhere,lost,compute.instance,1,1 GiB,4.00\n\
    nobody,x,y,compute.instance,1,1 GiB,4.00\n";

async fn a_bad_line_is_reported_and_the_rest_goes_in_or_nothing(engine: Engine) {
    let world = World::start(engine).await;
    let seller = world.participant("seller", &[Role::Provider]).await;
    let _ = seller.post("/v1/sites", &market::site("seller-1")).await.is(StatusCode::CREATED);
    let refused = send(&seller, "format=csv&atomic=true", ROWS).await.is(StatusCode::BAD_REQUEST).json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 3, "{refused}");
    let listed = seller.get("/v1/offers").await.is(StatusCode::OK).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 0);
    let tried = send(&seller, "format=csv&dryRun=true", ROWS).await.is(StatusCode::OK).json();
    assert_eq!(tried["created"], 1);
    assert_eq!(seller.get("/v1/offers").await.is(StatusCode::OK).json()["items"], serde_json::json!([]));
    let report = send(&seller, "format=csv", ROWS).await.is(StatusCode::OK).json();
    assert_eq!(report["created"], 1);
    assert_eq!(report["errors"][0]["line"], 3, "{report}");
    assert_eq!(report["errors"].as_array().unwrap().len(), 3);
}

async fn providers_bring_their_own_only(engine: Engine) {
    let world = World::start(engine).await;
    let _ = market::provider(&world, "seller").await;
    let rival = world.participant("rival", &[Role::Provider]).await;
    let text = "providers:\n- name: seller\n  legalName: Stolen\n  country: NL\n  sites: []\n  offers: []\n\
        - name: newcomer\n  legalName: New\n  country: NL\n";
    let report = send(&rival, "format=yaml", text).await.is(StatusCode::OK).json();
    assert_eq!(report["errors"].as_array().unwrap().len(), 2, "{report}");
    assert_eq!(rival.get("/v1/participants/seller").await.is(StatusCode::OK).json()["legalName"], "seller");
    assert_eq!(rival.get("/v1/participants/newcomer").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn garbage_is_reported_not_fatal() {
    let world = World::start(Engine::Sqlite).await;
    for text in ["", "[", "a: &a [*a]", "\u{0}", "provider\n", "providers: 5", "\"\n\"\"\n,,,,\n", "- - - -"] {
        for format in ["yaml", "csv"] {
            let answer = send(&world.operator, &format!("format={format}"), text).await;
            assert!(matches!(answer.status.as_u16(), 200 | 400), "{format} {text:?}: {}", answer.body);
        }
    }
}
