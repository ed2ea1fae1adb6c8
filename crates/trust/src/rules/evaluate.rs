//! From what is known to an evaluation, with reasons.

use std::collections::BTreeMap;

use hansa_model::evidence::{CriterionOutcome, Evaluation, Gap};

use super::explain::Explainer;
use super::index::Index;
use super::judge::{AnswerOutcome, DutyOutcome, Judged, Outcome};
use super::set::{Asked, Duty, Question, Questionnaire, RuleSet, Rules};
use crate::known::Case;

/// What a version of a rule set makes of a case. The same case and version give the same, byte by byte, in whatever
/// order the claims come.
#[must_use]
pub fn evaluate(set: &RuleSet, case: &Case<'_>) -> Evaluation {
    let index = Index::new(case, &set.vocabulary, &set.schemes);
    let judged = set.judge(&index);
    Evaluation {
        rule_set: set.about.id.clone(),
        version: set.about.version.clone(),
        standing: set.about.standing,
        level: judged.level.map(|level| set.levels[level].id.clone()),
        scores: set.scores(&judged),
        outcomes: set.outcomes(&judged),
        gaps: set.gaps(&index, &judged, usize::MAX).into_iter().collect(),
        valid_until: judged.until,
    }
}

impl RuleSet {
    fn scores(&self, judged: &Judged) -> BTreeMap<String, i64> {
        let Rules::Minimum(Questionnaire { objectives, questions, weights }) = &self.rules else {
            return BTreeMap::new();
        };
        let mut points = vec![0u32; objectives.len()];
        for (question, outcome) in questions.iter().zip(&judged.outcomes) {
            if let (Outcome::Answer(answer), Some(sum)) = (outcome, points.get_mut(question.objective)) {
                *sum += question.points(answer.grade);
            }
        }
        weights.iter().map(|weights| (weights.id.clone(), weights.score(&points))).collect()
    }

    fn outcomes(&self, judged: &Judged) -> Vec<CriterionOutcome> {
        match &self.rules {
            Rules::EveryLevel(duties) => {
                duties.iter().zip(&judged.outcomes).map(|(duty, outcome)| self.duty_outcome(duty, outcome)).collect()
            }
            Rules::Minimum(Questionnaire { questions, .. }) => {
                let pairs = questions.iter().zip(&judged.outcomes);
                pairs.map(|(question, outcome)| self.answer_outcome(question, outcome)).collect()
            }
        }
    }

    fn duty_outcome(&self, duty: &Duty, outcome: &Outcome) -> CriterionOutcome {
        let word = match outcome {
            Outcome::Duty(DutyOutcome { certified: true, .. }) => "certified",
            Outcome::Duty(DutyOutcome { declared: true, reliance, .. }) if reliance.facts => "declared",
            Outcome::Duty(DutyOutcome { declared: true, .. }) => "met",
            Outcome::Duty(DutyOutcome { against: true, .. }) => "against",
            Outcome::Duty(_) | Outcome::Answer(_) => "missing",
            Outcome::NotConcerned => "not-applicable",
        };
        CriterionOutcome {
            criterion: duty.id.clone(),
            outcome: word.to_owned(),
            allows: None,
            evidence: evidence(outcome),
        }
    }

    fn answer_outcome(&self, question: &Question, outcome: &Outcome) -> CriterionOutcome {
        let answered = match outcome {
            Outcome::Answer(answer) => answer.grade.checked_sub(1).map(|at| question.answers[at].n),
            Outcome::Duty(_) | Outcome::NotConcerned => None,
        };
        CriterionOutcome {
            criterion: question.id.clone(),
            outcome: answered.map_or_else(|| "missing".to_owned(), |n| n.to_string()),
            allows: question.allowed(outcome).map(|level| self.levels[level].id.clone()),
            evidence: evidence(outcome),
        }
    }

    /// By level that is not reached, from the lowest up: the first so many criteria that keep from it, those that bind
    /// most first.
    pub(super) fn gaps(&self, index: &Index<'_>, judged: &Judged, most: usize) -> Vec<(String, Vec<Gap>)> {
        let explainer = Explainer { set: self, index };
        let levels = self.levels.iter().enumerate();
        let gaps = levels.map(|(at, level)| {
            let gaps = match &self.rules {
                Rules::EveryLevel(duties) => duty_gaps(&explainer, duties, judged, at, most),
                Rules::Minimum(Questionnaire { questions, .. }) => answer_gaps(&explainer, questions, judged, at, most),
            };
            (level.id.clone(), gaps)
        });
        gaps.filter(|(_, gaps)| !gaps.is_empty()).collect()
    }
}

fn evidence(outcome: &Outcome) -> Vec<hansa_model::id::EvidenceId> {
    outcome.reliance().map(|reliance| reliance.evidence.clone()).unwrap_or_default()
}

fn duty_gaps(explainer: &Explainer<'_>, duties: &[Duty], judged: &Judged, level: usize, most: usize) -> Vec<Gap> {
    let open = duties.iter().zip(&judged.outcomes).filter(|(duty, outcome)| !duty.met(outcome, level));
    let mut open: Vec<(&Duty, &DutyOutcome, Asked)> = open
        .filter_map(|(duty, outcome)| match (outcome, duty.asks[level]) {
            (Outcome::Duty(outcome), Some(asked)) => Some((duty, outcome, asked)),
            _ => None,
        })
        .collect();
    // What stands against a level binds more than what only nobody has shown yet.
    open.sort_by_key(|(_, outcome, _)| !outcome.against);
    let gap = |(duty, outcome, asked): (&Duty, &DutyOutcome, Asked)| Gap {
        criterion: duty.id.clone(),
        title: duty.title.clone(),
        missing: explainer.duty(duty, outcome, asked),
    };
    open.into_iter().take(most).map(gap).collect()
}

fn answer_gaps(
    explainer: &Explainer<'_>,
    questions: &[Question],
    judged: &Judged,
    level: usize,
    most: usize,
) -> Vec<Gap> {
    let mut open: Vec<(&Question, &AnswerOutcome, Option<usize>)> = questions
        .iter()
        .zip(&judged.outcomes)
        .filter_map(|(question, outcome)| match outcome {
            Outcome::Answer(answer) => Some((question, answer, question.allows(answer.grade))),
            Outcome::Duty(_) | Outcome::NotConcerned => None,
        })
        .filter(|(_, _, allowed)| allowed.is_none_or(|allowed| allowed < level))
        .collect();
    open.sort_by_key(|(_, _, allowed)| *allowed);
    let gap = |(question, answer, _): (&Question, &AnswerOutcome, Option<usize>)| Gap {
        criterion: question.id.clone(),
        title: question.title.clone(),
        missing: explainer.answer(question, answer, level),
    };
    open.into_iter().take(most).map(gap).collect()
}
