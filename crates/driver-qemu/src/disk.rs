//! Disks: qcow2 files whose virtual size is the quota and which take only what was written.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use hansa_agent::driver::DriverError;
use tokio::process::Command;

use crate::home::Home;
use crate::images::{Guest, Image};
use crate::tool;

const MAGIC: &[u8; 4] = b"QFI\xfb";
/// Where disks are made; a name that tells what a crash left behind.
const WORKSHOP: &str = "making";

/// The size that the guest sees; `None` when there is no disk yet.
pub(crate) fn virtual_size(disk: &Path) -> io::Result<Option<i64>> {
    let mut header = [0; 32];
    match File::open(disk) {
        Ok(mut file) => file.read_exact(&mut header)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    if !header.starts_with(MAGIC) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no qcow2 file"));
    }
    let mut size = [0; 8];
    size.copy_from_slice(&header[24..]);
    Ok(i64::try_from(u64::from_be_bytes(size)).ok())
}

/// Makes the disk, or enlarges it; the machine must not run. A disk that is large enough is left alone.
pub(crate) async fn provide(home: &Home, image: &Image, size: i64) -> Result<(), DriverError> {
    match virtual_size(&home.disk()).map_err(|error| tool::unusable(&home.disk(), &error))? {
        Some(present) if present >= size => Ok(()),
        Some(_) => {
            tool::run(qemu_img().arg("resize").args(["-q", "-f", "qcow2"]).arg(home.disk()).arg(size.to_string())).await
        }
        None => make(home, image, size).await,
    }
}

/// Makes the disk beside its place and then moves it there, so that a disk in its place is whole.
async fn make(home: &Home, image: &Image, size: i64) -> Result<(), DriverError> {
    let unusable = |error: io::Error| tool::unusable(home.directory(), &error);
    clear_workshops(home.directory()).map_err(unusable)?;
    let workshop = tempfile::Builder::new().prefix(WORKSHOP).tempdir_in(home.directory()).map_err(unusable)?;
    let fresh = workshop.path().join("disk.qcow2");
    match image.manifest.guest {
        Guest::Micro => {
            let raw = workshop.path().join("disk.raw");
            File::create(&raw).and_then(|file| file.set_len(size.unsigned_abs())).map_err(unusable)?;
            // Formatted here, since the guest would take seconds for it.
            let mut mke2fs = Command::new("mke2fs");
            mke2fs.args(["-q", "-F", "-t", "ext4", "-m", "0"]);
            mke2fs.args(["-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0"]).arg(&raw);
            tool::run(&mut mke2fs).await?;
            tool::run(qemu_img().args(["convert", "-q", "-f", "raw", "-O", "qcow2"]).args([&raw, &fresh])).await?;
        }
        Guest::CloudInit => {
            let mut create = qemu_img();
            create.args(["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"]).args([&image.disk(), &fresh]);
            tool::run(create.arg(size.to_string())).await?;
        }
    }
    fs::set_permissions(&fresh, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(unusable)?;
    fs::rename(&fresh, home.disk()).map_err(unusable)
}

fn qemu_img() -> Command {
    Command::new("qemu-img")
}

fn clear_workshops(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(WORKSHOP) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
