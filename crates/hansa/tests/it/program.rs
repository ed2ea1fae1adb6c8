//! Running the program.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Stdout as one JSON document.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Stderr as one JSON object.
    pub(crate) fn error(&self) -> serde_json::Value {
        serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The same, having made sure that it went well.
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, 0, "{self}");
        self
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code: {}\n----- stdout -----\n{}----- stderr -----\n{}", self.code, self.stdout, self.stderr)
    }
}

/// A user with a home of its own.
#[derive(Debug)]
pub(crate) struct User {
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl User {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A file of the user's.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs the program in the user's home.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "").await
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_hansa"));
        program
            .args(arguments)
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("HANSA_CONFIG", self.home.path().join("config"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        program
    }

    /// Starts the program, which goes on until it is killed or dropped.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.program(arguments).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The same with its standard error kept.
    pub(crate) fn start_heard(&self, arguments: &[&str]) -> Child {
        self.program(arguments).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs the program with something on stdin.
    pub(crate) async fn run_with(&self, arguments: &[&str], stdin: &str) -> Ran {
        let mut child = self.program(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        // A program that reads nothing may have closed its end already.
        let _ = input.write_all(stdin.as_bytes()).await;
        drop(input);
        let output = child.wait_with_output().await.unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Compares what a run gave with its snapshot, without what differs from run to run.
macro_rules! hansa_snapshot {
    ($ran:expr) => {{
        let ran = $ran.to_string();
        insta::with_settings!({
            omit_expression => true,
            filters => vec![
                (r"\b([a-z]{3})_[0-7][0-9a-hjkmnp-tv-z]{25}\b", "${1}_[id]"),
                (r"\bhansa(-[a-z]+)?_[0-9A-Za-z_-]{6,}", "hansa${1}_[secret]"),
                (r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?Z", "[time]"),
                (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
                (r"(/[A-Za-z0-9._-]+)*/\.tmp[A-Za-z0-9]+", "[home]"),
                (r" +\n", "\n"),
            ],
        }, { insta::assert_snapshot!(ran) });
    }};
}
pub(crate) use hansa_snapshot;
