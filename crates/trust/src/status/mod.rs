//! Bitstring status lists: whether a credential was revoked.
