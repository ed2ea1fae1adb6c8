//! Proofs, given by software of somebody else's making.

mod passkey;
