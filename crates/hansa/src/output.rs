//! How answers are written: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

use anyhow::Context as _;
use clap::ValueEnum;
use serde::Serialize;

use crate::render::paint::Paint;
use crate::render::table;

/// In what form answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One YAML document.
    Yaml,
    /// Only identifiers or names, one a line.
    Name,
}

/// Something that can be listed and shown.
pub trait Shown: Serialize {
    /// The headings of a list.
    const COLUMNS: &'static [&'static str];

    /// What people are told where a list is empty, with what to do next.
    const NONE: &'static str = "nothing found";

    /// What stands under the headings.
    fn cells(&self) -> Vec<String>;

    /// What it is called in further commands.
    fn name(&self) -> String;

    /// What is shown of one alone: heading and value.
    fn details(&self) -> Vec<(&'static str, String)> {
        Self::COLUMNS.iter().copied().zip(self.cells()).collect()
    }
}

/// Where and how answers are written.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    format: Format,
    quiet: bool,
    terminal: bool,
    colour: bool,
}

impl Output {
    /// Writes in this form. Colours are for terminals only, and not when `NO_COLOR` is set.
    #[must_use]
    pub fn new(format: Format, quiet: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = io::stdout().is_terminal();
        Self { format, quiet, terminal, colour: terminal && !plain }
    }

    /// The form.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Whether somebody looks at a terminal and answers are for people.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.terminal && self.format == Format::Table
    }

    /// Whether progress can be drawn.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// The colours of stdout.
    #[must_use]
    pub const fn paint(&self) -> Paint {
        Paint::new(self.colour)
    }

    /// Writes data. A reader that went away is no failure.
    ///
    /// # Errors
    /// When stdout can't be written.
    pub fn print(&self, text: &str) -> anyhow::Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("stdout can't be written"),
        }
    }

    /// Tells the reader something that is not data.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            // Nobody is left to be told when stderr is gone.
            _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Writes a list.
    ///
    /// # Errors
    /// When stdout can't be written.
    pub fn list<T: Shown>(&self, items: &[T]) -> anyhow::Result<()> {
        self.document(
            &items,
            || {
                if items.is_empty() {
                    return String::new();
                }
                table::rows(T::COLUMNS, items.iter().map(Shown::cells), self.paint())
            },
            || items.iter().map(Shown::name).collect(),
        )?;
        if items.is_empty() && self.format == Format::Table {
            self.note(T::NONE);
        }
        Ok(())
    }

    /// Writes one thing.
    ///
    /// # Errors
    /// When stdout can't be written.
    pub fn one<T: Shown>(&self, item: &T) -> anyhow::Result<()> {
        self.document(item, || table::pairs(&item.details(), self.paint()), || vec![item.name()])
    }

    /// Writes something with its own form for people, and the names it stands for.
    ///
    /// # Errors
    /// When stdout can't be written.
    pub fn document<T: Serialize + ?Sized>(
        &self,
        value: &T,
        people: impl FnOnce() -> String,
        names: impl FnOnce() -> Vec<String>,
    ) -> anyhow::Result<()> {
        let text = match self.format {
            Format::Table => people(),
            Format::Json => serde_json::to_string_pretty(value)? + "\n",
            Format::Yaml => yaml_serde::to_string(value)?,
            Format::Name => names().into_iter().map(|name| name + "\n").collect(),
        };
        self.print(&text)
    }

    /// Says that something was done, with what it was done to.
    ///
    /// # Errors
    /// When stdout can't be written.
    pub fn done(&self, what: &str, name: &str) -> anyhow::Result<()> {
        let value = serde_json::json!({"done": what, "name": name});
        self.document(&value, || format!("{what}: {name}\n"), || vec![name.to_owned()])
    }
}
