//! An exchange on a real socket with its reconcilers, a provider with as much capacity as is needed, a buyer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, bail};
use hansa_api::{ApiOptions, Rate};
use hansa_client::{AgentKey, AgentSecret, Client, Credentials};
use hansa_exchange::settings::Settings;
use hansa_exchange::{Exchange, identity, reconcilers};
use hansa_model::agent::{Action, Agent, Capability, EnrolRequest, Enrolment, NewEnrolment, Report};
use hansa_model::application::Application;
use hansa_model::console::ConsoleAccess;
use hansa_model::evidence::Assurance;
use hansa_model::id::ProjectId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::offer::{NewOffer, Offer};
use hansa_model::participant::{AcceptInvitation, AdmittedParticipant, IssuedToken, NewParticipant, Role};
use hansa_model::service::{Connection, Desired, Observation, Observed};
use hansa_model::site::{NewSite, Site};
use hansa_model::time::Clock;
use hansa_testkit::{Database, Engine};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A running exchange with a provider and a buyer.
pub(crate) struct World {
    pub(crate) exchange: Exchange,
    pub(crate) address: String,
    pub(crate) operator: Client,
    pub(crate) provider: Client,
    pub(crate) buyer: Client,
    pub(crate) project: ProjectId,
    stop: CancellationToken,
    _database: Database,
}

/// What the buyer of the measures asks for.
pub(crate) fn application() -> anyhow::Result<Application> {
    let document = json!({
        "apiVersion": "hansa/v1",
        "kind": "Application",
        "metadata": {"name": "measure"},
        "spec": {"components": {"web": {"kind": "compute.instance", "cpu": ">= 1", "memory": ">= 1 GiB"}}},
    });
    Application::from_value(document).map_err(|errors| anyhow::anyhow!("{errors:?}"))
}

async fn join(address: &str, code: String, name: &str) -> anyhow::Result<Client> {
    Ok(Client::new(address, Credentials::Token(accept(address, code, name).await?.into()))?)
}

/// Accepts an invitation and gives the secret of the token.
async fn accept(address: &str, code: String, name: &str) -> anyhow::Result<String> {
    let anybody = Client::new(address, Credentials::None)?;
    let token: IssuedToken =
        anybody.post("/v1/invitations/accept", &AcceptInvitation { code, name: name.to_owned() }).await?;
    Ok(token.secret)
}

/// The secret of a member of one more participant.
pub(crate) async fn member(world: &World, name: &str, role: Role) -> anyhow::Result<String> {
    let admitted = admit(&world.operator, name, role).await?;
    accept(&world.address, admitted.invitation.code, "first").await
}

async fn admit(operator: &Client, name: &str, role: Role) -> anyhow::Result<AdmittedParticipant> {
    let new = newcomer(name, role)?;
    Ok(operator.post("/v1/participants", &new).await?)
}

fn newcomer(name: &str, role: Role) -> anyhow::Result<NewParticipant> {
    Ok(NewParticipant {
        name: name.parse()?,
        legal_name: name.to_owned(),
        country: "NL".parse()?,
        roles: BTreeSet::from([role]),
        assurance: Assurance::default(),
    })
}

impl World {
    /// Starts it on `sqlite` or `postgresql`.
    pub(crate) async fn start(engine: &str) -> anyhow::Result<Self> {
        let database = Database::new(match engine {
            "sqlite" => Engine::Sqlite,
            "postgresql" => Engine::Postgres,
            other => bail!("`{other}` is no engine: use sqlite or postgresql"),
        })
        .await;
        let exchange = Exchange::open(database.open().await, Clock::System, Settings::default()).await?;
        let mut work = exchange.begin().await?;
        let invitation = identity::bootstrap(&mut work, newcomer("operator", Role::Operator)?).await?;
        work.commit().await?;
        let stop = CancellationToken::new();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let unlimited = Rate::new(1_000_000, 1_000_000);
        let options =
            ApiOptions { token_rate: unlimited, address_rate: unlimited, shutdown: stop.clone(), ..Default::default() };
        tokio::spawn(hansa_api::serve(listener, exchange.clone(), options));
        tokio::spawn(reconcilers::run(exchange.clone(), stop.clone()));
        let operator = join(&address, invitation.context("no invitation")?.code, "operator").await?;
        let admitted = admit(&operator, "measured", Role::Provider).await?;
        let provider = join(&address, admitted.invitation.code, "sales").await?;
        let site: NewSite = serde_json::from_value(json!({
            "name": "one", "country": "NL", "city": "Utrecht",
            "coordinates": {"latitude": 52.09, "longitude": 5.12},
        }))?;
        let _: Site = provider.post("/v1/sites", &site).await?;
        let offer: NewOffer = serde_json::from_value(json!({
            "site": "one", "sku": "small", "kind": "compute.instance",
            "properties": {"cpu": 1, "memory": "1 GiB", "disk": "10 GiB"},
            "price": {"currency": "EUR", "components": [
                {"name": "base", "type": "fixed", "amount": "0.01 EUR", "per": "hour"},
            ]},
        }))?;
        let _: Offer = provider.post("/v1/offers", &offer).await?;
        let admitted = admit(&operator, "buyer", Role::Buyer).await?;
        let project = admitted.project.id;
        let buyer = join(&address, admitted.invitation.code, "anna").await?;
        Ok(Self { exchange, address, operator, provider, buyer, project, stop, _database: database })
    }

