//! The archive itself: a compressed tar of plain files, the same bytes for the same files.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

/// The most bytes of all files together.
const MOST_BYTES: u64 = 256 << 20;
/// The most bytes of one file.
const MOST_OF_ONE: u64 = 32 << 20;
/// The most files.
const MOST_FILES: usize = 50_000;
/// The longest path.
const LONGEST_PATH: usize = 200;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no gzip-compressed tar archive, or it is cut off.
    #[error("it is no archive of this kind, or it is cut off: {0}")]
    Unreadable(#[from] std::io::Error),
    /// Something follows its end.
    #[error("something follows the end of the archive")]
    Trailing,
    /// A path leads elsewhere, or is not written as the exchange writes them.
    #[error("the path `{0}` may not stand in an audit pack")]
    Path(String),
    /// It holds something other than files.
    #[error("`{0}` is no plain file")]
    NoFile(String),
    /// A file stands there twice.
    #[error("`{0}` stands there twice")]
    Twice(String),
    /// It unpacks to more than is read.
    #[error("it unpacks to more than an audit pack may hold")]
    TooLarge,
}

/// Files by their path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Packs files, in the order of their paths.
///
/// # Errors
/// [`ArchiveError`] when a path can't be written, or there is more than may be read again.
pub fn pack(files: &Files) -> Result<Vec<u8>, ArchiveError> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut total = 0;
    for (path, bytes) in files {
        check_path(path)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        total += size;
        if size > MOST_OF_ONE || total > MOST_BYTES || files.len() > MOST_FILES {
            return Err(ArchiveError::TooLarge);
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        tar.append_data(&mut header, path, bytes.as_slice())?;
    }
    Ok(tar.into_inner()?.finish()?)
}

/// Unpacks files, without writing any.
///
/// # Errors
/// [`ArchiveError`].
pub fn unpack(archive: &[u8]) -> Result<Files, ArchiveError> {
    // Headers and padding of the files come on top of their bytes.
    let most = MOST_BYTES + 1024 * u64::try_from(MOST_FILES).unwrap_or_default();
    let mut tar = tar::Archive::new(GzDecoder::new(archive).take(most));
    let mut files = Files::new();
    let mut total = 0;
    for entry in tar.entries()? {
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        check_path(&path)?;
        if !entry.header().entry_type().is_file() {
            return Err(ArchiveError::NoFile(path));
        }
        total += entry.size();
        if entry.size() > MOST_OF_ONE || total > MOST_BYTES || files.len() >= MOST_FILES {
            return Err(ArchiveError::TooLarge);
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        if files.insert(path.clone(), bytes).is_some() {
            return Err(ArchiveError::Twice(path));
        }
    }
    // The checksum stands at the very end.
    let mut rest = tar.into_inner();
    std::io::copy(&mut rest, &mut std::io::sink())?;
    if rest.limit() == 0 {
        return Err(ArchiveError::TooLarge);
    }
    if rest.into_inner().into_inner().is_empty() { Ok(files) } else { Err(ArchiveError::Trailing) }
}

fn check_path(path: &str) -> Result<(), ArchiveError> {
    let is_part = |part: &str| {
        let letters = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        letters && !part.is_empty() && !part.starts_with('.')
    };
    let fits = path.len() <= LONGEST_PATH && path.split('/').all(is_part);
    if fits { Ok(()) } else { Err(ArchiveError::Path(path.chars().take(80).collect())) }
}

#[cfg(test)]
mod tests {
    use super::{ArchiveError, Files, GzEncoder, MOST_OF_ONE, pack, unpack};

    fn files() -> Files {
        Files::from([("b/two.txt".to_owned(), b"two".to_vec()), ("a.json".to_owned(), b"{}".to_vec())])
    }

    /// A tar archive with one entry of the tester's own making.
    fn one_entry(path: &str, kind: tar::EntryType, bytes: &[u8]) -> Vec<u8> {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len().try_into().unwrap());
        header.set_entry_type(kind);
        header.set_cksum();
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), super::Compression::fast()));
        tar.append(&header, bytes).unwrap();
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn what_is_packed_comes_out_again_and_always_as_the_same_bytes() {
        let packed = pack(&files()).unwrap();
        assert_eq!(packed, pack(&files()).unwrap());
        assert_eq!(unpack(&packed).unwrap(), files());
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for path in ["../a", "/etc/passwd", "a/../../b", "a//b", "./a", "a/", "a\\b", ".hidden", "a/\u{1}", ""] {
            let archive = one_entry(path, tar::EntryType::Regular, b"x");
            assert!(matches!(unpack(&archive), Err(ArchiveError::Path(_))), "{path:?} was taken");
            assert!(pack(&Files::from([(path.to_owned(), Vec::new())])).is_err(), "{path:?} was packed");
        }
    }

    #[test]
    fn links_and_directories_are_refused() {
        for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Directory, tar::EntryType::Fifo] {
            assert!(matches!(unpack(&one_entry("a", kind, b"")), Err(ArchiveError::NoFile(_))), "{kind:?} was taken");
        }
    }

    #[test]
    fn a_small_archive_that_unpacks_to_much_is_refused() {
        let bomb = one_entry("bomb", tar::EntryType::Regular, &vec![0; usize::try_from(MOST_OF_ONE).unwrap() + 1]);
        assert!(bomb.len() < 1 << 20, "{} bytes are no bomb", bomb.len());
        assert!(matches!(unpack(&bomb), Err(ArchiveError::TooLarge)));
    }

    #[test]
    fn a_file_that_stands_there_twice_is_refused() {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), super::Compression::fast()));
        for text in ["one", "two"] {
            let mut header = tar::Header::new_ustar();
            header.set_size(3);
            tar.append_data(&mut header, "a", text.as_bytes()).unwrap();
        }
        let archive = tar.into_inner().unwrap().finish().unwrap();
        assert!(matches!(unpack(&archive), Err(ArchiveError::Twice(_))));
    }

    #[test]
    fn archives_that_are_cut_off_or_none_are_refused() {
        let packed = pack(&files()).unwrap();
        for cut in [0, 1, 10, packed.len() / 2, packed.len() - 1] {
            assert!(unpack(&packed[..cut]).is_err(), "cut at {cut}");
        }
        assert!(matches!(unpack(&[packed, vec![0]].concat()), Err(ArchiveError::Trailing)));
        assert!(unpack(b"PK\x03\x04 no gzip").is_err());
    }
}
