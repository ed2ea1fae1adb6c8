//! Every operation × everybody, from the one table. An operation without a row is not served, and one that is not
//! tried here fails the test.

use std::collections::{BTreeMap, BTreeSet};

use hansa_exchange::authorization::{Method, Operation, RULES, Reach, Rule};
use hansa_model::id::ProposalId;
use hansa_model::participant::{Role, Scope};
use hansa_model::proposal::{Proposal, ProposalState};
use hansa_testkit::{Actor, Answer, Engine, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::market;

fn method(rule: &Rule) -> reqwest::Method {
    match rule.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// The path with identifiers of things that there are not.
fn somewhere(rule: &Rule) -> String {
    let nothing = "00000000000000000000000000";
    [
        ("{participant}", "prt"),
        ("{token}", "tok"),
        ("{project}", "prj"),
        ("{site}", "sit"),
        ("{offer}", "off"),
        ("{agent}", "agt"),
        ("{quote}", "quo"),
        ("{order}", "ord"),
        ("{service}", "srv"),
        ("{proposal}", "ppl"),
        ("{passkey}", "pky"),
        ("{session}", "ses"),
        ("{identity}", "idt"),
        ("{member}", "mbr"),
        ("{code}", "BCDF"),
        ("{ticket}", "hansa-console"),
        ("{evidence}", "evd"),
        ("{maintenance}", "mnt"),
    ]
    .iter()
    .fold(rule.path.replace("{version}", "1").replace("{step}", "address"), |path, (part, prefix)| {
        path.replace(part, &format!("{prefix}_{nothing}"))
    })
}

async fn ask(actor: &Actor, rule: &Rule, path: &str, body: Option<&Value>) -> Answer {
    let request = actor.request(method(rule), path).timeout(std::time::Duration::from_secs(30));
    let request = match body {
        Some(body) => request.json(body),
        None if rule.method == Method::Get => request,
        None => request.json(&json!({})),
    };
    actor.send(request).await
}

#[test]
fn the_document_holds_every_operation_and_no_other() {
    let document = serde_json::to_value(hansa_api::document()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            described.insert((method.to_uppercase(), path.clone(), id.to_owned()));
            assert!(operation["summary"].is_string(), "{id} says nothing");
        }
    }
    let table: BTreeSet<_> =
        RULES.iter().map(|rule| (rule.method.name().to_owned(), rule.path.to_owned(), rule.id.to_owned())).collect();
    assert_eq!(described, table);
}

/// Somebody with one role, with every scope and with too few.
async fn with_role(world: &World, role: Role) -> (Actor, BTreeMap<Scope, Actor>) {
    let actor = world.participant(&format!("one-{role}"), &[role]).await;
    let mut without = BTreeMap::new();
    for missing in Scope::ALL {
        let scopes: Vec<_> = Scope::ALL.into_iter().filter(|scope| *scope != missing).collect();
        let issued = actor.post("/v1/tokens", &json!({"name": "narrow", "scopes": scopes})).await;
        let secret = issued.is(StatusCode::CREATED).json()["secret"].as_str().unwrap().to_owned();
        without.insert(missing, world.bearer(&secret));
    }
    (actor, without)
}

#[tokio::test]
async fn roles_and_scopes_follow_the_table() {
    let world = World::start(Engine::Sqlite).await;
    let stranger = world.stranger();
    let mut actors = Vec::new();
    for role in Role::ALL {
        actors.push((role, with_role(&world, role).await));
    }
    for rule in RULES {
        let path = somewhere(rule);
        let anonymous = ask(&stranger, rule, &path, None).await;
        let refused = anonymous.status == StatusCode::UNAUTHORIZED;
        assert_eq!(refused, rule.reach != Reach::Public, "{} without a token: {}", rule.id, anonymous.body);
        if matches!(rule.reach, Reach::Public | Reach::Agent | Reach::Account) {
            continue;
        }
        let invalid = ask(&world.bearer("hansa_wrong"), rule, &path, None).await;
        assert_eq!(invalid.status, StatusCode::UNAUTHORIZED, "{}", rule.id);
        for (role, (whole, without)) in &actors {
            let answer = ask(whole, rule, &path, None).await;
            let may = rule.roles.is_empty() || rule.roles.contains(role);
            assert_eq!(answer.status != StatusCode::FORBIDDEN, may, "{} as {role}: {}", rule.id, answer.body);
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{} as {role}", rule.id);
            assert!(answer.status.as_u16() < 500, "{} as {role}: {}", rule.id, answer.body);
            if let (true, Some(scope)) = (may, rule.scope) {
                let narrow = ask(&without[&scope], rule, &path, None).await;
                assert_eq!(narrow.status, StatusCode::FORBIDDEN, "{} as {role} without {scope:?}", rule.id);
            }
        }
    }
}

#[tokio::test]
async fn accounts_are_for_people_in_browsers() {
    let world = World::start(Engine::Sqlite).await;
    let _ = world.person("one-auditor", &[Role::Auditor]).await;
    let sign_in = json!({"login": "one-auditor@hansa.example", "password": hansa_testkit::PASSWORD});
    for rule in RULES.iter().filter(|rule| rule.reach == Reach::Account) {
        let path = somewhere(rule);
        let with_token = ask(&world.operator, rule, &path, None).await;
        assert_eq!(with_token.status, StatusCode::FORBIDDEN, "{} with a token: {}", rule.id, with_token.body);
        // Some of these end sessions.
        let answer = world.stranger().post("/v1/sign-in/password", &sign_in).await.is(StatusCode::OK);
        let browser = world.browser(&answer);
        let body = (rule.operation == Operation::RenamePasskey).then(|| json!({"name": "phone"}));
        let reached = ask(&browser, rule, &path, body.as_ref()).await;
        assert!(!matches!(reached.status.as_u16(), 401 | 403 | 500..), "{}: {}", rule.id, reached.body);
        assert_eq!(reached.status == StatusCode::NOT_FOUND, rule.path.contains('{'), "{}: {}", rule.id, reached.body);
    }
}

/// What belongs to somebody, and how it is asked for.
struct Owned {
    path: String,
    body: Option<Value>,
}

/// One of each thing that belongs to the owner, for every operation that names a thing.
async fn belongings(world: &World, owner: &Actor) -> BTreeMap<Operation, Owned> {
    let place = market::site("mine-1");
    let site = owner.post("/v1/sites", &place).await.is(StatusCode::CREATED).json()["id"].clone();
    let mut secret_offer = market::offer("mine-1", "secret");
    let whoami = owner.get("/v1/whoami").await.is(StatusCode::OK).json();
    secret_offer["visibility"] = json!({"private": [whoami["tenants"][0]["id"]]});
    let offer = owner.post("/v1/offers", &secret_offer).await.is(StatusCode::CREATED).json()["id"].clone();
    let agent = market::enrol(world, owner, "mine").await.id;
    let spare = owner.post("/v1/tokens", &json!({"name": "spare", "scopes": ["read"]})).await;
    let spare = spare.is(StatusCode::CREATED).json()["token"]["id"].clone();
    let (project, me) = (whoami["projects"][0]["id"].clone(), whoami["participant"]["id"].clone());
    let (_, _) = market::provider(world, "seller").await;
    let new_quote = json!({"project": project, "application": market::application()});
    let quote = owner.post("/v1/quotes", &new_quote).await.is(StatusCode::CREATED).json()["id"].clone();
    let unused = owner.post("/v1/quotes", &new_quote).await.is(StatusCode::CREATED).json()["id"].clone();
    let order = owner.post("/v1/orders", &json!({"kind": "create", "quote": quote})).await;
    let order = order.is(StatusCode::CREATED).json()["id"].clone();
    world.settle().await;
    let services = owner.get("/v1/services").await.is(StatusCode::OK).json();
    let service = services["items"][0]["id"].clone();
    assert!(service.is_string(), "{services}");

    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let person = join(world, owner, &text(&me)).await;
    let proposal = propose(world, &text(&order), &text(&project)).await;
    let fact = json!({"claims": [{"claim": "fact", "name": "gx.legal-person", "value": true}]});
    let evidence = owner.post("/v1/evidence/declarations", &fact).await.is(StatusCode::CREATED).json()["id"].clone();
    let now = world.exchange.now();
    let hour = |number: u64| now.plus(std::time::Duration::from_secs(number * 3_600));
    let window = json!({"start": hour(1), "end": hour(2), "reason": "New switch"});
    let window = owner.post(&format!("/v1/sites/{}/maintenance", text(&site)), &window).await;
    let window = window.is(StatusCode::CREATED).json()["id"].clone();
    let mut owned = BTreeMap::new();
    for rule in RULES.iter().filter(|rule| names_a_thing(rule)) {
        let quote = if rule.operation == Operation::WithdrawQuote { &unused } else { &quote };
        let path = rule
            .path
            .replace("{participant}", &text(&me))
            .replace("{token}", &text(&spare))
            .replace("{member}", &person)
            .replace("{project}", &text(&project))
            .replace("{site}", &text(&site))
            .replace("{offer}", &text(&offer))
            .replace("{version}", "1")
            .replace("{step}", "address")
            .replace("{agent}", &agent)
            .replace("{quote}", &text(quote))
            .replace("{order}", &text(&order))
            .replace("{service}", &text(&service))
            .replace("{proposal}", &proposal)
            .replace("{maintenance}", &text(&window))
            .replace("{evidence}", &text(&evidence));
        assert!(!path.contains('{'), "nothing to try {} on: add it here", rule.id);
        let body = match rule.operation {
            Operation::PlanMaintenance => Some(json!({"start": hour(3), "end": hour(4), "reason": "New disks"})),
            Operation::InviteMember => Some(json!({"roles": ["buyer"]})),
            Operation::AskLabel => Some(json!({"level": "standard-compliance"})),
            _ => None,
        };
        owned.insert(rule.operation, Owned { path, body });
    }
    owned
}

/// A member who has an account.
async fn join(world: &World, owner: &Actor, participant: &str) -> String {
    let path = format!("/v1/participants/{participant}/invitations");
    let invited = owner.post(&path, &json!({"roles": ["buyer"]})).await.is(StatusCode::CREATED).json();
    let sign_up =
        json!({"code": invited["code"], "login": "spare", "name": "Spare", "password": hansa_testkit::PASSWORD});
    let signed_in = world.stranger().post("/v1/sign-up", &sign_up).await.is(StatusCode::CREATED).json();
    signed_in["session"]["member"].as_str().unwrap().to_owned()
}

/// Something that is proposed for an order, as if its services had to move and could not.
async fn propose(world: &World, order: &str, project: &str) -> String {
    let now = world.exchange.now();
    let advice = json!({"cause": "must-move", "failures": [], "monthly": "1 EUR", "catalogueVersion": 1});
    let proposal = Proposal {
        id: ProposalId::new(),
        order: order.parse().unwrap(),
        project: project.parse().unwrap(),
        application: "mine".parse().unwrap(),
        state: ProposalState::Open,
        advice: serde_json::from_value(advice).unwrap(),
        created_at: now,
        updated_at: now,
    };
    let mut work = world.exchange.begin().await.unwrap();
    assert!(hansa_store::proposal::insert(&mut work, &proposal).await.unwrap());
    work.commit().await.unwrap();
    proposal.id.to_string()
}

/// What everybody may see, though it belongs to somebody.
const SEEN_BY_ALL: [Operation; 5] = [
    Operation::GetParticipant,
    Operation::GetSite,
    Operation::ParticipantTrust,
    Operation::Ownership,
    Operation::LabelCredential,
];

/// Whether an operation names a thing that belongs to somebody by its identifier, and is not for operators alone.
fn names_a_thing(rule: &Rule) -> bool {
    let names_no_thing = [
        Operation::ParticipantDid,
        Operation::StatusList,
        Operation::ParticipantStatusList,
        Operation::GetRuleSet,
        Operation::DistrustIssuer,
        Operation::RevokeEvidence,
        Operation::ApproveOnboarding,
        Operation::ReturnOnboarding,
        Operation::Notary,
        Operation::Compliance,
        // Tickets are no things that belong to somebody; they have tests of their own.
        Operation::OpenConsole,
        Operation::JoinConsole,
    ];
    // What belongs to accounts has tests of its own.
    rule.path.contains('{') && rule.reach != Reach::Account && !names_no_thing.contains(&rule.operation)
}

#[tokio::test]
async fn what_belongs_to_others_does_not_exist() {
    let world = World::start(Engine::Sqlite).await;
    let roles = [Role::Buyer, Role::Provider, Role::Reseller];
    let owner = world.participant("owner", &roles).await;
    let other = world.participant("other", &roles).await;
    let auditor = world.participant("auditor", &[Role::Auditor]).await;
    let owned = belongings(&world, &owner).await;
    for rule in RULES.iter().filter(|rule| names_a_thing(rule)) {
        let Owned { path, body } = &owned[&rule.operation];
        let foreign = ask(&other, rule, path, body.as_ref()).await;
        let hidden = foreign.status == StatusCode::NOT_FOUND;
        assert_eq!(hidden, !SEEN_BY_ALL.contains(&rule.operation), "{}: {}", rule.id, foreign.body);
        if hidden {
            let nowhere = ask(&other, rule, &somewhere(rule), body.as_ref()).await;
            assert_eq!(nowhere.code(), foreign.code(), "{} tells that it is there", rule.id);
        }
        let for_its_buyer_only = [Operation::GetServiceConnection, Operation::GetServiceLog];
        if rule.method == Method::Get && !for_its_buyer_only.contains(&rule.operation) {
            let seen = ask(&auditor, rule, path, None).await;
            assert_eq!(seen.status, StatusCode::OK, "{} as an auditor: {}", rule.id, seen.body);
        }
    }
    // The owner comes last: some of this takes things away.
    for rule in RULES.iter().filter(|rule| names_a_thing(rule)) {
        let Owned { path, body } = &owned[&rule.operation];
        let own = ask(&owner, rule, path, body.as_ref()).await;
        let reached = !matches!(own.status.as_u16(), 401 | 403 | 404) && own.status.as_u16() < 500;
        let may_approve = rule.operation == Operation::ApproveOrder;
        assert!(reached || may_approve, "{} as the owner: {} {}", rule.id, own.status, own.body);
    }
}

#[tokio::test]
async fn foreign_things_in_bodies_and_queries_do_not_exist_either() {
    let world = World::start(Engine::Sqlite).await;
    let owner = world.participant("owner", &[Role::Buyer]).await;
    let other = world.participant("other", &[Role::Buyer]).await;
    let whoami = owner.get("/v1/whoami").await.is(StatusCode::OK).json();
    let (tenant, project) = (&whoami["tenants"][0]["id"], whoami["projects"][0]["id"].as_str().unwrap());
    let into_foreign_tenant = other.post("/v1/projects", &json!({"name": "x", "tenant": tenant})).await;
    assert_eq!(into_foreign_tenant.status, StatusCode::NOT_FOUND);
    let quote = json!({"project": project, "application": market::application()});
    assert_eq!(other.post("/v1/quotes", &quote).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&format!("/v1/quotes?project={project}")).await.status, StatusCode::NOT_FOUND);
    let statement = format!("/v1/statements?tenant={}", tenant.as_str().unwrap());
    assert_eq!(other.get(&statement).await.status, StatusCode::NOT_FOUND);
    assert_eq!(owner.get(&statement).await.status, StatusCode::OK);
    let provider = format!("/v1/provider-statements?provider={}", whoami["participant"]["id"].as_str().unwrap());
    assert_eq!(other.get(&provider).await.status, StatusCode::NOT_FOUND);
    let listed = other.get("/v1/projects").await.is(StatusCode::OK).body;
    assert!(!listed.contains(project), "{listed}");
}

#[tokio::test]
async fn a_foreign_offer_that_is_visible_is_forbidden_instead() {
    let world = World::start(Engine::Sqlite).await;
    let (_, _) = market::provider(&world, "seller").await;
    let other = world.participant("other", &[Role::Provider]).await;
    let offer = other.get("/v1/offers").await.is(StatusCode::OK).json()["items"][0]["id"].clone();
    let answer = other.delete(&format!("/v1/offers/{}", offer.as_str().unwrap())).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
