//! What participants call their owners, told apart.

use hansa_model::evidence::{Claim, Entity, Holding, Subcontractor};

/// A claim of the participant `by` with names that mean the same for everybody. What a participant calls its owners is
/// its own business: two that name theirs alike mean different ones. Only DIDs, register numbers and participants mean
/// the same for everybody.
#[must_use]
pub fn with_global_names(claim: Claim, by: &str, is_participant: impl Fn(&str) -> bool) -> Claim {
    let global = |entity: String| {
        let is_global = entity.starts_with("did:") || entity.starts_with("lei:") || is_participant(&entity);
        if is_global { entity } else { format!("{by}/{entity}") }
    };
    match claim {
        Claim::Entity(entity) => Claim::Entity(Entity { id: global(entity.id), ..entity }),
        Claim::Holding(holding) => {
            Claim::Holding(Holding { owner: global(holding.owner), owned: global(holding.owned), ..holding })
        }
        Claim::Subcontractor(other) => {
            Claim::Subcontractor(Subcontractor { entity: other.entity.map(global), ..other })
        }
        other => other,
    }
}

/// The entities that a claim names, by the names it has for them.
pub fn entities_named(claim: &Claim) -> impl Iterator<Item = &str> {
    let named: Vec<&str> = match claim {
        Claim::Entity(entity) => vec![&entity.id],
        Claim::Holding(holding) => vec![&holding.owner, &holding.owned],
        Claim::Subcontractor(other) => other.entity.as_deref().into_iter().collect(),
        Claim::Fact { .. } | Claim::Certificate(_) | Claim::NoSubcontractors => Vec::new(),
    };
    named.into_iter()
}
