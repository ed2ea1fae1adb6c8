//! The API as its clients see it: a real server on a free port, on both engines where it matters.

mod authorization;
mod canary;
mod consoles;
mod devices;
mod events;
mod factors;
mod fuzz;
mod gxdch;
mod idempotency;
mod identity;
mod imports;
mod market;
mod members;
mod onboarding;
mod operation;
mod parties;
mod passkeys;
mod problems;
mod proofs;
mod providers;
mod resets;
mod sign_in;
mod smoke;
mod surfer;
mod transport;
mod visibility;
