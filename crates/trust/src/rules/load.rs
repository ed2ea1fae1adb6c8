//! From a file to a rule set: every name resolved, every rule of a sound file checked.

use std::collections::BTreeSet;
use std::sync::Arc;

use hansa_model::evidence::Strength;
use hansa_model::time::Timestamp;

use super::compile::Names;
use super::schemes::Schemes;
use super::set::{
    About, Asked, Cap, CapRule, Choice, Duty, Level, Objective, Question, Questionnaire, RuleSet, Rules, Silence,
    Weights,
};
use super::source::{
    Aggregation, AnswerFile, CapFile, CriterionFile, ObjectiveFile, Per, RuleSetFile, Unanswered, WeightsFile,
};
use super::vocabulary::Vocabulary;

/// What weights add up to, in ten-thousandths, and how far they may miss it.
const WHOLE: u32 = 10_000;
const TOLERANCE: u32 = 1;

/// Why a file of rules can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It has another form: a key is unknown or missing, a value is none of those that are allowed.
    #[error("{file}: {why}")]
    Format {
        /// The file.
        file: String,
        /// What the reader says.
        why: String,
    },
    /// A name stands twice.
    #[error("{file}: `{id}` stands there twice")]
    Twice {
        /// The file.
        file: String,
        /// The name.
        id: String,
    },
    /// A day is none.
    #[error("{file}: `{text}` in {place} is not a day such as 2027-01-12")]
    Day {
        /// The file.
        file: String,
        /// Where.
        place: String,
        /// The text.
        text: String,
    },
    /// A fact is named that the vocabulary does not have.
    #[error("{file}: {place} names the fact `{fact}`, which facts.yaml does not have")]
    UnknownFact {
        /// The file.
        file: String,
        /// Where.
        place: String,
        /// The fact.
        fact: String,
    },
    /// A scheme is named that the register does not have.
    #[error("{file}: {place} names the scheme `{scheme}`, which certificates.yaml does not have")]
    UnknownScheme {
        /// The file.
        file: String,
        /// Where.
        place: String,
        /// The scheme.
        scheme: String,
    },
    /// A level is named that is not there.
    #[error("{file}: {place} names the level `{level}`, which is not there")]
    UnknownLevel {
        /// The file.
        file: String,
        /// Where.
        place: String,
        /// The level.
        level: String,
    },
    /// An answer is named that the criterion does not have.
    #[error("{file}: {criterion} names answer {n}, which it does not have")]
    UnknownAnswer {
        /// The file.
        file: String,
        /// The criterion.
        criterion: String,
        /// The answer.
        n: u8,
    },
    /// A condition makes no sense.
    #[error("{file}: {place}: {why}")]
    Condition {
        /// The file.
        file: String,
        /// Where.
        place: String,
        /// Why.
        why: String,
    },
    /// A criterion has what its kind of rule set does not know, or lacks what it needs.
    #[error("{file}: {criterion} {why}")]
    Criterion {
        /// The file.
        file: String,
        /// The criterion.
        criterion: String,
        /// Why.
        why: &'static str,
    },
    /// A level can never be reached, or asks nothing.
    #[error("{file}: level `{level}` {why}")]
    Level {
        /// The file.
        file: String,
        /// The level.
        level: String,
        /// Why.
        why: &'static str,
    },
    /// A higher answer allows less than a lower one, or brings fewer points.
    #[error("{file}: answer {n} of {criterion} is worth less than the one before it")]
    Falling {
        /// The file.
        file: String,
        /// The criterion.
        criterion: String,
        /// The answer.
        n: u8,
    },
    /// Weights do not add up to one.
    #[error("{file}: the weights `{weights}` add up to {sum} ten-thousandths instead of 10000")]
    Weights {
        /// The file.
        file: String,
        /// The weights.
        weights: String,
        /// What they add up to.
        sum: u32,
    },
    /// No such version is there.
    #[error("the rule set `{0}` has no objectives, criteria or levels")]
    Empty(String),
}

impl LoadError {
    pub(super) fn format(file: &str, error: &yaml_serde::Error) -> Self {
        Self::Format { file: file.to_owned(), why: error.to_string() }
    }
}

