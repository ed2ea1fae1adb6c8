//! Changes the intent of running services (resize, stop, start) and waits until their agents have followed.

use async_trait::async_trait;
use hansa_model::order::{NewOrder, OrderKind, ReasonCode};
use hansa_model::service::{Desired, Observed};
use hansa_store::order::{self, OrderRecord, Previous};
use hansa_store::service::{self, Intent as NewIntent, ServiceRecord};

use super::{Outcome, Step, reason};
use crate::hints::Hint;
use crate::{Result, Work};

pub(super) struct Intend;

/// What each service of the order should be, with what it was.
async fn changes(work: &mut Work, order: &OrderRecord) -> Result<Vec<(ServiceRecord, Previous, Previous)>> {
    let mut changes = Vec::new();
    for (id, before) in order::previous(work, order.order.id).await? {
        let (Some(record), Some(before)) = (service::get(work, id).await?, before) else { continue };
        let mut after = Previous { monthly: record.service.monthly, ..before.clone() };
        match (order.order.kind, &order.request) {
            (OrderKind::Stop, _) => after.desired = Desired::Stopped,
            (OrderKind::Start, _) => after.desired = Desired::Running,
            (_, NewOrder::Resize { properties, .. }) => after.properties.values.extend(properties.values.clone()),
            _ => {}
        }
        changes.push((record, before, after));
    }
    Ok(changes)
}

fn is_intended(record: &ServiceRecord, wanted: &Previous) -> bool {
    record.service.desired == wanted.desired && record.service.properties == wanted.properties
}

/// Whether the agent has made the present intent true.
fn is_applied(record: &ServiceRecord) -> bool {
    let expected = match record.service.desired {
        Desired::Running => Observed::Running,
        Desired::Stopped => Observed::Stopped,
        Desired::Terminated => Observed::Absent,
    };
    record
        .service
        .observation
        .as_ref()
        .is_some_and(|seen| seen.generation >= record.service.generation && seen.state == expected)
}

async fn apply(work: &mut Work, record: &ServiceRecord, wanted: &Previous) -> Result<()> {
    let now = work.exchange().now();
    let intent = NewIntent {
        desired: wanted.desired,
        properties: &wanted.properties,
        monthly: record.service.monthly,
        state: record.service.state,
    };
    service::intend(work, record, &intent, now).await?;
    work.hint(Hint::Agent(record.agent));
    Ok(())
}

#[async_trait]
impl Step for Intend {
    fn name(&self) -> &'static str {
        "apply"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["hold", "commit", "provision"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let now = work.exchange().now();
        let deadline = order.order.deadline.unwrap_or(now);
        let mut waiting = Vec::new();
        for (record, _, after) in changes(work, order).await? {
            if !is_intended(&record, &after) {
                apply(work, &record, &after).await?;
                waiting.push(record);
                continue;
            }
            if is_applied(&record) {
                continue;
            }
            let refused = record
                .service
                .observation
                .as_ref()
                .filter(|seen| seen.refused && seen.generation >= record.service.generation);
            if let Some(seen) = refused {
                let message = seen.message.clone().unwrap_or_else(|| "the agent refused".to_owned());
                return Ok(Outcome::Fail(reason(ReasonCode::ProvisioningFailed, message)));
            }
            waiting.push(record);
        }
        if waiting.is_empty() {
            return Ok(Outcome::Done);
        }
        let names: Vec<_> = waiting
            .iter()
            .map(|record| format!("{} at {}", record.service.component, record.service.provider_name))
            .collect();
        if now >= deadline {
            let message = format!("not done in time: {}", names.join(", "));
            return Ok(Outcome::Fail(reason(ReasonCode::ProvisioningTimedOut, message)));
        }
        Ok(Outcome::Wait { until: deadline, detail: names.join(", ") })
    }

    async fn undo(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let now = work.exchange().now();
        let deadline = order.order.deadline.unwrap_or(now);
        let mut waiting = Vec::new();
        for (record, before, _) in changes(work, order).await? {
            if record.service.desired == Desired::Terminated {
                continue;
            }
            if !is_intended(&record, &before) {
                apply(work, &record, &before).await?;
                waiting.push(record.service.component.to_string());
            } else if !is_applied(&record) {
                waiting.push(record.service.component.to_string());
            }
        }
        // The old intent stands; an agent that is away makes it true when it is back.
        if waiting.is_empty() || now >= deadline {
            return Ok(Outcome::Done);
        }
        Ok(Outcome::Wait { until: deadline, detail: format!("going back: {}", waiting.join(", ")) })
    }
}
