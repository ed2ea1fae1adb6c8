//! Why a condition does not hold, and what evidence would change that, in words for people.

use std::fmt::Write as _;

use hansa_model::country::Country;
use hansa_model::evidence::Strength;

use super::condition::{Condition, Owned, Test, verdict};
use super::index::{Entry, Index, Stated, Value};
use super::judge::{AnswerOutcome, DutyOutcome};
use super::set::{Asked, CapRule, Duty, Question, RuleSet};
use super::source::Home;
use super::vocabulary::{FactAt, FactKind};
use crate::ownership::{Exposure, Verdict};

/// How many values or reasons are named before the rest is left out.
const NAMED: usize = 4;

/// Words for what is missing in one case.
pub(super) struct Explainer<'a> {
    pub(super) set: &'a RuleSet,
    pub(super) index: &'a Index<'a>,
}

impl Explainer<'_> {
    /// What is missing for a criterion where a level asks for it.
    pub(super) fn duty(&self, duty: &Duty, outcome: &DutyOutcome, asked: Asked) -> String {
        let mut missing = Vec::new();
        let nothing = &mut super::condition::Reliance::default();
        if let Some(bar) = duty.barred_by.as_ref().filter(|bar| bar.threatens(self.index, nothing)) {
            missing.push(format!("stands against it: {}", self.found(bar)));
        }
        if let Some(needed) = duty.requires.as_ref().filter(|needed| !needed.holds(self.index, nothing)) {
            missing.push(self.shortfall(needed));
        }
        match (asked, &duty.declaration) {
            (Asked::Certification, _) => {
                if !outcome.certified && !duty.is_certified(self.index) {
                    missing.push(self.near_miss(duty).unwrap_or_else(|| duty.would_certify.clone()));
                }
            }
            (Asked::Declaration, Some(said)) if !said.holds(self.index, nothing) => missing.push(self.shortfall(said)),
            (Asked::Declaration, _) => {}
        }
        missing.join("; ")
    }

    /// A certificate that is held but does not count, and why.
    fn near_miss(&self, duty: &Duty) -> Option<String> {
        let candidates = duty
            .certification
            .iter()
            .flat_map(|accept| self.index.certificates(accept.scheme).iter().map(move |held| (accept, held)));
        let reason = |(accept, held): (&super::condition::Accept, &super::index::Held<'_>)| {
            let scheme = &self.set.schemes.at(accept.scheme).id;
            if !accept.fits(held) {
                return (
                    0,
                    format!(
                        "{scheme} is held, but not for the level or clauses that are asked: {}",
                        duty.would_certify
                    ),
                );
            }
            if !held.reaches {
                return (1, format!("{scheme} is held, but does not cover this kind of service at this site"));
            }
            let who =
                if held.strength == Strength::Attested { "the operator's word" } else { "the provider's own word" };
            (2, format!("{scheme} is known by {who} only; the certificate signed by its body is missing"))
        };
        candidates.map(reason).max_by_key(|(nearness, _)| *nearness).map(|(_, text)| text)
    }

    /// What is missing for a level that an answer does not allow.
    pub(super) fn answer(&self, question: &Question, outcome: &AnswerOutcome, level: usize) -> String {
        let wanted = question.answers.iter().find(|answer| answer.allows >= level);
        let wanted = wanted.map_or_else(String::new, |answer| {
            format!("answer {} (\u{201c}{}\u{201d}) or better is needed", answer.n, answer.label)
        });
        let number = |grade: usize| question.answers.get(grade.wrapping_sub(1)).map_or(0, |answer| answer.n);
        let given = match (outcome.stated, outcome.capped_by) {
            (_, Some(cap)) => {
                let reason = match &question.caps[cap].rule {
                    CapRule::When(condition) => self.found(condition),
                    CapRule::Unless(condition) => self.shortfall(condition),
                };
                format!("no more than answer {} counts: {reason}", number(outcome.grade))
            }
            (Some(stated), None) if outcome.unproven => format!(
                "answer {} is the provider's own word; that of somebody independent is needed (attested or verified)",
                number(stated)
            ),
            (Some(stated), None) => format!("the answer is {}", number(stated)),
            (None, None) if outcome.grade > 0 => format!("what is known gives answer {}", number(outcome.grade)),
            (None, None) => self.silence(question.fact),
        };
        format!("{wanted}; {given}")
    }

    fn silence(&self, fact: FactAt) -> String {
        let name = &self.set.vocabulary.at(fact).0;
        match self.index.stated(fact) {
            Stated::Nothing => format!("nothing answers it (`{name}`)"),
            Stated::Contradictory(entries) => {
                format!("the evidence contradicts itself: {} (`{name}`)", values(entries))
            }
            Stated::Known(entries) => format!("{} is none of the answers (`{name}`)", values(entries)),
        }
    }

    /// Why a condition does not hold.
    pub(super) fn shortfall(&self, condition: &Condition) -> String {
        let nothing = &mut super::condition::Reliance::default();
        match condition {
            Condition::All(parts) => {
                let failing = parts.iter().filter(|part| !part.holds(self.index, nothing));
                let mut texts: Vec<String> = Vec::new();
                for text in failing.map(|part| self.shortfall(part)) {
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
                texts.join("; ")
            }
            Condition::Any(parts) => self.alternatives(parts),
            Condition::Fact(fact, test, strength) => self.fact(*fact, test, *strength),
            Condition::Before(_) => "the time for it is over".to_owned(),
            Condition::Certificate(accept) => {
                format!("a certificate of {}, signed by its body", self.set.schemes.at(accept.scheme).id)
            }
            Condition::Owned(owned) => self.owned(*owned),
        }
    }

    /// Those alternatives that are nearest: where something is known and does not do, else all of them.
    fn alternatives(&self, parts: &[Condition]) -> String {
        let refuted: Vec<_> = parts.iter().filter(|part| part.refuted(self.index)).collect();
        if let [only] = refuted.as_slice() {
            return self.shortfall(only);
        }
        let mut texts: Vec<String> = parts.iter().map(|part| self.shortfall(part)).collect();
        texts.dedup();
        let rest = texts.len().saturating_sub(NAMED);
        texts.truncate(NAMED);
        let mut text = texts.join(", or ");
        if rest > 0 {
            let _ = write!(text, ", or {rest} more");
        }
        text
    }

    fn fact(&self, fact: FactAt, test: &Test, strength: Strength) -> String {
        let (name, about) = self.set.vocabulary.at(fact);
        let title = &about.title;
        match self.index.stated(fact) {
            Stated::Nothing => format!("{title} is not shown (`{name}`)"),
            Stated::Contradictory(entries) => {
                format!("{title}: the evidence contradicts itself: {} (`{name}`)", values(entries))
            }
            Stated::Known(entries) if entries[0].strength < strength => {
                let needed = if strength == Strength::Verified { "verified" } else { "attested or verified" };
                let known = if entries[0].strength == Strength::Declared { "declared" } else { "attested" };
                format!("{title} is only {known}, and must be {needed} (`{name}`)")
            }
            Stated::Known(entries) => match wish(test, about.kind) {
                Some(wish) => format!("{title} is {}, {wish} is asked (`{name}`)", values(entries)),
                None => format!("{title} is stated not to be there (`{name}`)"),
            },
        }
    }

    fn owned(&self, owned: Owned) -> String {
        let finding = self.index.finding;
        match owned {
            Owned::ControlledFromHome(home) => control(verdict(finding, home), home),
            Owned::ControlledFromAbroad(_) => "it is not known to be controlled from a third country".to_owned(),
            Owned::NoForeignHolders if matches!(finding.eea, Verdict::Unknown(_)) => control(&finding.eea, Home::Area),
            Owned::NoForeignHolders => "somebody outside the European Economic Area holds a part of it".to_owned(),
            Owned::Unexposed => {
                let own = exposed("the provider", &finding.exposure);
                let others = finding.subcontractors.as_ref().map_or_else(
                    || Some("it is not known whether there are subcontractors".to_owned()),
                    |exposure| exposed("a subcontractor with access", exposure),
                );
                own.into_iter().chain(others).collect::<Vec<_>>().join("; ")
            }
            Owned::SeatsIn(region) => {
                let outside: Vec<_> = finding.seats.iter().filter(|seat| !region.contains(**seat)).collect();
                if outside.is_empty() {
                    "registered office, headquarters and main establishment are not all known".to_owned()
                } else {
                    format!("a seat lies outside of the {region}: {}", countries(outside))
                }
            }
            Owned::NoSeatIn(region) => format!("a seat lies in the {region}"),
            Owned::SubcontractorsUnexposed => finding.subcontractors.as_ref().map_or_else(
                || "it is not known whether there are subcontractors".to_owned(),
                |exposure| exposed("a subcontractor with access", exposure).unwrap_or_default(),
            ),
            Owned::SubcontractorsIn(region) => {
                let outside: Vec<_> =
                    finding.subcontractor_countries.iter().filter(|at| !region.contains(**at)).collect();
                if outside.is_empty() {
                    "it is not known whether there are subcontractors".to_owned()
                } else {
                    format!("subcontractors are outside of the {region}: {}", countries(outside))
                }
            }
            Owned::SubcontractorsOutside(region) => format!("no subcontractor is known outside of the {region}"),
            Owned::Immune => match finding.immunity.reasons.first() {
                Some(reason) => reason.clone(),
                None => "holders from outside the Union are not known to stay within the limits".to_owned(),
            },
        }
    }

    /// What is found where a condition holds that counts against somebody.
    fn found(&self, condition: &Condition) -> String {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                let nothing = &mut super::condition::Reliance::default();
                let texts =
                    parts.iter().filter(|part| part.threatens(self.index, nothing)).map(|part| self.found(part));
                texts.collect::<Vec<_>>().join("; ")
            }
            Condition::Fact(fact, ..) => {
                format!("{}: {}", self.set.vocabulary.at(*fact).1.title, values(self.index.entries(*fact)))
            }
            Condition::Owned(Owned::NoSeatIn(region)) => format!("no seat lies in the {region}"),
            Condition::Owned(Owned::SubcontractorsOutside(region)) => self.owned(Owned::SubcontractorsIn(*region)),
            Condition::Owned(Owned::ControlledFromAbroad(home)) => control(verdict(self.index.finding, *home), *home),
            Condition::Owned(_) | Condition::Before(_) | Condition::Certificate(_) => "what is known".to_owned(),
        }
    }
}

