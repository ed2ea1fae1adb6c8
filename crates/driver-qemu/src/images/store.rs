//! The images that are there, checked before they are used.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::{Image, Manifest, read_manifest, sha256_of};

/// Why an image can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// There is none of this name.
    #[error("there is no image `{name}` here; there are: {known}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Those that are there.
        known: String,
    },
    /// The directory holds something else than the manifest says.
    #[error("the image `{name}` is damaged: {what}; the provider must build or copy it again")]
    Damaged {
        /// Its name.
        name: String,
        /// What is wrong with it.
        what: String,
    },
}

/// The directory of images.
#[derive(Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    /// The checksums of files that were read, for as long as they look the same.
    sums: Mutex<HashMap<PathBuf, (Looks, String)>>,
}

/// What tells whether a file was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Looks {
    changed: SystemTime,
    length: u64,
}

impl Looks {
    fn of(path: &Path) -> std::io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        Ok(Self { changed: metadata.modified()?, length: metadata.len() })
    }
}

impl Store {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self { directory, sums: Mutex::default() }
    }

    /// The checksum of every image that can be used. Damaged ones are logged and left out.
    pub(crate) fn digests(&self) -> BTreeMap<String, String> {
        let mut digests = BTreeMap::new();
        for name in self.names() {
            match self.checked(&name) {
                Ok(image) => {
                    digests.insert(name, image.manifest.digest());
                }
                Err(error) => tracing::warn!(%error, "an image is not offered"),
            }
        }
        digests
    }

    /// The image, after all its artefacts were compared with their checksums.
    pub(crate) fn checked(&self, name: &str) -> Result<Image, ImageError> {
        let names = self.names();
        if !names.iter().any(|known| known == name) {
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(ImageError::Unknown { name: name.chars().take(64).collect(), known });
        }
        let damaged = |what: String| ImageError::Damaged { name: name.to_owned(), what };
        let directory = self.directory.join(name);
        let manifest =
            read_manifest(&directory).map_err(|error| damaged(format!("its manifest can't be read ({error})")))?;
        self.as_described(manifest)
    }

    /// The image of a manifest that was noted earlier; a newer one may have taken its name since.
    pub(crate) fn as_described(&self, manifest: Manifest) -> Result<Image, ImageError> {
        let damaged = |what: String| ImageError::Damaged { name: manifest.name.clone(), what };
        let directory = self.directory.join(&manifest.name);
        for artefact in manifest.artefacts() {
            let path = directory.join(&artefact.file);
            let sum =
                self.sum_of(&path).map_err(|error| damaged(format!("`{}` can't be read ({error})", artefact.file)))?;
            if sum != artefact.sha256 {
                return Err(damaged(format!("`{}` has another checksum than its manifest says", artefact.file)));
            }
        }
        Ok(Image { manifest, directory })
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .filter(|entry| entry.path().join(super::MANIFEST).is_file())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    fn sum_of(&self, path: &Path) -> std::io::Result<String> {
        let looks = Looks::of(path)?;
        let known = self.sums.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some((then, sum)) = known
            && then == looks
        {
            return Ok(sum);
        }
        let sum = sha256_of(path)?;
        self.sums.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), (looks, sum.clone()));
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Guest, seal};
    use super::*;

    fn put_image(images: &Path, name: &str) {
        let directory = images.join(name);
        std::fs::create_dir(&directory).unwrap();
        for file in ["kernel", "initrd", "disk"] {
            std::fs::write(directory.join(file), file).unwrap();
        }
        let manifest = Manifest {
            name: name.to_owned(),
            guest: Guest::Micro,
            kernel: seal(&directory, "kernel").unwrap(),
            initrd: seal(&directory, "initrd").unwrap(),
            disk: seal(&directory, "disk").unwrap(),
            arguments: String::new(),
            user: "root".to_owned(),
            minimum_memory_mib: 64,
            minimum_disk: 0,
            built_from: String::new(),
        };
        std::fs::write(directory.join("manifest.json"), serde_json::to_vec(&manifest).unwrap()).unwrap();
    }

    #[test]
    fn a_changed_artefact_makes_an_image_unusable() {
        let images = tempfile::tempdir().unwrap();
        put_image(images.path(), "good");
        put_image(images.path(), "bad");
        let store = Store::new(images.path().to_owned());
        assert_eq!(store.digests().len(), 2);
        let initrd = store.checked("bad").unwrap().initrd();
        std::fs::write(&initrd, "changed").unwrap();
        assert_eq!(store.digests().keys().collect::<Vec<_>>(), ["good"]);
        let refusal = store.checked("bad").unwrap_err().to_string();
        assert!(refusal.contains("-initrd`"), "{refusal}");
        std::fs::remove_file(&initrd).unwrap();
        assert!(matches!(store.checked("bad"), Err(ImageError::Damaged { .. })));
        let refusal = store.checked("../good").unwrap_err().to_string();
        assert_eq!(refusal, "there is no image `../good` here; there are: bad, good");
    }
}
