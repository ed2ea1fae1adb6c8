//! Audit packs: everything that an auditor needs to judge a participant, or everybody in an order, again elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{Claim, Evidence, Subject, TrustedIssuer};
use hansa_model::id::{OrderId, ParticipantId};
use hansa_model::name::Name;
use hansa_store::{Tx, audit, evidence, issuing, participant, service, trusted_issuer};
use hansa_trust::credential::{Signer as Pen, Verifier};
use hansa_trust::fetch::Recorder;
use hansa_trust::ownership::{entities_named, with_global_names};
use hansa_trust::pack::{self, Belief, Draft, Issued, Judged, Kept, Party};
use hansa_trust::rules::RuleSets;

use super::keys;
use super::names::{Signer, did};
use super::{labels, receipts};
use crate::principal::Principal;
use crate::{Error, Exchange, Result, orders, participants};

/// The most rows of the audit log in one pack.
const MOST_ROWS: usize = 10_000;

/// An audit pack, to be handed out as a file.
#[derive(Debug, Clone)]
pub struct AuditPack {
    /// How the file is called.
    pub name: String,
    /// Its bytes: a compressed tar archive.
    pub bytes: Vec<u8>,
}

/// What a pack is about.
struct Scope {
    about: String,
    /// Whose evidence goes into it.
    holders: BTreeSet<ParticipantId>,
    judged: Vec<Judged>,
    issued: Vec<Issued>,
    /// What rows of the audit log are about that go into it, besides evidence.
    subjects: Vec<String>,
}

/// The audit pack of a participant, by identifier or short name.
///
/// # Errors
/// [`Error::NotFound`] for participants of others, but for operators and auditors.
pub async fn of_participant(exchange: &Exchange, caller: &Principal, key: &str) -> Result<AuditPack> {
    let mut tx = exchange.read().await?;
    let found = participants::get(&mut tx, key).await?;
    if found.id != caller.participant && !caller.sees_all() {
        return Err(Error::not_found("audit pack of participant", key));
    }
    let scope = Scope {
        about: found.id.to_string(),
        holders: BTreeSet::from([found.id]),
        judged: vec![as_a_whole(found.id, &found.name)],
        issued: issued_to(&mut tx, found.id).await?,
        subjects: vec![found.id.to_string()],
    };
    make(exchange, tx, scope).await
}

/// The audit pack of an order: everybody who provides a part of it.
///
/// # Errors
/// [`Error::NotFound`] for orders of others, but for operators and auditors.
pub async fn of_order(exchange: &Exchange, caller: &Principal, id: OrderId) -> Result<AuditPack> {
    let mut tx = exchange.read().await?;
    let record = orders::visible(&mut tx, caller, id).await?;
    let mut judged: BTreeMap<String, Judged> = BTreeMap::new();
    let mut add = |participant: ParticipantId, name: &Name, offer: Judged| {
        judged.insert(name.to_string(), as_a_whole(participant, name));
        judged.insert(offer.name.clone(), offer);
    };
    for planned in &record.plan {
        let subjects =
            vec![Subject::Participant(planned.provider), Subject::Site(planned.site), Subject::Offer(planned.offer)];
        let offer = Judged {
            participant: planned.provider,
            subjects,
            name: planned.offer_key.clone(),
            kind: Some(planned.kind.name().to_owned()),
            site: Some(planned.site_name.to_string()),
        };
        add(planned.provider, &planned.provider_name, offer);
    }
    for record in service::get_many(&mut tx, &record.order.services).await? {
        let running = record.service;
        let subjects =
            vec![Subject::Participant(running.provider), Subject::Site(running.site), Subject::Offer(running.offer)];
        let offer = Judged {
            participant: running.provider,
            subjects,
            name: running.offer_key.clone(),
            kind: Some(running.kind.name().to_owned()),
            site: Some(running.site_name.to_string()),
        };
        add(running.provider, &running.provider_name, offer);
    }
    let judged: Vec<Judged> = judged.into_values().collect();
    let holders: BTreeSet<ParticipantId> = judged.iter().map(|judged| judged.participant).collect();
    let mut issued = Vec::new();
    for holder in &holders {
        issued.extend(labels::standing(&mut tx, *holder).await?.into_iter().map(as_label));
    }
    issued.extend(receipts::of_order(&mut tx, exchange, id).await?.into_iter().map(as_receipt));
    let scope = Scope { about: id.to_string(), holders, judged, issued, subjects: vec![id.to_string()] };
    make(exchange, tx, scope).await
}

fn as_a_whole(participant: ParticipantId, name: &Name) -> Judged {
    let subjects = vec![Subject::Participant(participant)];
    Judged { participant, subjects, name: name.to_string(), kind: None, site: None }
}

fn as_label(issued: issuing::Issued) -> Issued {
    Issued { folder: "labels", kind: issued.kind, credential: issued.credential }
}

fn as_receipt(issued: issuing::Issued) -> Issued {
    Issued { folder: "receipts", kind: issued.kind, credential: issued.credential }
}

/// The labels and receipts that a participant was given.
async fn issued_to(tx: &mut Tx, of: ParticipantId) -> Result<Vec<Issued>> {
    let labels = labels::standing(tx, of).await?.into_iter().map(as_label);
    let receipts = issuing::about(tx, Subject::Participant(of), receipts::KIND).await?.into_iter().map(as_receipt);
    Ok(labels.chain(receipts).collect())
}

