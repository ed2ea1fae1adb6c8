//! Holds capacity at every provider: all of it or nothing.

use async_trait::async_trait;
use hansa_model::order::{NewOrder, ReasonCode};
use hansa_store::capacity::{self, Shortage};
use hansa_store::order::{self, OrderRecord};
use hansa_store::service;

use super::{Outcome, Step, reason};
use crate::{Error, Result, Work};

/// Holds what a package takes.
pub(super) struct HoldPackage;
/// Holds what a service takes in addition when it grows.
pub(super) struct HoldGrowth;

fn exhausted(site: &impl std::fmt::Display, shortage: &Shortage) -> Outcome {
    let what = shortage.resource.map_or("nothing that can be ordered", |resource| resource.name());
    let message = match shortage.resource {
        Some(_) => format!("{site} has not enough {what} left; ask for a new quote to get the next best offer"),
        None => format!("{site} has {what}: no agent delivers it"),
    };
    Outcome::Fail(reason(ReasonCode::CapacityExhausted, message))
}

#[async_trait]
impl Step for HoldPackage {
    fn name(&self) -> &'static str {
        "hold"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["hold"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let now = work.exchange().now();
        for planned in &order.plan {
            if capacity::is_held(work, planned.service).await? {
                capacity::keep(work, planned.service).await?;
                continue;
            }
            let amounts = planned.kind.spec().takes(&planned.properties);
            let held = capacity::hold(work, planned.service, planned.site, planned.kind, &amounts, None, now).await?;
            if let Err(shortage) = held {
                let site = format!("{}/{}", planned.provider_name, planned.site_name);
                return Ok(exhausted(&site, &shortage));
            }
        }
        Ok(Outcome::Done)
    }

    async fn undo(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        // What was committed is given back when its agent has proven it gone; the rest is given back here.
        let made: Vec<_> = service::of_order(work, order.order.id).await?.iter().map(|made| made.service.id).collect();
        for planned in order.plan.iter().filter(|planned| !made.contains(&planned.service)) {
            capacity::release(work, planned.service).await?;
        }
        Ok(Outcome::Done)
    }
}

#[async_trait]
impl Step for HoldGrowth {
    fn name(&self) -> &'static str {
        "hold"
    }

    fn enters(&self) -> &'static [&'static str] {
        &["hold"]
    }

    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let NewOrder::Resize { service, properties, .. } = &order.request else {
            return Err(Error::Internal("a resize that is none".to_owned()));
        };
        let record = service::get(work, *service).await?.ok_or_else(|| Error::not_found("service", service))?;
        let kind = record.service.kind.spec();
        let before = kind.takes(&previous(work, order).await?.properties);
        let mut wanted = previous(work, order).await?.properties;
        wanted.values.extend(properties.values.clone());
        // While both sizes are possible the larger of each is held; fulfilment settles on the new one.
        let both = kind
            .takes(&wanted)
            .into_iter()
            .map(|(resource, amount)| (resource, amount.max(before.get(&resource).copied().unwrap_or(0))))
            .collect();
        let now = work.exchange().now();
        let held = capacity::settle(work, *service, record.service.site, record.service.kind, &both, now).await?;
        match held {
            Ok(()) => Ok(Outcome::Done),
            Err(shortage) => {
                let site = format!("{}/{}", record.service.provider_name, record.service.site_name);
                Ok(exhausted(&site, &shortage))
            }
        }
    }

    async fn undo(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome> {
        let NewOrder::Resize { service, .. } = &order.request else { return Ok(Outcome::Done) };
        let before = previous(work, order).await?;
        settle_on(work, *service, &before.properties).await?;
        Ok(Outcome::Done)
    }
}

/// What the service of a resize was before it.
pub(super) async fn previous(work: &mut Work, order: &OrderRecord) -> Result<order::Previous> {
    order::previous(work, order.order.id)
        .await?
        .into_iter()
        .find_map(|(_, previous)| previous)
        .ok_or_else(|| Error::Internal("a resize without what was before".to_owned()))
}

/// Makes a service hold exactly what the properties take. What it gives up was its own, so there is room.
pub(super) async fn settle_on(
    work: &mut Work,
    service: hansa_model::id::ServiceId,
    properties: &hansa_model::kind::Properties,
) -> Result<()> {
    let record = service::get(work, service).await?.ok_or_else(|| Error::not_found("service", service))?;
    if !capacity::is_held(work, service).await? {
        return Ok(());
    }
    let amounts = record.service.kind.spec().takes(properties);
    let now = work.exchange().now();
    capacity::settle(work, service, record.service.site, record.service.kind, &amounts, now)
        .await?
        .map_err(|shortage| Error::Internal(format!("a smaller hold does not fit: {shortage:?}")))
}
