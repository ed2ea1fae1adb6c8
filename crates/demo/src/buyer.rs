//! The buyer of the story: a town that puts its archive online.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, bail};
use hansa_client::Client;
use hansa_model::application::Application;
use hansa_model::charge::Statement;
use hansa_model::evidence::Assurance;
use hansa_model::id::{OrderId, ProjectId, ServiceId, TenantId};
use hansa_model::lifecycle::{ORDER, Stay};
use hansa_model::order::{NewOrder, NewQuote, Order, OrderState, OrderStep, Quote};
use hansa_model::package::{MatchOutcome, MatchRequest};
use hansa_model::page::Page;
use hansa_model::participant::{NewParticipant, Role};
use hansa_model::service::{Connection, MetricSeries, Service};
use hansa_model::usage::Usage;

use crate::exchange::{Exchange, client, join};

/// What the town asks for.
pub(crate) const APPLICATION: &str = include_str!("../../../examples/town-archive.yaml");
const LOOK: Duration = Duration::from_millis(200);

/// A buyer with a project.
#[derive(Debug)]
pub(crate) struct Buyer {
    pub(crate) client: Client,
    pub(crate) tenant: TenantId,
    pub(crate) project: ProjectId,
    pub(crate) token: String,
}

impl Buyer {
    /// Joins the exchange.
    pub(crate) async fn join(exchange: &Exchange) -> anyhow::Result<Self> {
        let admitted = exchange
            .admit(&NewParticipant {
                name: "altstadt".parse()?,
                legal_name: "Stadt Altstadt".to_owned(),
                country: "DE".parse()?,
                roles: BTreeSet::from([Role::Buyer]),
                assurance: Assurance::default(),
            })
            .await?;
        let token = join(&exchange.address, &admitted.invitation.code, "Anna").await?;
        Ok(Self {
            client: client(&exchange.address, &token.secret)?,
            tenant: admitted.tenant.id,
            project: admitted.project.id,
            token: token.secret,
        })
    }

    /// The application, as the town wrote it.
    pub(crate) fn application() -> anyhow::Result<Application> {
        Application::parse(APPLICATION).map_err(|errors| {
            let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("the application is wrong: {}", texts.join("; "))
        })
    }

    pub(crate) async fn find(&self, application: &Application) -> anyhow::Result<MatchOutcome> {
        let request = MatchRequest { application: application.clone(), orderable_only: false };
        Ok(self.client.post("/v1/match", &request).await?)
    }

    pub(crate) async fn quote(&self, application: &Application) -> anyhow::Result<Quote> {
        let new = NewQuote { project: self.project, application: application.clone(), package: None, hold: true };
        Ok(self.client.post("/v1/quotes", &new).await?)
    }

    pub(crate) async fn order(&self, new: &NewOrder) -> anyhow::Result<Order> {
        Ok(self.client.post("/v1/orders", new).await?)
    }

    /// Follows an order to its end; `tell` gets each step when it changes.
    pub(crate) async fn follow(
        &self,
        id: OrderId,
        limit: Duration,
        mut tell: impl FnMut(&OrderStep),
    ) -> anyhow::Result<Order> {
        let deadline = tokio::time::Instant::now() + limit;
        let mut told: Vec<OrderStep> = Vec::new();
        loop {
            let steps: Vec<OrderStep> = self.client.get(format!("/v1/orders/{id}/steps")).await?;
            for step in &steps {
                let is_news = told.iter().all(|old| {
                    (&old.name, old.direction, old.state, &old.detail)
                        != (&step.name, step.direction, step.state, &step.detail)
                });
                if is_news {
                    tell(step);
                }
            }
            told = steps;
            let order: Order = self.client.get(format!("/v1/orders/{id}")).await?;
            if ORDER.row(order.state).stay == Stay::End {
                if order.state == OrderState::Fulfilled {
                    return Ok(order);
                }
                let reason = order.reason.map(|reason| reason.message).unwrap_or_default();
                bail!("the order ended {:?}: {reason}", order.state);
            }
            if tokio::time::Instant::now() > deadline {
                bail!("the order {id} is still {:?} after {} s", order.state, limit.as_secs());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    pub(crate) async fn services(&self, all: bool) -> anyhow::Result<Vec<Service>> {
        let page: Page<Service> = self
            .client
            .get_by("/v1/services", &[("all", if all { "true" } else { "false" }), ("limit", "100")])
            .await?;
        Ok(page.items)
    }

    pub(crate) async fn service(&self, id: ServiceId) -> anyhow::Result<Service> {
        Ok(self.client.get(format!("/v1/services/{id}")).await?)
    }

    /// How a service is reached; `None` for one that publishes nothing.
    pub(crate) async fn connection(&self, id: ServiceId) -> anyhow::Result<Option<Connection>> {
        match self.client.get(format!("/v1/services/{id}/connection")).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.problem().is_some_and(|problem| problem.code() == "not-ready") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn metrics(&self, id: ServiceId) -> anyhow::Result<Vec<MetricSeries>> {
        Ok(self.client.get(format!("/v1/services/{id}/metrics")).await?)
    }

    /// Every usage record.
    pub(crate) async fn usage(&self) -> anyhow::Result<Vec<Usage>> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut query = vec![("limit", "500".to_owned())];
            query.extend(cursor.map(|cursor| ("cursor", cursor)));
            let page: Page<Usage> = self.client.get_by("/v1/usage", &query).await?;
            all.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    pub(crate) async fn statement(&self) -> anyhow::Result<Statement> {
        let tenant = self.tenant.to_string();
        self.client.get_by("/v1/statements", &[("tenant", tenant)]).await.context("no statement")
    }
}
