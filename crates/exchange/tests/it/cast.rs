//! Who takes part in every test: an operator, a buyer with two members, three providers with one agent each. They are
//! made once for each engine, through the exchange's own functions, and copied for each test.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use hansa_exchange::principal::{AgentPrincipal, Principal};
use hansa_exchange::{Exchange, agents, identity, offers, participants, sites};
use hansa_model::agent::{Action, Capability, EnrolRequest, NewEnrolment};
use hansa_model::console::ConsoleAccess;
use hansa_model::id::{ProjectId, TenantId};
use hansa_model::kind::{KindId, Resource};
use hansa_model::participant::{AcceptInvitation, Invitation, NewInvitation, NewParticipant, Role};
use serde_json::{Value, json};

/// Room for how many of the smallest services each site has.
pub(crate) const ROOM: i64 = 40;

#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) operator: Principal,
    pub(crate) buyer: Principal,
    /// Another member of the buyer.
    pub(crate) colleague: Principal,
    pub(crate) stranger: Principal,
    pub(crate) project: ProjectId,
    pub(crate) tenant: TenantId,
    pub(crate) providers: Vec<Provider>,
}

#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) principal: Principal,
    pub(crate) agent: AgentPrincipal,
    pub(crate) capability: Capability,
}

fn participant(name: &str, role: Role) -> NewParticipant {
    let text = json!({"name": name, "legalName": name, "country": "NL", "roles": [role]});
    serde_json::from_value(text).unwrap()
}

async fn join(exchange: &Exchange, invitation: Invitation, name: &str) -> Principal {
    let mut work = exchange.begin().await.unwrap();
    let answer = AcceptInvitation { code: invitation.code, name: name.to_owned() };
    let issued = identity::accept(&mut work, answer).await.unwrap();
    work.commit().await.unwrap();
    identity::authenticate(exchange, &issued.secret).await.unwrap()
}

impl Cast {
    pub(crate) async fn assemble(exchange: &Exchange) -> Self {
        let mut work = exchange.begin().await.unwrap();
        let invitation = identity::bootstrap(&mut work, participant("hansa", Role::Operator)).await.unwrap().unwrap();
        work.commit().await.unwrap();
        let operator = join(exchange, invitation, "olga").await;

        let mut work = exchange.begin().await.unwrap();
        let town = participants::admit(&mut work, &operator, participant("town", Role::Buyer)).await.unwrap();
        let village = participants::admit(&mut work, &operator, participant("village", Role::Buyer)).await.unwrap();
        work.commit().await.unwrap();
        let buyer = join(exchange, town.invitation, "anna").await;
        let stranger = join(exchange, village.invitation, "sven").await;
        let mut work = exchange.begin().await.unwrap();
        let roles = NewInvitation { roles: [Role::Buyer].into() };
        let invitation = identity::invite(&mut work, &buyer, town.participant.id, roles).await.unwrap();
        work.commit().await.unwrap();
        let colleague = join(exchange, invitation, "carl").await;

        let mut providers = Vec::new();
        for (number, plan) in (1u8..).zip(provider_plans()) {
            providers.push(enlist(exchange, &operator, number, plan).await);
        }
        Self { operator, buyer, colleague, stranger, project: town.project.id, tenant: town.tenant.id, providers }
    }
}

struct Plan {
    name: &'static str,
    site: Value,
    offer: Value,
    kind: KindId,
}

fn provider_plans() -> [Plan; 3] {
    let machine = |site: &str, per_cpu: &str| {
        json!({
            "site": site, "sku": "vm", "kind": "compute.instance",
            "properties": {"cpu": "1..8", "memory": "1 GiB..16 GiB", "disk": "10 GiB..100 GiB", "image": ["debian-12"]},
            "price": {"currency": "EUR", "components": [
                {"name": "machine", "type": "per-unit", "property": "cpu", "amount": per_cpu, "per": "hour"},
                {"name": "disk", "type": "per-unit", "property": "disk", "amount": "0.0531 EUR", "per": "month"},
                {"name": "traffic", "type": "egress", "included": "1 GB", "perGb": "0.013 EUR"},
                {"name": "setup", "type": "one-off", "amount": "1.99 EUR"}
            ]}
        })
    };
    [
        Plan {
            name: "tulip",
            site: json!({"name": "utrecht", "country": "NL", "city": "Utrecht",
                         "coordinates": {"latitude": 52.09, "longitude": 5.12}}),
            offer: machine("utrecht", "0.0113 EUR"),
            kind: KindId::ComputeInstance,
        },
        Plan {
            name: "sudety",
            site: json!({"name": "jelenia-gora", "country": "PL", "city": "Jelenia Góra",
                         "coordinates": {"latitude": 50.90, "longitude": 15.73}}),
            offer: machine("jelenia-gora", "0.0127 EUR"),
            kind: KindId::ComputeInstance,
        },
        Plan {
            name: "alpes",
            site: json!({"name": "grenoble", "country": "FR", "city": "Grenoble",
                         "coordinates": {"latitude": 45.19, "longitude": 5.72}}),
            offer: json!({
                "site": "grenoble", "sku": "pg", "kind": "database.postgresql",
                "properties": {"version": "17", "storage": "1 GiB..500 GiB"},
                "price": {"currency": "EUR", "components": [
                    {"name": "base", "type": "fixed", "amount": "9.37 EUR", "per": "month"},
                    {"name": "storage", "type": "per-unit", "property": "storage", "amount": "0.117 EUR", "per": "month"}
                ]}
            }),
            kind: KindId::DatabasePostgresql,
        },
    ]
}

async fn enlist(exchange: &Exchange, operator: &Principal, number: u8, plan: Plan) -> Provider {
    let mut work = exchange.begin().await.unwrap();
    let admitted = participants::admit(&mut work, operator, participant(plan.name, Role::Provider)).await.unwrap();
    work.commit().await.unwrap();
    let principal = join(exchange, admitted.invitation, plan.name).await;
    let mut work = exchange.begin().await.unwrap();
    let site = sites::create(&mut work, &principal, serde_json::from_value(plan.site).unwrap()).await.unwrap();
    offers::publish(&mut work, &principal, serde_json::from_value(plan.offer).unwrap()).await.unwrap();
    let new = NewEnrolment { name: "agent".parse().unwrap() };
    let enrolment = agents::create_enrolment(&mut work, &principal, new).await.unwrap();
    let key = SigningKey::from_bytes(&[number; 32]).verifying_key().to_bytes();
    let request = EnrolRequest { token: enrolment.token, public_key: URL_SAFE_NO_PAD.encode(key) };
    let enrolled = agents::enrol(&mut work, request).await.unwrap();
    work.commit().await.unwrap();
    let gib = 1 << 30;
    let capability = Capability {
        driver: "scripted".to_owned(),
        site: site.name,
        kind: plan.kind,
        actions: vec![Action::Resize, Action::Stop, Action::Start],
        images: [("debian-12".to_owned(), "0".repeat(64))].into(),
        capacity: [
            (Resource::Cpu, ROOM * 1000),
            (Resource::Memory, ROOM * gib),
            (Resource::Storage, ROOM * 20 * gib),
            (Resource::Instances, ROOM),
        ]
        .into(),
        simulated: true,
        console: ConsoleAccess::None,
    };
    let agent = AgentPrincipal { agent: enrolled.id, provider: admitted.participant.id };
    Provider { principal, agent, capability }
}
