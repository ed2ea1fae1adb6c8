//! What a criterion looks at, so that whoever asks for it can be named.

use super::condition::Condition;
use super::set::{Asked, CapRule, Duty, Question, RuleSet, Rules};

/// Something that a criterion looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted<'a> {
    /// A fact, by its name.
    Fact(&'a str),
    /// A certificate.
    Certificate,
    /// Who owns it, and who works for it.
    Ownership,
}

impl RuleSet {
    /// What a criterion looks at for a level, each once; empty for criteria and levels that there are not.
    #[must_use]
    pub fn wanted(&self, criterion: &str, level: &str) -> Vec<Wanted<'_>> {
        let mut wanted = Vec::new();
        match &self.rules {
            Rules::EveryLevel(duties) => {
                let at = self.levels.iter().position(|known| known.id == level);
                let duty = duties.iter().find(|duty| duty.id == criterion);
                if let (Some(at), Some(duty)) = (at, duty) {
                    self.of_duty(duty, duty.asks[at], &mut wanted);
                }
            }
            Rules::Minimum(questionnaire) => {
                if let Some(question) = questionnaire.questions.iter().find(|question| question.id == criterion) {
                    self.of_question(question, &mut wanted);
                }
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    fn of_duty<'a>(&'a self, duty: &'a Duty, asked: Option<Asked>, wanted: &mut Vec<Wanted<'a>>) {
        match (asked, duty.assessment) {
            (None, _) => return,
            (Some(Asked::Certification), Some(fact)) => wanted.push(self.fact(fact)),
            (Some(Asked::Certification), None) => wanted.push(Wanted::Certificate),
            (Some(Asked::Declaration), _) => duty.declaration.iter().for_each(|said| self.of_condition(said, wanted)),
        }
        duty.requires.iter().for_each(|needed| self.of_condition(needed, wanted));
        duty.barred_by.iter().for_each(|bar| self.of_condition(bar, wanted));
    }

    fn of_question<'a>(&'a self, question: &'a Question, wanted: &mut Vec<Wanted<'a>>) {
        wanted.push(self.fact(question.fact));
        for cap in &question.caps {
            let (CapRule::When(condition) | CapRule::Unless(condition)) = &cap.rule;
            self.of_condition(condition, wanted);
        }
    }

    fn of_condition<'a>(&'a self, condition: &'a Condition, wanted: &mut Vec<Wanted<'a>>) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.of_condition(part, wanted));
            }
            Condition::Fact(fact, ..) => wanted.push(self.fact(*fact)),
            Condition::Before(_) => {}
            Condition::Certificate(_) => wanted.push(Wanted::Certificate),
            Condition::Owned(_) => wanted.push(Wanted::Ownership),
        }
    }

    fn fact(&self, at: super::vocabulary::FactAt) -> Wanted<'_> {
        Wanted::Fact(&self.vocabulary.at(at).0)
    }
}
