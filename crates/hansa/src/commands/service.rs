//! Services.

use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hansa_client::{Client, ServiceFilter};
use hansa_model::id::OrderId;
use hansa_model::kind::{KindId, Properties, property_type};
use hansa_model::money::Money;
use hansa_model::order::NewOrder;
use hansa_model::service::{Desired, Observed, ServiceState};
use hansa_model::time::{Clock, Timestamp};
use serde_json::Value;

use super::order::follow;
use super::{Watch, Yes};
use crate::failure::{Exit, Failure};
use crate::render::{spark, words};
use crate::session::Session;
use crate::{input, prompt, resolve};

/// How often a service that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Services.
#[derive(Debug, Subcommand)]
pub(crate) enum Service {
    /// List services
    List(List),
    /// Show a service
    Show(Show),
    /// Wait until a service is as it should be
    Wait(Wait),
    /// Stop services, keeping their data
    #[command(after_help = "Examples:
  hansa service stop web/0 web/1 --wait
  hansa service stop archive --dry-run")]
    Stop(Change),
    /// Start services again
    #[command(after_help = "Examples:
  hansa service start web
  hansa service start web/0 web/1 --wait -o json")]
    Start(Change),
    /// Take services down for good
    #[command(after_help = "Asks for each name; -y answers.

Examples:
  hansa service terminate scanner
  hansa service terminate web/0 web/1 -y --wait")]
    Terminate(Change),
    /// Give a service other properties
    Resize(Resize),
    /// Show how a service is reached, with its password
    Connection(Connection),
    /// Show what was measured of a service
    Metrics(Metrics),
    /// Show what a service wrote to its console
    Log(super::terminal::Log),
    /// Open a terminal on a service
    Console(super::terminal::Terminal),
}

/// List services.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa service list
  hansa service list --kind database.postgresql --state active -o json
  hansa service list --all --watch")]
pub(crate) struct List {
    /// Only those in this state
    #[arg(long, value_parser = input::word::<ServiceState>)]
    state: Option<ServiceState>,
    /// Only those of this kind
    #[arg(long)]
    kind: Option<KindId>,
    /// Only those that this order made
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// With those that are gone
    #[arg(short, long)]
    all: bool,
    #[command(flatten)]
    watch: Watch,
}

/// Show a service.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa service show web
  hansa service show web/1 --watch")]
pub(crate) struct Show {
    /// Identifier, component (`web`) or instance (`web/1`)
    service: String,
    #[command(flatten)]
    watch: Watch,
}

/// Wait for a service.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa service wait web
  hansa service wait archive --timeout 300 -o json")]
