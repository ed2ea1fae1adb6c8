//! Bitstring status lists: whether a credential was revoked (W3C Bitstring Status List 1.0).

mod bits;
mod entry;
mod list;

pub use bits::{Bitstring, MINIMUM_BITS};
pub use entry::{StatusEntry, StatusPurpose};
pub use list::{StatusError, StatusList};