/// Who controls a provider, when it is not somebody at home.
pub(super) fn control(verdict: &Verdict, home: Home) -> String {
    let home = match home {
        Home::Union => "European Union",
        Home::Area => "European Economic Area",
    };
    match verdict {
        Verdict::Home => format!("it is controlled from within the {home}"),
        Verdict::ThirdCountry(from) => format!("it is controlled from outside the {home}: {}", countries(from)),
        Verdict::Unknown(reasons) => format!("who controls it is not known: {}", some_of(reasons)),
    }
}

/// Which third countries reach somebody, if any do or may.
pub(super) fn exposed(who: &str, exposure: &Exposure) -> Option<String> {
    if !exposure.countries.is_empty() {
        return Some(format!("{who} can be reached from {}", countries(&exposure.countries)));
    }
    (!exposure.unknown.is_empty()).then(|| format!("who can reach {who} is not known: {}", some_of(&exposure.unknown)))
}

fn some_of(reasons: &[String]) -> String {
    let shown = reasons.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    if shown.is_empty() { "nothing is known about who owns it".to_owned() } else { shown }
}

fn countries<'a>(countries: impl IntoIterator<Item = &'a Country>) -> String {
    countries.into_iter().map(Country::code).collect::<Vec<_>>().join(", ")
}

