//! What is found when everything of a pack is looked at: the same code when it is made and when it is verified.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{Claim, EvidenceState, Strength, Subject};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::time::Timestamp;

use super::archive::Files;
use super::content::{Belief, Judged, Kept, PackedEvaluation, PackedEvidence, Party};
use crate::credential::{Grant, Refusal, TrustedIssuers, Verifier};
use crate::fetch::Fetch;
use crate::known::{Case, Known};
use crate::ownership::{Aliases, Finding, Graph, with_global_names};
use crate::reading;
use crate::rules::{self, RuleSets};

/// What a check finds when nothing is wrong.
pub(super) const GOOD: &str = "good";

/// Evidence that was looked at.
#[derive(Debug, Clone)]
pub(super) struct Examined {
    pub(super) line: PackedEvidence,
    /// What it says, when it counts.
    pub(super) known: Vec<Known>,
}

/// Who is believed, participants by identifier, and when.
#[derive(Debug)]
pub(super) struct Examiner<'a> {
    trusted: TrustedIssuers,
    belief: &'a Belief,
    parties: BTreeMap<ParticipantId, &'a Party>,
    at: Timestamp,
}

impl<'a> Examiner<'a> {
    pub(super) fn new(exchange: &str, belief: &'a Belief, parties: &'a [Party], at: Timestamp) -> Self {
        let grant = |schemes: &[String], kinds: &[String]| Grant {
            types: kinds.iter().cloned().collect(),
            schemes: schemes.iter().cloned().collect(),
        };
        let issuers = belief.issuers.iter();
        let trusted = TrustedIssuers {
            issuers: issuers.map(|issuer| (issuer.did.clone(), grant(&issuer.schemes, &issuer.kinds))).collect(),
            attestors: BTreeSet::from([exchange.to_owned()]),
        };
        Self { trusted, belief, parties: parties.iter().map(|party| (party.id, party)).collect(), at }
    }

    /// Looks at a credential: signature, times, status, issuer, and what it says.
    pub(super) async fn examine<F: Fetch>(&self, verifier: &Verifier<F>, kept: &Kept) -> Examined {
        let mut line = PackedEvidence {
            id: kept.id,
            subject: kept.subject,
            holder: kept.holder,
            source: kept.source.clone(),
            received_at: kept.received_at,
            kind: None,
            issuer: None,
            strength: None,
            valid_until: None,
            state: EvidenceState::StatusUnknown,
            check: GOOD.to_owned(),
        };
        let verified = match verifier.verify_credential(&kept.credential, self.at).await {
            Ok(verified) => verified,
            Err(refusal) => {
                line.state = refusal.state().unwrap_or(EvidenceState::StatusUnknown);
                refusal.code().clone_into(&mut line.check);
                return Examined { line, known: Vec::new() };
            }
        };
        line.kind = verified.credential.types.first().cloned();
        line.issuer = Some(verified.issuer.to_string());
        line.valid_until = verified.valid_until;
        line.state = EvidenceState::Valid;
        let Ok(claims) = reading::read(&verified.credential.document) else {
            "not-understood".clone_into(&mut line.check);
            return Examined { line, known: Vec::new() };
        };
        let own = self.parties.get(&kept.holder).map_or("", |party| party.did.as_str());
        match self.trusted.strength(&verified, own, &claims) {
            Ok(strength) if self.is_believed(strength, &line) => line.strength = Some(strength),
            Ok(_) => "untrusted-issuer".clone_into(&mut line.check),
            Err(refusal) => refusal.code().clone_into(&mut line.check),
        }
        let valid_from = verified.credential.valid_from.unwrap_or(kept.received_at).min(kept.received_at);
        let known = line.strength.map(|strength| {
            let known = |claim: Claim| Known {
                claim,
                strength,
                evidence: kept.id,
                issuer: verified.issuer.to_string(),
                valid_from,
                valid_until: verified.valid_until,
            };
            claims.into_iter().map(known).collect()
        });
        Examined { line, known: known.unwrap_or_default() }
    }

