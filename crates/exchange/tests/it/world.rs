//! A world for one test: an exchange on a database of its own, and its agents.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hansa_driver_postgres::server::Server;
use hansa_exchange::principal::Principal;
use hansa_exchange::settings::Settings;
use hansa_exchange::{Exchange, Result, orders, projects, quotes, reconcilers};
use hansa_model::application::Application;
use hansa_model::id::{OrderId, ServiceId};
use hansa_model::money::Money;
use hansa_model::order::{NewOrder, NewQuote, Order, OrderKind, OrderState, Quote};
use hansa_model::participant::{ProjectLimits, default_alerts};
use hansa_model::service::Desired;
use hansa_model::time::{Clock, Timestamp};
use hansa_store::service::ServiceRecord;
use hansa_store::{Db, saga, service};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::agent::ScriptedAgent;
use crate::cast::Cast;
use crate::faults::Faults;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Makes a test on each engine out of an `async fn name(engine: Engine)`.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::world::Engine::Sqlite).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::world::Engine::Postgres).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;

/// How much time passes in one round.
pub(crate) const ROUND: Duration = Duration::from_secs(5);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// When every world begins.
pub(crate) fn beginning() -> Timestamp {
    "2026-03-10T08:00:00Z".parse().unwrap()
}

static SERVER: OnceCell<Server> = OnceCell::const_new();
static FILE: OnceCell<(Vec<u8>, Cast)> = OnceCell::const_new();
static DATABASE: OnceCell<Cast> = OnceCell::const_new();

async fn server() -> &'static Server {
    SERVER.get_or_init(|| async { Server::start_temporary().await.unwrap() }).await
}

/// Where temporary databases lie: in memory where the machine has such a place.
fn temporary() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    let builder = tempfile::Builder::new().prefix("hansa-exchange-").to_owned();
    if memory.is_dir() { builder.tempdir_in(memory).unwrap() } else { builder.tempdir().unwrap() }
}

async fn assemble(address: &str) -> Cast {
    let db = Db::open(address).await.unwrap();
    let exchange = Exchange::open(db.clone(), Clock::manual(beginning()), Settings::default()).await.unwrap();
    let cast = Cast::assemble(&exchange).await;
    for provider in &cast.providers {
        ScriptedAgent::new(provider.agent.clone(), provider.capability.clone(), 0).tick(&exchange).await.unwrap();
    }
    db.close().await;
    cast
}

async fn file() -> &'static (Vec<u8>, Cast) {
    FILE.get_or_init(|| async {
        let directory = temporary();
        let path = directory.path().join("template.db");
        let cast = assemble(&path.to_string_lossy()).await;
        (std::fs::read(path).unwrap(), cast)
    })
    .await
}

async fn sql(statement: String) {
    let mut connection = PgConnection::connect(&server().await.url().await).await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn database() -> &'static Cast {
    DATABASE
        .get_or_init(|| async {
            sql("create database template_world".to_owned()).await;
            assemble(&server().await.url_of("template_world").await).await
        })
        .await
}

pub(crate) struct World {
    pub(crate) exchange: Exchange,
    pub(crate) clock: Clock,
    pub(crate) faults: Arc<Faults>,
    pub(crate) cast: Cast,
    pub(crate) agents: Vec<ScriptedAgent>,
    pub(crate) address: String,
    pub(crate) settings: Settings,
    _directory: TempDir,
}

impl World {
    pub(crate) async fn new(engine: Engine) -> Self {
        let directory = temporary();
        let (address, cast) = match engine {
            Engine::Sqlite => {
                let (template, cast) = file().await;
                let path = directory.path().join("world.db");
                std::fs::write(&path, template).unwrap();
                (path.to_string_lossy().into_owned(), cast.clone())
            }
            Engine::Postgres => {
                let cast = database().await.clone();
                let name = hansa_model::id::RequestId::new().to_string().replace('-', "_");
                sql(format!("create database {name} template template_world")).await;
                (server().await.url_of(&name).await, cast)
            }
        };
        let clock = Clock::manual(beginning());
        let faults = Arc::new(Faults::default());
        let settings = Settings { faults: Some(faults.clone()), ..Settings::default() };
        let exchange = open(&address, &clock, &settings).await;
        let agents = cast
            .providers
            .iter()
            .map(|provider| ScriptedAgent::new(provider.agent.clone(), provider.capability.clone(), 1))
            .collect();
        Self { exchange, clock, faults, cast, agents, address, settings, _directory: directory }
    }

