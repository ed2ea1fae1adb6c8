//! Real virtual machines with QEMU, for the kind `compute.instance`.
//!
//! Each machine is a directory and a QEMU process of its own. The process is no child of the agent: it goes on
//! when the agent ends, and is found again by the directory. Guests reach out through QEMU's user-mode network
//! and are reached on published ports of one address. Under systemd the agent's unit needs `KillMode=process`,
//! or the machines end with the agent.
//!
//! What a guest can rely on, whatever its image:
//! - `env` is exported to `run`; it also lies in `/etc/hansa/env`;
//! - `files` are written before `run`, directories above them are made, and what begins with `#!` can be executed;
//! - `run` is executed by `/bin/sh` at every start, and again one second after it ended; what it prints goes to
//!   the console;
//! - `ports` are published; who gives `sshKeys` can log in, on a port named `ssh` unless port 22 has another name;
//! - what is on the host's loopback is found at 10.0.2.2 ([`hansa_agent::driver::Driver::reach`]). Providers must
//!   therefore not leave services without a password on the loopback of a host that runs machines.
//!
//! Guests of the image `debian-12-micro` have BusyBox (with `httpd`, `wget`, `nc`), `psql` and, with keys, an SSH
//! server. Only `/data` is on the disk; everything else is in memory and fresh at each start, `/usr` is read-only.
//! Guests of the image `debian-12` are Debian; all of their disk is kept.
//!
//! Programs that are needed on the host, by Debian package: `qemu-system-x86`, `qemu-utils`, `e2fsprogs`.
//! Building [`images::micro`] takes `busybox-static`, `dropbear-bin` and `postgresql-client-15` in addition,
//! building [`images::debian12`] takes `mmdebstrap`.

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
mod terminal;
mod tool;

pub use driver::{QemuDriver, SetupError};
pub use options::{Accel, Capacity, Machine, Options};
pub use ports::PortRange;
pub use probe::has_kvm;
