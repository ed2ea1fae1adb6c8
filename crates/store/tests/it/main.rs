//! The behaviour of the store, the same on SQLite and on PostgreSQL.

mod append_only;
mod catalogue;
mod charges;
mod evidence;
mod given_up;
mod idempotency;
mod identity;
mod migrations;
mod onboarding;
mod sign_in;
mod world;
