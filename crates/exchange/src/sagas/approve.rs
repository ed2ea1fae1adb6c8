//! Waits for somebody's approval where the project asks for it.

use async_trait::async_trait;
use hansa_model::order::{Order, OrderKind, OrderState, ReasonCode};
use hansa_store::budget;
use hansa_store::order::OrderRecord;

use super::{Outcome, Step, reason};
use crate::{Error, Result, Work};

pub(super) struct Approve;

/// Whether an order of this size needs approval in its project. Only what raises the monthly cost does.
pub(crate) async fn is_needed(work: &mut Work, order: &Order) -> Result<bool> {
    if !matches!(order.kind, OrderKind::Create | OrderKind::Resize) {
        return Ok(false);
    }
    let limits = budget::get(work, order.project).await?.ok_or_else(|| Error::not_found("project", order.project))?;
    Ok(limits.approval_above.is_some_and(|above| order.monthly.micros() > above.micros()))
}

#[async_trait]
impl Step for Approve {
    fn name(&self) -> &'static str {
        "approve"
    }

    fn enters(&self) -> &'static [&'static str] {
        &[]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        if order.order.approved_by.is_some() || !is_needed(work, &order.order).await? {
            // A second run finds it approved.
            if order.order.state == OrderState::Submitted {
                super::engine::enter(work, &mut order.clone(), "approve").await?;
            }
            return Ok(Outcome::Done);
        }
        let exchange = work.exchange();
        let deadline = order.order.created_at.plus(exchange.settings().approval_deadline);
        if exchange.now() >= deadline {
            return Ok(Outcome::Reject(reason(ReasonCode::NotApproved, "nobody approved the order in time")));
        }
        Ok(Outcome::Wait { until: deadline, detail: "somebody's approval".to_owned() })
    }

    async fn undo(&self, _work: &mut Work, _order: &OrderRecord) -> Result<Outcome> {
        Ok(Outcome::Done)
    }
}
