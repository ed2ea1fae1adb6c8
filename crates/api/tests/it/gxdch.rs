//! The clearing house: as others use it, and as the exchange asks that of another.

use std::collections::BTreeMap;

use hansa_exchange::clearing::{self, Asked};
use hansa_exchange::settings::{ClearingHouse, Settings, TrustSettings};
use hansa_model::evidence::FactValue;
use hansa_model::participant::Role;
use hansa_testkit::{Actor, Answer, Engine, World, WorldOptions};
use hansa_trust::rules::{FactKind, RuleSets};
use hansa_trust::shapes;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::parties::{Party, verified};

/// A free port of this machine.
const LOCAL: (&str, u16) = ("127.0.0.1", 0);
const ID: &str = "https://provider.example/credentials/1";

/// An exchange that looks up others on this machine.
async fn world_that_asks<'h>(hosts: impl IntoIterator<Item = &'h str>) -> World {
    World::with(WorldOptions { settings: asking(hosts), ..WorldOptions::on(Engine::Sqlite) }).await
}

/// Settings by which these hosts of this machine may be asked.
fn asking<'h>(hosts: impl IntoIterator<Item = &'h str>) -> Settings {
    let trust = TrustSettings {
        private_hosts: ["127.0.0.1".to_owned()].into(),
        plain_http: hosts.into_iter().map(str::to_owned).collect(),
        ..TrustSettings::default()
    };
    Settings { trust, ..Settings::default() }
}

macro_rules! example {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../../trust/tests/data/gaiax/", $name))).unwrap()
    };
}

async fn notarised(world: &World, kind: &str, number: &str, more: &str) -> Answer {
    let path = format!("/gxdch/v2/registration-numbers/{kind}/{number}?vcId={ID}{more}");
    world.stranger().get(&path).await
}

#[tokio::test]
async fn the_notary_signs_for_numbers_that_are_well_written_and_says_what_it_checked() {
    let world = World::start(Engine::Sqlite).await;
    for (kind, number, more, class, property, value) in [
        ("vat-id", "BE0428759497", "", "gx:VatID", "gx:vatID", "BE0428759497"),
        ("lei-code", "7LTWFZYICNSX8D621K86", "", "gx:LeiCode", "schema:leiCode", "7LTWFZYICNSX8D621K86"),
        ("eori", "NL123456789", "", "gx:EORI", "gx:eori", "NL123456789"),
        ("euid", "DEK1101R.HRB116737", "", "gx:EUID", "gx:euid", "DEK1101R.HRB116737"),
    ] {
        let answer = notarised(&world, kind, number, more).await.is(StatusCode::OK);
        assert_eq!(answer.header("content-type"), Some("application/vc+jwt"));
        let credential = verified(&world, &answer.body).await.unwrap().credential;
        assert_eq!((credential.id.as_deref(), credential.types.as_slice()), (Some(ID), [class.to_owned()].as_slice()));
        assert_eq!(credential.document["credentialSubject"][property], value);
        let described = credential.document["description"].as_str().unwrap();
        assert!(described.contains("No register was asked"), "{described}");
        let report = shapes::check(&[credential.document]).unwrap();
        assert!(report.conforms(), "{kind}: {:#?}", report.faults);
    }
}

