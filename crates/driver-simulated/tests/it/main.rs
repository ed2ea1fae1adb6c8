//! The simulated driver against the conformance kit, and what it simulates beyond.

mod conformance;
mod faults;
