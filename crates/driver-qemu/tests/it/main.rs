//! The driver on real machines, translated by QEMU; and the conformance kit.

mod conformance;
mod debian;
mod images;
mod machine;
mod terminal;
mod world;
