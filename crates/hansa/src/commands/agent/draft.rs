//! The first configuration of an agent: what its machine has, divided among the drivers, with words that explain it.

use std::fmt::Write as _;
use std::path::Path;

use super::back_end::{BackEnd, DriverName};
use super::host::Host;

const MEBIBYTE: u64 = 1 << 20;
const GIBIBYTE: u64 = 1 << 30;
/// How many machines may share a processor at most, each with its own share of memory.
const MACHINES_PER_PROCESSOR: u64 = 8;
const DATABASES: u64 = 100;

/// The text of the configuration file.
pub(super) fn text(exchange: &str, directory: &Path, host: &Host, back_ends: &[BackEnd]) -> String {
    let at = |parts: &[&str]| quoted(&parts.iter().fold(directory.to_owned(), |path, part| path.join(part)));
    let mut text = format!(
        "# What this agent delivers. Change it as you like, and start the agent anew.\n\
         exchange: {exchange}\n\
         # Its key and its journal. Back them up.\n\
         state: {state}\n\
         drivers:\n",
        exchange = quoted(Path::new(exchange)),
        state = at(&["agent"]),
    );
    let share = Share::of(host, back_ends);
    let address = host.address;
    for BackEnd { site, driver } in back_ends {
        let site = site.as_str();
        // Writing into a string does not fail.
        _ = match driver {
            DriverName::Qemu => write!(
                text,
                "# Virtual machines on this machine. {kvm}\n\
                 - site: {site}\n  \
                   type: qemu\n  \
                   state: {state}\n  \
                   # Machines start from the images in here: `hansa image list --images {images}`\n  \
                   images: {images}\n  \
                   accel: {accel}\n  \
                   # Where buyers reach the ports of machines.\n  \
                   address: {address}\n  \
                   # All that is sold. A quarter of the memory and a fifth of the free disk are left to this machine.\n  \
                   capacity: {{cpu: {cpu}, memory: {memory}, storage: {disk}, instances: {instances}}}\n",
                kvm = if host.kvm {
                    "Its processor runs them (KVM)."
                } else {
                    "KVM does not work here, so they are translated, which works everywhere and is slow."
                },
                accel = if host.kvm { "kvm" } else { "tcg" },
                state = at(&["machines", site]),
                images = at(&["images"]),
                cpu = share.processors,
                memory = size(share.memory),
                disk = size(share.disk),
                instances = share.processors * MACHINES_PER_PROCESSOR,
            ),
            DriverName::Postgres | DriverName::MariaDb => {
                let (name, title) =
                    if *driver == DriverName::Postgres { ("postgres", "PostgreSQL") } else { ("mariadb", "MariaDB") };
                write!(
                    text,
                    "# Databases on a {title} server that the agent starts, and that outlives it. To use one that is there:\n\
                     #   server: {{url: \"{scheme}://admin:PASSWORD@HOST:PORT/{home}\"}}\n\
                     - site: {site}\n  \
                       type: {name}\n  \
                       server: {{managed: {{data: {data}, listen: {address}, outlive: true}}}}\n  \
                       state: {state}\n  \
                       backups: {{here: {backups}}}\n  \
                       capacity: {{storage: {disk}, instances: {DATABASES}}}\n",
                    scheme = if name == "postgres" { "postgres" } else { "mysql" },
                    home = if name == "postgres" { "postgres" } else { "mysql" },
                    data = at(&[name, site, "server"]),
                    state = at(&[name, site, "state"]),
                    backups = at(&["backups", name, site]),
                    disk = size(share.disk),
                )
            }
            DriverName::Simulated(kind) => write!(
                text,
                "# Only for trying out: nothing real is behind it, and offers say so.\n\
                 - site: {site}\n  \
                   type: simulated\n  \
                   kind: {kind}\n",
            ),
        };
    }
    text
}

/// What each driver gets.
struct Share {
    processors: u64,
    memory: u64,
    disk: u64,
}