#[tokio::test]
async fn the_notary_refuses_numbers_that_are_wrong_and_kinds_that_there_are_not() {
    let world = World::start(Engine::Sqlite).await;
    let wrong = notarised(&world, "vat-id", "BE0428759498", "").await.is(StatusCode::BAD_REQUEST);
    assert_eq!(wrong.json()["errors"][0]["field"], "number");
    assert_eq!(notarised(&world, "lei-code", "7LTWFZYICNSX8D621K87", "").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(notarised(&world, "vat-id", "x", "&subjectId=nothing").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(notarised(&world, "local", "HRB1", "&country=Q").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(notarised(&world, "passport", "1", "").await.status, StatusCode::NOT_FOUND);
    let without = world.stranger().get("/gxdch/v2/registration-numbers/vat-id/BE0428759497").await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
}

/// A provider outside with the example credentials, whose notary and own extra statements count at this exchange.
struct Example {
    world: World,
    provider: Party,
    credentials: Vec<String>,
}

impl Example {
    async fn new(offering: Value) -> Self {
        let (provider, notary) = (Party::start().await, Party::start().await);
        let world = world_that_asks([provider.host.as_str(), &notary.host]).await;
        trust(&world, notary.did.as_str(), &["gx:VatID"]).await;
        let extra = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "urn:hansa:v1"],
            "id": "https://provider.example/credentials/more",
            "type": ["VerifiableCredential", "hansa:Declaration"],
            "credentialSubject": {"id": provider.did.as_str(), "facts": {
                "gx.conforms": true, "data.no-third-country-transfer": true, "data.no-sub-processors": true}},
        });
        let mut credentials = vec![notary.sign(&world, example!("vat-id.vc.json"))];
        for document in [example!("issuer-terms.vc.json"), example!("legal-person.vc.json"), offering, extra] {
            credentials.push(provider.sign(&world, document));
        }
        Self { world, provider, credentials }
    }

    fn presentation(&self) -> String {
        self.provider.present(&self.credentials.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

async fn trust(world: &World, did: &str, kinds: &[&str]) {
    let new = json!({"did": did, "name": "somebody", "kinds": kinds});
    let _ = world.operator.post("/v1/trusted-issuers", &new).await.is(StatusCode::CREATED);
}

async fn offer(world: &World, level: &str, presentation: &str, media_type: &str) -> Answer {
    let stranger = world.stranger();
    let path = format!("/gxdch/v2/api/credential-offers/{level}?vcid=https%3A%2F%2Fprovider.example%2Flabels%2F1");
    let request = stranger.request(Method::POST, &path).header("content-type", media_type);
    stranger.send(request.body(presentation.to_owned())).await
}

#[tokio::test]
async fn the_example_credentials_get_the_levels_that_they_reach() {
    let example = Example::new(example!("vm-offering.vc.json")).await;
    let world = &example.world;
    let presentation = example.presentation();
    for (level, label) in [("standard-compliance", "SC"), ("label-level-1", "L1")] {
        let answer = offer(world, level, &presentation, "application/vp+jwt").await.is(StatusCode::CREATED);
        assert_eq!(answer.header("content-type"), Some("application/vc+jwt"));
        let credential = verified(world, &answer.body).await.unwrap().credential;
        let subject = &credential.document["credentialSubject"];
        assert_eq!(subject["gx:labelLevel"], label);
        assert_eq!(subject["gx:rulesVersion"], "gaia-x 25.10");
        assert!(subject["gx:engineVersion"].as_str().unwrap().starts_with("hansa "));
        assert!(subject["gx:validatedCriteria"].as_array().unwrap().contains(&json!("P1.3.2")));
        assert_eq!(subject["gx:compliantCredentials"].as_array().unwrap().len(), 5);
        assert!(credential.document["description"].as_str().unwrap().contains("not a label of Gaia-X"));
        let report = shapes::check(std::slice::from_ref(&credential.document)).unwrap();
        assert!(report.conforms(), "{:#?}", report.faults);
    }
    let refused = offer(world, "label-level-2", &presentation, "application/vp+jwt").await.is(StatusCode::CONFLICT);
    assert_eq!(refused.code(), "not-compliant");
    let errors = refused.json()["errors"].as_array().unwrap().clone();
    assert!(errors.iter().any(|error| error["field"] == "P2.1.1"), "{errors:?}");
}

#[tokio::test]
async fn the_broken_example_is_refused_with_its_faults() {
    let example = Example::new(example!("vm-offering.invalid.vc.json")).await;
    let refused = offer(&example.world, "standard-compliance", &example.presentation(), "application/vp+jwt").await;
    let refused = refused.is(StatusCode::CONFLICT);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let body = refused.body;
    assert!(body.contains("gx:providedBy") && body.contains("gx:unknownField"), "{body}");
}

#[tokio::test]
async fn what_can_not_be_believed_gets_no_label() {
    let example = Example::new(example!("vm-offering.vc.json")).await;
    let whole = example.presentation();
    let stranger = Party::start().await;
    let world = &example.world;
    let ask = async |presentation: &str, media_type: &str| {
        offer(world, "standard-compliance", presentation, media_type).await
    };
    assert_eq!(ask(&whole, "application/json").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(offer(world, "gold", &whole, "application/vp+jwt").await.status, StatusCode::NOT_FOUND);
    let cut = &whole[..whole.len() - 4];
    assert_eq!(ask(cut, "application/vp+jwt").await.is(StatusCode::CONFLICT).code(), "not-believed");
    let unsigned = example.credentials[0].clone();
    assert_eq!(ask(&unsigned, "application/vp+jwt").await.is(StatusCode::CONFLICT).code(), "not-believed");
    assert_eq!(ask(&"x".repeat(5 << 20), "application/vp+jwt").await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut without: Vec<&str> = example.credentials.iter().skip(1).map(String::as_str).collect();
    let refused = ask(&example.provider.present(&without), "application/vp+jwt").await.is(StatusCode::CONFLICT);
    assert_eq!(refused.code(), "not-compliant");
    // A registration number that nobody trusted has signed for: the provider itself.
    let own = example.provider.sign(world, example!("vat-id.vc.json"));
    without.push(&own);
    let refused = ask(&example.provider.present(&without), "application/vp+jwt").await.is(StatusCode::CONFLICT);
    assert!(refused.body.contains("P1.3.2"), "{}", refused.body);
    // Somebody who may not be asked, since the exchange is not told to ask its machine on this port.
    let unknown = stranger.present(&without);
    assert_eq!(ask(&unknown, "application/vp+jwt").await.is(StatusCode::CONFLICT).code(), "not-believed");
}

/// Everything that Gaia-X asks to be declared, as a provider would declare it.
fn declaration() -> Value {
    let sets = RuleSets::embedded().unwrap();
    let mut facts: BTreeMap<String, FactValue> = BTreeMap::new();
    for (name, fact) in sets.vocabulary().facts().filter(|(name, _)| name.starts_with("gx.")) {
        let text = |text: &str| FactValue::Text(text.to_owned());
        let candidates = match fact.kind {
            FactKind::Flag => vec![FactValue::Flag(true)],
            FactKind::Countries => vec![FactValue::List(vec!["NL".to_owned()]), text("NL")],
            FactKind::Number if name.contains("renewable") || name.contains("carbon") => {
                vec![FactValue::Number(100_000)]
            }
            FactKind::Number => vec![FactValue::Number(200)],
            _ => vec![text("https://provider.example/terms"), text("P2M"), text("2027-01-11")],
        };
        let fits = candidates.into_iter().find(|value| sets.vocabulary().check(name, value).is_ok());
        facts.extend(fits.map(|value| (name.to_owned(), value)));
    }
    let claims: Vec<_> =
        facts.iter().map(|(name, value)| json!({"claim": "fact", "name": name, "value": value})).collect();
    json!({"claims": claims})
}

async fn declare_everything(actor: &Actor) {
    let _ = actor.post("/v1/evidence/declarations", &declaration()).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_label_is_asked_of_another_exchange_as_of_a_real_clearing_house() {
    let (there, here) = (TcpListener::bind(LOCAL).await.unwrap(), TcpListener::bind(LOCAL).await.unwrap());
    let (there_at, here_at) = (there.local_addr().unwrap().to_string(), here.local_addr().unwrap().to_string());
    let hosts = [there_at.as_str(), &here_at];
    let house_address = format!("http://{there_at}");
    let settings = Settings { issuer: house_address.clone(), ..asking(hosts) };
    let house = World::listening(there, WorldOptions { settings, ..WorldOptions::on(Engine::Sqlite) }).await;
    let house_did = house.stranger().get("/.well-known/did.json").await.json()["id"].as_str().unwrap().to_owned();
    let base = Some(format!("{house_address}/gxdch"));
    let clearing_house = ClearingHouse { notary: base.clone(), compliance: base.clone(), registry: base };
    let mut settings = Settings { issuer: format!("http://{here_at}"), ..asking(hosts) };
    settings.trust.clearing_house = clearing_house;
    let world = World::listening(here, WorldOptions { settings, ..WorldOptions::on(Engine::Sqlite) }).await;
    // What the clearing house signs counts here, and its own notary there.
    trust(&world, &house_did, &["gx:VatID", "gx:LabelCredential", "gx:CompliantCredential"]).await;
    trust(&house, &house_did, &["gx:VatID"]).await;
    let provider = world.participant("nordhafen", &[Role::Provider]).await;
    let asked = json!({"level": "standard-compliance"});
    let path = "/v1/participants/nordhafen/labels";
    let nothing = provider.post(path, &asked).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(nothing.code(), "no-credentials");
    declare_everything(&provider).await;
    let refused = provider.post(path, &asked).await.is(StatusCode::CONFLICT);
    assert_eq!(refused.code(), "not-compliant");
    assert_eq!(refused.json()["errors"][0]["field"], "P1.3.2", "{}", refused.body);

    let own = world.stranger().get("/participants/nordhafen/did.json").await.json()["id"].as_str().unwrap().to_owned();
    let own = own.replace('%', "%25");
    let path_there = format!("/gxdch/v2/registration-numbers/vat-id/BE0428759497?vcId={ID}&subjectId={own}");
    let number = house.stranger().get(&path_there).await.is(StatusCode::OK).body;
    let _ = provider.post("/v1/evidence", &json!({"credential": number})).await.is(StatusCode::CREATED);
    let taken = provider.post(path, &asked).await.is(StatusCode::CREATED).json();
    assert_eq!((&taken[0]["kind"], &taken[0]["issuer"]), (&json!("gx:LabelCredential"), &json!(house_did)));
    assert_eq!((&taken[0]["strength"], &taken[0]["state"]), (&json!("verified"), &json!("valid")));
    assert_eq!(taken[0]["source"], format!("{house_address}/gxdch"));
    let kept = provider.get("/v1/evidence").await.is(StatusCode::OK).body;
    assert!(kept.contains("gx:LabelCredential"));

    let asked_notary = Asked {
        kind: "vat-id".to_owned(),
        number: "BE0428759497".to_owned(),
        country: None,
        credential: ID.to_owned(),
        subject: None,
    };
    let signed = clearing::ask_notary(&world.exchange, &asked_notary).await.unwrap();
    assert_eq!(verified(&house, &signed).await.unwrap().issuer.as_str(), house_did);
    let unknown = clearing::ask_registry(&world.exchange, "https://127.0.0.1:1/chain.pem").await;
    assert!(matches!(unknown, Err(hansa_exchange::Error::Conflict { code: "untrusted-chain", .. })), "{unknown:?}");
    let wrong = Asked { number: "BE0428759498".to_owned(), ..asked_notary };
    assert!(clearing::ask_notary(&world.exchange, &wrong).await.is_err());
    let other = world.participant("other", &[Role::Provider]).await;
    assert_eq!(other.post(path, &asked).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_clearing_house_the_exchange_asks_its_own() {
    let world = World::start(Engine::Sqlite).await;
    let own_did = world.stranger().get("/.well-known/did.json").await.json()["id"].as_str().unwrap().to_owned();
    trust(&world, &own_did, &["gx:VatID"]).await;
    let provider = world.participant("nordhafen", &[Role::Provider]).await;
    declare_everything(&provider).await;
    let did =
        provider.get("/v1/participants/nordhafen/trust").await.json()["did"].as_str().unwrap().replace('%', "%25");
    let number = notarised(&world, "vat-id", "BE0428759497", &format!("&subjectId={did}%23vat-id")).await.body;
    let _ = provider.post("/v1/evidence", &json!({"credential": number})).await.is(StatusCode::CREATED);
    let asked = json!({"level": "label-level-1"});
    let taken = world.operator.post("/v1/participants/nordhafen/labels", &asked).await.is(StatusCode::CREATED).json();
    assert_eq!((&taken[0]["issuer"], &taken[0]["strength"]), (&json!(own_did), &json!("attested")));
    assert_eq!(taken[0]["holder"], provider.get("/v1/whoami").await.json()["participant"]["id"]);
}

#[tokio::test]
async fn the_registry_follows_certificates_to_its_anchors_only() {
    let authority = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().pem();
        (certificate, Issuer::new(params, key))
    };
    let ((anchor, issuer), (_, other)) = (authority("anchor"), authority("other"));
    let leaf = |by: &Issuer<'_, KeyPair>| {
        let params = CertificateParams::new(vec!["provider.example".to_owned()]).unwrap();
        params.signed_by(&KeyPair::generate().unwrap(), by).unwrap().pem()
    };
    let party = Party::start().await;
    let mut settings = asking([party.host.as_str()]);
    settings.trust.anchors = anchor.into_bytes();
    let world = World::with(WorldOptions { settings, ..WorldOptions::on(Engine::Sqlite) }).await;
    let ask = async |uri: &str| world.stranger().post("/gxdch/api/trustAnchor/chain/file", &json!({"uri": uri})).await;
    let good = ask(&party.publish("good.pem", &leaf(&issuer))).await.is(StatusCode::OK).json();
    assert!(good["anchor"].as_str().unwrap().contains("anchor"), "{good}");
    let bad = ask(&party.publish("bad.pem", &leaf(&other))).await.is(StatusCode::CONFLICT);
    assert_eq!(bad.code(), "untrusted-chain");
    assert_eq!(ask(&party.publish("no.pem", "nothing")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(ask("https://127.0.0.1:1/chain.pem").await.status, StatusCode::BAD_REQUEST);
    let listed = world.stranger().get("/gxdch/v2/api/trusted-issuers").await.is(StatusCode::OK).json();
    assert_eq!(listed["trustedIssuers"][0]["name"], "this exchange");
}
