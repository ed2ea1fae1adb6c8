//! Commits: the budget is reserved, and what was held belongs to services from here on.

use async_trait::async_trait;
use hansa_model::console::ConsoleAccess;
use hansa_model::order::{NewOrder, ReasonCode};
use hansa_model::service::{Desired, Service, ServiceState};
use hansa_store::order::{OrderRecord, PlannedService};
use hansa_store::service::ServiceRecord;
use hansa_store::{budget, capacity, order, service};

use super::{Outcome, Step, hold, reason};
use crate::{Error, Result, Work};

/// Makes the services of a package, unseen by their agents.
pub(super) struct CommitPackage;
/// Reserves what a service costs in addition when it grows.
pub(super) struct CommitGrowth;

fn over_budget() -> Outcome {
    Outcome::Fail(reason(ReasonCode::BudgetExceeded, "the project's monthly budget does not suffice for this order"))
}

fn service_of(
    order: &OrderRecord,
    planned: &PlannedService,
    agent: hansa_model::id::AgentId,
    now: hansa_model::time::Timestamp,
) -> ServiceRecord {
    ServiceRecord {
        service: Service {
            id: planned.service,
            order: order.order.id,
            project: order.order.project,
            component: planned.component.clone(),
            instance: planned.instance,
            kind: planned.kind,
            offer: planned.offer,
            offer_version: planned.offer_version,
            offer_key: planned.offer_key.clone(),
            provider: planned.provider,
            provider_name: planned.provider_name.clone(),
            site: planned.site,
            site_name: planned.site_name.clone(),
            properties: planned.properties.clone(),
            state: ServiceState::Requested,
            desired: Desired::Running,
            generation: 1,
            observation: None,
            console: ConsoleAccess::None,
            monthly: planned.monthly,
            created_at: now,
            active_at: None,
            unreachable_since: None,
            terminated_at: None,
        },
        tenant: order.tenant,
        agent,
        price: planned.price.clone(),
        config: planned.config.clone(),
        dump: planned.dump,
        needs: planned.needs.clone(),
        connection: None,
        billable_from: None,
        termination_asked_at: None,
    }
}

#[async_trait]
impl Step for CommitPackage {
    fn name(&self) -> &'static str {
        "commit"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["commit"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        if !service::of_order(work, order.order.id).await?.is_empty() {
            return Ok(Outcome::Done);
        }
        if !budget::reserve(work, order.order.project, order.order.monthly).await? {
            return Ok(over_budget());
        }
        let now = work.exchange().now();
        for planned in &order.plan {
            let supply = capacity::supply(work, planned.site, planned.kind).await?;
            let Some(supply) = supply.filter(|supply| supply.fresh_until > now) else {
                let site = format!("{}/{}", planned.provider_name, planned.site_name);
                let message = format!("the agent of {site} has not reported lately, so nothing can be ordered there");
                return Ok(Outcome::Fail(reason(ReasonCode::OfferStale, message)));
            };
            service::insert(work, &service_of(order, planned, supply.agent, now)).await?;
            order::tie(work, order.order.id, planned.service, None).await?;
        }
        Ok(Outcome::Done)
    }

    async fn undo(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        // Budget and capacity of a service are given back when it is gone. Those that no agent ever saw go here.
        for record in service::of_order(work, order.order.id).await? {
            if record.service.state == ServiceState::Requested {
                let now = work.exchange().now();
                service::drop_unseen(work, record.service.id, now).await?;
                crate::services::give_back(work, &record).await?;
            }
        }
        Ok(Outcome::Done)
    }
}

#[async_trait]
impl Step for CommitGrowth {
    fn name(&self) -> &'static str {
        "commit"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["commit"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let NewOrder::Resize { service, .. } = &order.request else {
            return Err(Error::Internal("a resize that is none".to_owned()));
        };
        let record = service::get(work, *service).await?.ok_or_else(|| Error::not_found("service", service))?;
        let growth = order.order.monthly.checked_sub(record.service.monthly)?;
        if !budget::reserve(work, order.order.project, growth).await? {
            return Ok(over_budget());
        }
        service::set_monthly(work, *service, order.order.monthly).await?;
        Ok(Outcome::Done)
    }

    async fn undo(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let NewOrder::Resize { service, .. } = &order.request else { return Ok(Outcome::Done) };
        let record = service::get(work, *service).await?.ok_or_else(|| Error::not_found("service", service))?;
        let before = hold::previous(work, order).await?;
        if record.service.state == ServiceState::Terminated {
            return Ok(Outcome::Done);
        }
        let growth = record.service.monthly.checked_sub(before.monthly)?;
        budget::release(work, order.order.project, growth).await?;
        service::set_monthly(work, *service, before.monthly).await?;
        Ok(Outcome::Done)
    }
}
