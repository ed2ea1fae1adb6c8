//! Tests of credentials from the outside.

mod credentials;
mod fuzz;
mod hostile;
mod hostile_chain;
mod hostile_credential;
mod hostile_did;
mod hostile_presentation;
mod hostile_signature;
mod hostile_status;
mod independent;
mod pack;
mod stage;
