//! Conditions on what is known: whether they hold, what that rests on, and whether they are refuted.

use hansa_model::country::{Country, Region};
use hansa_model::evidence::{FactValue, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;
use jiff::civil::Date;

use super::index::{Entry, Index, Stated};
use super::period::Period;
use super::schemes::SchemeAt;
use super::source::Home;
use super::vocabulary::FactAt;
use crate::ownership::{Answer, Exposure, Finding, Verdict};

/// A condition on what is known. It holds when it is shown to; what is not known never holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// All of these.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// A fact of a value, known at least so well.
    Fact(FactAt, Test, Strength),
    /// The instant lies before this one.
    Before(Timestamp),
    /// A certificate.
    Certificate(Accept),
    /// Something that the ownership graph says.
    Owned(Owned),
}

/// What the value of a fact must be. Where it has several, one must do, or every one, as each test says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// Yes, some number, or not empty: one must do.
    Shown,
    /// Anything, were it empty.
    Stated,
    /// This value: every one.
    Is(FactValue),
    /// A number of this much or more: every one.
    AtLeast(i64),
    /// A number of this much or less: every one.
    AtMost(i64),
    /// A number of less than this: every one.
    Below(i64),
    /// Countries, one of them in the region.
    SomeIn(Region),
    /// Countries, at least one, every one in the region.
    EveryIn(Region),
    /// Countries, one of them outside of the region.
    SomeOutside(Region),
    /// All these words, between them.
    Holds(Vec<String>),
    /// No word that the other fact has too.
    ApartFrom(FactAt),
    /// A period that never ends later than this one: every one.
    NoLongerThan(Period),
    /// A day, this one or before: every one.
    NotAfter(Date),
}

/// A certificate that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accept {
    pub(super) scheme: SchemeAt,
    /// The places of the levels that will do; any when empty.
    pub(super) levels: Vec<usize>,
    /// The clauses that it must cover; the whole scheme when empty.
    pub(super) clauses: Vec<String>,
}

/// What the ownership graph must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owned {
    /// Nobody outside the home controls.
    ControlledFromHome(Home),
    /// Somebody outside the home does.
    ControlledFromAbroad(Home),
    /// Nobody outside the European Economic Area holds a part.
    NoForeignHolders,
    /// No third country reaches it, neither through those who control it nor through subcontractors.
    Unexposed,
    /// All seats are known and lie in the region.
    SeatsIn(Region),
    /// All seats are known and none lies in the region.
    NoSeatIn(Region),
    /// No third country reaches subcontractors with access.
    SubcontractorsUnexposed,
    /// All subcontractors are known and are in the region.
    SubcontractorsIn(Region),
    /// One of the subcontractors is outside of the region.
    SubcontractorsOutside(Region),
    /// SecNumCloud 19.6 is passed.
    Immune,
}

/// What an outcome rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reliance {
    pub(super) evidence: Vec<EvidenceId>,
    pub(super) until: Option<Timestamp>,
    /// Whether facts are among it.
    pub(super) facts: bool,
}

impl Reliance {
    fn on(&mut self, evidence: EvidenceId, until: Option<Timestamp>) {
        self.evidence.push(evidence);
        self.ends(until);
    }

    pub(super) fn ends(&mut self, until: Option<Timestamp>) {
        self.until = sooner(self.until, until);
    }

    pub(super) fn on_entry(&mut self, entry: &Entry<'_>) {
        self.facts = true;
        self.on(entry.evidence, entry.until);
    }

    fn on_finding(&mut self, finding: &Finding) {
        self.evidence.extend(&finding.evidence);
        self.ends(finding.valid_until);
    }

    /// Each piece of evidence once, in order.
    pub(super) fn tidied(mut self) -> Self {
        self.evidence.sort_unstable();
        self.evidence.dedup();
        self
    }
}

