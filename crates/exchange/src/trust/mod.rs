//! Trust: what rule sets make of what is known, whom the exchange believes, and what it signs with.

mod assess;
mod issuers;
pub(crate) mod keys;
mod labels;
pub(crate) mod names;
mod ownership;
mod pack;
mod receipts;
mod report;
mod suppose;
mod web;

pub(crate) use assess::{assess_due, concern, holder_of};
pub(crate) use issuers::trusted;
pub use issuers::{believe, distrust, issuers};
pub use keys::{exchange_document, participant_document, rotate};
pub use labels::label;
pub use ownership::ownership;
pub use pack::{AuditPack, of_order as order_pack, of_participant as participant_pack};
pub use receipts::receipt;
pub use report::{of_offer, of_participant, rule_set, rule_sets};
pub(crate) use suppose::{Supposed, suppose};
pub(crate) use web::{Web, checks, resolver};

pub use crate::evidence::{check, status_list};
