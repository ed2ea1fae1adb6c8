//! What a guest wrote to its console, kept short.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::home::Home;

/// How much of it is shown.
const SHOWN: u64 = 256 * 1024;
/// How much of it is kept in one file.
const KEPT: u64 = 1024 * 1024;

/// The last lines, so many at most.
pub(crate) fn last_lines(home: &Home, lines: usize) -> io::Result<Option<String>> {
    let Some(mut text) = tail(&home.console(), SHOWN)? else { return Ok(None) };
    let missing = SHOWN - text.len() as u64;
    if missing > 0
        && let Some(mut earlier) = tail(&home.earlier_console(), missing)?
    {
        earlier.append(&mut text);
        text = earlier;
    }
    Ok(Some(String::from_utf8_lossy(end_of(&text, lines)).into_owned()))
}

/// The last lines of a text; the newline at its end is part of the last of them.
fn end_of(text: &[u8], lines: usize) -> &[u8] {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    let mut newlines = body.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n').map(|(index, _)| index);
    match lines.checked_sub(1) {
        None => &[],
        Some(before) => newlines.nth(before).map_or(text, |index| &text[index + 1..]),
    }
}

/// Starts the file anew when it has become long. QEMU appends to it, so it need not know.
pub(crate) fn keep_short(home: &Home) -> io::Result<()> {
    let path = home.console();
    let length = match std::fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        metadata => metadata?.len(),
    };
    if length > KEPT
        && let Some(last) = tail(&path, SHOWN)?
    {
        std::fs::write(home.earlier_console(), last)?;
        File::options().write(true).open(&path)?.set_len(0)?;
    }
    Ok(())
}

fn tail(path: &Path, length: u64) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(end.saturating_sub(length)))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use hansa_model::id::ServiceId;

    use super::*;

    #[test]
    fn the_last_lines_stay_when_the_file_is_started_anew() {
        let state = tempfile::tempdir().unwrap();
        let home = Home::of(state.path(), ServiceId::new());
        assert_eq!(last_lines(&home, 10).unwrap(), None);
        keep_short(&home).unwrap();

        home.prepare().unwrap();
        std::fs::write(home.console(), "x".repeat(2 * 1024 * 1024) + "the end\n").unwrap();
        keep_short(&home).unwrap();
        assert_eq!(std::fs::metadata(home.console()).unwrap().len(), 0);
        std::fs::write(home.console(), "and more").unwrap();
        let shown = last_lines(&home, 10).unwrap().unwrap();
        assert!(shown.ends_with("the end\nand more"), "{}", &shown[shown.len() - 40..]);
        assert_eq!(shown.len() as u64, SHOWN);
        assert_eq!(last_lines(&home, 1).unwrap().unwrap(), "and more");
    }

    #[test]
    fn as_many_lines_are_shown_as_were_asked_for() {
        let shown = |text: &'static str, lines: usize| std::str::from_utf8(end_of(text.as_bytes(), lines)).unwrap();
        for (text, lines, wanted) in [
            ("a\nb\nc\n", 2, "b\nc\n"),
            ("a\nb\nc", 2, "b\nc"),
            ("a\nb\n", 2, "a\nb\n"),
            ("a\nb\n", 9, "a\nb\n"),
            ("a\n\n", 1, "\n"),
            ("a\n", 0, ""),
            ("", 3, ""),
        ] {
            assert_eq!(shown(text, lines), wanted, "{lines} of {text:?}");
        }
    }
}
