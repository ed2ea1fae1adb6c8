//! What a rule set makes of a case: which criteria are met, which answers count, which level that gives.

use hansa_model::evidence::Strength;
use hansa_model::time::Timestamp;

use super::condition::{Reliance, Test, sooner};
use super::index::{Index, Stated};
use super::set::{Asked, CapRule, Duty, Grade, Level, Question, Questionnaire, RuleSet, Rules};

/// What became of one criterion.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is not for what is judged.
    NotConcerned,
    /// Levels ask for it.
    Duty(DutyOutcome),
    /// It is answered.
    Answer(AnswerOutcome),
}

/// What became of a criterion that levels ask for.
#[derive(Debug, Default)]
pub(super) struct DutyOutcome {
    pub(super) certified: bool,
    pub(super) declared: bool,
    /// Whether something known stands against it.
    pub(super) against: bool,
    pub(super) reliance: Reliance,
}

/// What became of a criterion that is answered.
#[derive(Debug)]
pub(super) struct AnswerOutcome {
    pub(super) grade: Grade,
    pub(super) stated: Option<Grade>,
    /// The first cap that lowered the answer.
    pub(super) capped_by: Option<usize>,
    /// Whether the answer is known too badly to count in full.
    pub(super) unproven: bool,
    pub(super) reliance: Reliance,
}

/// What a rule set makes of a case.
#[derive(Debug)]
pub(super) struct Judged {
    /// One for each criterion, in the order of the rule set.
    pub(super) outcomes: Vec<Outcome>,
    /// The place of the level that is reached.
    pub(super) level: Option<usize>,
    /// When it first changes by itself.
    pub(super) until: Option<Timestamp>,
}

impl RuleSet {
    pub(super) fn judge(&self, index: &Index<'_>) -> Judged {
        let (outcomes, level) = match &self.rules {
            Rules::EveryLevel(duties) => {
                let outcomes: Vec<_> = duties.iter().map(|duty| duty.judge(index)).collect();
                let reached = |at: &usize| duties.iter().zip(&outcomes).all(|(duty, outcome)| duty.met(outcome, *at));
                let level = (0..self.levels.len()).rev().find(reached);
                (outcomes, level)
            }
            Rules::Minimum(Questionnaire { questions, .. }) => {
                let answers = questions.iter().map(|question| question.judge(index, &self.levels));
                let outcomes: Vec<_> = answers.map(Outcome::Answer).collect();
                let allowed = questions.iter().zip(&outcomes).map(|(question, outcome)| question.allowed(outcome));
                // An absent level is below the lowest.
                let level = allowed.min().flatten();
                (outcomes, level)
            }
        };
        let owners = if self.looks_at_owners { index.finding.valid_until } else { None };
        let until = outcomes.iter().filter_map(Outcome::reliance).fold(owners, |end, on| sooner(end, on.until));
        Judged { outcomes, level, until }
    }
}

impl Outcome {
    pub(super) fn reliance(&self) -> Option<&Reliance> {
        match self {
            Self::NotConcerned => None,
            Self::Duty(outcome) => Some(&outcome.reliance),
            Self::Answer(outcome) => Some(&outcome.reliance),
        }
    }
}

impl Duty {
    /// Whether it keeps nobody from a level.
    pub(super) fn met(&self, outcome: &Outcome, level: usize) -> bool {
        let Outcome::Duty(outcome) = outcome else { return true };
        match self.asks[level] {
            None => true,
            // Who is certified need not declare; the reverse is not so.
            Some(Asked::Declaration) => outcome.certified || outcome.declared,
            Some(Asked::Certification) => outcome.certified,
        }
    }

    fn judge(&self, index: &Index<'_>) -> Outcome {
        if !self.concerns(index.kind) {
            return Outcome::NotConcerned;
        }
        let mut outcome = DutyOutcome::default();
        let reliance = &mut outcome.reliance;
        if self.barred_by.as_ref().is_some_and(|bar| bar.threatens(index, reliance)) {
            outcome.against = true;
        } else if self.requires.as_ref().is_none_or(|needed| needed.holds(index, reliance)) {
            outcome.certified = self.certified(index, reliance);
            outcome.declared =
                !outcome.certified && self.declaration.as_ref().is_some_and(|said| said.holds(index, reliance));
        }
        if !(outcome.certified || outcome.declared || outcome.against) {
            *reliance = Reliance::default();
            for asked in [&self.requires, &self.declaration].into_iter().flatten().filter(|asked| asked.refuted(index))
            {
                outcome.against = true;
                asked.blame(index, reliance);
            }
        }
        outcome.reliance = std::mem::take(&mut outcome.reliance).tidied();
        Outcome::Duty(outcome)
    }

    /// Whether it is certified, whatever else stands against it.
    pub(super) fn is_certified(&self, index: &Index<'_>) -> bool {
        self.certified(index, &mut Reliance::default())
    }

    fn certified(&self, index: &Index<'_>, reliance: &mut Reliance) -> bool {
        if self.certification.iter().any(|accept| accept.met(index, reliance)) {
            return true;
        }
        let Some(fact) = self.assessment else { return false };
        let assessed = super::condition::Condition::Fact(fact, Test::Shown, Strength::Attested);
        assessed.holds(index, reliance)
    }
}

impl Question {
    pub(super) fn allowed(&self, outcome: &Outcome) -> Option<usize> {
        let Outcome::Answer(outcome) = outcome else { return None };
        self.allows(outcome.grade)
    }

    fn judge(&self, index: &Index<'_>, levels: &[Level]) -> AnswerOutcome {
        let mut reliance = Reliance::default();
        let stated = self.stated(index, &mut reliance);
        let (mut grade, unproven) = match stated {
            Some((grade, strength)) => {
                let proven = self.proven(grade, strength, levels);
                (proven, proven < grade)
            }
            None => (self.computed(index, &mut reliance), false),
        };
        let mut capped_by = None;
        for (at, cap) in self.caps.iter().enumerate() {
            if cap.at_most >= grade {
                continue;
            }
            let holds = match &cap.rule {
                CapRule::When(condition) => condition.threatens(index, &mut reliance),
                CapRule::Unless(condition) => !condition.holds(index, &mut reliance),
            };
            if holds {
                if let CapRule::Unless(condition) = &cap.rule {
                    condition.blame(index, &mut reliance);
                }
                grade = cap.at_most;
                capped_by = Some(at);
            }
        }
        let stated = stated.map(|(grade, _)| grade);
        AnswerOutcome { grade, stated, capped_by, unproven, reliance: reliance.tidied() }
    }

    fn stated(&self, index: &Index<'_>, reliance: &mut Reliance) -> Option<(Grade, Strength)> {
        let Stated::Known([entry, ..]) = index.stated(self.fact) else { return None };
        let grade = self.grade(entry.value.number()?)?;
        reliance.on_entry(entry);
        Some((grade, entry.strength))
    }

    fn computed(&self, index: &Index<'_>, reliance: &mut Reliance) -> Grade {
        let found = self.computed.iter().find(|(_, condition)| condition.holds(index, reliance));
        found.map_or(0, |(grade, _)| *grade)
    }

    /// The highest answer up to a grade for whose level somebody's word of this strength is enough.
    fn proven(&self, grade: Grade, strength: Strength, levels: &[Level]) -> Grade {
        let enough = |at: &usize| levels[self.answers[at - 1].allows].proof <= strength;
        (1..=grade).rev().find(enough).unwrap_or(0)
    }
}
