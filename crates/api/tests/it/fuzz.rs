//! Requests made from the published document, right and wrong: whatever comes, the answer is a documented one.

use std::cell::RefCell;
use std::collections::BTreeMap;

use hansa_model::participant::Role;
use hansa_testkit::{Actor, Engine, World};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// How many requests are tried; more with `HANSA_FUZZ_REQUESTS`.
fn requests() -> u32 {
    std::env::var("HANSA_FUZZ_REQUESTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1500)
}

/// One operation of the document.
#[derive(Debug, Clone)]
struct Described {
    id: String,
    method: String,
    path: String,
    parameters: Vec<Value>,
    body: Option<Value>,
    statuses: Vec<u16>,
}

fn operations(document: &Value) -> Vec<Described> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            all.push(Described {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
                body: operation["requestBody"]["content"]
                    .as_object()
                    .and_then(|content| content.get("application/json"))
                    .map(|json| json["schema"].clone()),
                statuses: responses.keys().map(|status| status.parse().unwrap()).collect(),
            });
        }
    }
    all
}

/// Makes values that fit a schema, and now and then some that do not.
struct Maker<'a> {
    random: StdRng,
    document: &'a Value,
    known: &'a BTreeMap<&'static str, Vec<String>>,
}

const ODD: [&str; 12] =
    ["", " ", "\u{0}", "null", "-1", "0", "99999999999999999999", "a'b\"c\\d", "🚢", "../..", "%00", "1e400"];