    /// Enrols an agent.
    pub(crate) async fn enrol(&self, name: &str) -> anyhow::Result<Client> {
        let enrolment: Enrolment =
            self.provider.post("/v1/agents/enrolments", &NewEnrolment { name: name.parse()? }).await?;
        let secret = AgentSecret::generate();
        let request = EnrolRequest { token: enrolment.token, public_key: secret.public_key() };
        let anybody = Client::new(&self.address, Credentials::None)?;
        let agent: Agent = anybody.post("/v1/agents/enrol", &request).await?;
        Ok(Client::new(&self.address, Credentials::Agent(AgentKey::new(agent.id, secret)))?)
    }

    /// Ends everything.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.exchange.db().close().await;
    }
}

/// A report with nothing in it.
pub(crate) fn report(number: u64) -> Report {
    Report {
        number,
        version: "bench".to_owned(),
        at: Clock::System.now(),
        capabilities: None,
        observations: Vec::new(),
        usage: Vec::new(),
        metrics: Vec::new(),
        inventory: None,
    }
}

/// What the agent of the measures can do: more than anybody orders.
pub(crate) fn capabilities() -> anyhow::Result<Vec<Capability>> {
    let plenty = i64::MAX / 4;
    Ok(vec![Capability {
        driver: "bench".to_owned(),
        site: "one".parse()?,
        kind: KindId::ComputeInstance,
        actions: vec![Action::Stop, Action::Start, Action::Resize],
        images: BTreeMap::new(),
        capacity: Resource::ALL.into_iter().map(|resource| (resource, plenty)).collect(),
        simulated: true,
        console: ConsoleAccess::None,
    }])
}

/// An agent whose back end takes no time: what is asked for is there at once.
pub(crate) async fn instant_agent(agent: Client) -> anyhow::Result<()> {
    let mut number = 1;
    let mut cursor = 0;
    let hello = Report { capabilities: Some(capabilities()?), ..report(number) };
    agent.report(&hello).await?;
    loop {
        let news = agent.assignments(cursor, Duration::from_secs(20)).await?;
        cursor = news.cursor;
        number += 1;
        let observations = news
            .assignments
            .into_iter()
            .map(|assignment| Observation {
                service: assignment.service,
                generation: assignment.generation,
                state: match assignment.desired {
                    Desired::Running => Observed::Running,
                    Desired::Stopped => Observed::Stopped,
                    Desired::Terminated => Observed::Absent,
                },
                at: Clock::System.now(),
                message: None,
                refused: false,
                connection: Some(Connection {
                    scheme: "http".to_owned(),
                    host: "127.0.0.1".to_owned(),
                    port: 80,
                    user: None,
                    password: None,
                    database: None,
                    ports: BTreeMap::new(),
                }),
                restarts: 0,
            })
            .collect();
        agent.report(&Report { observations, ..report(number) }).await?;
    }
}

/// Waits until the provider's offer can be ordered.
pub(crate) async fn await_orderable(world: &World) -> anyhow::Result<()> {
    for _ in 0..200 {
        let offers: hansa_model::page::Page<Offer> = world.buyer.get("/v1/offers").await?;
        if offers.items.iter().any(|offer| offer.state == hansa_model::offer::OfferState::Orderable) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the offer does not become orderable")
}
