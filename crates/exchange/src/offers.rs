//! Offers: publish, withdraw, find, compare.

use std::collections::BTreeMap;

use hansa_model::event::Audience;
use hansa_model::id::{OfferId, ParticipantId};
use hansa_model::kind::{Bounds, Properties};
use hansa_model::money::Money;
use hansa_model::offer::{NewOffer, Offer, OfferState, Offered, Visibility};
use hansa_model::page::Page;
use hansa_model::participant::Role;
use hansa_model::price::{Estimate, Price};
use hansa_model::site::Site;
use hansa_model::time::Timestamp;
use hansa_store::offer::{FacetCount, OfferBody, OfferFilter, OfferRow, Viewer};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, changes, evaluation, offer, onboarding, site, tenant};
use serde_json::json;

use crate::check::Faults;
use crate::hints::Hint;
use crate::principal::Principal;
use crate::{Error, Result, Work};

/// The most offers that are compared side by side.
pub const MOST_COMPARED: usize = 10;

/// Whose eyes look at the catalogue.
pub(crate) fn viewer(caller: Option<&Principal>) -> Viewer {
    match caller {
        None => Viewer::Anybody,
        Some(caller) if caller.sees_all() => Viewer::Everything,
        Some(caller) => Viewer::Participant(caller.participant),
    }
}

/// What became of an offer that was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// There was none of this site and sku.
    Created,
    /// It has another version now.
    Changed,
    /// It is as it was.
    Unchanged,
}

/// Publishes an offer of the caller's participant: a new one, or a new version of the one with the same site and
/// sku. Publishing what is there already changes nothing.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Conflict`] for retired offers, for another kind, and for a draft of what is listed.
pub async fn publish(work: &mut Work, caller: &Principal, new: NewOffer) -> Result<(Offer, Published)> {
    let named = site::by_name(work, caller.participant, &new.site).await?;
    let Some(named) = named else {
        return Err(Error::field("site", format!("you have no site called `{}`: make it first", new.site)));
    };
    let (id, published) = write(work, &named, new).await?;
    if published != Published::Unchanged {
        tell(work, &caller.actor(), "offer.publish", id, named.provider).await?;
    }
    let now = work.exchange().now();
    let shown = offer::find(work, id, Viewer::Participant(caller.participant), now).await?;
    Ok((shown.ok_or_else(|| Error::not_found("offer", id))?, published))
}

async fn tell(work: &mut Work, actor: &str, action: &str, id: OfferId, provider: ParticipantId) -> Result<()> {
    let now = work.exchange().now();
    changes::count(work).await?;
    // Where evidence has a scope, the place of the offer decides what is known of it.
    evaluation::schedule_evidenced(work, provider, now).await?;
    work.hint(Hint::Trust);
    work.audit(actor, action, &id.to_string(), json!({"provider": provider}));
    let kind = if action == "offer.retire" { "offer.retired" } else { "offer.published" };
    work.event(kind, &id.to_string(), None, Audience { tenant: None, provider: Some(provider) }, json!({}));
    Ok(())
}

/// Writes an offer of the site's provider.
pub(crate) async fn write(work: &mut Work, at: &Site, new: NewOffer) -> Result<(OfferId, Published)> {
    check(work, &new).await?;
    let now = work.exchange().now();
    let monthly = from_price(&new)?;
    let wanted = if new.draft { OfferState::Draft } else { OfferState::Listed };
    if wanted == OfferState::Listed {
        may_list(work, at, &new.sku).await?;
    }
    let body = OfferBody { properties: new.properties, price: new.price, terms: new.terms, visibility: new.visibility };
    let row = OfferRow {
        id: OfferId::new(),
        provider: at.provider,
        site: at.id,
        sku: new.sku,
        kind: new.kind,
        version: 1,
        state: wanted,
        monthly,
        body,
        updated_at: now,
    };
    if offer::insert(work, &row).await? {
        offer::keep_version(work, &row).await?;
        return Ok((row.id, Published::Created));
    }
    let before = offer::lock_by_sku(work, at.id, &row.sku).await?;
    let before = before.ok_or_else(|| Error::Internal("an offer vanished".to_owned()))?;
    if before.state == OfferState::Retired {
        let detail = format!("the offer `{}` was retired for good", row.sku);
        return Err(Error::conflict("offer-retired", detail, "publish it under another sku"));
    }
    if before.kind != row.kind {
        let detail = format!("the offer `{}` is of the kind {}", row.sku, before.kind);
        return Err(Error::conflict("offer-kind", detail, "publish the other kind under another sku"));
    }
    if before.state == OfferState::Listed && wanted == OfferState::Draft {
        let detail = format!("the offer `{}` is listed and can't become a draft again", row.sku);
        return Err(Error::conflict("offer-listed", detail, "retire it, or publish the draft under another sku"));
    }
    if before.state == wanted && before.body == row.body {
        return Ok((before.id, Published::Unchanged));
    }
    let row = OfferRow { id: before.id, version: before.version + 1, ..row };
    offer::update(work, &row).await?;
    offer::keep_version(work, &row).await?;
    Ok((row.id, Published::Changed))
}

