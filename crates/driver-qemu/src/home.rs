//! The directory of one machine. Everything that belongs to it is there, so whoever sees the directory knows
//! the machine, and nothing is left when the directory is gone.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hansa_agent::driver::Spec;
use hansa_model::id::ServiceId;
use hansa_model::name::Name;
use serde::{Deserialize, Serialize};

use crate::images::Manifest;
use crate::process::Process;

/// What is kept of a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The generation of the intent that was last applied in full; 0 while it is being made.
    pub(crate) applied: u64,
    /// What it is to be.
    pub(crate) spec: Spec,
    /// Whether it is to run.
    pub(crate) powered: bool,
    /// The image that it was made from.
    pub(crate) image: Manifest,
    /// The ports on the host by name.
    pub(crate) ports: BTreeMap<Name, u16>,
    /// The fingerprint of the plan that it was last started with.
    pub(crate) started_as: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Home {
    directory: PathBuf,
}

impl Home {
    pub(crate) fn of(state: &Path, service: ServiceId) -> Self {
        Self { directory: state.join(service.to_string()) }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn record_file(&self) -> PathBuf {
        self.directory.join("spec.json")
    }

    pub(crate) fn disk(&self) -> PathBuf {
        self.directory.join("disk.qcow2")
    }

    /// The drive with the configuration of a micro guest.
    pub(crate) fn config_drive(&self) -> PathBuf {
        self.directory.join("config.cpio")
    }

    /// The directory that a cloud-init guest sees as a drive.
    pub(crate) fn seed(&self) -> PathBuf {
        self.directory.join("seed")
    }

    pub(crate) fn console(&self) -> PathBuf {
        self.directory.join("console.log")
    }

    /// Where one terminal at a time reaches the serial port.
    pub(crate) fn terminal(&self) -> PathBuf {
        self.directory.join("console.sock")
    }

    pub(crate) fn earlier_console(&self) -> PathBuf {
        self.directory.join("console.earlier.log")
    }

    pub(crate) fn monitor(&self) -> PathBuf {
        self.directory.join("qmp.sock")
    }

    pub(crate) fn agent(&self) -> PathBuf {
        self.directory.join("guest.sock")
    }

    pub(crate) fn pidfile(&self) -> PathBuf {
        self.directory.join("qemu.pid")
    }

    /// Names the run whose guest was seen to be up.
    fn up_file(&self) -> PathBuf {
        self.directory.join("up")
    }

    /// The record, if the machine got so far.
    pub(crate) fn record(&self) -> io::Result<Option<Record>> {
        match fs::read(self.record_file()) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the directory, open to nobody else.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)
    }

    /// Keeps the record, so that it survives a crash of the host.
    pub(crate) fn keep(&self, record: &Record) -> io::Result<()> {
        write_secret(&self.record_file(), &serde_json::to_vec_pretty(record)?)
    }

    /// The QEMU that runs the machine.
    pub(crate) fn process(&self) -> Option<Process> {
        Process::noted_in(&self.pidfile())
    }

    pub(crate) fn was_up(&self, process: Process) -> bool {
        fs::read_to_string(self.up_file()).is_ok_and(|run| run == process.run())
    }

    pub(crate) fn note_up(&self, process: Process) -> io::Result<()> {
        fs::write(self.up_file(), process.run())
    }

    /// The bytes that the disk takes on the host right now.
    pub(crate) fn disk_use(&self) -> io::Result<i64> {
        let blocks = fs::metadata(self.disk())?.blocks();
        Ok(i64::try_from(blocks * 512).unwrap_or(i64::MAX))
    }

    /// Removes everything, the record last but for the directory: what is half removed is still found.
    pub(crate) fn remove(&self) -> io::Result<()> {
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path == self.record_file() {
                continue;
            }
            if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(&path)? } else { fs::remove_file(&path)? }
        }
        fs::remove_dir_all(&self.directory)
    }
}

/// Replaces a file in one step by one that only its owner can read.
pub(crate) fn write_secret(path: &Path, contents: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |directory| fs::File::open(directory)?.sync_all())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;
    use crate::images::Guest;
    use crate::plan::tests::{image, spec};

    #[test]
    fn a_record_is_kept_to_itself_and_read_again() {
        let state = tempfile::tempdir().unwrap();
        let spec = spec(
            json!({"cpu": 1.5, "memory": "128 MiB", "disk": "1 GiB", "image": "test"}),
            json!({"env": {"PASSWORD": "hunter2"}, "ports": {"http": 80}, "run": "true"}),
        );
        let home = Home::of(state.path(), spec.tag.service);
        assert_eq!(home.record().unwrap(), None);
        let ports = BTreeMap::from([("http".parse().unwrap(), 20000)]);
        let image = image(Guest::Micro);
        let record = Record { applied: 3, spec, powered: true, image, ports, started_as: String::new() };
        home.prepare().unwrap();
        home.keep(&record).unwrap();
        assert_eq!(home.record().unwrap(), Some(record));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(home.directory()), mode(&home.record_file())), (0o700, 0o600));

        fs::create_dir(home.seed()).unwrap();
        fs::write(home.seed().join("user-data"), "secret").unwrap();
        home.remove().unwrap();
        home.remove().unwrap();
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
    }
}
