//! A private PostgreSQL server: made, started, found again, and ended by us.

mod programs;
mod temporary;

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hansa_database_kit::files::{read_if_there, remove_if_there, write_private};
use hansa_database_kit::secret::Secret;
use hansa_database_kit::server::account::Account;
use hansa_database_kit::server::home::{Home, Managed, reached_at};
use hansa_database_kit::server::lifeline::Lifeline;
use hansa_database_kit::server::process::Process;
use hansa_database_kit::server::{ServerError, certificate, log_tail, port};
use nix::sys::signal::Signal;
use tokio::sync::Mutex;

pub(crate) use programs::Programs;

/// The server's administrator.
pub const ADMINISTRATOR: &str = "hansa";
const ACCOUNT: &str = "postgres";
/// Recovery after a crash may take its time.
const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);
/// How often a start is tried when somebody else took the port, or when an earlier server is still ending.
const TRIES: usize = 20;

/// Who may log in: the administrator from this machine, everybody else only to the database of the same name.
const ACCESS: &str = "\
host all      hansa samehost scram-sha-256
host all      hansa all      reject
host sameuser all   all      scram-sha-256
";

/// What the server does with its data when the machine fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// Nothing that was confirmed is ever lost.
    Full,
    /// Everything may be lost when the machine fails, nothing when only the server does: for tests.
    None,
}

/// A private PostgreSQL server.
///
/// Dropping it ends the server, unless it may outlive us. It listens on TCP only.
#[derive(Debug)]
pub struct Server {
    programs: Programs,
    account: Account,
    home: Home,
    password: Secret,
    listen: IpAddr,
    outlive: bool,
    durability: Durability,
    /// Ends the server and removes its files when this is dropped.
    lifeline: Option<Lifeline>,
    running: Mutex<Running>,
}

#[derive(Debug)]
struct Running {
    process: Process,
    port: u16,
}

impl Server {
    /// Starts the server that has its files in `options.data`, making them first where there are none, or takes
    /// it over when it still runs.
    ///
    /// # Errors
    /// [`ServerError`]; each says what to do.
    pub async fn start(options: &Managed) -> Result<Self, ServerError> {
        let home = Home::ensure(&options.data)?;
        let data = home.join("data");
        let version = read_if_there(&data.join("PG_VERSION")).unwrap_or_default();
        let programs = Programs::find(version.as_deref().map(str::trim))?;
        let account = Account::for_server(ACCOUNT)?;
        let password = home.password()?;
        if version.is_none() {
            initialise(&programs, account, &home, &password, Durability::Full).await?;
        }
        certificate::ensure(&data, &reached_at(options.listen).to_string(), account)?;
        let place = Place { programs: &programs, account, home: &home, listen: options.listen };
        let running = match place.adopt() {
            Some(running) => {
                place.ready(&running).await?;
                running
            }
            None => place.launch(Durability::Full).await?,
        };
        Ok(Self {
            programs,
            account,
            home,
            password,
            listen: options.listen,
            outlive: options.outlive,
            durability: Durability::Full,
            lifeline: None,
            running: Mutex::new(running),
        })
    }

    /// Starts an empty server for tests: fast, without durability or encryption, gone with all its files when
    /// the value is dropped or this process ends in whatever way.
    ///
    /// # Errors
    /// [`ServerError`]; each says what to do.
    pub async fn start_temporary() -> Result<Self, ServerError> {
        temporary::start().await
    }

    /// Starts the server again when it has ended; whether that was needed.
    ///
    /// # Errors
    /// [`ServerError`] when it does not start.
    pub async fn ensure_running(&self) -> Result<bool, ServerError> {
        let mut running = self.running.lock().await;
        if running.process.is_alive() {
            return Ok(false);
        }
        let place = Place { programs: &self.programs, account: self.account, home: &self.home, listen: self.listen };
        *running = place.launch(self.durability).await?;
        Ok(true)
    }

    /// Ends the server in order: open transactions are rolled back, everything is written.
    ///
    /// # Errors
    /// [`ServerError::StillThere`] when it does not end within 30 seconds.
    pub async fn stop(&self) -> Result<(), ServerError> {
        let running = self.running.lock().await;
        running.process.signal(Signal::SIGINT);
        if running.process.gone(STOPPED_WITHIN).await {
            Ok(())
        } else {
            Err(ServerError::StillThere { pid: running.process.pid(), after: STOPPED_WITHIN })
        }
    }

    /// The URL of the database `postgres` as administrator; a secret.
    pub async fn url(&self) -> String {
        self.url_of("postgres").await
    }

    /// The URL of the database `name` as administrator; a secret.
    pub async fn url_of(&self, name: &str) -> String {
        let port = self.running.lock().await.port;
        let host = match reached_at(self.listen) {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        format!("postgres://{ADMINISTRATOR}:{}@{host}:{port}/{name}", self.password.reveal())
    }

    pub(crate) const fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Whether the server runs.
    pub async fn is_running(&self) -> bool {
        self.running.lock().await.process.is_alive()
    }

    /// The file that the server logs to.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.home.log()
    }

    /// The process of the server.
    pub async fn pid(&self) -> i32 {
        self.running.lock().await.process.pid()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.outlive && self.lifeline.is_none() {
            self.running.get_mut().process.signal(Signal::SIGINT);
        }
    }
}

