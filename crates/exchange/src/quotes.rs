//! Quotes: a package with a price that holds to the cent until it expires.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_model::application::{Application, Component, references};
use hansa_model::id::{OfferId, ProjectId, QuoteId, ServiceId};
use hansa_model::money::Money;
use hansa_model::name::Name;
use hansa_model::offer::OfferState;
use hansa_model::order::{NewQuote, Quote, QuoteState};
use hansa_model::package::{MatchOutcome, Package, Replica};
use hansa_model::page::{MAX_PAGE, Page};
use hansa_model::participant::Participant;
use hansa_model::price::PricePlan;
use hansa_store::order::PlannedService;
use hansa_store::quote::QuoteRecord;
use hansa_store::{Tx, capacity, offer, participant, quote, tenant};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, market, offers, signing};

/// Looks for what a quote can be made of, before it is made with [`create`].
///
/// # Errors
/// [`Error::NotFound`] for a foreign project.
pub async fn look(exchange: &Exchange, principal: &Principal, new: &NewQuote) -> Result<MatchOutcome> {
    principal.own_project(new.project)?;
    market::look(exchange, principal, &new.application, true).await
}

/// Makes a quote for the package on the market that suits the buyer best, or for the one that is named.
///
/// # Errors
/// [`Error::NotFound`] for a foreign project; [`Error::Impossible`] when nothing fits (`no-match`), the package
/// is unknown (`no-such-package`) or can't be ordered (`not-orderable`), or capacity can't be held
/// (`capacity-exhausted`); [`Error::Conflict`] when an offer was changed meanwhile (`offer-changed`).
pub async fn create(work: &mut Work, principal: &Principal, new: NewQuote, outcome: MatchOutcome) -> Result<Quote> {
    principal.own_project(new.project)?;
    let exchange = work.exchange();
    if outcome.packages.is_empty() {
        let reasons: Vec<_> = outcome.conflict.iter().map(|conflict| conflict.message.clone()).collect();
        let detail = if reasons.is_empty() { "no package can be ordered now".to_owned() } else { reasons.join("; ") };
        return Err(Error::impossible("no-match", detail, "run `hansa match` to see what was left out and why"));
    }
    let package = pick(outcome.packages, new.package.as_deref())?;
    let prices = prices(work, principal, &package).await?;
    let plan = plan(&new.application, &package, &prices)?;
    let now = exchange.now();
    let id = QuoteId::new();
    let expires_at = now.plus(exchange.settings().quote_lifetime);
    if new.hold {
        hold(work, &plan, expires_at).await?;
    }
    let document = json!({
        "iss": exchange.settings().issuer,
        "sub": id,
        "iat": now.micros() / 1_000_000,
        "exp": expires_at.micros() / 1_000_000,
        "project": new.project,
        "applicationSha256": digest(&new.application),
        "package": package,
    });
    let jws = signing::sign(&exchange, &document)?;
    let quote = Quote {
        id,
        project: new.project,
        state: QuoteState::Open,
        application: new.application,
        package,
        held: new.hold,
        created_at: now,
        expires_at,
        jws,
    };
    quote::insert(work, &QuoteRecord { quote: quote.clone(), plan }).await?;
    let detail = json!({"monthly": quote.package.price.monthly, "expiresAt": expires_at, "held": quote.held});
    work.audit(&principal.actor(), "quote.create", &id.to_string(), detail);
    Ok(quote)
}

fn digest(application: &Application) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(application.to_value().to_string()))
}

fn pick(packages: Vec<Package>, name: Option<&str>) -> Result<Package> {
    let names: Vec<_> = packages.iter().map(|package| package.name.clone()).collect();
    let wanted = packages.into_iter().find(|package| match name {
        Some(name) => package.name == name,
        None => package.chosen,
    });
    let package = wanted.ok_or_else(|| Error::Impossible {
        code: "no-such-package",
        detail: format!("there is no package `{}`", name.unwrap_or("chosen")),
        hint: Some(format!("there are {}", names.join(", "))),
    })?;
    if package.orderable {
        Ok(package)
    } else {
        let hint = "listed offers without an agent can be compared, not ordered; choose another package";
        Err(Error::impossible("not-orderable", "a part of this package can't be ordered now", hint))
    }
}