impl RuleSet {
    /// Reads a rule set from the text of a file.
    ///
    /// # Errors
    /// [`LoadError`] when the file is not sound.
    pub fn read(
        file: &str,
        text: &str,
        vocabulary: &Arc<Vocabulary>,
        schemes: &Arc<Schemes>,
    ) -> Result<Self, LoadError> {
        let parsed: RuleSetFile = yaml_serde::from_str(text).map_err(|error| LoadError::format(file, &error))?;
        let names = Names { file, home: parsed.home, vocabulary, schemes };
        let levels = levels(&names, &parsed)?;
        let about = about(&names, &parsed)?;
        let (rules, looks_at_owners) = match parsed.aggregation {
            Aggregation::EveryLevel => every_level(&names, &levels, &parsed)?,
            Aggregation::Minimum => minimum(&names, &levels, &parsed)?,
        };
        let (vocabulary, schemes) = (Arc::clone(vocabulary), Arc::clone(schemes));
        Ok(Self { about, levels, rules, looks_at_owners, vocabulary, schemes })
    }
}

fn about(names: &Names<'_>, parsed: &RuleSetFile) -> Result<About, LoadError> {
    let day = |place: &str, text: &String| names.start_of_day(place, text);
    Ok(About {
        id: parsed.id.clone(),
        version: parsed.version.clone(),
        title: parsed.title.clone(),
        standing: parsed.standing,
        applies_from: day("appliesFrom", &parsed.applies_from)?,
        applies_to: parsed.applies_to.as_ref().map(|text| day("appliesTo", text)).transpose()?,
        source: parsed.source.clone(),
        licence: parsed.licence.clone(),
        certainty: parsed.certainty,
    })
}

fn levels(names: &Names<'_>, parsed: &RuleSetFile) -> Result<Vec<Level>, LoadError> {
    names.unique(parsed.levels.iter().map(|level| level.id.as_str()))?;
    let all = parsed.criteria.iter().chain(parsed.objectives.iter().flat_map(|objective| &objective.criteria));
    names.unique(all.map(|criterion| criterion.id.as_str()))?;
    names.unique(parsed.objectives.iter().map(|objective| objective.id.as_str()))?;
    names.unique(parsed.weights.iter().map(|weights| weights.id.as_str()))?;
    if parsed.levels.is_empty() || (parsed.criteria.is_empty() && parsed.objectives.is_empty()) {
        return Err(LoadError::Empty(parsed.id.clone()));
    }
    let level = |level: &super::source::LevelFile| Level {
        id: level.id.clone(),
        title: level.title.clone(),
        proof: level.proof,
    };
    Ok(parsed.levels.iter().map(level).collect())
}

fn every_level(names: &Names<'_>, levels: &[Level], parsed: &RuleSetFile) -> Result<(Rules, bool), LoadError> {
    if !parsed.objectives.is_empty() || !parsed.weights.is_empty() || parsed.unanswered.is_some() {
        let why = "has objectives, weights or `unanswered`, which only answers have";
        return Err(names.condition(&parsed.id, why));
    }
    let duties: Vec<Duty> =
        parsed.criteria.iter().map(|criterion| duty(names, levels, criterion)).collect::<Result<_, _>>()?;
    for (at, level) in levels.iter().enumerate() {
        if level.proof != Strength::Declared {
            return Err(names.level(level, "has a `proof`, which only levels of answers have"));
        }
        if !duties.iter().any(|duty| duty.asks[at].is_some()) {
            return Err(names.level(level, "asks nothing of any criterion"));
        }
    }
    let owners = duties.iter().any(|duty| {
        [&duty.declaration, &duty.requires, &duty.barred_by].into_iter().flatten().any(|part| part.looks_at_owners())
    });
    Ok((Rules::EveryLevel(duties), owners))
}

