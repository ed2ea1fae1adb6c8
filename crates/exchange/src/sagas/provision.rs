//! Has the agents make the services of a package, each as soon as what it is linked to can be reached.

use std::collections::BTreeSet;

use async_trait::async_trait;
use hansa_model::name::Name;
use hansa_model::order::{NewOrder, ReasonCode};
use hansa_model::service::{Desired, ServiceState};
use hansa_store::order::OrderRecord;
use hansa_store::service::{self, Intent, ServiceRecord};
use hansa_store::{order, quote};

use super::{Outcome, Step, reason};
use crate::hints::Hint;
use crate::{Result, Work};

pub(super) struct Provision;

/// Lets the agents see every service whose links can be filled in.
async fn assign_ready(work: &mut Work, order: &OrderRecord) -> Result<Vec<ServiceRecord>> {
    let all = service::of_order(work, order.order.id).await?;
    let connected = service::connections(work, &[order.order.id]).await?;
    for record in all.iter().filter(|record| record.service.state == ServiceState::Requested) {
        let ready = record.needs.iter().all(|name| connected.contains_key(&(order.order.id, name.to_string())));
        if ready {
            service::assign(work, record).await?;
            work.hint(Hint::Agent(record.agent));
        }
    }
    Ok(service::of_order(work, order.order.id).await?)
}

fn is_active(record: &ServiceRecord) -> bool {
    record.service.active_at.is_some() && record.service.desired == Desired::Running
}

/// What was refused for good, in a sentence.
fn refusal(all: &[ServiceRecord]) -> Option<String> {
    all.iter().filter(|record| record.service.desired == Desired::Running).find_map(|record| {
        let seen = record.service.observation.as_ref().filter(|seen| seen.refused)?;
        let message = seen.message.as_deref().unwrap_or("it gave no reason");
        Some(format!("{} refused `{}`: {message}", record.service.provider_name, record.service.component))
    })
}

/// Whether one of them was neither refused nor needs what was.
fn may_still_come(missing: &[ServiceRecord]) -> bool {
    let refused = |record: &ServiceRecord| record.service.observation.as_ref().is_some_and(|seen| seen.refused);
    let mut hopeless: BTreeSet<&Name> =
        missing.iter().filter(|record| refused(record)).map(|record| &record.service.component).collect();
    loop {
        let known = hopeless.len();
        let needs_them = |record: &&ServiceRecord| record.needs.iter().any(|name| hopeless.contains(name));
        let more: Vec<_> = missing.iter().filter(needs_them).map(|record| &record.service.component).collect();
        hopeless.extend(more);
        if hopeless.len() == known {
            break;
        }
    }
    missing.iter().any(|record| !refused(record) && !record.needs.iter().any(|name| hopeless.contains(name)))
}

/// Takes down what an agent saw, and ends what none did; answers what is still there.
pub(super) async fn take_down(work: &mut Work, records: Vec<ServiceRecord>) -> Result<Vec<ServiceRecord>> {
    let mut left = Vec::new();
    for record in records {
        let now = work.exchange().now();
        match record.service.state {
            ServiceState::Terminated => {}
            ServiceState::Requested => {
                service::drop_unseen(work, record.service.id, now).await?;
                crate::services::give_back(work, &record).await?;
            }
            _ => {
                if record.service.desired != Desired::Terminated {
                    let intent = Intent {
                        desired: Desired::Terminated,
                        properties: &record.service.properties,
                        monthly: record.service.monthly,
                        state: ServiceState::Terminating,
                    };
                    service::intend(work, &record, &intent, now).await?;
                    crate::services::tell(work, &record, ServiceState::Terminating);
                    work.hint(Hint::Agent(record.agent));
                }
                left.push(record);
            }
        }
    }
    Ok(left)
}

fn waiting_for(records: &[ServiceRecord]) -> String {
    let names: Vec<_> = records
        .iter()
        .map(|record| {
            format!("{} at {}/{}", record.service.component, record.service.provider_name, record.service.site_name)
        })
        .collect();
    names.join(", ")
}

/// Whether the application lets an order end with some of its components only.
async fn allows_partial(work: &mut Work, order: &OrderRecord) -> Result<bool> {
    let NewOrder::Create { quote } = &order.request else { return Ok(false) };
    Ok(quote::get(work, *quote).await?.is_some_and(|record| record.quote.application.allow_partial))
}

#[async_trait]
impl Step for Provision {
    fn name(&self) -> &'static str {
        "provision"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["provision"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let all = assign_ready(work, order).await?;
        let now = work.exchange().now();
        let deadline = order.order.deadline.unwrap_or(now);
        let (active, missing): (Vec<_>, Vec<_>) =
            all.into_iter().filter(|record| record.service.desired == Desired::Running).partition(is_active);
        if missing.is_empty() && !active.is_empty() {
            return Ok(Outcome::Done);
        }
        let trouble = refusal(&missing).map(|message| reason(ReasonCode::ProvisioningFailed, message)).or_else(|| {
            (now >= deadline).then(|| {
                let message = format!("not ready in time: {}", waiting_for(&missing));
                reason(ReasonCode::ProvisioningTimedOut, message)
            })
        });
        let Some(trouble) = trouble else {
            return Ok(Outcome::Wait { until: deadline, detail: waiting_for(&missing) });
        };
        if !allows_partial(work, order).await? {
            return Ok(Outcome::Fail(trouble));
        }
        if now < deadline && may_still_come(&missing) {
            return Ok(Outcome::Wait { until: deadline, detail: waiting_for(&missing) });
        }
        if active.is_empty() {
            return Ok(Outcome::Fail(trouble));
        }
        let zero = hansa_model::money::Money::zero(order.order.monthly.currency());
        let mut monthly = zero;
        let mut one_off = zero;
        for record in &active {
            monthly = monthly.checked_add(record.service.monthly)?;
            let planned = order.plan.iter().find(|planned| planned.service == record.service.id);
            one_off = one_off.checked_add(planned.map_or(zero, |planned| planned.one_off))?;
        }
        take_down(work, missing).await?;
        order::set_partial(work, order.order.id, monthly, one_off).await?;
        order::set_reason(work, order.order.id, &trouble).await?;
        Ok(Outcome::Done)
    }

    async fn undo(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let all = service::of_order(work, order.order.id).await?;
        let left = take_down(work, all).await?;
        let now = work.exchange().now();
        let deadline = order.order.deadline.unwrap_or(now);
        // An agent that stays away does not keep the order open: what it still holds is tracked as `terminating`
        // services, charged to nobody, and goes when the agent is back.
        if left.is_empty() || now >= deadline {
            return Ok(Outcome::Done);
        }
        Ok(Outcome::Wait { until: deadline, detail: format!("taking down {}", waiting_for(&left)) })
    }
}
