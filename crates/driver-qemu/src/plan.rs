//! What a machine is to be: a specification, checked and in the units of QEMU.

use hansa_agent::driver::{DriverError, Spec};
use hansa_model::application::Config;
use hansa_model::kind::KindId;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::images::{Guest, Manifest};
use crate::options::Options;

const MIB: i64 = 1 << 20;
const SSH_PORT: u16 = 22;

/// A machine that can be made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Plan {
    pub(crate) vcpus: i64,
    pub(crate) memory_mib: i64,
    /// The size of its disk in bytes, which is its quota.
    pub(crate) disk: i64,
    pub(crate) hostname: String,
    /// What it is given to work with; who gives keys gets a published SSH port.
    pub(crate) config: Config,
    /// The checksum of its image.
    pub(crate) image: String,
}

impl Plan {
    /// Checks everything that can be known before anything is done.
    pub(crate) fn new(spec: &Spec, image: &Manifest) -> Result<Self, DriverError> {
        refuse_what_is_not_there(spec)?;
        refuse_unusable_config(&spec.config)?;
        let cpu = spec.properties.count("cpu").map_or(1000, |cpu| cpu.base());
        let memory = spec.properties.bytes("memory").ok_or_else(|| refused("a machine needs `memory`"))?;
        let memory_mib = (memory.base() + MIB - 1) / MIB;
        let least = i64::try_from(image.minimum_memory_mib).unwrap_or(i64::MAX);
        if memory_mib < least {
            return Err(refused(format!("the image `{}` needs at least {least} MiB of memory", image.name)));
        }
        let least = i64::try_from(image.minimum_disk).unwrap_or(i64::MAX);
        let disk = spec.properties.bytes("disk").map_or(default_disk(image.guest).max(least), |disk| disk.base());
        if disk < least {
            let mib = (least + MIB - 1) / MIB;
            return Err(refused(format!("the image `{}` needs a disk of at least {mib} MiB", image.name)));
        }
        let mut config = spec.config.clone();
        if !config.ssh_keys.is_empty()
            && !config.ports.values().any(|port| *port == SSH_PORT)
            && let Ok(name) = "ssh".parse()
        {
            config.ports.entry(name).or_insert(SSH_PORT);
        }
        Ok(Self {
            vcpus: ((cpu + 999) / 1000).max(1),
            memory_mib,
            // QEMU's disks consist of sectors.
            disk: disk.div_euclid(512) * 512,
            hostname: hostname(&spec.label),
            config,
            image: image.digest(),
        })
    }

    /// Tells whether a running machine is what it is to be. Ports on the host do not matter to the guest.
    pub(crate) fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(serde_json::to_vec(self).unwrap_or_default()))
    }
}

fn refused(reason: impl Into<String>) -> DriverError {
    DriverError::Refused(reason.into())
}

const fn default_disk(guest: Guest) -> i64 {
    match guest {
        Guest::Micro => 1 << 30,
        Guest::CloudInit => 0,
    }
}

/// Refuses a machine that is larger than the whole site. Whether there is room right now, the exchange knows.
pub(crate) fn refuse_beyond_capacity(spec: &Spec, options: &Options) -> Result<(), DriverError> {
    let capacity = options.capacity.by_resource();
    for (resource, amount) in KindId::ComputeInstance.spec().takes(&spec.properties) {
        let all = capacity.get(&resource).copied().unwrap_or_default();
        if amount > all {
            return Err(refused(format!("this site has less {} in all than was asked for", resource.name())));
        }
    }
    Ok(())
}

fn refuse_what_is_not_there(spec: &Spec) -> Result<(), DriverError> {
    if spec.properties.text("arch").is_some_and(|arch| arch != "x86_64") {
        return Err(refused("this site has processors of the architecture x86_64 only"));
    }
    if spec.properties.count("gpu").is_some_and(|number| number.base() > 0) {
        return Err(refused("this site has no graphics processors"));
    }
    Ok(())
}

fn refuse_unusable_config(config: &Config) -> Result<(), DriverError> {
    for (name, value) in &config.env {
        let mut letters = name.bytes();
        let begins_well = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
        if !begins_well || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_') {
            return Err(refused(format!("`{name}` can't be the name of an environment variable")));
        }
        if value.contains('\0') {
            return Err(refused(format!("the environment variable `{name}` contains a zero byte")));
        }
    }
    for path in config.files.keys() {
        let proper = path
            .strip_prefix('/')
            .is_some_and(|rest| !rest.contains('\0') && rest.split('/').all(|part| !matches!(part, "" | "." | "..")));
        if !proper {
            return Err(refused(format!("`{path}` can't be the path of a file: write it like `/srv/www/index.html`")));
        }
    }
    if config.ports.values().any(|port| *port == 0) {
        return Err(refused("0 can't be a published port"));
    }
    if config.ssh_keys.iter().any(|key| key.trim().is_empty() || key.contains(['\n', '\r', '\0'])) {
        return Err(refused("an SSH key must be one line, as in a file `id_ed25519.pub`"));
    }
    Ok(())
}

