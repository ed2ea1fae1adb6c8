//! The provider's agent: it pulls the intents of its services, journals, makes them true through drivers, and
//! reports what it sees. Outbound connections only.

pub mod conformance;
pub mod driver;
pub mod timer;
