//! What an order would do, before it is placed.

use hansa_model::participant::Role;
use hansa_testkit::{Engine, World};
use reqwest::StatusCode;
use serde_json::json;

use crate::market;

hansa_testkit::on_both! { a_preview_says_what_the_order_does_and_leaves_nothing }

async fn a_preview_says_what_the_order_does_and_leaves_nothing(engine: Engine) {
    let world = World::start(engine).await;
    let _ = market::provider(&world, "seller").await;
    let buyer = world.participant("buyer", &[Role::Buyer]).await;
    let project = market::project(&buyer).await;
    let limits = json!({"budget": "1000 EUR", "approvalAbove": "0.01 EUR"});
    let _ = buyer.patch(&format!("/v1/projects/{project}"), &limits).await.is(StatusCode::OK);
    let asked = json!({"project": project, "application": market::application()});
    let quote = buyer.post("/v1/quotes", &asked).await.is(StatusCode::CREATED).json();
    let new = json!({"kind": "create", "quote": quote["id"]});
    world.settle().await;
    let events = world.operator.get("/v1/events?limit=500").await.json()["next"].clone();

    let told = buyer.post("/v1/orders/preview", &new).await.is(StatusCode::OK).json();
    assert_eq!(told["monthly"], quote["package"]["price"]["monthly"], "{told}");
    assert_eq!(told["oneOff"], quote["package"]["price"]["oneOff"], "{told}");
    assert_eq!(told["projectMonthly"], told["monthly"], "{told}");
    assert_eq!((&told["needsApproval"], &told["withinBudget"]), (&json!(true), &json!(true)), "{told}");
    world.settle().await;
    assert_eq!(buyer.get("/v1/orders").await.json()["items"], json!([]));
    assert_eq!(buyer.get(&format!("/v1/quotes/{}", quote["id"].as_str().unwrap())).await.json()["state"], "open");
    assert_eq!(world.operator.get("/v1/events?limit=500").await.json()["next"], events);

    // Refused as the order would be.
    let stranger = world.participant("stranger", &[Role::Buyer]).await;
    let _ = stranger.post("/v1/orders/preview", &new).await.is(StatusCode::NOT_FOUND);
    let little = json!({"budget": "0.01 EUR"});
    let _ = buyer.patch(&format!("/v1/projects/{project}"), &little).await.is(StatusCode::OK);
    let told = buyer.post("/v1/orders/preview", &new).await.is(StatusCode::OK).json();
    assert_eq!((&told["needsApproval"], &told["withinBudget"]), (&json!(false), &json!(false)), "{told}");
    let _ = buyer.patch(&format!("/v1/projects/{project}"), &json!({})).await.is(StatusCode::OK);

    let order = buyer.post("/v1/orders", &new).await.is(StatusCode::CREATED).json();
    world.settle().await;
    assert_eq!(buyer.post("/v1/orders/preview", &new).await.code(), "quote-used");
    let services = buyer.get("/v1/services").await.is(StatusCode::OK).json();
    let service = services["items"][0]["id"].clone();
    let down = json!({"kind": "terminate", "services": [service]});
    let busy = buyer.post("/v1/orders/preview", &down).await;
    assert_eq!(busy.code(), "busy", "{}", order["id"]);
    let _ = buyer.post(&format!("/v1/orders/{}/cancel", order["id"].as_str().unwrap()), &json!({})).await;
}
