//! Rule sets as data, and what they make of what is known.
//!
//! A rule set is a file under `data/rules`, read once and checked ([`RuleSets`]). It is judged against a
//! [`Case`](crate::Case): [`evaluate`] gives level, scores, the outcome of every criterion with the evidence that it
//! rests on, and what keeps from each higher level; [`assurance`] makes of several evaluations what matching looks at.
//! Nothing that is missing, expired or contradictory ever counts as met.

mod assurance;
mod compile;
mod condition;
mod evaluate;
mod explain;
mod index;
mod judge;
mod load;
mod period;
mod registry;
mod schemes;
mod set;
mod source;
mod vocabulary;
mod wanted;

pub use assurance::{Appraiser, assurance};
pub use evaluate::evaluate;
pub use load::LoadError;
pub use registry::RuleSets;
pub use schemes::{Scheme, Schemes};
pub use set::{About, Asked, Certainty, Choice, Criterion, Level, Objective, RuleSet};
pub use vocabulary::{Fact, FactFault, FactKind, Several, Step, Vocabulary};
pub use wanted::Wanted;
