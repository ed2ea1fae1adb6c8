//! The small image: Debian's kernel, BusyBox, an SSH server and a PostgreSQL client, built in seconds.
//!
//! It is up in three seconds of processor time under TCG. Its init takes the machine's configuration from a
//! small drive and answers the guest agent's questions; see the scripts in `guest/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::{AtPath, BuildError, Guest, Manifest, ToolError, built_before, publish, seal, tool};
use crate::cpio::Archive;

/// The name of the image.
pub const NAME: &str = "debian-12-micro";

const KERNEL_PACKAGE: &str = "linux-image-cloud-amd64";

/// What the kernel is spared: tests of its own code, which take a sixth of the start under TCG.
const ARGUMENTS: &str = "rdinit=/init cryptomgr.notests=1";

/// The kernel modules that are loaded, with the bus that some are only for. What they need is added.
const MODULES: [(&str, &str); 5] =
    [("virtio_pci", "pci"), ("virtio_mmio", "mmio"), ("virtio_net", ""), ("virtio_blk", ""), ("virtio_console", "")];

/// Programs of the host that guests get, with the package that they come from.
const PROGRAMS: [(&str, &str); 4] = [
    ("dropbear", "dropbear-bin"),
    ("dropbearkey", "dropbear-bin"),
    ("resize2fs", "e2fsprogs"),
    ("e2fsck", "e2fsprogs"),
];

/// Parts of the guest that belong to Hansa: place, mode, contents.
const GUEST: [(&str, u32, &str); 6] = [
    ("/etc/inittab", 0o644, include_str!("../../guest/inittab")),
    ("/etc/profile", 0o644, include_str!("../../guest/profile")),
    ("/lib/hansa/boot", 0o755, include_str!("../../guest/boot")),
    ("/lib/hansa/run", 0o755, include_str!("../../guest/run")),
    ("/lib/hansa/agent", 0o755, include_str!("../../guest/agent")),
    ("/lib/hansa/console", 0o755, include_str!("../../guest/console")),
];

/// Builds the image into its directory below `images`, unless it is there already, built from the same things.
///
/// The kernel's package is downloaded once and kept in `images/.cache`. The same inputs give the same bytes.
///
/// # Errors
/// [`BuildError`] names the Debian package that is missing, or what went wrong.
pub fn build(images: &Path) -> Result<Manifest, BuildError> {
    let cache = images.join(".cache");
    fs::create_dir_all(&cache).at(&cache)?;
    let package = kernel_package(&cache)?;
    let programs = programs()?;
    let libraries = libraries(programs.values())?;
    let busybox = static_busybox()?;

    let built_from = inputs(&package, &busybox, &programs, &libraries)?;
    if let Some(manifest) = built_before(&images.join(NAME), &built_from) {
        return Ok(manifest);
    }
    let scratch = tempfile::tempdir_in(&cache).at(&cache)?;
    let unpacked = scratch.path().join("kernel");
    tool::run("dpkg", Command::new("dpkg-deb").arg("-x").args([&package, &unpacked]))?;
    let kernel = only_file_in(&unpacked.join("boot"), "vmlinuz-")?;
    fs::copy(&kernel, scratch.path().join("vmlinuz")).at(&kernel)?;

    let initrd = scratch.path().join("initrd.cpio");
    fs::write(&initrd, initial_ram_disk(&busybox, &unpacked)?.into_bytes()).at(&initrd)?;
    let system = scratch.path().join("system.img");
    system_disk(&system, &programs, &libraries)?;

    let manifest = Manifest {
        name: NAME.to_owned(),
        guest: Guest::Micro,
        kernel: seal(scratch.path(), "vmlinuz")?,
        initrd: seal(scratch.path(), "initrd.cpio")?,
        disk: seal(scratch.path(), "system.img")?,
        arguments: ARGUMENTS.to_owned(),
        user: "root".to_owned(),
        minimum_memory_mib: 80,
        minimum_disk: 16 << 20,
        built_from,
    };
    publish(scratch.path(), &manifest, images)?;
    Ok(manifest)
}

/// The file of the newest kernel package that the package lists know, downloaded if needed.
fn kernel_package(cache: &Path) -> Result<PathBuf, BuildError> {
    let missing = || BuildError::Missing {
        what: "the kernel's package in the package lists (run `apt-get update`)".to_owned(),
        package: KERNEL_PACKAGE,
    };
    let depends = tool::run("apt", Command::new("apt-cache").args(["depends", "--important", KERNEL_PACKAGE]))?;
    let package = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: ")).ok_or_else(missing)?.trim();
    let shown = tool::run("apt", Command::new("apt-cache").args(["show", "--no-all-versions", package]))?;
    let version = shown.lines().find_map(|line| line.strip_prefix("Version: ")).ok_or_else(missing)?.trim();
    // A colon in a version is written as in URLs.
    let file = cache.join(format!("{package}_{}_amd64.deb", version.replace(':', "%3a")));
    if !file.is_file() {
        let exact = format!("{package}={version}");
        let download = ["-q", "-o", "APT::Sandbox::User=root", "download", &exact];
        tool::run("apt", Command::new("apt-get").args(download).current_dir(cache))?;
    }
    if file.is_file() { Ok(file) } else { Err(missing()) }
}