fn duty(names: &Names<'_>, levels: &[Level], criterion: &CriterionFile) -> Result<Duty, LoadError> {
    let wrong = |why| Err(names.criterion(criterion, why));
    let answered = criterion.fact.is_some() || criterion.unanswered.is_some();
    if answered || !(criterion.answers.is_empty() && criterion.computed.is_empty() && criterion.caps.is_empty()) {
        return wrong("has answers, but its rule set asks by level");
    }
    if let Some(level) = criterion.asks.keys().find(|id| levels.iter().all(|level| level.id != **id)) {
        return Err(names.unknown_level(&criterion.id, level));
    }
    let asks: Vec<_> = levels.iter().map(|level| criterion.asks.get(&level.id).copied()).collect();
    let asked = |what| asks.contains(&Some(what));
    let certified = !criterion.certification.is_empty() || criterion.assessment.is_some();
    if asks.iter().all(Option::is_none) {
        return wrong("is asked at no level");
    }
    if asked(Asked::Declaration) != criterion.declaration.is_some() {
        return wrong("must have a `declaration` when, and only when, a level asks for one");
    }
    if asked(Asked::Certification) && !certified {
        return wrong("is asked to be certified, but nothing would certify it");
    }
    if !criterion.kinds.is_empty() && !criterion.except_kinds.is_empty() {
        return wrong("has both `kinds` and `exceptKinds`");
    }
    let compile = |condition: &Option<super::source::ConditionFile>| {
        condition.as_ref().map(|condition| names.compile(&criterion.id, condition)).transpose()
    };
    let accepts = criterion.certification.iter().map(|accept| names.accept(&criterion.id, accept));
    let assessment = criterion.assessment.as_ref().map(|fact| names.fact(&criterion.id, fact)).transpose()?;
    Ok(Duty {
        id: criterion.id.clone(),
        title: criterion.title.clone(),
        kinds: criterion.kinds.clone(),
        except_kinds: criterion.except_kinds.clone(),
        asks,
        declaration: compile(&criterion.declaration)?,
        certification: accepts.collect::<Result<_, _>>()?,
        assessment,
        requires: compile(&criterion.requires)?,
        barred_by: compile(&criterion.barred_by)?,
        would_certify: names.would_certify(&criterion.certification, assessment),
    })
}

fn minimum(names: &Names<'_>, levels: &[Level], parsed: &RuleSetFile) -> Result<(Rules, bool), LoadError> {
    let Some(unanswered) = parsed.unanswered else {
        return Err(names.condition(&parsed.id, "must say what counts for a criterion that is `unanswered`"));
    };
    if parsed.objectives.is_empty() != parsed.weights.is_empty() {
        return Err(names.condition(&parsed.id, "must have both objectives and weights, or neither"));
    }
    let mut questions = Vec::new();
    let free = parsed.criteria.iter().map(|criterion| (0, criterion));
    let grouped = (0..).zip(&parsed.objectives).flat_map(|(at, group)| group.criteria.iter().map(move |one| (at, one)));
    for (objective, criterion) in free.chain(grouped) {
        questions.push(question(names, levels, unanswered, objective, criterion)?);
    }
    for (at, level) in levels.iter().enumerate() {
        let top = questions.iter().filter_map(|question| question.allows(question.answers.len())).min();
        if top.is_none_or(|top| top < at) {
            return Err(names.level(level, "can't be reached: some criterion never allows it"));
        }
        let exactly = |question: &Question| question.answers.iter().any(|answer| answer.allows == at);
        if !questions.iter().any(exactly) {
            return Err(names.level(level, "is what no answer allows at most, so that it never comes out"));
        }
    }
    let weights = parsed.weights.iter().map(|weights| weighed(names, weights, &parsed.objectives));
    let weights = weights.collect::<Result<_, _>>()?;
    let owners = questions.iter().any(|question| {
        let computed = question.computed.iter().map(|(_, condition)| condition);
        let caps = question.caps.iter().map(|cap| match &cap.rule {
            CapRule::When(condition) | CapRule::Unless(condition) => condition,
        });
        computed.chain(caps).any(super::condition::Condition::looks_at_owners)
    });
    let name = |objective: &ObjectiveFile| Objective { id: objective.id.clone(), title: objective.title.clone() };
    let objectives = parsed.objectives.iter().map(name).collect();
    Ok((Rules::Minimum(Questionnaire { objectives, questions, weights }), owners))
}