/// The components that a component's configuration names: they must be reachable before it can be made.
fn needs(name: &Name, component: &Component) -> Vec<Name> {
    let named: BTreeSet<Name> = component
        .config
        .texts()
        .flat_map(|text| references(text))
        .filter_map(|reference| reference.component.parse().ok())
        .filter(|other| other != name)
        .collect();
    named.into_iter().collect()
}

/// What the offers of a package cost now, in the very versions that were matched.
async fn prices(work: &mut Work, principal: &Principal, package: &Package) -> Result<BTreeMap<OfferId, PricePlan>> {
    let matched: BTreeMap<OfferId, &Replica> = package
        .components
        .values()
        .flat_map(|part| &part.replicas)
        .map(|replica| (replica.offer_id, replica))
        .collect();
    let ids: Vec<OfferId> = matched.keys().copied().collect();
    let (viewer, now) = (offers::viewer(Some(principal)), work.exchange().now());
    let found = offer::by_ids(work, &ids, viewer, now).await?;
    let as_matched = found.into_iter().filter(|offer| {
        let gone = matches!(offer.state, OfferState::Draft | OfferState::Retired);
        !gone && matched.get(&offer.id).is_some_and(|replica| replica.offer_version == offer.version)
    });
    let prices: BTreeMap<OfferId, PricePlan> = as_matched.map(|offer| (offer.id, offer.price)).collect();
    match matched.iter().find(|(id, _)| !prices.contains_key(id)) {
        None => Ok(prices),
        Some((_, replica)) => {
            let detail = format!("{} was changed or withdrawn at this very moment", replica.offer);
            Err(Error::conflict("offer-changed", detail, "ask again to get the price as it is now"))
        }
    }
}

/// The services that a package makes: one for each instance, with its identifier and its price.
fn plan(
    application: &Application,
    package: &Package,
    prices: &BTreeMap<OfferId, PricePlan>,
) -> Result<Vec<PlannedService>> {
    let mut plan = Vec::new();
    for (name, placement) in &package.components {
        let component = application
            .components
            .get(name)
            .ok_or_else(|| Error::Internal(format!("`{name}` was matched but not asked for")))?;
        let instances = placement
            .replicas
            .iter()
            .flat_map(|replica| std::iter::repeat_n(replica, usize::try_from(replica.count).unwrap_or(usize::MAX)));
        for (instance, replica) in (0u32..).zip(instances) {
            let price = prices
                .get(&replica.offer_id)
                .ok_or_else(|| Error::Internal(format!("the price of {} was not looked up", replica.offer)))?;
            plan.push(planned(name, component, replica, instance, price)?);
        }
    }
    let planned = plan
        .iter()
        .try_fold(Money::zero(package.price.monthly.currency()), |sum, service| sum.checked_add(service.monthly))?;
    // What is expected for traffic belongs to who sends it; the first sender carries what can't be divided.
    let traffic = package.price.monthly.checked_sub(planned)?;
    let sends = |service: &PlannedService| application.links.iter().any(|link| link.from == service.component);
    let at = plan.iter().position(sends).unwrap_or(0);
    if let Some(sender) = plan.get_mut(at) {
        sender.monthly = sender.monthly.checked_add(traffic)?;
    }
    Ok(plan)
}

fn planned(
    name: &Name,
    component: &Component,
    replica: &Replica,
    instance: u32,
    price: &PricePlan,
) -> Result<PlannedService> {
    // What is billed is what was matched: the plan with what the number of instances takes off.
    let price = price.at_volume(replica.count);
    let estimate = price.estimate(&replica.properties, 0)?;
    Ok(PlannedService {
        service: ServiceId::new(),
        component: name.clone(),
        instance,
        kind: component.kind,
        offer: replica.offer_id,
        offer_version: replica.offer_version,
        offer_key: replica.offer.clone(),
        provider: replica.provider_id,
        provider_name: replica.provider.clone(),
        site: replica.site_id,
        site_name: replica.site.clone(),
        properties: replica.properties.clone(),
        price,
        config: component.config.clone(),
        dump: component.dump_on_termination,
        needs: needs(name, component),
        monthly: estimate.monthly,
        one_off: estimate.one_off,
    })
}