/// Refuses to list what was not listed before while the exchange asks for an onboarding that is not published.
async fn may_list(work: &mut Work, at: &Site, sku: &str) -> Result<()> {
    if !work.exchange().settings().trust.require_onboarding || onboarding::is_published(work, at.provider).await? {
        return Ok(());
    }
    let before = offer::lock_by_sku(work, at.id, sku).await?;
    if before.is_some_and(|before| before.state != OfferState::Draft) {
        return Ok(());
    }
    let detail = "offers are listed here once the onboarding of their provider is published, and this one is not";
    let hint = "publish the offer with `draft: true`, and see `hansa onboarding show` for what is missing";
    Err(Error::conflict("onboarding-required", detail, hint))
}

async fn check(tx: &mut Tx, new: &NewOffer) -> Result<()> {
    let mut faults = Faults::default();
    faults.label("sku", &new.sku, 128);
    let kind = new.kind.spec();
    for name in new.properties.0.keys() {
        let known = kind.property(name).is_some();
        faults.unless(known, &format!("properties.{name}"), format!("{} has no such property", new.kind));
    }
    for property in kind.properties.iter().filter(|property| property.required) {
        let there = new.properties.0.contains_key(property.name);
        faults.unless(there, &format!("properties.{}", property.name), "this property is required");
    }
    for defect in new.price.defects() {
        faults.add("price", defect);
    }
    for component in &new.price.components {
        if let Price::PerUnit { property, .. } = &component.price {
            let there = new.properties.0.contains_key(property);
            faults.unless(
                there,
                "price",
                format!("`{}` is per unit of `{property}`, which is not offered", component.name),
            );
        }
    }
    if let Visibility::Private(tenants) = &new.visibility {
        let known = tenant::known(tx, tenants).await?;
        faults.unless(!tenants.is_empty(), "visibility", "name at least one tenant");
        for unknown in tenants.iter().filter(|tenant| !known.contains(tenant)) {
            faults.add("visibility", format!("there is no tenant `{unknown}`"));
        }
    }
    if from_price(new).is_err() {
        faults.add("price", "the amounts are too large");
    }
    faults.finish()
}

/// What the least that is on offer is expected to cost in a month.
fn from_price(new: &NewOffer) -> Result<Money> {
    Ok(new.price.estimate(&least(&new.properties), 0)?.monthly)
}

/// The properties that a service gets when nothing in particular is asked for.
fn least(offered: &Offered) -> Properties {
    let values = offered.0.iter().filter_map(|(name, bound)| Some((name.clone(), bound.default_value()?))).collect();
    Properties { values }
}

/// Withdraws an offer for good; what was ordered on it runs on. Operators may withdraw any.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for offers of others that the caller may see.
pub async fn retire(work: &mut Work, caller: &Principal, id: OfferId) -> Result<()> {
    let now = work.exchange().now();
    let seen = offer::find(work, id, viewer(Some(caller)), now).await?;
    let seen = seen.ok_or_else(|| Error::not_found("offer", id))?;
    if seen.provider != caller.participant && !caller.is(Role::Operator) {
        return Err(Error::Forbidden { detail: "the offer is of another provider".to_owned(), hint: None });
    }
    let row = offer::lock(work, id).await?.ok_or_else(|| Error::not_found("offer", id))?;
    if row.state != OfferState::Retired {
        offer::update(work, &OfferRow { state: OfferState::Retired, ..row }).await?;
        tell(work, &caller.actor(), "offer.retire", id, seen.provider).await?;
    }
    Ok(())
}

/// One page of the offers that the caller may see.
///
/// # Errors
/// [`Error::Invalid`] for a cursor of another list or order; [`Error::Store`].
pub async fn list(
    tx: &mut Tx,
    caller: Option<&Principal>,
    wanted: &OfferFilter,
    now: Timestamp,
    page: &PageRequest,
) -> Result<Page<Offer>> {
    let found = offer::page(tx, wanted, viewer(caller), now, page).await?;
    Ok(found.map(|offer| veil(offer, caller)))
}

