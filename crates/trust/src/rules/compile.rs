//! Conditions as they stand in a file, made into conditions that can be tested.

use hansa_model::evidence::Strength;

use super::condition::{Accept, Condition, Owned, Test};
use super::load::LoadError;
use super::schemes::Schemes;
use super::source::{AcceptFile, ConditionFile, ControlFile, Home, NodeFile};
use super::vocabulary::{FactAt, FactKind, Vocabulary};

/// What names in a file can mean.
pub(super) struct Names<'a> {
    pub(super) file: &'a str,
    pub(super) home: Home,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) schemes: &'a Schemes,
}

impl Names<'_> {
    pub(super) fn fact(&self, place: &str, name: &str) -> Result<FactAt, LoadError> {
        self.vocabulary.place(name).ok_or_else(|| LoadError::UnknownFact {
            file: self.file.to_owned(),
            place: place.to_owned(),
            fact: name.to_owned(),
        })
    }

    pub(super) fn condition(&self, place: &str, why: &str) -> LoadError {
        LoadError::Condition { file: self.file.to_owned(), place: place.to_owned(), why: why.to_owned() }
    }

    pub(super) fn accept(&self, place: &str, accept: &AcceptFile) -> Result<Accept, LoadError> {
        let unknown = || LoadError::UnknownScheme {
            file: self.file.to_owned(),
            place: place.to_owned(),
            scheme: accept.scheme.clone(),
        };
        let at = self.schemes.place(&accept.scheme).ok_or_else(unknown)?;
        let scheme = self.schemes.at(at);
        let mut levels = Vec::new();
        for name in &accept.levels {
            let level = scheme.level(name).ok_or_else(|| LoadError::UnknownLevel {
                file: self.file.to_owned(),
                place: format!("{place}, {}", scheme.id),
                level: name.clone(),
            })?;
            levels.push(level);
            if scheme.ordered {
                levels.extend(level + 1..scheme.levels.len());
            }
        }
        if !accept.clauses.is_empty() && !scheme.clauses {
            return Err(self.condition(place, &format!("names clauses of {}, which has none", scheme.id)));
        }
        Ok(Accept { scheme: at, levels, clauses: accept.clauses.clone() })
    }

    /// What certificates would do, for people.
    pub(super) fn would_certify(&self, accepted: &[AcceptFile], assessment: Option<FactAt>) -> String {
        let mut ways: Vec<String> = accepted
            .iter()
            .map(|accept| {
                let levels: String = accept.levels.iter().map(|level| format!(" {level}")).collect();
                let clauses =
                    if accept.clauses.is_empty() { String::new() } else { format!(" ({})", accept.clauses.join(", ")) };
                format!("{}{levels}{clauses}", accept.scheme)
            })
            .collect();
        let certificates = match ways.pop() {
            None => String::new(),
            Some(last) if ways.is_empty() => {
                format!("a certificate of {last}, signed by its body and covering this offer")
            }
            Some(last) => {
                format!("a certificate of {} or {last}, signed by its body and covering this offer", ways.join(", "))
            }
        };
        let assessed = assessment.map(|fact| {
            let (name, fact) = self.vocabulary.at(fact);
            format!("{} (`{name}`), signed by an assessment body or attested by the operator", fact.title)
        });
        [(!certificates.is_empty()).then_some(certificates), assessed]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", or ")
    }

    pub(super) fn compile(&self, place: &str, condition: &ConditionFile) -> Result<Condition, LoadError> {
        match condition {
            ConditionFile::Shown(name) => Ok(Condition::Fact(self.fact(place, name)?, Test::Shown, Strength::Declared)),
            ConditionFile::Node(node) => self.node(place, node),
        }
    }

    fn node(&self, place: &str, node: &NodeFile) -> Result<Condition, LoadError> {
        let mut found = Vec::new();
        let parts = |parts: &Vec<ConditionFile>| {
            if parts.is_empty() {
                return Err(self.condition(place, "has an empty list of conditions"));
            }
            parts.iter().map(|part| self.compile(place, part)).collect::<Result<Vec<_>, _>>()
        };
        if let Some(all) = &node.all {
            found.push(Condition::All(parts(all)?));
        }
        if let Some(any) = &node.any {
            found.push(Condition::Any(parts(any)?));
        }
        if let Some(before) = &node.before {
            found.push(Condition::Before(self.start_of_day(place, before)?));
        }
        if let Some(accept) = &node.certificate {
            found.push(Condition::Certificate(self.accept(place, accept)?));
        }
        found.extend(self.owned(node).into_iter().map(Condition::Owned));
        let mut tests = self.tests(place, node)?;
        match &node.fact {
            None if !tests.is_empty() || node.strength.is_some() => {
                return Err(self.condition(place, "tests a value, but names no fact"));
            }
            None => {}
            Some(name) => {
                let fact = self.fact(place, name)?;
                let test = tests.pop().unwrap_or(Test::Shown);
                if !tests.is_empty() {
                    return Err(self.condition(place, &format!("tests `{name}` in two ways; use `all`")));
                }
                if !test.suits(self.vocabulary.at(fact).1.kind) {
                    return Err(self.condition(place, &format!("tests `{name}` in a way that its type has not")));
                }
                found.push(Condition::Fact(fact, test, node.strength.unwrap_or(Strength::Declared)));
            }
        }
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(self.condition(place, "needs exactly one thing to look at for each condition")),
        }
    }

    fn tests(&self, place: &str, node: &NodeFile) -> Result<Vec<Test>, LoadError> {
        let period = |text: &String| {
            text.parse().map(Test::NoLongerThan).map_err(|_| self.condition(place, &format!("`{text}` is no period")))
        };
        let day = |text: &String| {
            text.parse().map(Test::NotAfter).map_err(|_| LoadError::Day {
                file: self.file.to_owned(),
                place: place.to_owned(),
                text: text.clone(),
            })
        };
        if node.stated == Some(false) {
            return Err(self.condition(place, "can only ask for what is stated: `stated: true`"));
        }
        let parts = [
            node.stated.map(|_| Test::Stated),
            node.is.clone().map(Test::Is),
            node.at_least.map(Test::AtLeast),
            node.at_most.map(Test::AtMost),
            node.below.map(Test::Below),
            node.some_in.map(Test::SomeIn),
            node.every_in.map(Test::EveryIn),
            node.some_outside.map(Test::SomeOutside),
            node.holds.clone().map(Test::Holds),
            node.apart_from.as_ref().map(|name| self.fact(place, name)).transpose()?.map(Test::ApartFrom),
            node.no_longer_than.as_ref().map(period).transpose()?,
            node.not_after.as_ref().map(day).transpose()?,
        ];
        Ok(parts.into_iter().flatten().collect())
    }

    fn owned(&self, node: &NodeFile) -> Vec<Owned> {
        let parts = [
            node.control.map(|control| match control {
                ControlFile::Home => Owned::ControlledFromHome(self.home),
                ControlFile::ThirdCountry => Owned::ControlledFromAbroad(self.home),
            }),
            node.foreign_holders.map(|_| Owned::NoForeignHolders),
            node.exposure.map(|_| Owned::Unexposed),
            node.seats_in.map(Owned::SeatsIn),
            node.no_seat_in.map(Owned::NoSeatIn),
            node.subcontractors.map(|_| Owned::SubcontractorsUnexposed),
            node.subcontractors_in.map(Owned::SubcontractorsIn),
            node.subcontractors_outside.map(Owned::SubcontractorsOutside),
            node.immunity.map(|_| Owned::Immune),
        ];
        parts.into_iter().flatten().collect()
    }
}

impl Test {
    /// Whether values of a type can be tested this way.
    fn suits(&self, kind: FactKind) -> bool {
        match self {
            Self::Shown | Self::Stated => true,
            Self::Is(_) => matches!(kind, FactKind::Flag | FactKind::Text),
            Self::AtLeast(_) | Self::AtMost(_) | Self::Below(_) => kind == FactKind::Number,
            Self::SomeIn(_) | Self::EveryIn(_) | Self::SomeOutside(_) => kind == FactKind::Countries,
            Self::Holds(_) | Self::ApartFrom(_) => kind == FactKind::Words,
            Self::NoLongerThan(_) => kind == FactKind::Period,
            Self::NotAfter(_) => kind == FactKind::Date,
        }
    }
}