/// The label as the name of a host.
fn hostname(label: &str) -> String {
    let usable = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let name: String = label.chars().take(63).map(usable).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "machine".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::PathBuf;

    use hansa_agent::driver::Tag;
    use hansa_model::id::ServiceId;
    use hansa_model::quantity::{Number, Size};
    use serde_json::{Value, json};

    use super::*;
    use crate::images::Artefact;
    use crate::options::Capacity;

    pub(crate) fn options() -> Options {
        let capacity = Capacity { cpu: Number::whole(4), memory: Size::gib(4), storage: Size::gib(40), instances: 10 };
        Options::new(PathBuf::from("/state"), PathBuf::from("/images"), capacity)
    }

    pub(crate) fn spec(properties: Value, config: Value) -> Spec {
        Spec {
            tag: Tag { service: ServiceId::from_uuid(Default::default()), generation: 1 },
            label: "web".to_owned(),
            properties: serde_json::from_value(properties).unwrap(),
            config: serde_json::from_value(config).unwrap(),
        }
    }

    pub(crate) fn image(guest: Guest) -> Manifest {
        let artefact = |file: &str| Artefact { file: file.to_owned(), sha256: "00".repeat(32) };
        Manifest {
            name: "test".to_owned(),
            guest,
            kernel: artefact("vmlinuz"),
            initrd: artefact("initrd"),
            disk: artefact("disk"),
            arguments: "rdinit=/init".to_owned(),
            user: "root".to_owned(),
            minimum_memory_mib: 80,
            minimum_disk: 16 << 20,
            built_from: String::new(),
        }
    }

    fn plan(properties: Value, config: Value) -> Result<Plan, String> {
        let spec = spec(properties, config);
        let plan = refuse_beyond_capacity(&spec, &options()).and_then(|()| Plan::new(&spec, &image(Guest::Micro)));
        plan.map_err(|error| error.to_string())
    }

    #[test]
    fn parts_of_processors_and_mebibytes_are_rounded_up() {
        let plan = plan(json!({"cpu": 1.5, "memory": "200 MB", "disk": "1 GiB"}), json!({})).unwrap();
        assert_eq!((plan.vcpus, plan.memory_mib, plan.disk), (2, 191, 1 << 30));
        assert_eq!(plan.hostname, "web");
    }

    #[test]
    fn a_key_opens_the_ssh_port_unless_it_is_open_already() {
        let memory = json!({"cpu": 1, "memory": "128 MiB"});
        let ports = |config: Value| serde_json::to_value(plan(memory.clone(), config).unwrap().config.ports).unwrap();
        assert_eq!(ports(json!({"sshKeys": ["ssh-ed25519 AAAA"]})), json!({"ssh": 22}));
        assert_eq!(ports(json!({"sshKeys": ["ssh-ed25519 AAAA"], "ports": {"shell": 22}})), json!({"shell": 22}));
        assert_eq!(ports(json!({"ports": {"http": 80}})), json!({"http": 80}));
    }

    #[test]
    fn what_can_never_be_is_refused_in_a_sentence() {
        let usual = json!({"cpu": 1, "memory": "128 MiB"});
        for (properties, config, reason) in [
            (json!({"cpu": 5, "memory": "1 GiB"}), json!({}), "less cpu in all"),
            (json!({"cpu": 1, "memory": "5 GiB"}), json!({}), "less memory in all"),
            (json!({"cpu": 1, "memory": "64 MiB"}), json!({}), "at least 80 MiB of memory"),
            (json!({"cpu": 1}), json!({}), "needs `memory`"),
            (json!({"cpu": 1, "memory": "1 GiB", "disk": "1 MiB"}), json!({}), "disk of at least 16 MiB"),
            (json!({"cpu": 1, "memory": "1 GiB", "gpu": 1}), json!({}), "no graphics"),
            (json!({"cpu": 1, "memory": "1 GiB", "arch": "aarch64"}), json!({}), "x86_64 only"),
            (usual.clone(), json!({"env": {"A B": "c"}}), "`A B` can't be the name"),
            (usual.clone(), json!({"env": {"A": "b\u{0}"}}), "zero byte"),
            (usual.clone(), json!({"files": {"/a/../etc/passwd": ""}}), "can't be the path"),
            (usual.clone(), json!({"files": {"relative": ""}}), "can't be the path"),
            (usual.clone(), json!({"ports": {"http": 0}}), "can't be a published port"),
            (usual, json!({"sshKeys": ["a\nb"]}), "one line"),
        ] {
            let refusal = plan(properties, config).unwrap_err();
            assert!(refusal.contains(reason), "{refusal} should say {reason}");
        }
    }

    #[test]
    fn fingerprints_differ_when_the_guest_must_be_started_anew() {
        let of = |memory: &str, run: &str| {
            plan(json!({"cpu": 1, "memory": memory}), json!({"run": run})).unwrap().fingerprint()
        };
        assert_eq!(of("128 MiB", "a"), of("128 MiB", "a"));
        assert_ne!(of("128 MiB", "a"), of("256 MiB", "a"));
        assert_ne!(of("128 MiB", "a"), of("128 MiB", "b"));
    }
}