/// How the offers that the caller may see are spread over the values of their attributes.
///
/// # Errors
/// [`Error::Store`].
pub async fn facets(
    tx: &mut Tx,
    caller: Option<&Principal>,
    wanted: &OfferFilter,
    now: Timestamp,
) -> Result<Vec<FacetCount>> {
    Ok(offer::facets(tx, wanted, viewer(caller), now).await?)
}

/// An offer.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, caller: Option<&Principal>, id: OfferId, now: Timestamp) -> Result<Offer> {
    let found = offer::find(tx, id, viewer(caller), now).await?;
    found.map(|offer| veil(offer, caller)).ok_or_else(|| Error::not_found("offer", id))
}

/// An offer as it was in one of its versions.
///
/// # Errors
/// [`Error::NotFound`], also for versions that the caller could not see.
pub async fn version(
    tx: &mut Tx,
    caller: Option<&Principal>,
    id: OfferId,
    number: u32,
    now: Timestamp,
) -> Result<Offer> {
    let current = offer::find(tx, id, viewer(caller), now).await?.ok_or_else(|| Error::not_found("offer", id))?;
    let found = offer::version(tx, &current, number).await?;
    found
        .filter(|version| could_see(version, caller))
        .map(|version| veil(version, caller))
        .ok_or_else(|| Error::not_found("version", number))
}

fn could_see(offer: &Offer, caller: Option<&Principal>) -> bool {
    let Visibility::Private(tenants) = &offer.visibility else { return true };
    caller.is_some_and(|caller| {
        caller.sees_all()
            || offer.provider == caller.participant
            || tenants.iter().any(|tenant| caller.tenants.contains(tenant))
    })
}

/// The offer without the names of other tenants that may see it as well.
pub(crate) fn veil(mut offer: Offer, caller: Option<&Principal>) -> Offer {
    if let Visibility::Private(tenants) = &mut offer.visibility {
        let everything = caller.is_some_and(|caller| caller.sees_all() || caller.participant == offer.provider);
        if !everything {
            tenants.retain(|tenant| caller.is_some_and(|caller| caller.tenants.contains(tenant)));
        }
    }
    offer
}

/// An offer beside others.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The offer.
    pub offer: Offer,
    /// What a service would get of what is asked for.
    pub properties: Properties,
    /// What that is expected to cost; absent when the offer does not have what is asked for.
    pub estimate: Option<Estimate>,
    /// The properties that the offer does not have as they are asked for.
    pub unmet: Vec<String>,
}

/// Offers side by side, in the order asked for, with what they would cost with the properties in `wanted` and so many
/// bytes sent out in a month. Properties that nothing is said about are the least on offer.
///
/// # Errors
/// [`Error::Invalid`] for none or too many offers, [`Error::NotFound`] for those that the caller may not see.
pub async fn compare(
    tx: &mut Tx,
    caller: Option<&Principal>,
    ids: &[OfferId],
    wanted: &Bounds,
    egress: i64,
    now: Timestamp,
) -> Result<Vec<Compared>> {
    if !(1..=MOST_COMPARED).contains(&ids.len()) {
        return Err(Error::field("ids", format!("name 1 to {MOST_COMPARED} offers")));
    }
    let mut found: BTreeMap<OfferId, Offer> =
        offer::by_ids(tx, ids, viewer(caller), now).await?.into_iter().map(|offer| (offer.id, offer)).collect();
    let mut compared = Vec::with_capacity(ids.len());
    for id in ids {
        let offer = found.remove(id).ok_or_else(|| Error::not_found("offer", id))?;
        compared.push(beside(veil(offer, caller), wanted, egress)?);
    }
    Ok(compared)
}

fn beside(offer: Offer, wanted: &Bounds, egress: i64) -> Result<Compared> {
    let mut properties = least(&offer.properties);
    let mut unmet = Vec::new();
    for (name, bound) in wanted {
        match offer.properties.0.get(name).and_then(|offered| offered.satisfy(bound)) {
            Some(value) => {
                properties.values.insert(name.clone(), value);
            }
            None => unmet.push(name.clone()),
        }
    }
    let estimate = if unmet.is_empty() { Some(offer.price.estimate(&properties, egress)?) } else { None };
    Ok(Compared { offer, properties, estimate, unmet })
}