fn question(
    names: &Names<'_>,
    levels: &[Level],
    unanswered: Unanswered,
    objective: usize,
    criterion: &CriterionFile,
) -> Result<Question, LoadError> {
    let wrong = |why| Err(names.criterion(criterion, why));
    let asked = !criterion.asks.is_empty() || criterion.declaration.is_some() || criterion.assessment.is_some();
    let gated = criterion.requires.is_some() || criterion.barred_by.is_some() || !criterion.certification.is_empty();
    if asked || gated || !criterion.kinds.is_empty() || !criterion.except_kinds.is_empty() {
        return wrong("asks by level, but its rule set has answers");
    }
    let Some(fact) = &criterion.fact else { return wrong("needs the `fact` that answers it") };
    let answers = answers(names, levels, criterion)?;
    let Some(first) = answers.first() else { return wrong("has no answers") };
    let silence = match (unanswered, &criterion.unanswered) {
        (Unanswered::FirstAnswer, None) => Silence { points: first.points, allows: Some(first.allows) },
        (Unanswered::FirstAnswer, Some(_)) => return wrong("has an `unanswered` level, but its first answer counts"),
        (Unanswered::Nothing, level) => {
            let allows = level.as_ref().map(|level| names.place(&criterion.id, levels, level)).transpose()?;
            Silence { points: 0, allows }
        }
    };
    let grade = |n: u8| {
        let at = answers.iter().position(|answer| answer.n == n).map(|at| at + 1);
        at.or((n == 0).then_some(0)).ok_or_else(|| names.unknown_answer(criterion, n))
    };
    let computed = criterion
        .computed
        .iter()
        .map(|computed| Ok((grade(computed.answer)?, names.compile(&criterion.id, &computed.when)?)));
    let caps =
        criterion.caps.iter().map(|cap| Ok(Cap { at_most: grade(cap.at_most)?, rule: rule(names, criterion, cap)? }));
    Ok(Question {
        id: criterion.id.clone(),
        title: criterion.title.clone(),
        objective,
        fact: names.fact(&criterion.id, fact)?,
        unanswered: silence,
        computed: computed.collect::<Result<_, LoadError>>()?,
        caps: caps.collect::<Result<_, LoadError>>()?,
        answers,
    })
}

fn rule(names: &Names<'_>, criterion: &CriterionFile, cap: &CapFile) -> Result<CapRule, LoadError> {
    match (&cap.when, &cap.unless) {
        (Some(when), None) => names.compile(&criterion.id, when).map(CapRule::When),
        (None, Some(unless)) => names.compile(&criterion.id, unless).map(CapRule::Unless),
        _ => Err(names.criterion(criterion, "has a cap that needs either `when` or `unless`")),
    }
}

fn answers(names: &Names<'_>, levels: &[Level], criterion: &CriterionFile) -> Result<Vec<Choice>, LoadError> {
    let choice = |answer: &AnswerFile| {
        let allows = names.place(&criterion.id, levels, &answer.allows)?;
        Ok(Choice { n: answer.n, label: answer.label.clone(), points: answer.points, allows })
    };
    let answers: Vec<Choice> = criterion.answers.iter().map(choice).collect::<Result<_, LoadError>>()?;
    let numbers: BTreeSet<u8> = answers.iter().map(|answer| answer.n).collect();
    if numbers.len() < answers.len() || numbers.contains(&0) {
        return Err(names.criterion(criterion, "must number its answers from 1, each once"));
    }
    let falls =
        |pair: &&[Choice]| pair[1].n < pair[0].n || pair[1].allows < pair[0].allows || pair[1].points < pair[0].points;
    match answers.windows(2).find(falls) {
        Some(pair) => Err(names.falling(criterion, pair[1].n)),
        None => Ok(answers),
    }
}