fn program(name: &str, package: &'static str) -> Result<PathBuf, BuildError> {
    tool::find(name).ok_or_else(|| BuildError::Missing { what: format!("`{name}`"), package })
}

/// BusyBox, as it runs before there are any libraries.
fn static_busybox() -> Result<PathBuf, BuildError> {
    const LOADER: &[u8] = b"/lib64/ld-linux";
    const PACKAGE: &str = "busybox-static";
    let busybox = program("busybox", PACKAGE)?;
    let contents = fs::read(&busybox).at(&busybox)?;
    if contents.windows(LOADER.len()).any(|window| window == LOADER) {
        return Err(BuildError::Missing { what: "a `busybox` without libraries".to_owned(), package: PACKAGE });
    }
    Ok(busybox)
}

/// The programs that guests get, by name. `psql` is taken from behind Debian's wrapper, which needs Perl.
fn programs() -> Result<BTreeMap<String, PathBuf>, BuildError> {
    let mut programs = BTreeMap::new();
    for (name, package) in PROGRAMS {
        programs.insert(name.to_owned(), program(name, package)?);
    }
    let servers = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let clients = servers.map(|entry| entry.path().join("bin/psql")).filter(|path| path.is_file());
    let psql = clients
        .max()
        .ok_or_else(|| BuildError::Missing { what: "`psql`".to_owned(), package: "postgresql-client-15" })?;
    programs.insert("psql".to_owned(), psql);
    Ok(programs)
}

/// The libraries that the programs are linked to, with the loader.
fn libraries<'a>(programs: impl Iterator<Item = &'a PathBuf>) -> Result<BTreeSet<PathBuf>, BuildError> {
    let mut libraries = BTreeSet::new();
    for program in programs {
        let lines = tool::run("libc-bin", Command::new("ldd").arg(program))?;
        let paths = lines.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from);
        libraries.extend(paths);
    }
    Ok(libraries)
}

/// The SHA-256 of all that goes into the image.
fn inputs(
    package: &Path,
    busybox: &Path,
    programs: &BTreeMap<String, PathBuf>,
    libraries: &BTreeSet<PathBuf>,
) -> Result<String, BuildError> {
    let mut hasher = Sha256::new();
    for file in [package, busybox].into_iter().chain(programs.values().chain(libraries).map(PathBuf::as_path)) {
        hasher.update(super::sha256_of(file).at(file)?);
    }
    hasher.update(include_bytes!("micro.rs"));
    for (_, _, contents) in GUEST {
        hasher.update(contents);
    }
    Ok(hex::encode(hasher.finalize()))
}

fn initial_ram_disk(busybox: &Path, unpacked: &Path) -> Result<Archive, BuildError> {
    let mut archive = Archive::default();
    for directory in ["/proc", "/sys", "/dev", "/usr", "/data", "/run", "/var/log", "/var/local", "/etc/hansa"] {
        archive.directory(directory, 0o755);
    }
    archive.directory("/root", 0o700);
    archive.directory("/tmp", 0o1777);
    archive.file("/bin/busybox", 0o755, fs::read(busybox).at(busybox)?);
    let applets = tool::run("busybox-static", Command::new(busybox).arg("--list"))?;
    for applet in applets.lines().filter(|applet| *applet != "busybox") {
        archive.link(&format!("/bin/{applet}"), "busybox");
    }
    for (link, target) in [("/init", "bin/init"), ("/sbin", "bin"), ("/lib64", "usr/lib64")] {
        archive.link(link, target);
    }
    archive.link("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu");
    archive.file("/etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n");
    archive.file("/etc/group", 0o644, "root:x:0:\n");
    archive.file("/etc/shells", 0o644, "/bin/sh\n");
    for (path, mode, contents) in GUEST {
        archive.file(path, mode, contents);
    }
    add_modules(&mut archive, unpacked)?;
    archive.add_directories();
    Ok(archive)
}