impl Maker<'_> {
    fn chance(&mut self, one_in: u32) -> bool {
        self.random.random_range(0..one_in) == 0
    }

    fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.random.random_range(0..values.len())]
    }

    fn odd(&mut self) -> Value {
        match self.random.random_range(0..7) {
            0 => Value::Null,
            1 => json!([]),
            2 => json!({}),
            3 => json!(self.random.random::<i64>()),
            4 => json!(1e300),
            5 => json!("x".repeat(5000)),
            _ => json!(*self.pick(&ODD)),
        }
    }

    fn value(&mut self, schema: &Value, depth: u32) -> Value {
        if self.chance(40) || depth > 12 {
            return self.odd();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            if let Some(values) = self.known.get(name) {
                return json!(self.pick(values));
            }
            let schema = &self.document["components"]["schemas"][name];
            return self.value(schema, depth + 1);
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(options) = schema[several].as_array() {
                let option = self.pick(options).clone();
                return self.value(&option, depth + 1);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut all = Map::new();
            for part in parts {
                if let Value::Object(fields) = self.value(part, depth + 1) {
                    all.extend(fields);
                }
            }
            return Value::Object(all);
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.pick(values).clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => self.pick(kinds).clone(),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let length = self.random.random_range(0..3);
                (0..length).map(|_| self.value(&schema["items"], depth + 1)).collect()
            }
            Some("integer") => json!(self.random.random_range(-2..600)),
            Some("number") => json!(self.random.random_range(-200.0..200.0)),
            Some("boolean") => json!(self.random.random::<bool>()),
            Some("null") => Value::Null,
            _ => self.text(schema),
        }
    }

    fn object(&mut self, schema: &Value, depth: u32) -> Value {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut fields = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            if (required.contains(&name.as_str()) && !self.chance(30)) || self.chance(3) {
                let value = self.value(field, depth + 1);
                fields.insert(name.clone(), value);
            }
        }
        if self.chance(30) {
            let value = self.odd();
            fields.insert("unexpected".to_owned(), value);
        }
        Value::Object(fields)
    }

    fn text(&mut self, schema: &Value) -> Value {
        if schema["format"] == "date-time" {
            return json!(*self.pick(&[
                "2027-01-15T08:00:01Z",
                "2026-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "yesterday"
            ]));
        }
        let usual = ["utrecht-1", "x", "NL", "4.00 EUR", "1 GiB", "2", "debian-12", "AQ", "buyer", "2027-01"];
        if self.chance(6) { json!(*self.pick(&ODD)) } else { json!(*self.pick(&usual)) }
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A request of one operation.
fn request(maker: &mut Maker<'_>, actor: &Actor, operation: &Described) -> (String, reqwest::RequestBuilder) {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    let mut headers = Vec::new();
    for parameter in &operation.parameters {
        let name = parameter["name"].as_str().unwrap();
        let needed = parameter["required"] == true && !maker.chance(30);
        if !needed && !maker.chance(3) {
            continue;
        }
        let text = as_text(&maker.value(&parameter["schema"], 0));
        match parameter["in"].as_str() {
            Some("path") => {
                let part = if text.is_empty() { "x".to_owned() } else { encoded(&text) };
                path = path.replace(&format!("{{{name}}}"), &part);
            }
            Some("query") => query.push(format!("{name}={}", encoded(&text))),
            _ => headers.push((name.to_owned(), text)),
        }
    }
    path = path.replace(['{', '}'], "x");
    // A poll that waits would only take time.
    query.retain(|part| !part.starts_with("wait="));
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let mut request = actor.request(method, &path);
    for (name, text) in headers {
        if let Ok(value) = reqwest::header::HeaderValue::from_str(&text) {
            request = request.header(name, value);
        }
    }
    let mut shown = path;
    if let Some(schema) = &operation.body {
        let body = maker.value(schema, 0);
        shown = format!("{shown} {body}");
        request = request.json(&body);
    }
    (shown, request)
}

#[test]
fn whatever_comes_the_answer_is_a_documented_one() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for engine in Engine::ALL {
        let (world, actors, known) = runtime.block_on(async {
            let world = World::start(engine).await;
            let all = [Role::Buyer, Role::Provider, Role::Reseller];
            let trader = world.participant("utrecht", &all).await;
            let (_, agent) = crate::market::provider(&world, "seller").await;
            let speaker = world.bearer(&agent.proof(&world, 119));
            let known = things(&trader).await;
            let person = world.person("person", &all).await;
            let actors = vec![trader, world.operator.clone(), world.stranger(), speaker, person];
            (world, actors, known)
        });
        let document = serde_json::to_value(hansa_api::document()).unwrap();
        let operations = operations(&document);
        let seen = RefCell::new(BTreeMap::<u16, u32>::new());
        let cases = requests() / 2;
        let mut runner =
            TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 0, ..Config::default() });
        let strategy = (0..operations.len(), 0..actors.len(), any::<u64>());
        let outcome = runner.run(&strategy, |(operation, actor, seed)| {
            let operation = &operations[operation];
            let of_people = ["/v1/account", "/v1/device/requests", "/v1/session/proof"];
            let actor = match operation.path.as_str() {
                path if path.starts_with("/v1/agent/") => &actors[3],
                path if of_people.iter().any(|begin| path.starts_with(begin)) => &actors[4],
                _ => &actors[actor % 3],
            };
            let mut maker = Maker { random: StdRng::seed_from_u64(seed), document: &document, known: &known };
            let (shown, request) = request(&mut maker, actor, operation);
            let request = request.timeout(std::time::Duration::from_secs(60));
            let answer = runtime.block_on(actor.send(request));
            let status = answer.status.as_u16();
            *seen.borrow_mut().entry(status).or_default() += 1;
            prop_assert!(status < 500, "{} {shown}: {status} {}", operation.id, answer.body);
            prop_assert!(operation.statuses.contains(&status), "{} {shown}: {status} {}", operation.id, answer.body);
            if status >= 400 {
                prop_assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            }
            Ok(())
        });
        assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
        let seen = seen.into_inner();
        let answered: u32 = seen.iter().filter(|(status, _)| **status < 300).map(|(_, count)| count).sum();
        assert!(answered > cases / 20, "hardly anything got through: {seen:?}");
        drop(world);
    }
}

/// Identifiers of things that there are, so that not everything ends in a 404.
async fn things(trader: &Actor) -> BTreeMap<&'static str, Vec<String>> {
    let whoami = trader.get("/v1/whoami").await.json();
    let offers = trader.get("/v1/offers").await.json();
    let sites = trader.get("/v1/sites").await.json();
    let text = |value: &Value| vec![value.as_str().unwrap_or("x").to_owned()];
    BTreeMap::from([
        ("ProjectId", text(&whoami["projects"][0]["id"])),
        ("TenantId", text(&whoami["tenants"][0]["id"])),
        ("ParticipantId", text(&whoami["participant"]["id"])),
        ("OfferId", text(&offers["items"][0]["id"])),
        ("SiteId", text(&sites["items"][0]["id"])),
        ("Name", vec!["utrecht-1".to_owned(), "x".to_owned(), "seller-1".to_owned()]),
        ("Money", vec!["4.00 EUR".to_owned(), "100 CHF".to_owned(), "9e99 EUR".to_owned()]),
        ("Country", vec!["NL".to_owned(), "DE".to_owned()]),
    ])
}