/// The sooner of two ends, of which an absent one never comes.
pub(super) fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Condition {
    /// Whether it holds; what that rests on is added to `reliance` if so, and only then.
    pub(super) fn holds(&self, index: &Index<'_>, reliance: &mut Reliance) -> bool {
        match self {
            Self::All(parts) => {
                let (before, until, facts) = (reliance.evidence.len(), reliance.until, reliance.facts);
                let holds = parts.iter().all(|part| part.holds(index, reliance));
                if !holds {
                    reliance.evidence.truncate(before);
                    (reliance.until, reliance.facts) = (until, facts);
                }
                holds
            }
            Self::Any(parts) => parts.iter().any(|part| part.holds(index, reliance)),
            Self::Fact(fact, test, strength) => match index.stated(*fact) {
                Stated::Known(entries) if entries[0].strength >= *strength => match test.passed(entries, index) {
                    Some(passed) => {
                        passed.iter().for_each(|entry| reliance.on_entry(entry));
                        true
                    }
                    None => false,
                },
                _ => false,
            },
            Self::Before(end) => {
                let holds = index.at < *end;
                if holds {
                    reliance.ends(Some(*end));
                }
                holds
            }
            Self::Certificate(accept) => accept.met(index, reliance),
            Self::Owned(owned) => {
                let holds = owned.holds(index.finding);
                if holds {
                    reliance.on_finding(index.finding);
                }
                holds
            }
        }
    }

    /// Whether what is known stands against it, rather than nothing being known.
    pub(super) fn refuted(&self, index: &Index<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(|part| part.refuted(index)),
            Self::Any(parts) => !parts.is_empty() && parts.iter().all(|part| part.refuted(index)),
            Self::Fact(fact, test, strength) => match index.stated(*fact) {
                Stated::Known(entries) => entries[0].strength >= *strength && test.passed(entries, index).is_none(),
                Stated::Nothing | Stated::Contradictory(_) => false,
            },
            Self::Before(end) => index.at >= *end,
            Self::Certificate(_) => false,
            Self::Owned(owned) => owned.refuted(index.finding),
        }
    }

    /// Whether it holds, or would if one of two statements that contradict each other were true. What counts against
    /// somebody is not undone by a contradiction.
    pub(super) fn threatens(&self, index: &Index<'_>, reliance: &mut Reliance) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.threatens(index, reliance)),
            Self::Any(parts) => parts.iter().any(|part| part.threatens(index, reliance)),
            Self::Fact(fact, test, _) => match index.stated(*fact) {
                Stated::Contradictory(entries) => {
                    let threat = entries.iter().find(|entry| test.passed(std::slice::from_ref(entry), index).is_some());
                    threat.into_iter().for_each(|entry| reliance.on_entry(entry));
                    threat.is_some()
                }
                Stated::Nothing | Stated::Known(_) => self.holds(index, reliance),
            },
            Self::Before(_) | Self::Certificate(_) | Self::Owned(_) => self.holds(index, reliance),
        }
    }

    /// If it is refuted, adds what is known that does so.
    pub(super) fn blame(&self, index: &Index<'_>, reliance: &mut Reliance) {
        if !self.refuted(index) {
            return;
        }
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.blame(index, reliance)),
            Self::Fact(fact, ..) => {
                if let Stated::Known(entries) = index.stated(*fact) {
                    entries.iter().for_each(|entry| reliance.on_entry(entry));
                }
            }
            Self::Owned(_) => reliance.on_finding(index.finding),
            Self::Before(_) | Self::Certificate(_) => {}
        }
    }

    /// Whether it looks at the ownership graph.
    pub(super) fn looks_at_owners(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::looks_at_owners),
            Self::Owned(_) => true,
            Self::Fact(..) | Self::Before(_) | Self::Certificate(_) => false,
        }
    }
}

impl Test {
    /// The entries by which it is passed.
    fn passed<'e, 'a>(&self, entries: &'e [Entry<'a>], index: &Index<'_>) -> Option<&'e [Entry<'a>]> {
        let one = |does: &dyn Fn(&Entry<'_>) -> bool| {
            entries.iter().position(does).map(|at| std::slice::from_ref(&entries[at]))
        };
        let every = |does: &dyn Fn(&Entry<'_>) -> bool| entries.iter().all(does).then_some(entries);
        let numbers = |does: &dyn Fn(i64) -> bool| every(&|entry| entry.value.numbers_all(does));
        match self {
            Self::Shown => one(&|entry| entry.value.is_shown()),
            Self::Stated => one(&|_| true),
            Self::Is(value) => every(&|entry| entry.value.is(value)),
            Self::AtLeast(least) => numbers(&|number| number >= *least),
            Self::AtMost(most) => numbers(&|number| number <= *most),
            Self::Below(limit) => numbers(&|number| number < *limit),
            Self::SomeIn(region) => one(&|entry| entry.value.words().any(|word| lies_in(word, *region))),
            Self::EveryIn(region) => {
                let some = entries.iter().any(|entry| entry.value.words().next().is_some());
                some.then(|| every(&|entry| entry.value.words().all(|word| lies_in(word, *region)))).flatten()
            }
            Self::SomeOutside(region) => one(&|entry| entry.value.words().any(|word| !lies_in(word, *region))),
            Self::Holds(wanted) => {
                let has = |word: &String| entries.iter().any(|entry| entry.value.words().any(|held| held == word));
                wanted.iter().all(has).then_some(entries)
            }
            Self::ApartFrom(other) => {
                let others = index.entries(*other);
                let shared = |word: &str| others.iter().any(|entry| entry.value.words().any(|held| held == word));
                every(&|entry| !entry.value.words().any(shared))
            }
            Self::NoLongerThan(limit) => every(&|entry| {
                entry.value.text().is_some_and(|text| text.parse().is_ok_and(|p: Period| p.fits(*limit)))
            }),
            Self::NotAfter(last) => {
                every(&|entry| entry.value.text().is_some_and(|text| text.parse().is_ok_and(|day: Date| day <= *last)))
            }
        }
    }
}

/// Whether a word is a country of the region; what is no country lies nowhere.
fn lies_in(word: &str, region: Region) -> bool {
    word.parse::<Country>().is_ok_and(|country| region.contains(country))
}

impl Accept {
    /// Whether a certificate is held that will do: signed by its body, and reaching what is judged.
    pub(super) fn met(&self, index: &Index<'_>, reliance: &mut Reliance) -> bool {
        let held = index.certificates(self.scheme);
        let found = held.iter().find(|held| held.strength >= Strength::Verified && held.reaches && self.fits(held));
        if let Some(found) = found {
            reliance.on(found.evidence, found.until);
        }
        found.is_some()
    }

