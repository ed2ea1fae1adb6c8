//! The driver on real machines, translated by QEMU; and the conformance kit.

mod conformance;
mod debian;
mod machine;
mod world;
