//! Telling: steps with their times, on the error stream, so that nothing else mixes in.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::time::Instant;

use crate::summary::StepTime;

/// Tells the story and takes its times.
#[derive(Debug)]
pub struct Stage {
    start: Instant,
    colours: bool,
    steps: Vec<StepTime>,
    open: Option<(String, Instant)>,
}

impl Default for Stage {
    fn default() -> Self {
        let colours = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { start: Instant::now(), colours, steps: Vec::new(), open: None }
    }
}

impl Stage {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn write(line: &str) {
        // A closed terminal must not keep the story from cleaning up.
        let _ = writeln!(stderr(), "{line}");
    }

    /// Begins a step; the one before ends.
    pub fn step(&mut self, title: &str) {
        self.close();
        let number = self.steps.len() + 1;
        Self::write("");
        Self::write(&self.paint("1;36", &format!("{number}. {title}")));
        self.open = Some((title.to_owned(), Instant::now()));
    }

    /// Says something within a step, with the seconds since the beginning.
    pub fn say(&self, text: impl Display) {
        let at = self.paint("2", &format!("{:6.1} s", self.start.elapsed().as_secs_f64()));
        Self::write(&format!("  {at}  {text}"));
    }

    /// Says that something was proven.
    pub fn proof(&self, text: impl Display) {
        let mark = self.paint("32", "✔");
        self.say(format!("{mark} {text}"));
    }

    /// Shows a block of lines as it is.
    pub fn show(&self, block: &str) {
        for line in block.lines() {
            Self::write(&format!("            {line}"));
        }
    }

    /// Ends the last step; answers the time that each one took.
    pub fn close(&mut self) -> &[StepTime] {
        if let Some((name, since)) = self.open.take() {
            let seconds = (since.elapsed().as_secs_f64() * 10.0).round() / 10.0;
            self.steps.push(StepTime { name, seconds });
        }
        &self.steps
    }

    /// The seconds since the beginning.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}

/// A table of left-aligned columns; a column whose header begins with `>` is right-aligned.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let titles: Vec<&str> = header.iter().map(|title| title.trim_start_matches('>')).collect();
    let widths: Vec<usize> = titles
        .iter()
        .enumerate()
        .map(|(column, title)| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain([title.chars().count()]).max().unwrap_or_default()
        })
        .collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let gap = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                if header[column].starts_with('>') { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(titles.clone())];
    lines.push(widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("  "));
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}
