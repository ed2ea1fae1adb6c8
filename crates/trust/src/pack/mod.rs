//! Audit packs: what is known of a participant or of everybody in an order, with all that is needed to verify and
//! judge it again, offline and on another machine, to the same result.
//!
//! A pack is a compressed tar archive. Its manifest names every file by its hash and is signed by the exchange. The
//! evidence, the documents of its issuers as they were fetched, their status lists, and the rule sets lie beside each
//! other, so that [`verify`] needs nothing else.

mod archive;
mod content;
mod examine;
mod make;
mod verify;

pub use archive::{ArchiveError, Files, pack, unpack};
pub use content::{
    Belief, Decisions, FORMAT, FileEntry, Judged, Kept, Manifest, PackedDocument, PackedEvaluation, PackedEvidence,
    PackedIssued, Party, RuleSetRef,
};
pub use make::{Draft, Issued, PackError, decisions, make};
pub use verify::{Difference, PackReport, Unverifiable, verify};
