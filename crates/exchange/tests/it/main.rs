//! Orders from quote to bill, on both engines: what goes wrong is undone, what crashes goes on, what is charged is
//! right. Agents are scripted, the clock is set by hand, and every step of every saga is tried in every way.

mod agent;
mod assessor;
mod cast;
mod edge;
mod faults;
mod invariants;
mod world;

mod costs;
mod crowd;
mod decisions;
mod killed;
mod main_path;
mod market;
mod offline;
mod onboarding;
mod oracle;
mod proposals;
mod simulation;
mod suite;
mod trust;
mod usage;