/// Everything that is needed to start a server.
struct Place<'a> {
    programs: &'a Programs,
    account: Account,
    home: &'a Home,
    listen: IpAddr,
}

impl Place<'_> {
    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// The server that an earlier process of ours has left running.
    fn adopt(&self) -> Option<Running> {
        let status = Status::read(&self.data())?;
        let process = Process::adopt(status.pid, &self.programs.path("postgres"))?;
        tracing::info!(pid = status.pid, port = status.port, "took over the running PostgreSQL server");
        Some(Running { process, port: status.port })
    }

    async fn launch(&self, durability: Durability) -> Result<Running, ServerError> {
        let mut wanted = self.home.port()?;
        let mut tries = 0;
        loop {
            tries += 1;
            let port = port::free(reached_at(self.listen), wanted.take())
                .map_err(|source| ServerError::file(self.home.path(), source))?;
            let process = self.spawn(port, durability)?;
            let running = Running { process, port };
            match self.ready(&running).await {
                Ok(()) => {
                    self.home.keep_port(port)?;
                    self.home.keep_pid(running.process.pid())?;
                    return Ok(running);
                }
                Err(ServerError::Ended(log)) if tries < TRIES && log.contains("Address already in use") => {}
                Err(ServerError::Ended(log)) if tries < TRIES && log.contains("shared memory block") => {
                    // What an earlier server that was killed has left behind ends within moments.
                    wanted = Some(port);
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn spawn(&self, port: u16, durability: Durability) -> Result<Process, ServerError> {
        let program = self.programs.path("postgres");
        let mut command = self.account.command(&program, &self.data());
        command.arg("-D").arg(self.data());
        let mut set = |name: &str, value: &str| {
            command.arg("-c").arg(format!("{name}={value}"));
        };
        set("listen_addresses", &self.listen.to_string());
        set("port", &port.to_string());
        set("unix_socket_directories", "");
        set("password_encryption", "scram-sha-256");
        set("max_connections", "300");
        match durability {
            Durability::Full => set("ssl", "on"),
            Durability::None => {
                for name in ["fsync", "full_page_writes", "jit"] {
                    set(name, "off");
                }
                set("shared_buffers", "32MB");
            }
        }
        let log = fs::OpenOptions::new().create(true).append(true).open(self.home.log());
        let log = log.map_err(|source| ServerError::file(&self.home.log(), source))?;
        let errors = log.try_clone().map_err(|source| ServerError::file(&self.home.log(), source))?;
        command.stdout(log).stderr(errors);
        Process::spawn(&mut command).map_err(|source| ServerError::Run { program, source })
    }

    /// Waits until the server takes connections.
    async fn ready(&self, running: &Running) -> Result<(), ServerError> {
        let is_ready =
            || Status::read(&self.data()).is_some_and(|status| status.pid == running.process.pid() && status.ready);
        let wait = async {
            while running.process.is_alive() {
                if is_ready() {
                    return true;
                }
                tokio::time::sleep(POLL).await;
            }
            false
        };
        match tokio::time::timeout(READY_WITHIN, wait).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ServerError::Ended(log_tail(&self.home.log()))),
            Err(_) => Err(ServerError::Slow { after: READY_WITHIN, log: log_tail(&self.home.log()) }),
        }
    }
}

/// What a server says of itself in `postmaster.pid`.
struct Status {
    pid: i32,
    port: u16,
    ready: bool,
}

impl Status {
    fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = text.lines().collect();
        Some(Self {
            pid: lines.first()?.trim().parse().ok()?,
            port: lines.get(3)?.trim().parse().ok()?,
            ready: lines.get(7).is_some_and(|line| line.trim() == "ready"),
        })
    }
}

/// Makes the data directory. A crash leaves either none or a whole one.
async fn initialise(
    programs: &Programs,
    account: Account,
    home: &Home,
    password: &Secret,
    durability: Durability,
) -> Result<(), ServerError> {
    let (data, draft, password_file) = (home.join("data"), home.join("data.new"), home.join("password.new"));
    let file = |path: &Path| {
        let path = path.to_owned();
        move |source| ServerError::File { path, source }
    };
    remove_if_there(&draft).map_err(file(&draft))?;
    fs::create_dir(&draft).and_then(|()| account.own(&draft)).map_err(file(&draft))?;
    write_private(&password_file, password.reveal())
        .and_then(|()| account.own(&password_file))
        .map_err(file(&password_file))?;
    let program = programs.path("initdb");
    let mut command = account.command(&program, &draft);
    command.arg("-D").arg(&draft).arg("--pwfile").arg(&password_file);
    command.args(["--username", ADMINISTRATOR, "--auth", "scram-sha-256"]);
    command.args(["--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums"]);
    if durability == Durability::None {
        command.arg("--no-sync");
    }
    run(command, &program).await?;
    remove_if_there(&password_file).map_err(file(&password_file))?;
    let access = draft.join("pg_hba.conf");
    write_private(&access, ACCESS).and_then(|()| account.own(&access)).map_err(file(&access))?;
    fs::rename(&draft, &data).map_err(file(&data))
}

async fn run(command: Command, program: &Path) -> Result<(), ServerError> {
    let output = tokio::process::Command::from(command)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| ServerError::Run { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(());
    }
    Err(ServerError::Initialise(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " / ")))
}
