//! A rule set as it is judged by: checked, with every name resolved.

use std::sync::Arc;

use hansa_model::evidence::{Standing, Strength};
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::condition::{Accept, Condition};
use super::schemes::Schemes;
use super::vocabulary::{FactAt, Vocabulary};

/// How certain the content of a rule set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Read in the published text.
    Primary,
    /// From a named third party's account.
    Secondary,
    /// General knowledge; check it before it becomes a legal statement.
    Unverified,
}

/// What a level asks of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// That the provider says so over its signature.
    Declaration,
    /// That a body certifies it.
    Certification,
}

/// A level of a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its short name: `L2`, `3`.
    pub id: String,
    /// Its name, for people.
    pub title: String,
    /// How well an answer must be known to count for it.
    pub proof: Strength,
}

/// An answer to a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its number, which tells it apart; labels may repeat.
    pub n: u8,
    /// What it says, for people.
    pub label: String,
    /// Its points, in hundredths.
    pub points: u32,
    /// The place of the highest level that it allows.
    pub(super) allows: usize,
}

/// One version of a rule set.
#[derive(Debug)]
pub struct RuleSet {
    pub(super) about: About,
    pub(super) levels: Vec<Level>,
    pub(super) rules: Rules,
    /// Whether any criterion looks at the ownership graph.
    pub(super) looks_at_owners: bool,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) schemes: Arc<Schemes>,
}

/// What a rule set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name: `gaia-x`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its name, for people.
    pub title: String,
    /// Whether it applies.
    pub standing: Standing,
    /// Since when.
    pub applies_from: Timestamp,
    /// Until when; open when absent.
    pub applies_to: Option<Timestamp>,
    /// Where it comes from.
    pub source: String,
    /// Under what licence.
    pub licence: String,
    /// How certain its content is.
    pub certainty: Certainty,
}

#[derive(Debug)]
pub(super) enum Rules {
    EveryLevel(Vec<Duty>),
    Minimum(Questionnaire),
}

/// A criterion that levels ask for.
#[derive(Debug)]
pub(super) struct Duty {
    pub(super) id: String,
    pub(super) title: String,
    /// The service kinds it is for; all when empty.
    pub(super) kinds: Vec<String>,
    pub(super) except_kinds: Vec<String>,
    /// What each level asks.
    pub(super) asks: Vec<Option<Asked>>,
    pub(super) declaration: Option<Condition>,
    pub(super) certification: Vec<Accept>,
    /// The fact by which an assessment body says that it is met.
    pub(super) assessment: Option<FactAt>,
    pub(super) requires: Option<Condition>,
    pub(super) barred_by: Option<Condition>,
    /// What certificates would do, for people.
    pub(super) would_certify: String,
}

/// Criteria that are answered.
#[derive(Debug)]
pub(super) struct Questionnaire {
    pub(super) objectives: Vec<Objective>,
    pub(super) questions: Vec<Question>,
    pub(super) weights: Vec<Weights>,
}

/// A group of criteria whose points are weighed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objective {
    /// Its short name: `SOV-1`.
    pub id: String,
    /// Its name, for people.
    pub title: String,
}

#[derive(Debug)]
pub(super) struct Question {
    pub(super) id: String,
    pub(super) title: String,
    /// The place of its objective.
    pub(super) objective: usize,
    pub(super) fact: FactAt,
    pub(super) answers: Vec<Choice>,
    /// What counts when there is no answer.
    pub(super) unanswered: Silence,
    pub(super) computed: Vec<(Grade, Condition)>,
    pub(super) caps: Vec<Cap>,
}

/// What counts when there is no answer: points, and the place of the level that is allowed, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Silence {
    pub(super) points: u32,
    pub(super) allows: Option<usize>,
}

/// How many of the answers, from the lowest up, are reached: 0 is none, 1 the first.
pub(super) type Grade = usize;

#[derive(Debug)]
pub(super) struct Cap {
    pub(super) at_most: Grade,
    pub(super) rule: CapRule,
}

#[derive(Debug)]
pub(super) enum CapRule {
    /// It holds when this does.
    When(Condition),
    /// It holds unless this does.
    Unless(Condition),
}

