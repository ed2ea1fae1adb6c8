//! Debian 12 with systemd, cloud-init, an SSH server and QEMU's guest agent, made from Debian's packages.

use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use super::{AtPath, BuildError, Guest, Manifest, built_before, publish, seal, tool};

/// The name of the image.
pub const NAME: &str = "debian-12";

const PACKAGES: [&str; 15] = [
    "ca-certificates",
    "cloud-guest-utils",
    "cloud-init",
    "dbus",
    "e2fsprogs",
    "initramfs-tools",
    "iproute2",
    "linux-image-cloud-amd64",
    "netbase",
    "openssh-server",
    "qemu-guest-agent",
    "sudo",
    "systemd-resolved",
    "systemd-sysv",
    "wget",
];

/// The size of the file system, which grows to the size of the machine's disk at the first start.
const SIZE: u64 = 2 << 30;

const LABEL: &str = "hansa-root";

/// What differs from Debian's defaults: place and contents.
const FILES: [(&str, &str); 5] = [
    ("etc/fstab", "LABEL=hansa-root / ext4 defaults,noatime 0 1\n"),
    ("etc/hostname", "debian\n"),
    // One kind of host key, since making the others takes half a minute under TCG.
    ("etc/cloud/cloud.cfg.d/90_hansa.cfg", "datasource_list: [NoCloud]\nlocale: C.UTF-8\nssh_genkeytypes: [ed25519]\n"),
    // Made afresh by each machine.
    ("etc/machine-id", ""),
    // The owner's shell on the serial port, without a password: the exchange lets in the buyer alone, and whoever can
    // reach the port in another way is master of the host, and so of the machine.
    (
        "etc/systemd/system/serial-getty@ttyS0.service.d/owner.conf",
        "[Service]\nExecStart=\n\
         ExecStart=-/sbin/agetty --autologin debian --noclear --keep-baud 115200,57600,38400,9600 - xterm\n",
    ),
];

/// Work that is of no use in machines made from an image, and costs minutes under TCG.
const MASKED: [&str; 5] =
    ["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service"];

/// Builds the image into its directory below `images`, unless it is there already. Takes a minute or two, needs
/// root and Debian's package archive. To build it anew with newer packages, remove its manifest first.
///
/// # Errors
/// [`BuildError`] names the Debian package that is missing, or what went wrong.
pub fn build(images: &Path) -> Result<Manifest, BuildError> {
    let built_from = hex::encode(Sha256::digest(include_bytes!("debian12.rs")));
    if let Some(manifest) = built_before(&images.join(NAME), &built_from) {
        return Ok(manifest);
    }
    if !nix::unistd::geteuid().is_root() {
        return Err(BuildError::NotRoot(NAME));
    }
    let cache = images.join(".cache");
    fs::create_dir_all(&cache).at(&cache)?;
    let scratch = tempfile::tempdir_in(&cache).at(&cache)?;
    let tree = scratch.path().join("tree");
    let mut mmdebstrap = Command::new("mmdebstrap");
    mmdebstrap.args(["--quiet", "--mode=root", "--variant=minbase", "--format=directory"]);
    mmdebstrap.arg(format!("--include={}", PACKAGES.join(","))).arg("bookworm").arg(&tree);
    tool::run("mmdebstrap", &mut mmdebstrap)?;
    adapt(&tree)?;

    let [kernel, initrd] = ["vmlinuz", "initrd.img"].map(|link| tree.join(link));
    fs::copy(&kernel, scratch.path().join("vmlinuz")).at(&kernel)?;
    fs::copy(&initrd, scratch.path().join("initrd.img")).at(&initrd)?;
    disk(&tree, scratch.path())?;

    let manifest = Manifest {
        name: NAME.to_owned(),
        guest: Guest::CloudInit,
        kernel: seal(scratch.path(), "vmlinuz")?,
        initrd: seal(scratch.path(), "initrd.img")?,
        disk: seal(scratch.path(), "disk.qcow2")?,
        arguments: format!("root=LABEL={LABEL} rw"),
        user: "debian".to_owned(),
        minimum_memory_mib: 384,
        minimum_disk: SIZE,
        built_from,
    };
    publish(scratch.path(), &manifest, images)?;
    Ok(manifest)
}

fn adapt(tree: &Path) -> Result<(), BuildError> {
    for (path, contents) in FILES {
        let file = tree.join(path);
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory).at(directory)?;
        }
        fs::write(&file, contents).at(&file)?;
    }
    // Debian leaves the choice of a network service to whoever installs it.
    let mut enable = Command::new("chroot");
    enable.arg(tree).args(["systemctl", "enable", "--quiet", "systemd-networkd.service"]);
    tool::run("coreutils", &mut enable)?;
    let units = tree.join("etc/systemd/system");
    for unit in MASKED {
        let mask = units.join(unit);
        if !mask.is_symlink() {
            std::os::unix::fs::symlink("/dev/null", &mask).at(&mask)?;
        }
    }
    // Each machine makes host keys of its own.
    let ssh = tree.join("etc/ssh");
    for entry in fs::read_dir(&ssh).at(&ssh)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("ssh_host_") {
            fs::remove_file(entry.path()).at(&entry.path())?;
        }
    }
    Ok(())
}

fn disk(tree: &Path, scratch: &Path) -> Result<(), BuildError> {
    let raw = scratch.join("disk.raw");
    fs::File::create(&raw).and_then(|file| file.set_len(SIZE)).at(&raw)?;
    let mut mke2fs = Command::new("mke2fs");
    mke2fs.args(["-q", "-F", "-t", "ext4", "-m", "1", "-L", LABEL, "-E", "root_owner=0:0", "-d"]).args([tree, &raw]);
    tool::run("e2fsprogs", &mut mke2fs)?;
    let mut convert = Command::new("qemu-img");
    convert.args(["convert", "-q", "-c", "-f", "raw", "-O", "qcow2"]).args([&raw, &scratch.join("disk.qcow2")]);
    tool::run("qemu-utils", &mut convert)?;
    Ok(())
}
