//! Real virtual machines with QEMU, for the kind `compute.instance`.
//!
//! Each machine is a directory and a QEMU process of its own. The process is no child of the agent: it goes on
//! when the agent ends, and is found again by the directory. Guests reach out through QEMU's user-mode network
//! and are reached on published ports of one address. Under systemd the agent's unit needs `KillMode=process`,
//! or the machines end with the agent.

mod console;
mod cpio;
mod disk;
mod driver;
mod home;
pub mod images;
mod launch;
mod meter;
mod options;
mod plan;
mod ports;
mod probe;
mod process;
mod seed;
mod talk;
mod tool;

pub use driver::{QemuDriver, SetupError};
pub use options::{Accel, Capacity, Machine, Options};
pub use ports::PortRange;
