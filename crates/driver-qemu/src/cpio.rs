//! Archives in the format of initial RAM disks ("newc", cpio's SVR4 format), the same bytes for the same contents.

use std::collections::BTreeMap;

const DIRECTORY: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_000;

/// An archive in the making. All belongs to root and was changed at the beginning of 1970.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    /// Mode and contents by path without leading slash. Sorted, a directory comes before what is in it.
    entries: BTreeMap<String, (u32, Vec<u8>)>,
}

impl Archive {
    /// Adds a directory.
    pub(crate) fn directory(&mut self, path: &str, mode: u32) {
        self.entries.insert(relative(path).to_owned(), (DIRECTORY | mode, Vec::new()));
    }

    /// Adds a file. A later one replaces an earlier one.
    pub(crate) fn file(&mut self, path: &str, mode: u32, contents: impl Into<Vec<u8>>) {
        self.entries.insert(relative(path).to_owned(), (FILE | mode, contents.into()));
    }

    /// Adds a symbolic link.
    pub(crate) fn link(&mut self, path: &str, target: &str) {
        self.entries.insert(relative(path).to_owned(), (LINK | 0o777, target.as_bytes().to_vec()));
    }

    /// Adds the directories that are missing above its entries, for the kernel, which does not make them by itself.
    pub(crate) fn add_directories(&mut self) {
        let paths: Vec<_> = self.entries.keys().cloned().collect();
        for path in paths {
            for (end, _) in path.match_indices('/') {
                self.entries.entry(path[..end].to_owned()).or_insert((DIRECTORY | 0o755, Vec::new()));
            }
        }
    }

    /// The archive, a multiple of 512 bytes long so that it can be used as a drive.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, (path, (mode, contents))) in (1u32..).zip(&self.entries) {
            put(&mut bytes, number, *mode, path, contents);
        }
        put(&mut bytes, 0, 0, "TRAILER!!!", &[]);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }
}

fn relative(path: &str) -> &str {
    path.trim_start_matches('/')
}

fn put(bytes: &mut Vec<u8>, number: u32, mode: u32, path: &str, contents: &[u8]) {
    let links = 1 + usize::from(mode & DIRECTORY != 0 && mode & FILE == 0);
    let fields = [number as usize, mode as usize, 0, 0, links, 0, contents.len(), 0, 0, 0, 0, path.len() + 1, 0];
    bytes.extend_from_slice(b"070701");
    for field in fields {
        bytes.extend_from_slice(format!("{field:08x}").as_bytes());
    }
    bytes.extend_from_slice(path.as_bytes());
    bytes.push(0);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes.extend_from_slice(contents);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn another_program_unpacks_what_was_packed() {
        let directory = tempfile::tempdir().unwrap();
        let mut archive = Archive::default();
        archive.file("/srv/deep/page", 0o644, "first");
        archive.file("/srv/deep/page", 0o644, "hello");
        archive.directory("/srv/deep", 0o700);
        archive.file("/srv/deep/tool", 0o755, vec![7; 4097]);
        archive.link("/bin/sh", "busybox");
        archive.add_directories();
        let bytes = archive.into_bytes();
        assert_eq!(bytes.len() % 512, 0);

        let mut cpio = Command::new("busybox")
            .args(["cpio", "-idm"])
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("busybox is needed; install the Debian package busybox-static");
        cpio.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert!(cpio.wait().unwrap().success());

        let mode = |path: &str| std::fs::metadata(directory.path().join(path)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(std::fs::read(directory.path().join("srv/deep/page")).unwrap(), b"hello");
        assert_eq!(std::fs::read(directory.path().join("srv/deep/tool")).unwrap(), [7; 4097]);
        assert_eq!((mode("srv"), mode("srv/deep"), mode("srv/deep/tool")), (0o755, 0o700, 0o755));
        assert_eq!(std::fs::read_link(directory.path().join("bin/sh")).unwrap().to_str(), Some("busybox"));
    }
}