    /// Whether an issuer who is trusted is still trusted this kind of credential.
    fn is_believed(&self, strength: Strength, line: &PackedEvidence) -> bool {
        let listed = || {
            self.belief.issuers.iter().any(|issuer| {
                let kind = line.kind.as_ref();
                line.issuer.as_ref() == Some(&issuer.did) && kind.is_some_and(|kind| issuer.kinds.contains(kind))
            })
        };
        strength != Strength::Verified || listed()
    }

    /// The ownership graph of what counts.
    pub(super) fn graph(&self, examined: &[Examined]) -> Graph {
        let mut aliases = Aliases::default();
        for party in self.parties.values() {
            aliases.add(party.did.clone(), party.name.clone());
            aliases.add(party.name.clone(), party.name.clone());
        }
        let names: BTreeSet<&str> = self.parties.values().map(|party| party.name.as_str()).collect();
        let mut graph = Graph::new(aliases);
        for one in examined.iter().filter(|one| one.known.iter().any(|known| known.claim.is_about_ownership())) {
            let Some(by) = self.parties.get(&one.line.holder) else { continue };
            for known in &one.known {
                let claim = with_global_names(known.claim.clone(), &by.name, |name| names.contains(name));
                graph.insert(&by.name, &Known { claim, ..known.clone() });
            }
        }
        graph
    }

    /// The short name of a participant, as the graph names it.
    pub(super) fn name(&self, participant: ParticipantId) -> &str {
        self.parties.get(&participant).map_or("", |party| party.name.as_str())
    }

    /// What the rule sets make of something.
    pub(super) fn evaluate(
        &self,
        sets: &RuleSets,
        graph: &Graph,
        examined: &[Examined],
        judged: &Judged,
    ) -> PackedEvaluation {
        let finding: Finding = graph.find(self.name(judged.participant), self.at);
        let own = |one: &&Examined| {
            let subject: Subject = one.line.subject;
            one.line.holder == judged.participant && judged.subjects.contains(&subject)
        };
        let known: Vec<Known> = examined.iter().filter(own).flat_map(|one| one.known.clone()).collect();
        let case = Case {
            at: self.at,
            kind: judged.kind.as_deref(),
            site: judged.site.as_deref(),
            known: &known,
            finding: &finding,
        };
        let evaluations: Vec<_> =
            sets.all_current(self.at).into_iter().map(|set| rules::evaluate(set, &case)).collect();
        let assurance = rules::assurance(sets, &case, &evaluations);
        PackedEvaluation { judged: judged.clone(), evaluations, assurance }
    }
}

/// What checking a credential that the exchange issued finds.
pub(super) async fn check<F: Fetch>(verifier: &Verifier<F>, credential: &str, at: Timestamp) -> String {
    let outcome = verifier.verify_credential(credential, at).await;
    outcome.map_or_else(|refusal: Refusal| refusal.code().to_owned(), |_| GOOD.to_owned())
}

/// The file of a piece of evidence.
pub(super) fn evidence_path(id: EvidenceId) -> String {
    format!("evidence/{id}.jwt")
}

/// The rule sets among files, in the order of their paths.
pub(super) fn rule_sets(files: &Files) -> Result<RuleSets, String> {
    let text = |path: &str| {
        let bytes = files.get(path).ok_or_else(|| format!("`{path}` is missing"))?;
        std::str::from_utf8(bytes).map_err(|_| format!("`{path}` is no text"))
    };
    let common = ["rules/facts.yaml", "rules/certificates.yaml"];
    let paths = files.keys().filter(|path| path.starts_with("rules/") && !common.contains(&path.as_str()));
    let sets: Result<Vec<(&str, &str)>, String> = paths.map(|path| Ok((path.as_str(), text(path)?))).collect();
    let [facts, schemes] = common;
    RuleSets::read((facts, text(facts)?), (schemes, text(schemes)?), &sets?).map_err(|error| error.to_string())
}