async fn make(exchange: &Exchange, mut tx: Tx, scope: Scope) -> Result<AuditPack> {
    let issuers = trusted_issuer::all(&mut tx).await?;
    let everybody: BTreeMap<ParticipantId, Name> = participant::names(&mut tx).await?.into_iter().collect();
    let party = |(id, name): (&ParticipantId, &Name)| Party {
        id: *id,
        name: name.to_string(),
        did: did(exchange, &Signer::Participant(*id, name.clone())),
    };
    let everybody: Vec<Party> = everybody.iter().map(party).collect();
    let mut kept = Vec::new();
    for holder in &scope.holders {
        kept.extend(evidence::of_holder(&mut tx, *holder).await?);
    }
    let others = evidence::of_ownership(&mut tx).await?;
    let others = others.into_iter().filter(|piece| !scope.holders.contains(&piece.holder)).collect();
    kept.extend(upstream(&scope, &everybody, &kept, others));
    let mut subjects = scope.subjects.clone();
    subjects
        .extend(kept.iter().filter(|piece| scope.holders.contains(&piece.holder)).map(|piece| piece.id.to_string()));
    let rows = audit::concerning(&mut tx, &subjects, MOST_ROWS).await?;
    let (rows_written, head) = audit::head(&mut tx).await?;
    // Status lists are written anew when they are asked for, which waits for this to be over.
    drop(tx);
    let parties = named(&scope, everybody, &kept);
    write(exchange, scope, issuers, kept, parties, pack::decisions(head, rows_written, rows)).await
}

async fn write(
    exchange: &Exchange,
    scope: Scope,
    issuers: Vec<TrustedIssuer>,
    kept: Vec<Evidence>,
    parties: Vec<Party>,
    decisions: pack::Decisions,
) -> Result<AuditPack> {
    let settings = exchange.verifier().settings().clone();
    let key = keys::signing(exchange, &Signer::Exchange).await?;
    let files = RuleSets::embedded_files();
    let as_kept = |piece: Evidence| Kept {
        id: piece.id,
        subject: piece.subject,
        holder: piece.holder,
        source: piece.source,
        received_at: piece.received_at,
        credential: piece.credential,
    };
    let at = exchange.now();
    let draft = Draft {
        about: scope.about,
        exchange: did(exchange, &Signer::Exchange),
        at,
        parties,
        belief: Belief::new(issuers, &settings, &exchange.settings().trust.anchors),
        evidence: kept.into_iter().map(as_kept).collect(),
        judged: scope.judged,
        issued: scope.issued,
        decisions,
        rules: &files,
    };
    let verifier = Verifier::new(Recorder::new(exchange.web()), settings);
    let made = pack::make(&draft, &verifier, &Pen { key: &key.key, key_id: &key.id }).await;
    let bytes = made.map_err(|error| Error::Internal(format!("an audit pack can't be made: {error}")))?;
    Ok(AuditPack { name: format!("{}.tar.gz", draft.about), bytes })
}

/// The evidence of others on which it rests who controls those in scope.
fn upstream(scope: &Scope, everybody: &[Party], own: &[Evidence], others: Vec<Evidence>) -> Vec<Evidence> {
    let names: BTreeMap<ParticipantId, &str> = everybody.iter().map(|party| (party.id, party.name.as_str())).collect();
    let by_did: BTreeMap<&str, &str> =
        everybody.iter().map(|party| (party.did.as_str(), party.name.as_str())).collect();
    let known: BTreeSet<&str> = names.values().copied().collect();
    let canonical = |entity: &str| by_did.get(entity).map_or_else(|| entity.to_owned(), |name| (*name).to_owned());
    let mut reached: BTreeSet<String> =
        scope.holders.iter().filter_map(|id| names.get(id)).map(|&name| name.to_owned()).collect();
    let renamed = |piece: &Evidence| {
        let by = names.get(&piece.holder).copied().unwrap_or_default();
        let claims = piece.claims.iter().cloned();
        claims.map(|claim| with_global_names(claim, by, |name| known.contains(name))).collect::<Vec<_>>()
    };
    let tells = |piece: &Evidence, reached: &BTreeSet<String>| {
        let by = names.get(&piece.holder).copied().unwrap_or_default();
        renamed(piece).iter().any(|claim| match claim {
            Claim::Entity(entity) => reached.contains(&canonical(&entity.id)),
            Claim::Holding(holding) => reached.contains(&canonical(&holding.owned)),
            Claim::Subcontractor(_) | Claim::NoSubcontractors => reached.contains(by),
            Claim::Fact { .. } | Claim::Certificate(_) => false,
        })
    };
    loop {
        let before = reached.len();
        for piece in own.iter().chain(&others) {
            if !tells(piece, &reached) {
                continue;
            }
            for claim in renamed(piece) {
                reached.extend(entities_named(&claim).map(canonical));
            }
        }
        if reached.len() == before {
            break;
        }
    }
    others.into_iter().filter(|piece| tells(piece, &reached)).collect()
}

/// The participants that something in a pack names.
fn named(scope: &Scope, everybody: Vec<Party>, kept: &[Evidence]) -> Vec<Party> {
    let mut ids: BTreeSet<ParticipantId> = kept.iter().map(|piece| piece.holder).collect();
    ids.extend(&scope.holders);
    let claims = kept.iter().flat_map(|piece| &piece.claims);
    let entities: BTreeSet<&str> = claims.flat_map(entities_named).collect();
    let is_named = |party: &Party| {
        ids.contains(&party.id) || entities.contains(party.name.as_str()) || entities.contains(party.did.as_str())
    };
    everybody.into_iter().filter(is_named).collect()
}