async fn hold(work: &mut Work, plan: &[PlannedService], until: hansa_model::time::Timestamp) -> Result<()> {
    let now = work.exchange().now();
    for planned in plan {
        let amounts = planned.kind.spec().takes(&planned.properties);
        let held =
            capacity::hold(work, planned.service, planned.site, planned.kind, &amounts, Some(until), now).await?;
        if held.is_err() {
            let detail = format!("{}/{} has no room left to hold", planned.provider_name, planned.site_name);
            return Err(Error::impossible("capacity-exhausted", detail, "ask again to get the next best offer"));
        }
    }
    Ok(())
}

/// The quote, if it is the caller's own.
pub(crate) async fn own(tx: &mut Tx, exchange: &Exchange, principal: &Principal, id: QuoteId) -> Result<QuoteRecord> {
    let mut record = quote::get(tx, id)
        .await?
        .filter(|record| principal.projects.contains(&record.quote.project) || principal.sees_all())
        .ok_or_else(|| Error::not_found("quote", id))?;
    if record.quote.state == QuoteState::Open && exchange.now() >= record.quote.expires_at {
        record.quote.state = QuoteState::Expired;
    }
    Ok(record)
}

/// The quote.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, exchange: &Exchange, principal: &Principal, id: QuoteId) -> Result<Quote> {
    Ok(own(tx, exchange, principal, id).await?.quote)
}

/// The quote as PDF, for people who file it or sign it on paper.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn document(tx: &mut Tx, exchange: &Exchange, principal: &Principal, id: QuoteId) -> Result<Vec<u8>> {
    let quote = own(tx, exchange, principal, id).await?.quote;
    let missing = || Error::Internal(format!("somebody who takes part in {id} is missing"));
    let project = tenant::find_project(tx, quote.project).await?.ok_or_else(missing)?;
    let owner = tenant::find(tx, project.tenant).await?.ok_or_else(missing)?;
    let operator = participant::operator(tx).await?.ok_or_else(missing)?;
    let mut providers = Vec::new();
    for name in &quote.package.providers {
        providers.push(party(participant::by_name(tx, name.as_str()).await?.ok_or_else(missing)?));
    }
    let parties = hansa_print::Parties {
        buyer: party(participant::find(tx, owner.participant).await?.ok_or_else(missing)?),
        project: project.name.to_string(),
        operator: party(participant::find(tx, operator).await?.ok_or_else(missing)?),
        providers,
        exchange: exchange.settings().issuer.clone(),
    };
    hansa_print::quote(&quote, &parties).map_err(|error| Error::Internal(error.to_string()))
}

fn party(participant: Participant) -> hansa_print::Party {
    hansa_print::Party { legal_name: participant.legal_name, country: participant.country.to_string() }
}

/// The quotes of one of the caller's projects, the newest first.
///
/// # Errors
/// [`Error::NotFound`] for a foreign project, [`Error::Invalid`] for a foreign cursor.
pub async fn list(
    tx: &mut Tx,
    principal: &Principal,
    project: ProjectId,
    cursor: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Quote>> {
    principal.own_project(project)?;
    let limit = limit.unwrap_or(50).clamp(1, MAX_PAGE);
    let records = quote::list(tx, project, crate::paging::cursor(cursor)?, limit + 1).await?;
    let quotes = records.into_iter().map(|record| record.quote).collect();
    Ok(crate::paging::page(quotes, limit, |quote: &Quote| quote.id.to_string()))
}

/// Gives an open quote up, and what was held for it.
///
/// # Errors
/// [`Error::NotFound`], [`Error::State`] when it is no longer open.
pub async fn withdraw(work: &mut Work, principal: &Principal, id: QuoteId) -> Result<Quote> {
    let exchange = work.exchange();
    let record = own(work, &exchange, principal, id).await?;
    principal.own_project(record.quote.project)?;
    let state = hansa_model::lifecycle::QUOTE.next(record.quote.state, "withdraw")?;
    if !quote::advance(work, id, record.quote.state, state).await? {
        return Err(Error::conflict("quote-changed", "somebody else changed the quote at the same time", "look again"));
    }
    for planned in &record.plan {
        capacity::release(work, planned.service).await?;
    }
    work.audit(&principal.actor(), "quote.withdraw", &id.to_string(), json!({}));
    Ok(Quote { state, ..record.quote })
}
