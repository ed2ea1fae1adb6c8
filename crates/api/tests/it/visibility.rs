//! A private offer shows nowhere but to those it is for.

use hansa_model::participant::Role;
use hansa_testkit::{Engine, World};
use reqwest::StatusCode;
use serde_json::json;

use crate::market;

hansa_testkit::on_both! { private_offers_show_nowhere_else lists_stay_in_place_while_others_write }

async fn private_offers_show_nowhere_else(engine: Engine) {
    let world = World::start(engine).await;
    let seller = world.participant("seller", &[Role::Provider]).await;
    let friend = world.participant("friend", &[Role::Buyer]).await;
    let rival = world.participant("rival", &[Role::Buyer, Role::Provider]).await;
    let auditor = world.participant("auditor", &[Role::Auditor]).await;
    let tenant = |whoami: serde_json::Value| whoami["tenants"][0]["id"].clone();
    let (ours, another) =
        (tenant(friend.get("/v1/whoami").await.json()), tenant(auditor.get("/v1/whoami").await.json()));
    let _ = seller.post("/v1/sites", &market::site("seller-1")).await.is(StatusCode::CREATED);
    let mut offer = market::offer("seller-1", "canary-sku");
    offer["visibility"] = json!({"private": [ours, another]});
    let id = seller.post("/v1/offers", &offer).await.is(StatusCode::CREATED).json()["id"].clone();
    let id = id.as_str().unwrap();
    world.settle().await;
    let paths = [
        "/v1/offers?facets=true&q=canary".to_owned(),
        "/v1/offers?sort=price".to_owned(),
        "/v1/offers/export?format=yaml".to_owned(),
        "/v1/offers/export?format=csv&provider=seller".to_owned(),
        format!("/v1/offers/{id}"),
        format!("/v1/offers/{id}/versions/1"),
        format!("/v1/offers/compare?ids={id}"),
    ];
    for path in &paths {
        for (actor, sees) in [
            (&seller, true),
            (&friend, true),
            (&auditor, true),
            (&world.operator, true),
            (&rival, false),
            (&world.stranger(), false),
        ] {
            let answer = actor.get(path).await;
            assert_eq!(answer.body.contains("canary-sku"), sees, "{path}: {}", answer.body);
            assert!(
                sees || answer.body.contains("\"facets\":{}") || !answer.body.contains("compute.instance"),
                "{path}"
            );
            if !sees && path.contains(id) {
                assert_eq!(answer.status, StatusCode::NOT_FOUND);
            }
        }
    }
    let seen = friend.get(&paths[4]).await.is(StatusCode::OK).json();
    assert_eq!(seen["visibility"], json!({"private": [ours]}), "a buyer learns who else may see the offer");
    let request = json!({"application": market::application()});
    let outcome = rival.post("/v1/match", &request).await.is(StatusCode::OK).body;
    assert!(!outcome.contains("canary-sku"), "{outcome}");
    assert!(!rival.get("/v1/events").await.is(StatusCode::OK).body.contains(id));
    // A later version for everybody does not show the earlier, private one.
    offer["visibility"] = json!("public");
    let _ = seller.post("/v1/offers", &offer).await.is(StatusCode::OK);
    assert_eq!(rival.get(&format!("/v1/offers/{id}/versions/2")).await.status, StatusCode::OK);
    assert_eq!(rival.get(&format!("/v1/offers/{id}/versions/1")).await.status, StatusCode::NOT_FOUND);
}

async fn lists_stay_in_place_while_others_write(engine: Engine) {
    let world = World::start(engine).await;
    let seller = world.participant("seller", &[Role::Provider]).await;
    let _ = seller.post("/v1/sites", &market::site("seller-1")).await.is(StatusCode::CREATED);
    for number in 0..7 {
        let sku = format!("m{number}");
        let _ = seller.post("/v1/offers", &market::offer("seller-1", &sku)).await.is(StatusCode::CREATED);
    }
    for sort in ["name", "price", "-price"] {
        let mut path = format!("/v1/offers?limit=2&sort={sort}");
        let mut seen = Vec::new();
        loop {
            let page = world.stranger().get(&path).await.is(StatusCode::OK).json();
            for item in page["items"].as_array().unwrap() {
                seen.push(item["sku"].as_str().unwrap().to_owned());
            }
            // What is published behind us must not show again.
            let sku = format!("a{}{}", seen.len(), sort.trim_matches('-'));
            let _ = seller.post("/v1/offers", &market::offer("seller-1", &sku)).await;
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/v1/offers?limit=2&sort={sort}&cursor={next}");
        }
        let mut wanted: Vec<_> = seen.iter().filter(|sku| sku.starts_with('m')).cloned().collect();
        assert_eq!(wanted.len(), 7, "{sort}: {seen:?}");
        wanted.dedup();
        assert_eq!(wanted.len(), 7, "{sort}: {seen:?}");
    }
    let cursor = seller.get("/v1/offers?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    let other_order = seller.get(&format!("/v1/offers?limit=1&sort=price&cursor={cursor}")).await;
    assert_eq!((other_order.status, other_order.code().as_str()), (StatusCode::BAD_REQUEST, "invalid-input"));
}
