//! How records stand in the journal: one line each, a checksum and JSON.

use sha2::{Digest, Sha256};

use super::JournalError;
use super::record::Record;

const CHECKSUM_LENGTH: usize = 16;

/// What a journal holds.
pub(super) struct Content {
    pub(super) records: Vec<Record>,
    /// How many bytes of it are whole lines; what follows was cut by a crash.
    pub(super) length: usize,
}

/// The line of a record, with its end.
pub(super) fn line(record: &Record) -> Result<Vec<u8>, JournalError> {
    let body = serde_json::to_vec(record).map_err(|error| JournalError::Io(error.into()))?;
    let mut line = checksum(&body).into_bytes();
    line.push(b' ');
    line.extend_from_slice(&body);
    line.push(b'\n');
    Ok(line)
}

pub(super) fn read(bytes: &[u8]) -> Result<Content, JournalError> {
    let mut content = Content { records: Vec::new(), length: 0 };
    let mut damaged_line = None;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        match (body(line), damaged_line) {
            (Some(_), Some(line)) => return Err(JournalError::Damaged { line }),
            (Some(body), None) => {
                let foreign = |source| JournalError::Foreign { line: number, source };
                content.records.push(serde_json::from_slice(body).map_err(foreign)?);
                content.length += line.len();
            }
            (None, _) => damaged_line = damaged_line.or(Some(number)),
        }
    }
    Ok(content)
}

/// The JSON of a line that is whole.
fn body(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\n")?;
    let (found, body) = (line.get(..CHECKSUM_LENGTH)?, line.get(CHECKSUM_LENGTH + 1..)?);
    (found == checksum(body).as_bytes()).then_some(body)
}

fn checksum(body: &[u8]) -> String {
    hex::encode(&Sha256::digest(body)[..CHECKSUM_LENGTH / 2])
}

pub(super) fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
