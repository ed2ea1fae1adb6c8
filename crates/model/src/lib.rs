//! The words of Hansa: typed ids, money, quantities, and every resource of the exchange with its lifecycle.
//!
//! Nothing here does I/O or is async. A resource bears the same name in every layer above.

pub mod application;
pub mod country;
pub mod document;
pub mod evidence;
pub mod id;
pub mod kind;
pub mod money;
pub mod name;
pub mod offer;
pub mod package;
pub mod participant;
pub mod price;
pub mod quantity;
pub mod site;
pub mod time;