fn weighed(names: &Names<'_>, weights: &WeightsFile, objectives: &[ObjectiveFile]) -> Result<Weights, LoadError> {
    let named = |objective: &ObjectiveFile| objective.weights.get(&weights.id).copied().unwrap_or(0);
    let sum: u32 = objectives.iter().map(named).fold(0, u32::saturating_add);
    if sum.abs_diff(WHOLE) > TOLERANCE {
        return Err(names.weights(weights, sum));
    }
    let most = |objective: &ObjectiveFile| -> i128 {
        let best = |criterion: &CriterionFile| criterion.answers.iter().map(|answer| answer.points).max().unwrap_or(0);
        objective.criteria.iter().map(|criterion| i128::from(best(criterion))).sum()
    };
    let parts: Vec<i128> = match (weights.per, weights.points) {
        (Per::Fixed, Some(points)) => objectives.iter().map(|_| i128::from(points)).collect(),
        (Per::Maximum, None) => objectives.iter().map(most).collect(),
        (Per::Fixed, None) => return Err(names.condition(&weights.id, "are per fixed points and must say how many")),
        (Per::Maximum, Some(_)) => {
            return Err(names.condition(&weights.id, "are per maximum and must not say how many points"));
        }
    };
    let whole = parts.iter().try_fold(1, |sum, part| common_multiple(sum, *part));
    let Some(whole) = whole else {
        return Err(names.condition(&weights.id, "are of points that can't be reckoned with exactly"));
    };
    // Weights are in ten-thousandths, which is what hundredths of a percent of the whole are.
    let factor = |(objective, part): (&ObjectiveFile, &i128)| i128::from(named(objective)) * (whole / part);
    let factors = objectives.iter().zip(&parts).map(factor).collect();
    Ok(Weights { id: weights.id.clone(), title: weights.title.clone(), factors, whole })
}

/// The least common multiple of two numbers; none when it has more than 80 bits, beyond which a score could overflow.
fn common_multiple(one: i128, other: i128) -> Option<i128> {
    let (mut a, mut b) = (one, other);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let multiple = one.checked_div(a)?.checked_mul(other)?;
    (multiple > 0 && multiple < 1 << 80).then_some(multiple)
}

impl Names<'_> {
    fn unique<'i>(&self, ids: impl Iterator<Item = &'i str>) -> Result<(), LoadError> {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id) {
                return Err(LoadError::Twice { file: self.file.to_owned(), id: id.to_owned() });
            }
        }
        Ok(())
    }

    fn place(&self, place: &str, levels: &[Level], id: &str) -> Result<usize, LoadError> {
        levels.iter().position(|level| level.id == id).ok_or_else(|| self.unknown_level(place, id))
    }

    fn unknown_level(&self, place: &str, level: &str) -> LoadError {
        LoadError::UnknownLevel { file: self.file.to_owned(), place: place.to_owned(), level: level.to_owned() }
    }

    fn unknown_answer(&self, criterion: &CriterionFile, n: u8) -> LoadError {
        LoadError::UnknownAnswer { file: self.file.to_owned(), criterion: criterion.id.clone(), n }
    }

    fn criterion(&self, criterion: &CriterionFile, why: &'static str) -> LoadError {
        LoadError::Criterion { file: self.file.to_owned(), criterion: criterion.id.clone(), why }
    }

    fn level(&self, level: &Level, why: &'static str) -> LoadError {
        LoadError::Level { file: self.file.to_owned(), level: level.id.clone(), why }
    }

    fn falling(&self, criterion: &CriterionFile, n: u8) -> LoadError {
        LoadError::Falling { file: self.file.to_owned(), criterion: criterion.id.clone(), n }
    }

    fn weights(&self, weights: &WeightsFile, sum: u32) -> LoadError {
        LoadError::Weights { file: self.file.to_owned(), weights: weights.id.clone(), sum }
    }

    /// The first instant of a day, in UTC.
    pub(super) fn start_of_day(&self, place: &str, text: &str) -> Result<Timestamp, LoadError> {
        let instant = format!("{text}T00:00:00Z");
        let day = text.parse::<jiff::civil::Date>().ok().and_then(|_| instant.parse().ok());
        day.ok_or_else(|| LoadError::Day { file: self.file.to_owned(), place: place.to_owned(), text: text.to_owned() })
    }
}