impl Share {
    /// Machines divide processors and memory, all that store something the disk.
    fn of(host: &Host, back_ends: &[BackEnd]) -> Self {
        let count = |does: fn(&BackEnd) -> bool| back_ends.iter().filter(|one| does(one)).count().max(1) as u64;
        let machines = count(|one| one.driver == DriverName::Qemu);
        let stores = count(|one| !matches!(one.driver, DriverName::Simulated(_)));
        Self {
            processors: (host.processors / machines).max(1),
            memory: host.memory / 4 * 3 / machines,
            disk: host.disk / 5 * 4 / stores,
        }
    }
}

/// A size in whole units, rounded down.
fn size(bytes: u64) -> String {
    if bytes >= 4 * GIBIBYTE { format!("{} GiB", bytes / GIBIBYTE) } else { format!("{} MiB", bytes / MEBIBYTE) }
}

/// A path or address as YAML takes it: plain where nothing in it can be misread, quoted elsewhere.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "./_:-".contains(letter);
    if text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/') && text.chars().all(plain) {
        return text.into_owned();
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hansa_agent::config::AgentConfig;
    use hansa_driver_qemu::{Accel, Options};
    use hansa_model::kind::Resource;
    use serde_json::Value;

    use super::*;

    const HOST: Host = Host {
        processors: 8,
        memory: 24 * GIBIBYTE,
        disk: 500 * GIBIBYTE,
        kvm: true,
        address: Ipv4Addr::new(192, 0, 2, 10),
    };

    fn read(directory: &Path, host: &Host, back_ends: &[&str]) -> AgentConfig {
        let back_ends: Vec<BackEnd> = back_ends.iter().map(|text| text.parse().unwrap()).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text("https://exchange.example", directory, host, &back_ends)).unwrap();
        AgentConfig::load(file.path()).unwrap()
    }

    fn machines(config: &AgentConfig, at: usize) -> Options {
        serde_json::from_value(Value::Object(config.drivers[at].options.clone())).unwrap()
    }

    #[test]
    fn machines_and_databases_share_what_there_is() {
        let config =
            read(Path::new("/srv/hansa"), &HOST, &["leiden-1=qemu", "leiden-1=postgres", "leiden-2=mariadb", "x=qemu"]);
        assert_eq!(config.state, Path::new("/srv/hansa/agent"));
        let first = machines(&config, 0);
        assert_eq!((first.accel, first.address.to_string()), (Accel::Kvm, "192.0.2.10".to_owned()));
        assert_eq!(first.state, Path::new("/srv/hansa/machines/leiden-1"));
        let capacity = first.capacity.by_resource();
        assert_eq!(capacity[&Resource::Cpu], 4_000, "two drivers of machines share eight processors");
        assert_eq!(capacity[&Resource::Memory], 9 << 30);
        assert_eq!(capacity[&Resource::Storage], 100 << 30, "four drivers share four fifths of the disk");
        for at in [1, 2] {
            let options: hansa_driver_postgres::Options =
                serde_json::from_value(Value::Object(config.drivers[at].options.clone())).unwrap();
            assert_eq!(options.capacity.storage.base(), 100 << 30);
            assert_eq!(options.capacity.instances, 100);
        }
        assert_ne!(machines(&config, 3).state, first.state);
    }

    #[test]
    fn a_small_machine_without_kvm_still_sells() {
        let small = Host { processors: 1, memory: GIBIBYTE, disk: 3 * GIBIBYTE, kvm: false, ..HOST };
        let config = read(Path::new("/srv"), &small, &["a=qemu", "a=simulated:database.postgresql"]);
        let options = machines(&config, 0);
        assert_eq!(options.accel, Accel::Tcg);
        assert_eq!(options.capacity.by_resource()[&Resource::Memory], 768 << 20);
        assert_eq!(config.drivers[1].options["kind"], "database.postgresql");
    }

    #[test]
    fn odd_directories_are_quoted() {
        let config = read(Path::new("/srv/a b: {c}, #d\"e"), &HOST, &["a=qemu", "a=mariadb"]);
        assert_eq!(machines(&config, 0).images, Path::new("/srv/a b: {c}, #d\"e/images"));
    }

    #[test]
    fn other_texts_are_no_drivers_at_sites() {
        for text in ["qemu", "a=", "=qemu", "a=simulated", "a=simulated:tea", "a b=qemu", "a=vmware"] {
            assert!(text.parse::<BackEnd>().is_err(), "{text}");
        }
    }
}
