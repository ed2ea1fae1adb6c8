//! The proofs that people sign in with, each in a file of its own: passwords ([`password`]), one-time codes
//! ([`one_time`]), codes for when everything else is lost ([`recovery`]), passkeys ([`passkey`]), and the word of
//! another sign-in service ([`oidc`]).
//!
//! Nothing is kept here and nothing is decided about accounts: the exchange does both.

pub mod oidc;
pub mod one_time;
pub mod passkey;
pub mod password;
pub mod recovery;
