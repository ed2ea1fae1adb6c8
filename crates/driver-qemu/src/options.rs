//! How a provider sets up its virtual machines.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use hansa_model::kind::Resource;
use hansa_model::quantity::{Number, Size};
use serde::{Deserialize, Serialize};

use crate::ports::PortRange;

/// What runs the guests' instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Accel {
    /// QEMU's own translator, which works everywhere.
    #[default]
    Tcg,
    /// The processor, through the Linux kernel. Tried out before the first machine is started, since a
    /// `/dev/kvm` that can be opened may still be unable to run a guest.
    Kvm,
}

/// The kind of machine that guests see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Machine {
    /// A PC with a PCI bus.
    #[default]
    Pc,
    /// A machine without PCI and legacy devices, made for short lives.
    Microvm,
}

/// What there is in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Virtual processors.
    pub cpu: Number,
    /// Memory of the guests. Each machine takes about 100 MiB more on the host under TCG.
    pub memory: Size,
    /// Disks at their full size.
    pub storage: Size,
    /// Machines.
    pub instances: u32,
}

impl Capacity {
    /// The same by resource, in base units.
    #[must_use]
    pub fn by_resource(&self) -> BTreeMap<Resource, i64> {
        BTreeMap::from([
            (Resource::Cpu, self.cpu.base()),
            (Resource::Memory, self.memory.base()),
            (Resource::Storage, self.storage.base()),
            (Resource::Instances, i64::from(self.instances)),
        ])
    }
}

/// The configuration of one QEMU back end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// The directory that holds one directory per machine. No other driver may use it.
    pub state: PathBuf,
    /// The directory that holds one directory per image.
    pub images: PathBuf,
    /// The address that the machines' ports are published on.
    #[serde(default = "loopback")]
    pub address: IpAddr,
    /// The ports that may be published; any free one when absent.
    #[serde(default)]
    pub ports: Option<PortRange>,
    /// What runs the guests' instructions.
    #[serde(default)]
    pub accel: Accel,
    /// The kind of machine.
    #[serde(default)]
    pub machine: Machine,
    /// What there is in all.
    pub capacity: Capacity,
    /// The image of machines for which none is named.
    #[serde(default = "default_image")]
    pub default_image: String,
    /// The program.
    #[serde(default = "default_binary")]
    pub binary: PathBuf,
}

const fn loopback() -> IpAddr {
    IpAddr::V4(Ipv4Addr::LOCALHOST)
}

fn default_image() -> String {
    crate::images::micro::NAME.to_owned()
}

fn default_binary() -> PathBuf {
    PathBuf::from("qemu-system-x86_64")
}

impl Options {
    /// The defaults: TCG, PC machines, ports on the loopback address.
    #[must_use]
    pub fn new(state: PathBuf, images: PathBuf, capacity: Capacity) -> Self {
        Self {
            state,
            images,
            address: loopback(),
            ports: None,
            accel: Accel::default(),
            machine: Machine::default(),
            capacity,
            default_image: default_image(),
            binary: default_binary(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_short_to_write_and_unknown_ones_are_refused() {
        let mut text = serde_json::json!({
            "state": "/var/lib/hansa/qemu",
            "images": "/var/lib/hansa/images",
            "capacity": {"cpu": 8, "memory": "16 GiB", "storage": "200 GiB", "instances": 10},
            "ports": {"from": 20000, "to": 20999},
        });
        let options: Options = serde_json::from_value(text.clone()).unwrap();
        assert_eq!((options.accel, options.machine, options.address), (Accel::Tcg, Machine::Pc, loopback()));
        assert_eq!(options.capacity.by_resource()[&Resource::Cpu], 8000);
        text["accelerator"] = "kvm".into();
        assert!(serde_json::from_value::<Options>(text).is_err());
    }
}