    /// The exchange ends and begins again on the same database.
    pub(crate) async fn reopen(&mut self) {
        self.exchange.db().close().await;
        self.exchange = open(&self.address, &self.clock, &self.settings).await;
    }

    /// Another process on the same database.
    pub(crate) async fn beside(&self) -> Exchange {
        open(&self.address, &self.clock, &self.settings).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.exchange.now()
    }

    /// Time passes; then the reconcilers look, then the agents work.
    pub(crate) async fn round(&mut self) {
        self.pass(ROUND).await;
    }

    pub(crate) async fn pass(&mut self, time: Duration) {
        self.clock.advance(time);
        reconcilers::run_once(&self.exchange).await.unwrap();
        self.work().await;
    }

    pub(crate) async fn work(&mut self) {
        for agent in &mut self.agents {
            agent.tick(&self.exchange).await.unwrap();
        }
    }

    pub(crate) async fn quote(&self, application: Application) -> Result<Quote> {
        let new = NewQuote { project: self.cast.project, application, package: None, hold: false };
        let market = quotes::look(&self.exchange, &self.cast.buyer, &new).await?;
        let mut work = self.exchange.begin().await?;
        let quote = quotes::create(&mut work, &self.cast.buyer, new, market).await?;
        work.commit().await?;
        Ok(quote)
    }

    pub(crate) async fn submit(&self, request: NewOrder) -> Result<Order> {
        submit(&self.exchange, &self.cast.buyer, request).await
    }

    pub(crate) async fn order(&self, id: OrderId) -> Order {
        orders::get(&mut self.exchange.read().await.unwrap(), &self.cast.buyer, id).await.unwrap()
    }

    pub(crate) async fn cancel(&self, id: OrderId) -> Result<Order> {
        let mut work = self.exchange.begin().await?;
        let order = orders::cancel(&mut work, &self.cast.buyer, id).await?;
        work.commit().await?;
        Ok(order)
    }

    pub(crate) async fn services(&self, order: OrderId) -> Vec<ServiceRecord> {
        service::of_order(&mut self.exchange.read().await.unwrap(), order).await.unwrap()
    }

