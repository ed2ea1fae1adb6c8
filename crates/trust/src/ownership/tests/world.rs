//! A small language for ownership graphs in tests.

use std::collections::BTreeSet;

use hansa_model::country::Country;
use hansa_model::evidence::{Access, Claim, Entity, EntityKind, Holding, Right, Share, Strength, Subcontractor};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use crate::Known;
use crate::ownership::{Aliases, Finding, Graph, Verdict};

/// The participant that everything is about.
pub(in crate::ownership) const X: &str = "x";

pub(in crate::ownership) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

pub(in crate::ownership) fn country(code: &str) -> Country {
    code.parse().unwrap()
}

pub(in crate::ownership) fn known(claim: Claim) -> Known {
    Known {
        claim,
        strength: Strength::Verified,
        evidence: EvidenceId::new(),
        issuer: "did:web:registry.example".to_owned(),
        valid_from: at(0),
        valid_until: None,
    }
}

pub(in crate::ownership) fn entity(id: &str, kind: EntityKind, code: &str) -> Entity {
    Entity {
        id: id.to_owned(),
        name: id.to_uppercase(),
        kind,
        incorporated_in: Some(country(code)),
        headquarters_in: Some(country(code)),
        main_establishment_in: Some(country(code)),
        personal_jurisdictions: Vec::new(),
    }
}

pub(in crate::ownership) fn holding(owner: &str, owned: &str, percent: f64) -> Holding {
    let share = Some(Share((percent * 100.0).round() as u32));
    Holding {
        owner: owner.to_owned(),
        owned: owned.to_owned(),
        capital: share,
        votes: share,
        joint_group: None,
        rights: Some(BTreeSet::new()),
        valid_from: None,
        valid_to: None,
        source: None,
    }
}

#[derive(Default)]
pub(in crate::ownership) struct World(pub(super) Vec<Known>);

impl World {
    pub(in crate::ownership) fn company(self, id: &str, code: &str) -> Self {
        self.entity(entity(id, EntityKind::Company, code))
    }

    pub(in crate::ownership) fn person(self, id: &str, code: &str) -> Self {
        self.entity(entity(id, EntityKind::Person, code))
    }

    pub(in crate::ownership) fn dispersed(self, id: &str) -> Self {
        let crowd = Entity { incorporated_in: None, ..entity(id, EntityKind::Dispersed, "DE") };
        self.entity(Entity { headquarters_in: None, main_establishment_in: None, ..crowd })
    }

    pub(in crate::ownership) fn entity(self, entity: Entity) -> Self {
        self.claim(Claim::Entity(entity))
    }

    pub(in crate::ownership) fn holds(self, owner: &str, owned: &str, percent: f64) -> Self {
        self.holding(holding(owner, owned, percent))
    }

    pub(in crate::ownership) fn holds_with(self, owner: &str, owned: &str, percent: f64, rights: &[Right]) -> Self {
        let rights = Some(rights.iter().copied().collect());
        self.holding(Holding { rights, ..holding(owner, owned, percent) })
    }

    pub(in crate::ownership) fn holds_unstated(self, owner: &str, owned: &str, percent: f64) -> Self {
        self.holding(Holding { rights: None, ..holding(owner, owned, percent) })
    }

    pub(in crate::ownership) fn holding(self, holding: Holding) -> Self {
        self.claim(Claim::Holding(holding))
    }

    pub(in crate::ownership) fn subcontractor(
        self,
        name: &str,
        entity: Option<&str>,
        access: Option<&[Access]>,
    ) -> Self {
        self.claim(Claim::Subcontractor(Subcontractor {
            name: name.to_owned(),
            entity: entity.map(str::to_owned),
            jurisdictions: Vec::new(),
            access: access.map(|access| access.iter().copied().collect()),
            purpose: None,
        }))
    }

    pub(in crate::ownership) fn claim(mut self, claim: Claim) -> Self {
        self.0.push(known(claim));
        self
    }

    /// Changes how the last claim is known.
    pub(in crate::ownership) fn last(mut self, change: impl FnOnce(&mut Known)) -> Self {
        change(self.0.last_mut().unwrap());
        self
    }

    pub(in crate::ownership) fn graph(&self) -> Graph {
        Graph::of(Aliases::default(), self.0.iter().map(|known| (X, known)))
    }

    pub(in crate::ownership) fn find(&self) -> Finding {
        self.graph().find(X, at(1_000))
    }
}

pub(in crate::ownership) fn third(codes: &[&str]) -> Verdict {
    Verdict::ThirdCountry(codes.iter().map(|code| country(code)).collect())
}

#[track_caller]
pub(in crate::ownership) fn assert_unknown(verdict: &Verdict, why: &str) {
    match verdict {
        Verdict::Unknown(reasons) => {
            assert!(reasons.iter().any(|reason| reason.contains(why)), "{why:?} is not in {reasons:?}");
        }
        other => panic!("{other:?} is not unknown"),
    }
}
