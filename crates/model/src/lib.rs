//! The words of Hansa: typed ids, money, quantities, and every resource of the exchange with its lifecycle.
//!
//! Nothing here does I/O or is async. A resource bears the same name in every layer above.

pub mod agent;
pub mod application;
pub mod catalogue;
pub mod charge;
pub mod console;
pub mod cost;
pub mod country;
pub mod document;
pub mod event;
pub mod evidence;
pub mod id;
pub mod kind;
pub mod lifecycle;
pub mod maintenance;
pub mod measured;
pub mod money;
pub mod name;
pub mod offer;
pub mod onboarding;
pub mod order;
pub mod package;
pub mod page;
pub mod participant;
pub mod price;
pub mod problem;
pub mod proposal;
pub mod quantity;
pub mod service;
pub mod sign_in;
pub mod site;
pub mod system;
pub mod time;
pub mod usage;
