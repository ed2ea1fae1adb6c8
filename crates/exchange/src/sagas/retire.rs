//! Takes services down. What is being taken down can't come back, so there is nothing to undo.

use async_trait::async_trait;
use hansa_model::order::ReasonCode;
use hansa_model::service::ServiceState;
use hansa_store::order::{self, OrderRecord};
use hansa_store::service;

use super::{Outcome, Step, provision, reason};
use crate::{Result, Work};

pub(super) struct Retire;

#[async_trait]
impl Step for Retire {
    fn name(&self) -> &'static str {
        "retire"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["hold", "commit", "provision"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let ids: Vec<_> = order::previous(work, order.order.id).await?.into_iter().map(|(id, _)| id).collect();
        let records = service::get_many(work, &ids).await?;
        let left: Vec<_> = provision::take_down(work, records)
            .await?
            .into_iter()
            .filter(|record| record.service.state != ServiceState::Terminated)
            .map(|record| format!("{} at {}", record.service.component, record.service.provider_name))
            .collect();
        if left.is_empty() {
            return Ok(Outcome::Done);
        }
        let now = work.exchange().now();
        let deadline = order.order.deadline.unwrap_or(now);
        if now >= deadline {
            let message = format!(
                "not gone in time: {}; they are not charged any more and go when their agent is back",
                left.join(", ")
            );
            return Ok(Outcome::Fail(reason(ReasonCode::ProvisioningTimedOut, message)));
        }
        Ok(Outcome::Wait { until: deadline, detail: left.join(", ") })
    }

    async fn undo(&self, _work: &mut Work, _order: &OrderRecord) -> Result<Outcome> {
        Ok(Outcome::Done)
    }
}
