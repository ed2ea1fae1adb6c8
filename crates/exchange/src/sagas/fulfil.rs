//! The end of an order: what is due once is charged, and charging by usage begins.

use async_trait::async_trait;
use hansa_model::order::OrderKind;
use hansa_model::service::Desired;
use hansa_store::order::{self, OrderRecord};
use hansa_store::service;

use super::{Outcome, Step, hold};
use crate::{Result, Work, metering};

pub(super) struct Fulfil;

#[async_trait]
impl Step for Fulfil {
    fn name(&self) -> &'static str {
        "fulfil"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["fulfil"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let now = work.exchange().now().floor_second();
        match order.order.kind {
            OrderKind::Create => {
                for record in service::of_order(work, order.order.id).await? {
                    if record.service.desired == Desired::Running && record.billable_from.is_none() {
                        service::set_billable(work, record.service.id, now).await?;
                        metering::charge_once(work, &record, now).await?;
                    }
                }
            }
            OrderKind::Resize => {
                for (id, _) in order::previous(work, order.order.id).await? {
                    if let Some(record) = service::get(work, id).await? {
                        hold::settle_on(work, id, &record.service.properties).await?;
                    }
                }
            }
            OrderKind::Stop | OrderKind::Start | OrderKind::Terminate => {}
        }
        Ok(Outcome::Done)
    }

    async fn undo(&self, _work: &mut Work, _order: &OrderRecord) -> Result<Outcome> {
        // It is the last step: nothing after it can fail, and its own failure leaves nothing behind.
        Ok(Outcome::Done)
    }
}