/// What a test wishes for; none where it only asks for something to be there.
fn wish(test: &Test, kind: FactKind) -> Option<String> {
    Some(match test {
        Test::Shown | Test::Stated if kind == FactKind::Flag => return None,
        Test::Shown | Test::Stated => "something".to_owned(),
        Test::Is(value) => format!("`{}`", text(&value.into())),
        Test::AtLeast(least) => format!("at least {least}"),
        Test::AtMost(most) => format!("at most {most}"),
        Test::Below(limit) => format!("less than {limit}"),
        Test::SomeIn(region) => format!("a country of the {region}"),
        Test::EveryIn(region) => format!("nothing but countries of the {region}"),
        Test::SomeOutside(region) => format!("a country outside of the {region}"),
        Test::Holds(words) => format!("all of {}", words.join(", ")),
        Test::ApartFrom(_) => "nothing that is listed elsewhere".to_owned(),
        Test::NoLongerThan(limit) => format!("no more than {limit}"),
        Test::NotAfter(last) => format!("{last} or before"),
    })
}

fn values(entries: &[Entry<'_>]) -> String {
    let mut texts: Vec<String> = entries.iter().map(|entry| text(&entry.value)).collect();
    texts.dedup();
    let rest = texts.len().saturating_sub(NAMED);
    texts.truncate(NAMED);
    let mut all = texts.join(", ");
    if rest > 0 {
        let _ = write!(all, " and {rest} more");
    }
    if all.is_empty() { "empty".to_owned() } else { all }
}

/// A value for people; long ones are cut.
fn text(value: &Value<'_>) -> String {
    let text = match value {
        Value::Flag(true) => "yes".to_owned(),
        Value::Flag(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => (*text).to_owned(),
        Value::Words(words) => words.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "),
        Value::Countries(all) => countries(*all),
    };
    text.chars().take(80).collect()
}
