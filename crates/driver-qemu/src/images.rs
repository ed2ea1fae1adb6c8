//! Images: what machines are started from, and how they are kept and checked.
//!
//! An image is a directory with its artefacts and a `manifest.json` that names them with their checksums.

pub mod debian12;
pub mod micro;
mod store;
mod tool;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use store::ImageError;
pub(crate) use store::Store;
pub use tool::ToolError;
pub(crate) use tool::last_lines;

/// The name of the file that describes an image.
pub const MANIFEST: &str = "manifest.json";

/// An image that Hansa can build by itself, from Debian's packages.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Its name.
    pub name: &'static str,
    /// What is in it, for people.
    pub title: &'static str,
    /// How long it takes about, for people.
    pub takes: &'static str,
    /// The Debian packages that building it takes.
    pub packages: &'static [&'static str],
    build: fn(&Path) -> Result<Manifest, BuildError>,
}

/// Every image that can be built.
pub const RECIPES: [Recipe; 2] = [
    Recipe {
        name: debian12::NAME,
        title: "Debian 12 with systemd, cloud-init and an SSH server",
        takes: "some minutes",
        packages: &["mmdebstrap", "e2fsprogs", "qemu-utils"],
        build: debian12::build,
    },
    Recipe {
        name: micro::NAME,
        title: "Debian's kernel with BusyBox and an SSH server, up in seconds",
        takes: "some seconds",
        packages: &["busybox-static", "dropbear-bin", "postgresql-client", "e2fsprogs"],
        build: micro::build,
    },
];

impl Recipe {
    /// Builds it into a directory of images, unless it is there already, built from the same things.
    ///
    /// # Errors
    /// [`BuildError`] names the Debian package that is missing, or what went wrong.
    pub fn build(&self, images: &Path) -> Result<Manifest, BuildError> {
        (self.build)(images)
    }
}

/// The images in a directory by their names, each compared with its checksums.
#[must_use]
pub fn kept_in(images: &Path) -> BTreeMap<String, Result<Manifest, ImageError>> {
    let store = Store::new(images.to_owned());
    let checked = |name: &String| store.checked(name).map(|image| image.manifest);
    store.names().into_iter().map(|name| (name.clone(), checked(&name))).collect()
}

/// How a guest takes its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guest {
    /// Hansa's own small guest. The image's disk is its read-only system, shared by all machines; each has
    /// an empty disk of its own at `/data`.
    Micro,
    /// A distribution with cloud-init, which reads a NoCloud seed. Each machine has a disk of its own on top
    /// of the image's.
    CloudInit,
}

/// A file of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// Its name in the image's directory.
    pub file: String,
    /// The SHA-256 of its contents in hex.
    pub sha256: String,
}

/// What an image consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The name by which buyers ask for it.
    pub name: String,
    /// How its guests take their configuration.
    pub guest: Guest,
    /// The Linux kernel.
    pub kernel: Artefact,
    /// The initial RAM disk.
    pub initrd: Artefact,
    /// The disk: raw and read-only for [`Guest::Micro`], qcow2 for [`Guest::CloudInit`].
    pub disk: Artefact,
    /// What the kernel is told in addition.
    #[serde(default)]
    pub arguments: String,
    /// Whom to log in as over SSH.
    pub user: String,
    /// The least memory that it starts with, in MiB.
    pub minimum_memory_mib: u64,
    /// The least size of its disk, in bytes.
    pub minimum_disk: u64,
    /// The SHA-256 of what it was built from, so that building it again can be spared.
    #[serde(default)]
    pub built_from: String,
}

impl Manifest {
    /// One checksum for all artefacts: the SHA-256 of their names and checksums in the format of `sha256sum`,
    /// in the order kernel, initial RAM disk, disk.
    #[must_use]
    pub fn digest(&self) -> String {
        let lines = self.artefacts().map(|artefact| format!("{}  {}\n", artefact.sha256, artefact.file));
        hex::encode(Sha256::digest(lines.concat()))
    }

    fn artefacts(&self) -> [&Artefact; 3] {
        [&self.kernel, &self.initrd, &self.disk]
    }
}

/// An image whose artefacts were found to be what its manifest says.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) manifest: Manifest,
    directory: PathBuf,
}

impl Image {
    pub(crate) fn kernel(&self) -> PathBuf {
        self.directory.join(&self.manifest.kernel.file)
    }

    pub(crate) fn initrd(&self) -> PathBuf {
        self.directory.join(&self.manifest.initrd.file)
    }

    pub(crate) fn disk(&self) -> PathBuf {
        self.directory.join(&self.manifest.disk.file)
    }
}

/// Why an image can't be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A program is missing or failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A file can't be read or written.
    #[error("`{path}` can't be used: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// It can only be built by root.
    #[error("the image `{0}` can only be built by root")]
    NotRoot(&'static str),
    /// Something that goes into the image is not there.
    #[error("{what} was not found; install the Debian package {package}")]
    Missing {
        /// What is missing.
        what: String,
        /// The package that contains it.
        package: &'static str,
    },
}

trait AtPath<T> {
    fn at(self, path: &Path) -> Result<T, BuildError>;
}

impl<T> AtPath<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, BuildError> {
        self.map_err(|source| BuildError::File { path: path.to_owned(), source })
    }
}

/// The SHA-256 of a file in hex.
fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..length]);
    }
}

/// Names a built file after its contents. Machines go on with the files that they were made from, so no build
/// may replace the files of an earlier one.
fn seal(directory: &Path, file: &str) -> Result<Artefact, BuildError> {
    let path = directory.join(file);
    let sha256 = sha256_of(&path).at(&path)?;
    let sealed = format!("{}-{file}", &sha256[..12]);
    std::fs::rename(&path, directory.join(&sealed)).at(&path)?;
    Ok(Artefact { file: sealed, sha256 })
}

/// The manifest in an image's directory.
fn read_manifest(directory: &Path) -> io::Result<Manifest> {
    let text = std::fs::read(directory.join(MANIFEST))?;
    Ok(serde_json::from_slice(&text)?)
}

/// What was built before from the same things, if all of it is still there.
fn built_before(directory: &Path, built_from: &str) -> Option<Manifest> {
    let manifest = read_manifest(directory).ok().filter(|manifest| manifest.built_from == built_from)?;
    let whole = manifest
        .artefacts()
        .iter()
        .all(|artefact| sha256_of(&directory.join(&artefact.file)).is_ok_and(|sum| sum == artefact.sha256));
    whole.then_some(manifest)
}

/// Puts freshly built files into the image's directory, the manifest last.
fn publish(built: &Path, manifest: &Manifest, images: &Path) -> Result<(), BuildError> {
    let text = serde_json::to_string_pretty(manifest).map_err(io::Error::from).at(built)?;
    std::fs::write(built.join(MANIFEST), text + "\n").at(built)?;
    let place = images.join(&manifest.name);
    std::fs::create_dir_all(&place).at(&place)?;
    let files = manifest.artefacts().map(|artefact| artefact.file.as_str());
    for file in files.into_iter().chain([MANIFEST]) {
        std::fs::rename(built.join(file), place.join(file)).at(&place)?;
    }
    Ok(())
}
