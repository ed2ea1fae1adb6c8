//! Onboarding over HTTP: what is half answered is kept and told, operators alone judge.

use hansa_model::participant::Role;
use hansa_testkit::{Engine, World};
use reqwest::StatusCode;
use serde_json::json;

hansa_testkit::on_both! {
    what_is_half_answered_is_kept_and_told
    only_operators_judge_and_list_everybody
}

async fn what_is_half_answered_is_kept_and_told(engine: Engine) {
    let world = World::start(engine).await;
    let provider = world.participant("tulip", &[Role::Provider]).await;
    let at = format!("/v1/participants/{}/onboarding", provider.participant.unwrap());
    let fresh = provider.get(&at).await.is(StatusCode::OK).json();
    assert_eq!((&fresh["state"], &fresh["progress"]), (&json!("draft"), &json!(0)));
    assert!(fresh["updatedAt"].is_null(), "{fresh}");
    let half = json!({"registered": {"street": "Oudegracht 1", "country": "NL", "postalCode": "35"}});
    let shown = provider.post(&format!("{at}/steps/address"), &half).await.is(StatusCode::OK).json();
    let step = shown["steps"].as_array().unwrap().iter().find(|step| step["step"] == "address").unwrap();
    assert_eq!(step["state"], "incomplete");
    let fields: Vec<_> = step["wrong"].as_array().unwrap().iter().map(|wrong| wrong["field"].clone()).collect();
    assert_eq!(fields, ["registered.locality", "registered.postalCode"]);
    assert!(step["wrong"][1]["hint"].is_string());
    let kept = provider.get("/v1/participants/tulip/onboarding").await.is(StatusCode::OK).json();
    assert_eq!(kept["answers"]["address"], half);
    let labels = kept["checklist"].as_array().unwrap().iter().find(|list| list["ruleSet"] == "gaia-x").unwrap();
    let first = &labels["levels"][0];
    assert_eq!((&first["level"], &first["reached"]), (&json!("SC"), &json!(false)));
    assert!(first["missing"][0]["steps"][0].is_string(), "{first}");
    let unknown = provider.post(&format!("{at}/steps/address"), &json!({"registred": {}})).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let nowhere = provider.post(&format!("{at}/steps/shoe-size"), &json!({})).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let early = provider.post(&format!("{at}/submit"), &json!({})).await;
    assert_eq!(early.status, StatusCode::BAD_REQUEST);
    assert!(early.body.contains("hansa onboarding set data-act"), "{}", early.body);
}

async fn only_operators_judge_and_list_everybody(engine: Engine) {
    let world = World::start(engine).await;
    let provider = world.participant("tulip", &[Role::Provider]).await;
    let other = world.participant("rose", &[Role::Provider]).await;
    let at = format!("/v1/participants/{}/onboarding", provider.participant.unwrap());
    let answered = provider.post(&format!("{at}/steps/certificates"), &json!({"held": []})).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
    for (asked, names) in [(&provider, 1), (&other, 0), (&world.operator, 1)] {
        let listed = asked.get("/v1/onboardings").await.is(StatusCode::OK).json();
        assert_eq!(listed["items"].as_array().unwrap().len(), names);
    }
    assert_eq!(other.get(&at).await.status, StatusCode::NOT_FOUND);
    let note = json!({"notes": {"terms": "too old"}});
    for path in [format!("{at}/approve"), format!("{at}/return")] {
        assert_eq!(provider.post(&path, &note).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.operator.post(&format!("{at}/approve"), &json!({})).await.status, StatusCode::CONFLICT);
    assert_eq!(world.operator.post(&format!("{at}/return"), &note).await.status, StatusCode::CONFLICT);
    assert_eq!(
        world.operator.post(&format!("{at}/return"), &json!({"notes": {}})).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(world.operator.get(&at).await.is(StatusCode::OK).json()["name"], "tulip");
}