    /// Whether a certificate has the level and clauses.
    pub(super) fn fits(&self, held: &super::index::Held<'_>) -> bool {
        let level = self.levels.is_empty() || held.level.is_some_and(|level| self.levels.contains(&level));
        let named = &held.claim.clauses;
        let covered = |wanted: &String| named.iter().any(|clause| super::schemes::covers(clause, wanted));
        level && (named.is_empty() || (!self.clauses.is_empty() && self.clauses.iter().all(covered)))
    }
}

impl Owned {
    fn holds(self, finding: &Finding) -> bool {
        let subcontractors = finding.subcontractors.as_ref();
        match self {
            Self::ControlledFromHome(home) => *verdict(finding, home) == Verdict::Home,
            Self::ControlledFromAbroad(home) => matches!(verdict(finding, home), Verdict::ThirdCountry(_)),
            Self::NoForeignHolders => finding.eea == Verdict::Home && !finding.foreign_minority,
            Self::Unexposed => is_none(&finding.exposure) && subcontractors.is_some_and(is_none),
            Self::SeatsIn(region) => {
                let seats = &finding.seats;
                finding.seats_known && !seats.is_empty() && seats.iter().all(|seat| region.contains(*seat))
            }
            Self::NoSeatIn(region) => finding.seats_known && !finding.seats.iter().any(|seat| region.contains(*seat)),
            Self::SubcontractorsUnexposed => subcontractors.is_some_and(is_none),
            Self::SubcontractorsIn(region) => {
                subcontractors.is_some() && finding.subcontractor_countries.iter().all(|at| region.contains(*at))
            }
            Self::SubcontractorsOutside(region) => {
                finding.subcontractor_countries.iter().any(|at| !region.contains(*at))
            }
            Self::Immune => finding.immunity.answer == Answer::Pass,
        }
    }

    fn refuted(self, finding: &Finding) -> bool {
        let subcontractors = finding.subcontractors.as_ref();
        match self {
            Self::ControlledFromHome(home) => matches!(verdict(finding, home), Verdict::ThirdCountry(_)),
            Self::ControlledFromAbroad(home) => *verdict(finding, home) == Verdict::Home,
            Self::NoForeignHolders => finding.foreign_minority || matches!(finding.eea, Verdict::ThirdCountry(_)),
            Self::Unexposed => {
                !finding.exposure.countries.is_empty() || subcontractors.is_some_and(|at| !at.countries.is_empty())
            }
            Self::SeatsIn(region) => finding.seats.iter().any(|seat| !region.contains(*seat)),
            Self::NoSeatIn(region) => finding.seats.iter().any(|seat| region.contains(*seat)),
            Self::SubcontractorsUnexposed => subcontractors.is_some_and(|at| !at.countries.is_empty()),
            Self::SubcontractorsIn(region) => finding.subcontractor_countries.iter().any(|at| !region.contains(*at)),
            Self::SubcontractorsOutside(_) => self.known_inside(finding),
            Self::Immune => finding.immunity.answer == Answer::Fail,
        }
    }

    fn known_inside(self, finding: &Finding) -> bool {
        finding.subcontractors.is_some() && !self.holds(finding)
    }
}

/// Control seen from a home.
pub(super) fn verdict(finding: &Finding, home: Home) -> &Verdict {
    match home {
        Home::Union => &finding.union,
        Home::Area => &finding.eea,
    }
}

fn is_none(exposure: &Exposure) -> bool {
    exposure.countries.is_empty() && exposure.unknown.is_empty()
}
