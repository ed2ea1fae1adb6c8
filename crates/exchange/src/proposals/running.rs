//! What an order made, as it runs now, for matching it again.

use std::collections::BTreeMap;

use hansa_matching::watch::{Buyer, Part, Running};
use hansa_model::application::Application;
use hansa_model::id::OrderId;
use hansa_model::kind::{PropertyBound, PropertyValue};
use hansa_model::name::Name;
use hansa_model::offer::CatalogueProvider;
use hansa_model::quantity::Bound;
use hansa_model::service::Desired;
use hansa_model::time::Timestamp;
use hansa_store::offer::Viewer;
use hansa_store::order::{OrderRecord, PlannedService};
use hansa_store::service::ServiceRecord;
use hansa_store::{Tx, offer, order, participant, quote, service, site, tenant};

use crate::{Error, Result};

/// What an order made, as it runs now; `None` when that can't be matched again as a whole: instances that belong
/// together have become different.
pub(super) async fn of_order(tx: &mut Tx, id: OrderId, now: Timestamp) -> Result<Option<Running>> {
    let record = order::get(tx, id).await?.ok_or_else(|| Error::not_found("order", id))?;
    let Some(quoted) = record.order.quote else { return Ok(None) };
    let quoted = quote::get(tx, quoted).await?.ok_or_else(|| Error::not_found("quote", quoted))?;
    let services: Vec<ServiceRecord> = service::of_order(tx, id).await?.into_iter().filter(runs).collect();
    let application = as_it_runs(quoted.quote.application, &services, &record.plan);
    let mut parts: Vec<Part> = Vec::new();
    for one in &services {
        let is_apart =
            application.components.get(&one.service.component).is_some_and(|component| component.spread.is_some());
        let same = |part: &&mut Part| {
            part.component == one.service.component
                && part.offer.id == one.service.offer
                && part.offer.version == one.service.offer_version
                && part.properties == one.service.properties
        };
        match parts.iter_mut().find(same).filter(|_| !is_apart) {
            Some(part) => part.count += 1,
            None => parts.push(part(tx, one, now).await?),
        }
    }
    let buyer = buyer(tx, &record).await?;
    match Running::new(application, parts, buyer) {
        Ok(running) => Ok(Some(running)),
        Err(mismatch) => {
            tracing::debug!(order = %id, %mismatch, "what runs is not watched for what is better");
            Ok(None)
        }
    }
}

fn runs(record: &ServiceRecord) -> bool {
    record.service.terminated_at.is_none() && record.service.desired != Desired::Terminated
}

/// The application without what no longer runs, and with what was resized asked for as it is.
fn as_it_runs(mut application: Application, services: &[ServiceRecord], plan: &[PlannedService]) -> Application {
    let mut counts: BTreeMap<&Name, u32> = BTreeMap::new();
    services.iter().for_each(|one| *counts.entry(&one.service.component).or_default() += 1);
    application.components.retain(|name, component| {
        component.count = counts.get(name).copied().unwrap_or_default();
        component.count > 0
    });
    let runs = |name: &Name| counts.contains_key(name);
    application.links.retain(|link| runs(&link.from) && runs(&link.to));
    application.together.iter_mut().for_each(|group| group.components.retain(runs));
    application.together.retain(|group| group.components.len() > 1);
    for one in services {
        let Some(planned) = plan.iter().find(|planned| planned.service == one.service.id) else { continue };
        let Some(component) = application.components.get_mut(&one.service.component) else { continue };
        let resized = one
            .service
            .properties
            .values
            .iter()
            .filter(|(name, value)| planned.properties.values.get(*name) != Some(value));
        component.properties.extend(resized.map(|(name, value)| (name.clone(), at_least(value))));
    }
    application
}

/// What is no less than a value, where that means anything.
fn at_least(value: &PropertyValue) -> PropertyBound {
    match value {
        PropertyValue::Count(number) => PropertyBound::Count(Bound::at_least(*number)),
        PropertyValue::Bytes(size) => PropertyBound::Bytes(Bound::at_least(*size)),
        other => PropertyBound::from(other),
    }
}

async fn part(tx: &mut Tx, record: &ServiceRecord, now: Timestamp) -> Result<Part> {
    let running = &record.service;
    let current = offer::find(tx, running.offer, Viewer::Everything, now).await?;
    let current = current.ok_or_else(|| Error::not_found("offer", running.offer))?;
    let ordered = offer::version(tx, &current, running.offer_version).await?.unwrap_or(current);
    let provider = participant::find(tx, running.provider).await?;
    let provider = provider.ok_or_else(|| Error::not_found("participant", running.provider))?;
    let site = site::find(tx, running.site).await?.ok_or_else(|| Error::not_found("site", running.site))?;
    Ok(Part {
        component: running.component.clone(),
        count: 1,
        offer: hansa_model::offer::Offer { price: record.price.clone(), ..ordered },
        properties: running.properties.clone(),
        provider: CatalogueProvider {
            id: provider.id,
            name: provider.name,
            legal_name: provider.legal_name,
            country: provider.country,
            assurance: provider.assurance,
        },
        site,
    })
}

async fn buyer(tx: &mut Tx, record: &OrderRecord) -> Result<Option<Buyer>> {
    let Some(own) = tenant::find(tx, record.tenant).await? else { return Ok(None) };
    let tenants = tenant::of_participant(tx, own.participant).await?.into_iter().map(|tenant| tenant.id).collect();
    Ok(Some(Buyer { id: own.participant, tenants }))
}