fn add_modules(archive: &mut Archive, unpacked: &Path) -> Result<(), BuildError> {
    let mut files = BTreeMap::new();
    collect_modules(&unpacked.join("lib/modules"), &mut files)?;
    let mut order: Vec<(String, &str)> = Vec::new();
    for (module, bus) in MODULES {
        add_module(archive, &files, module, bus, &mut order)?;
    }
    let lines: String =
        order.iter().map(|(module, bus)| format!("{module} {bus}").trim_end().to_owned() + "\n").collect();
    archive.file("/lib/modules/order", 0o644, lines);
    Ok(())
}

/// Adds a module after those that it needs.
fn add_module(
    archive: &mut Archive,
    files: &BTreeMap<String, PathBuf>,
    module: &str,
    bus: &'static str,
    order: &mut Vec<(String, &'static str)>,
) -> Result<(), BuildError> {
    if order.iter().any(|(present, _)| present == module) {
        return Ok(());
    }
    let missing = || BuildError::Missing { what: format!("the kernel module {module}"), package: KERNEL_PACKAGE };
    let file = files.get(module).ok_or_else(missing)?;
    let contents = fs::read(file).at(file)?;
    for needed in needed_modules(&contents) {
        // What a module needs may be needed by others too, so it is loaded on every bus.
        let bus = if needed.starts_with("virtio_pci") { bus } else { "" };
        add_module(archive, files, &needed, bus, order)?;
    }
    archive.file(&format!("/lib/modules/{module}.ko"), 0o644, contents);
    order.push((module.to_owned(), bus));
    Ok(())
}

/// What the module's information says that it depends on.
fn needed_modules(contents: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(start) = contents.windows(KEY.len()).position(|window| window == KEY) else { return Vec::new() };
    let value = contents[start + KEY.len()..].split(|byte| *byte == 0).next().unwrap_or_default();
    let names = String::from_utf8_lossy(value);
    names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn collect_modules(directory: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<(), BuildError> {
    for entry in fs::read_dir(directory).at(directory)? {
        let path = entry.at(directory)?.path();
        if path.is_dir() && !path.is_symlink() {
            collect_modules(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "ko")
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            files.insert(name.replace('-', "_"), path);
        }
    }
    Ok(())
}

/// Makes the file system that guests mount read-only at `/usr`. Its files are written one by one, in order and at
/// a made-up time, so that the same files give the same bytes.
fn system_disk(
    image: &Path,
    programs: &BTreeMap<String, PathBuf>,
    libraries: &BTreeSet<PathBuf>,
) -> Result<(), BuildError> {
    const TIME: (&str, &str) = ("E2FSPROGS_FAKE_TIME", "1");
    let mut mke2fs = Command::new("mke2fs");
    mke2fs.args(["-q", "-t", "ext4", "-O", "^has_journal,^metadata_csum,^dir_index", "-m", "0", "-N", "256"]);
    mke2fs.args(["-U", "6d6f4d75-7573-7973-7465-6d6469736b00"]);
    mke2fs.args(["-E", "hash_seed=6d6f4d75-7573-7973-7465-6d6469736b01,root_owner=0:0"]);
    tool::run("e2fsprogs", mke2fs.env(TIME.0, TIME.1).arg(image).arg("32M"))?;

    let mut script = String::new();
    for directory in ["bin", "sbin", "lib", "lib/x86_64-linux-gnu", "lib64"] {
        script += &format!("mkdir {directory}\n");
    }
    for (name, path) in programs {
        let directory = if name == "psql" { "bin" } else { "sbin" };
        script += &format!("write {} {directory}/{name}\n", path.display());
    }
    for library in libraries {
        let name = library.file_name().unwrap_or_default().to_string_lossy();
        let directory = if name.starts_with("ld-linux") { "lib64" } else { "lib/x86_64-linux-gnu" };
        script += &format!("write {} {directory}/{name}\n", library.display());
    }
    script += "symlink local /var/local\n";
    let commands = image.with_extension("commands");
    fs::write(&commands, script).at(&commands)?;
    let mut debugfs = Command::new("debugfs");
    debugfs.env(TIME.0, TIME.1).arg("-w").arg("-f").args([&commands, image]);
    let output = tool::output("e2fsprogs", &mut debugfs)?;
    // It greets with its version, goes on after errors, and calls that a success.
    let complaints = String::from_utf8_lossy(&output.stderr);
    match complaints.lines().find(|line| !line.starts_with("debugfs ")) {
        None => Ok(()),
        Some(complaint) => {
            Err(ToolError::Failed { program: "debugfs".to_owned(), reason: complaint.to_owned() }.into())
        }
    }
}

fn only_file_in(directory: &Path, prefix: &str) -> Result<PathBuf, BuildError> {
    let mut entries = fs::read_dir(directory).at(directory)?.flatten();
    let found = entries.find(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    found
        .map(|entry| entry.path())
        .ok_or_else(|| BuildError::Missing { what: format!("{prefix}…"), package: KERNEL_PACKAGE })
}
