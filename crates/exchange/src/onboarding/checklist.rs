//! What answers would reach, and what is missing for more.

use std::collections::BTreeSet;

use hansa_model::evidence::{Claim, Evaluation, Gap};
use hansa_model::onboarding::{Answers, Checklist, LevelChecklist, Missing, OnboardingState};
use hansa_model::participant::Participant;
use hansa_store::Tx;
use hansa_store::onboarding::OnboardingRow;
use hansa_trust::Known;
use hansa_trust::rules::{RuleSet, Step, Vocabulary, Wanted};

use super::claims;
use crate::trust::{Supposed, suppose};
use crate::{Exchange, Result};

/// What each level of each rule set would still need if these answers were submitted now.
pub(super) async fn of(
    tx: &mut Tx,
    exchange: &Exchange,
    participant: &Participant,
    row: &OnboardingRow,
    answers: &Answers,
) -> Result<Vec<Checklist>> {
    // What is submitted is evidence already; a draft would take the place of what was submitted before.
    let is_evidence = matches!(row.state, OnboardingState::Submitted | OnboardingState::Published);
    let (instead, said) = if is_evidence {
        (BTreeSet::new(), Vec::new())
    } else {
        let said = claims::declared(answers, participant.name.as_str());
        let instead = row.evidence.iter().chain(&row.attestations).copied().collect();
        (instead, said.into_iter().flatten().collect())
    };
    let Supposed { known, evaluations } = suppose(tx, exchange, participant, &instead, said).await?;
    let sets = exchange.rule_sets();
    let checklists = evaluations.into_iter().filter_map(|evaluation| {
        let set = sets.get(&evaluation.rule_set, &evaluation.version)?;
        Some(checklist(set, sets.vocabulary(), &known, evaluation))
    });
    Ok(checklists.collect())
}

fn checklist(set: &RuleSet, vocabulary: &Vocabulary, known: &[Known], evaluation: Evaluation) -> Checklist {
    let Evaluation { rule_set, version, standing, level, mut gaps, .. } = evaluation;
    let levels = set.levels().iter().map(|level| {
        let gaps = gaps.remove(&level.id).unwrap_or_default();
        let missing = gaps.into_iter().map(|gap| {
            let steps = steps(&set.wanted(&gap.criterion, &level.id), vocabulary, known);
            let Gap { criterion, title, missing } = gap;
            Missing { criterion, title, missing, steps }
        });
        let missing: Vec<_> = missing.collect();
        LevelChecklist { level: level.id.clone(), title: level.title.clone(), reached: missing.is_empty(), missing }
    });
    Checklist { rule_set, version, title: set.about().title.clone(), standing, level, levels: levels.collect() }
}

/// Who asks for what a criterion looks at: for what is not known yet, or for all of it when all is known.
fn steps(wanted: &[Wanted<'_>], vocabulary: &Vocabulary, known: &[Known]) -> Vec<String> {
    let stated = |name: &str| {
        known.iter().any(|each| match &each.claim {
            Claim::Fact { name: known, .. } => known == name,
            _ => false,
        })
    };
    let open: Vec<_> = wanted.iter().filter(|each| !matches!(each, Wanted::Fact(name) if stated(name))).collect();
    let open = if open.is_empty() { wanted.iter().collect() } else { open };
    let asked: BTreeSet<&str> = open
        .into_iter()
        .filter_map(|each| match each {
            Wanted::Fact(name) => vocabulary.get(name).map(|fact| word(fact.step)),
            Wanted::Certificate => Some(word(Step::Certificates)),
            Wanted::Ownership => Some(word(Step::Ownership)),
        })
        .collect();
    asked.into_iter().map(str::to_owned).collect()
}

const fn word(step: Step) -> &'static str {
    match step {
        Step::LegalPerson => "legal-person",
        Step::Registration => "registration",
        Step::Address => "address",
        Step::Ownership => "ownership",
        Step::Certificates => "certificates",
        Step::Terms => "terms",
        Step::Contacts => "contacts",
        Step::DataAct => "data-act",
        Step::Site => "site",
        Step::Service => "service",
        Step::Sovereignty => "sovereignty",
        Step::Assessment => "assessment",
        Step::Exchange => "exchange",
    }
}
