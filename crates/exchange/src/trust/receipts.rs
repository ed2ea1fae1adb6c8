//! Receipts: what was ordered of whom, at what price and at which levels of trust, signed by the exchange.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_model::evidence::Subject;
use hansa_model::id::{OrderId, ParticipantId};
use hansa_model::money::Money;
use hansa_model::order::{OrderKind, Quote};
use hansa_store::issuing::Issued;
use hansa_store::order::{OrderRecord, PlannedService};
use hansa_store::{Tx, issuing, order, participant, quote, tenant};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::names::{self, Signer, did};
use crate::evidence::{Draft, issue};
use crate::principal::Principal;
use crate::{Error, Exchange, Result};

/// The type of receipts.
pub(crate) const KIND: &str = "hansa:Receipt";
/// How long a receipt counts: books are kept for ten years.
const LIFETIME: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);

/// The receipt of an order: for its buyer all of it, for a provider its own part. It is issued once.
///
/// # Errors
/// [`Error::NotFound`] for orders of others, and for those that accept no quote.
pub async fn receipt(exchange: &Exchange, caller: &Principal, id: OrderId) -> Result<String> {
    let mut tx = exchange.read().await?;
    let missing = || Error::not_found("order", id);
    let record = order::get(&mut tx, id).await?.ok_or_else(missing)?;
    let buys = caller.projects.contains(&record.order.project) || caller.sees_all();
    let provides = record.plan.iter().any(|planned| planned.provider == caller.participant);
    let party = match (buys, provides) {
        (true, _) => buyer(&mut tx, &record).await?,
        (false, true) => caller.participant,
        (false, false) => return Err(missing()),
    };
    if record.order.kind != OrderKind::Create {
        return Err(Error::not_found("receipt of order", id));
    }
    let credential_id = credential_id(exchange, id, party);
    if let Some(kept) = issuing::find(&mut tx, &credential_id).await? {
        return Ok(kept.credential);
    }
    drop(tx);
    let mut work = exchange.begin().await?;
    if let Some(kept) = issuing::find(&mut work, &credential_id).await? {
        return Ok(kept.credential);
    }
    let subject = subject(&mut work, exchange, &record, party).await?;
    let draft = Draft {
        id: Some(credential_id),
        signer: Signer::Exchange,
        subject: Subject::Participant(party),
        document: json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "urn:hansa:v1"],
            "type": ["VerifiableCredential", KIND],
            "credentialSubject": subject,
        }),
        valid_until: exchange.now().plus(LIFETIME),
    };
    let issued = issue(&mut work, draft).await?;
    work.audit(&caller.actor(), "receipt.issue", &id.to_string(), json!({"for": party, "credential": issued.id}));
    work.commit().await?;
    Ok(issued.credential)
}

/// The receipts of an order that were issued.
pub(crate) async fn of_order(tx: &mut Tx, exchange: &Exchange, id: OrderId) -> Result<Vec<Issued>> {
    let Some(record) = order::get(tx, id).await? else { return Ok(Vec::new()) };
    let mut parties: BTreeSet<ParticipantId> = record.plan.iter().map(|planned| planned.provider).collect();
    parties.insert(buyer(tx, &record).await?);
    let mut issued = Vec::new();
    for party in parties {
        issued.extend(issuing::find(tx, &credential_id(exchange, id, party)).await?);
    }
    Ok(issued)
}

fn credential_id(exchange: &Exchange, order: OrderId, party: ParticipantId) -> String {
    format!("{}/trust/receipts/{order}/{party}", names::base(exchange))
}

/// The participant that pays.
async fn buyer(tx: &mut Tx, record: &OrderRecord) -> Result<ParticipantId> {
    let tenant = tenant::find(tx, record.tenant).await?;
    tenant.map(|tenant| tenant.participant).ok_or_else(|| Error::not_found("tenant", record.tenant))
}

async fn subject(tx: &mut Tx, exchange: &Exchange, record: &OrderRecord, party: ParticipantId) -> Result<Value> {
    let buyer = buyer(tx, record).await?;
    let quoted = match record.order.quote {
        Some(id) => quote::get(tx, id).await?.map(|record| record.quote),
        None => None,
    };
    let quoted = quoted.ok_or_else(|| Error::not_found("receipt of order", record.order.id))?;
    let own = |planned: &&PlannedService| party == buyer || planned.provider == party;
    let parts: Vec<&PlannedService> = record.plan.iter().filter(own).collect();
    let (monthly, one_off) = match party == buyer {
        true => (record.order.monthly, record.order.one_off),
        false => sums(&parts, record.order.monthly)?,
    };
    let mut subject = json!({
        "id": format!("urn:hansa:{}", record.order.id),
        "exchange": did(exchange, &Signer::Exchange),
        "order": record.order.id,
        "for": named(tx, exchange, party).await?,
        "buyer": named(tx, exchange, buyer).await?,
        "quote": {"id": quoted.id, "sha256": hex::encode(Sha256::digest(&quoted.jws)), "madeAt": quoted.created_at},
        "application": record.order.application,
        "monthly": monthly,
        "oneOff": one_off,
        "parts": parts.iter().map(|planned| part(planned, &quoted)).collect::<Vec<_>>(),
        "orderedAt": record.order.created_at,
        "issuedAt": exchange.now(),
    });
    if party == buyer {
        subject["package"] = json!(quoted.package.name);
    }
    Ok(subject)
}

fn sums(parts: &[&PlannedService], like: Money) -> Result<(Money, Money)> {
    let zero = Money::zero(like.currency());
    let monthly = parts.iter().try_fold(zero, |sum, planned| sum.checked_add(planned.monthly))?;
    let one_off = parts.iter().try_fold(zero, |sum, planned| sum.checked_add(planned.one_off))?;
    Ok((monthly, one_off))
}

/// One service, with the levels that its offer had when it was quoted.
fn part(planned: &PlannedService, quoted: &Quote) -> Value {
    let replicas = quoted.package.components.get(&planned.component).into_iter().flat_map(|part| &part.replicas);
    let levels = replicas.into_iter().find(|replica| replica.offer_id == planned.offer).map(|found| &found.levels);
    json!({
        "service": planned.service,
        "component": planned.component,
        "instance": planned.instance,
        "kind": planned.kind,
        "offer": planned.offer,
        "offerVersion": planned.offer_version,
        "offerName": planned.offer_key,
        "provider": planned.provider,
        "monthly": planned.monthly,
        "oneOff": planned.one_off,
        "levels": levels,
    })
}

async fn named(tx: &mut Tx, exchange: &Exchange, id: ParticipantId) -> Result<Value> {
    let found = participant::find(tx, id).await?.ok_or_else(|| Error::not_found("participant", id))?;
    let did = did(exchange, &Signer::Participant(found.id, found.name.clone()));
    Ok(json!({"id": id, "did": did, "legalName": found.legal_name}))
}
