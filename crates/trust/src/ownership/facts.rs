//! Statements about entities and holdings, each with who made it and when it counts.

use std::collections::BTreeSet;

use hansa_model::evidence::{Entity, Holding, Strength, Subcontractor};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use crate::Known;

/// When a statement counts: from `from` up to, and without, `until`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Span {
    pub(super) fn of(known: &Known) -> Self {
        Self { from: known.valid_from, until: known.valid_until }
    }

    pub(super) fn within(self, from: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        let earliest_end = match (self.until, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self { from: from.map_or(self.from, |start| self.from.max(start)), until: earliest_end }
    }

    pub(super) fn counts(self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|end| at < end)
    }

    /// The first instant after `at` at which it begins or ceases to count.
    pub(super) fn next_change(self, at: Timestamp) -> Option<Timestamp> {
        if self.until.is_some_and(|end| end <= self.from) {
            return None;
        }
        if at < self.from { Some(self.from) } else { self.until.filter(|end| at < *end) }
    }
}

/// A statement with what decides between it and others.
#[derive(Debug, Clone)]
pub(super) struct Fact<T> {
    pub(super) says: T,
    pub(super) span: Span,
    pub(super) strength: Strength,
    pub(super) evidence: EvidenceId,
    /// The participant whose evidence it is.
    pub(super) about: u32,
}

/// A holding with its owner by number.
#[derive(Debug, Clone)]
pub(super) struct HeldBy {
    pub(super) owner: u32,
    pub(super) holding: Holding,
}

/// A subcontractor with its entity by number.
#[derive(Debug, Clone)]
pub(super) struct WorksFor {
    pub(super) entity: Option<u32>,
    pub(super) subcontractor: Subcontractor,
}

/// What is stated about one entity.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) id: String,
    /// Whether it takes part itself: then only its own declarations about it count.
    pub(super) participant: bool,
    pub(super) entities: Vec<Fact<Entity>>,
    pub(super) held_by: Vec<Fact<HeldBy>>,
    pub(super) holds: BTreeSet<u32>,
    /// Its subcontractors; `None` says that it has none.
    pub(super) subcontractors: Vec<Fact<Option<WorksFor>>>,
    pub(super) works_for: BTreeSet<u32>,
}

/// What several statements of one attribute come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled<T> {
    /// Nobody says anything.
    Unstated,
    /// The strongest say this.
    Stated(T, Strength),
    /// The strongest contradict each other.
    Disputed,
}

impl<T> Settled<T> {
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Stated(value, _) => Some(value),
            Self::Unstated | Self::Disputed => None,
        }
    }

    pub(super) fn is_disputed(&self) -> bool {
        matches!(self, Self::Disputed)
    }
}

/// The strongest statement wins; equally strong ones that differ settle nothing.
pub(super) fn settle<T: PartialEq>(statements: impl Iterator<Item = (Strength, Option<T>)>) -> Settled<T> {
    let mut best: Option<(Strength, T, bool)> = None;
    for (strength, value) in statements.filter_map(|(strength, value)| Some((strength, value?))) {
        match &mut best {
            Some((known, _, _)) if *known > strength => {}
            Some((known, held, disputed)) if *known == strength => *disputed |= *held != value,
            _ => best = Some((strength, value, false)),
        }
    }
    match best {
        None => Settled::Unstated,
        Some((_, _, true)) => Settled::Disputed,
        Some((strength, value, false)) => Settled::Stated(value, strength),
    }
}