pub(crate) struct Wait {
    /// Identifier, component (`web`) or instance (`web/1`)
    service: String,
    /// Seconds to wait at most
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

/// Change services.
#[derive(Debug, Args)]
pub(crate) struct Change {
    /// Identifiers, components (`web`) or instances (`web/1`)
    #[arg(required = true, value_name = "SERVICE")]
    services: Vec<String>,
    #[command(flatten)]
    yes: Yes,
    /// Wait until the order has ended
    #[arg(long)]
    wait: bool,
    /// Show what it would cost, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Resize a service.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa service resize web cpu=4 'memory=8 GiB'
  hansa service resize web cpu=8 --dry-run
  hansa service resize archive 'storage=200 GiB' --max-price '80 EUR' --wait")]
pub(crate) struct Resize {
    /// Identifier, component (`web`) or instance (`web/1`)
    service: String,
    /// Properties to change; the others stay
    #[arg(required = true, value_name = "PROPERTY=VALUE")]
    properties: Vec<String>,
    /// What it may cost in a month afterwards at most
    #[arg(long, value_name = "AMOUNT", value_parser = str::parse::<Money>)]
    max_price: Option<Money>,
    /// Wait until the order has ended
    #[arg(long)]
    wait: bool,
    /// Show what it would cost, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Show how a service is reached.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa service connection archive
  psql \"$(hansa service connection archive -o name)\"
  hansa service connection archive -o json")]
pub(crate) struct Connection {
    /// Identifier, component (`web`) or instance (`web/1`)
    service: String,
}

/// Show metrics.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa service metrics web
  hansa service metrics archive --minutes 30 -o json")]
pub(crate) struct Metrics {
    /// Identifier, component (`web`) or instance (`web/1`)
    service: String,
    /// How far back to look
    #[arg(long, default_value_t = 60)]
    minutes: u64,
}

impl Service {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(command) => command.run(session).await,
            Self::Show(command) => command.run(session).await,
            Self::Wait(command) => command.run(session).await,
            Self::Stop(command) => command.run(session, |services| NewOrder::Stop { services }, None).await,
            Self::Start(command) => command.run(session, |services| NewOrder::Start { services }, None).await,
            Self::Terminate(command) => {
                let warning = "will be taken down for good, with its data";
                command.run(session, |services| NewOrder::Terminate { services }, Some(warning)).await
            }
            Self::Resize(command) => command.run(session).await,
            Self::Connection(command) => {
                let client = session.client()?;
                let service = resolve::service(&client, &command.service).await?;
                session.output.one(&client.service_connection(service.id).await?)
            }
            Self::Metrics(command) => command.run(session).await,
            Self::Log(command) => command.run(session).await,
            Self::Console(command) => command.run(session).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let order: Option<OrderId> = match &self.order {
            Some(order) => Some(resolve::order(&client, order).await?),
            None => None,
        };
        let filter = ServiceFilter { state: self.state, kind: self.kind, order, all: self.all };
        let draw = async || session.output.list(&client.services(&filter).await?);
        session.watched(&client, self.watch.watch, "service.", draw).await
    }
}

impl Show {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let id = resolve::service(&client, &self.service).await?.id;
        let draw = async || session.output.one(&client.service(id).await?);
        session.watched(&client, self.watch.watch, "service.", draw).await
    }
}

/// Whether a service is as its buyer wishes, with the latest change applied.
fn settled(service: &hansa_model::service::Service) -> bool {
    let applied = service.observation.as_ref().is_some_and(|seen| seen.generation >= service.generation);
    match (service.desired, service.state) {
        (Desired::Running, ServiceState::Active) => {
            applied && service.observation.as_ref().is_some_and(|seen| seen.state == Observed::Running)
        }
        (Desired::Stopped, ServiceState::Stopped) => applied,
        (_, ServiceState::Terminated) => true,
        _ => false,
    }
}

impl Wait {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let id = resolve::service(&client, &self.service).await?.id;
        let resume = format!("wait for it again: hansa service wait {id}");
        let until_settled = async {
            let mut state = None;
            loop {
                let service = client.service(id).await?;
                if state.replace(service.state) != Some(service.state) {
                    session.output.note(&format!("{id} is {}", words::word(&service.state)));
                }
                if settled(&service) {
                    return anyhow::Ok(service);
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let limit = self.timeout.map_or(Duration::MAX, Duration::from_secs);
        tokio::select! {
            service = until_settled => session.output.one(&service?),
            _ = tokio::signal::ctrl_c() => {
                session.output.note(&resume);
                Ok(())
            }
            () = tokio::time::sleep(limit) => {
                let failure = Failure::new(Exit::TimedOut, "timed-out", "the service is not yet as it should be");
                Err(failure.hint(resume).into())
            }
        }
    }
}

async fn place(session: &Session, client: &Client, new: &NewOrder, wait: bool) -> anyhow::Result<()> {
    let order = client.create_order(new).await?;
    if wait {
        return follow(session, client, order.id, None).await;
    }
    session.output.one(&order)?;
    session.output.note(&format!("wait for it: hansa order wait {}", order.id));
    Ok(())
}

impl Change {
    async fn run(
        self,
        session: &Session,
        order: impl FnOnce(Vec<hansa_model::id::ServiceId>) -> NewOrder,
        warning: Option<&str>,
    ) -> anyhow::Result<()> {
        let client = session.client()?;
        let mut services = Vec::with_capacity(self.services.len());
        for text in &self.services {
            services.push(resolve::service(&client, text).await?);
        }
        let new = order(services.iter().map(|service| service.id).collect());
        if self.dry_run {
            return session.output.one(&client.preview_order(&new).await?);
        }
        if let Some(warning) = warning {
            for (service, text) in services.iter().zip(&self.services) {
                let what = format!("At {}: {} ({}) {warning}.", client.address(), service.id, service.offer_key);
                prompt::type_name(&what, text, self.yes.yes)?;
            }
        }
        place(session, &client, &new, self.wait).await
    }
}

impl Resize {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let service = resolve::service(&client, &self.service).await?.id;
        let properties = properties(&self.properties)?;
        let new = NewOrder::Resize { service, properties, max_monthly: self.max_price };
        if self.dry_run {
            return session.output.one(&client.preview_order(&new).await?);
        }
        place(session, &client, &new, self.wait).await
    }
}

fn properties(pairs: &[String]) -> anyhow::Result<Properties> {
    let mut fields = serde_json::Map::new();
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("`{pair}` is not of the form PROPERTY=VALUE")))?;
        if property_type(name).is_none() {
            let failure = Failure::usage(format!("`{name}` is not a property of any kind"));
            return Err(failure.hint("see `hansa kind schema KIND`").into());
        }
        let value = serde_json::from_str(value).ok().filter(|value: &Value| !value.is_string());
        let value = value.unwrap_or_else(|| Value::from(pair[name.len() + 1..].trim()));
        match name.split_once('.') {
            None => drop(fields.insert(name.to_owned(), value)),
            Some((group, inner)) => {
                let group = fields.entry(group).or_insert_with(|| Value::Object(serde_json::Map::new()));
                if let Some(group) = group.as_object_mut() {
                    group.insert(inner.to_owned(), value);
                }
            }
        }
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| Failure::usage(error.to_string()).into())
}

impl Metrics {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let id = resolve::service(&client, &self.service).await?.id;
        let back = Duration::from_secs(self.minutes.checked_mul(60).context("that is too far back")?);
        let since: Timestamp = Clock::System.now().minus(back).floor_second();
        let series = client.service_metrics(id, Some(since)).await?;
        let output = session.output;
        output.document(
            &series,
            || spark::metrics(&series, output.paint()),
            || series.iter().map(|one| one.name.clone()).collect(),
        )
    }
}
