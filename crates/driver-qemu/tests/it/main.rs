//! The driver on real machines, translated by QEMU; and the conformance kit.

mod conformance;
mod machine;
mod world;