/// Weights by which points make a score: each point of objective `i` counts `factors[i] / whole` hundredths of a percent.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) factors: Vec<i128>,
    pub(super) whole: i128,
}

/// A criterion, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion<'a> {
    /// Its name in the rule set.
    pub id: &'a str,
    /// What it asks.
    pub title: &'a str,
    /// The objective that its points count for, if any.
    pub objective: Option<&'a Objective>,
    /// What each level asks, by the level's short name; empty where it is answered.
    pub asks: Vec<(&'a str, Asked)>,
    /// The fact by which it is answered, with the answers; absent where levels ask.
    pub answers: Option<(&'a str, &'a [Choice])>,
}

impl RuleSet {
    /// What it is.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Its levels, from the lowest up.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Its criteria, in its order.
    #[must_use]
    pub fn criteria(&self) -> Vec<Criterion<'_>> {
        match &self.rules {
            Rules::EveryLevel(duties) => duties.iter().map(|duty| self.duty(duty)).collect(),
            Rules::Minimum(questionnaire) => {
                questionnaire.questions.iter().map(|question| self.question(questionnaire, question)).collect()
            }
        }
    }

    /// The weights by which it gives scores, each a short name and one for people; the first is the default.
    pub fn weights(&self) -> impl Iterator<Item = (&str, &str)> {
        let weights = match &self.rules {
            Rules::EveryLevel(_) => [].as_slice(),
            Rules::Minimum(questionnaire) => &questionnaire.weights,
        };
        weights.iter().map(|weights| (weights.id.as_str(), weights.title.as_str()))
    }

    /// Whether some criterion is for some service kinds only.
    pub(super) fn asks_by_kind(&self) -> bool {
        match &self.rules {
            Rules::EveryLevel(duties) => {
                duties.iter().any(|duty| !(duty.kinds.is_empty() && duty.except_kinds.is_empty()))
            }
            Rules::Minimum(_) => false,
        }
    }

    fn duty<'a>(&'a self, duty: &'a Duty) -> Criterion<'a> {
        let asked = self.levels.iter().zip(&duty.asks);
        let asks = asked.filter_map(|(level, asked)| asked.map(|asked| (level.id.as_str(), asked))).collect();
        Criterion { id: &duty.id, title: &duty.title, objective: None, asks, answers: None }
    }

    fn question<'a>(&'a self, all: &'a Questionnaire, question: &'a Question) -> Criterion<'a> {
        let fact = self.vocabulary.at(question.fact).0.as_str();
        let objective = all.objectives.get(question.objective);
        let answers = Some((fact, question.answers.as_slice()));
        Criterion { id: &question.id, title: &question.title, objective, asks: Vec::new(), answers }
    }
}

impl Duty {
    /// Whether it is for a service kind; what is judged as a whole must meet all.
    pub(super) fn concerns(&self, kind: Option<&str>) -> bool {
        let Some(kind) = kind else { return true };
        let named = |kinds: &[String]| kinds.iter().any(|name| name == kind);
        (self.kinds.is_empty() || named(&self.kinds)) && !named(&self.except_kinds)
    }
}

impl Question {
    /// The place of the highest level that a grade allows.
    pub(super) fn allows(&self, grade: Grade) -> Option<usize> {
        match grade.checked_sub(1) {
            Some(at) => Some(self.answers[at].allows),
            None => self.unanswered.allows,
        }
    }

    pub(super) fn points(&self, grade: Grade) -> u32 {
        grade.checked_sub(1).map_or(self.unanswered.points, |at| self.answers[at].points)
    }

    /// The grade of an answer's number.
    pub(super) fn grade(&self, n: i64) -> Option<Grade> {
        self.answers.iter().position(|answer| i64::from(answer.n) == n).map(|at| at + 1)
    }
}

impl Weights {
    /// The score of the points of each objective, in hundredths of a percent, half rounded up.
    pub(super) fn score(&self, points: &[u32]) -> i64 {
        let sum: i128 = self.factors.iter().zip(points).map(|(factor, points)| factor * i128::from(*points)).sum();
        let rounded = (2 * sum + self.whole).div_euclid(2 * self.whole);
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }
}