    pub(crate) async fn service(&self, id: ServiceId) -> ServiceRecord {
        service::get(&mut self.exchange.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    /// Rounds until the order has ended; fails when that takes longer than its deadlines allow.
    pub(crate) async fn settle(&mut self, id: OrderId) -> Order {
        for _ in 0..60 {
            self.round().await;
            let order = self.order(id).await;
            if orders::has_ended(order.state) {
                return order;
            }
        }
        let order = self.order(id).await;
        panic!("the order got stuck: {order:#?}");
    }

    pub(crate) async fn limit(&self, budget: Option<&str>, approval_above: Option<&str>) {
        let money = |text: Option<&str>| text.map(|text| text.parse::<Money>().unwrap());
        let limits =
            ProjectLimits { budget: money(budget), approval_above: money(approval_above), alerts: default_alerts() };
        let mut work = self.exchange.begin().await.unwrap();
        projects::set_limits(&mut work, &self.cast.buyer, self.cast.project, limits, |_| Ok(())).await.unwrap();
        work.commit().await.unwrap();
    }

    /// The order of the archive, fulfilled.
    pub(crate) async fn running(&mut self) -> Order {
        let quote = self.quote(archive()).await.unwrap();
        let order = self.submit(NewOrder::Create { quote: quote.id }).await.unwrap();
        let order = self.settle(order.id).await;
        assert_eq!(order.state, OrderState::Fulfilled, "{:?}", order.reason);
        order
    }

    /// Everything that an order of this kind needs, and the order's request.
    pub(crate) async fn prepare(&mut self, kind: OrderKind) -> NewOrder {
        if kind == OrderKind::Create {
            return NewOrder::Create { quote: self.quote(archive()).await.unwrap().id };
        }
        let order = self.running().await;
        let services = order.services.clone();
        match kind {
            OrderKind::Create | OrderKind::Resize => {
                let web = self.component(order.id, "web").await;
                NewOrder::Resize {
                    service: web.service.id,
                    properties: serde_json::from_value(json!({"cpu": 3, "memory": "2 GiB"})).unwrap(),
                    max_monthly: None,
                }
            }
            OrderKind::Stop => NewOrder::Stop { services },
            OrderKind::Start => {
                let stop = self.submit(NewOrder::Stop { services: services.clone() }).await.unwrap();
                assert_eq!(self.settle(stop.id).await.state, OrderState::Fulfilled);
                NewOrder::Start { services }
            }
            OrderKind::Terminate => NewOrder::Terminate { services },
        }
    }

    pub(crate) async fn component(&self, order: OrderId, name: &str) -> ServiceRecord {
        let all = self.services(order).await;
        all.into_iter().find(|record| record.service.component.as_str() == name).unwrap()
    }

    /// Takes down everything that is there and lets the agents finish.
    pub(crate) async fn clear(&mut self) {
        for agent in &mut self.agents {
            agent.switches = crate::agent::Switches { egress: 1000, ..Default::default() };
        }
        self.faults.clear();
        for number in 1..=60 {
            self.round().await;
            let open = saga::unfinished(&mut self.exchange.read().await.unwrap()).await.unwrap();
            match (open, number) {
                (0, 3..) => break,
                (_, 60) => panic!("{open} orders are stuck"),
                (_, 20 | 40) => self.pass(HOUR).await,
                _ => {}
            }
        }
        let live: Vec<_> =
            self.all_services().await.into_iter().filter(|record| record.service.terminated_at.is_none()).collect();
        let wanted: Vec<ServiceId> = live
            .iter()
            .filter(|record| record.service.desired != Desired::Terminated)
            .map(|record| record.service.id)
            .collect();
        if !wanted.is_empty() {
            let order = self.submit(NewOrder::Terminate { services: wanted }).await.unwrap();
            assert_eq!(self.settle(order.id).await.state, OrderState::Fulfilled);
        }
        self.round().await;
    }

    pub(crate) async fn all_services(&self) -> Vec<ServiceRecord> {
        let mut tx = self.exchange.read().await.unwrap();
        service::list(&mut tx, &service::ServiceFilter::default(), 10_000).await.unwrap()
    }
}

pub(crate) async fn submit(exchange: &Exchange, principal: &Principal, request: NewOrder) -> Result<Order> {
    let mut work = exchange.begin().await?;
    let order = orders::submit(&mut work, principal, request).await?;
    work.commit().await?;
    Ok(order)
}

async fn open(address: &str, clock: &Clock, settings: &Settings) -> Exchange {
    let db = Db::open(address).await.unwrap();
    Exchange::open(db, clock.clone(), settings.clone()).await.unwrap()
}

pub(crate) fn application(spec: serde_json::Value) -> Application {
    let document = json!({
        "apiVersion": "hansa/v1", "kind": "Application", "metadata": {"name": "town-archive"}, "spec": spec,
    });
    Application::from_value(document).unwrap()
}

/// A web server that reads from a database at another provider, and a scanner beside it.
pub(crate) fn archive() -> Application {
    archive_with(false)
}

pub(crate) fn archive_with(partial: bool) -> Application {
    let config = json!({"env": {"ARCHIVE_URL": "${archive.url}"}});
    application(json!({
        "allowPartial": partial,
        "components": {
            "web": {"kind": "compute.instance", "cpu": ">= 1", "memory": ">= 1 GiB", "disk": ">= 10 GiB",
                    "image": "debian-12", "config": config, "count": 2, "spread": {"by": "site"}},
            "archive": {"kind": "database.postgresql", "version": ">= 15", "storage": ">= 5 GiB"},
        },
        "links": [{"from": "web", "to": "archive", "traffic": "20 GB/month"}],
    }))
}

/// One machine.
pub(crate) fn machine(cpus: u32) -> Application {
    application(json!({"components": {
        "web": {"kind": "compute.instance", "cpu": format!(">= {cpus}"), "memory": ">= 1 GiB", "disk": ">= 10 GiB",
                "image": "debian-12"},
    }}))
}
