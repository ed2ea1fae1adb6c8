//! A private PostgreSQL server. It listens on TCP only.

use std::ffi::OsString;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use hansa_database_kit::files::{read_if_there, remove_if_there, write_private};
use hansa_database_kit::server::home::{Home, reached_at};
use hansa_database_kit::server::private::PrivateServer;
use hansa_database_kit::server::program::{Durability, Program, Site, Trace};
use hansa_database_kit::server::programs::{find, versioned};
use hansa_database_kit::server::{ServerError, run};
use nix::sys::signal::Signal;

/// A private PostgreSQL server, for the driver and for tests: `Server::start_temporary().await?.url().await`.
pub type Server = PrivateServer<Programs>;

/// The server's administrator.
pub const ADMINISTRATOR: &str = "hansa";
/// Debian keeps each version's programs out of PATH.
const ROOT: &str = "/usr/lib/postgresql";

/// Who may log in: the administrator from this machine, everybody else only to the database of the same name.
const ACCESS: &str = "\
host all      hansa samehost scram-sha-256
host all      hansa all      reject
host sameuser all   all      scram-sha-256
";

/// The directory with the programs of one version of PostgreSQL.
#[derive(Debug, Clone)]
pub struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// The program called `name`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

#[async_trait]
impl Program for Programs {
    const NAME: &'static str = "postgres";
    const SCHEME: &'static str = "postgres";
    const ACCOUNT: &'static str = "postgres";
    const HOME_DATABASE: &'static str = "postgres";
    const END: Signal = Signal::SIGINT;
    const END_AT_ONCE: Signal = Signal::SIGQUIT;

    fn find(home: Option<&Home>) -> Result<Self, ServerError> {
        let version = home.and_then(|home| read_if_there(&home.join("data/PG_VERSION")).ok().flatten());
        let directories = match version {
            Some(version) => vec![Path::new(ROOT).join(version.trim()).join("bin")],
            None => versioned(Path::new(ROOT)),
        };
        let missing = ServerError::NoProgram { program: "postgres", package: "postgresql" };
        let postgres = find("postgres", &directories).ok_or(missing)?;
        Ok(Self { directory: postgres.parent().map(Path::to_owned).unwrap_or_default() })
    }

    fn executable(&self) -> PathBuf {
        self.path("postgres")
    }

    fn is_made(home: &Home) -> bool {
        home.join("data/PG_VERSION").exists()
    }

    async fn make(&self, site: &Site) -> Result<(), ServerError> {
        let (draft, password_file) = (site.home.join("data.new"), site.home.join("password.new"));
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| ServerError::File { path, source }
        };
        remove_if_there(&draft).map_err(file(&draft))?;
        fs::create_dir(&draft).and_then(|()| site.account.own(&draft)).map_err(file(&draft))?;
        write_private(&password_file, site.password.reveal())
            .and_then(|()| site.account.own(&password_file))
            .map_err(file(&password_file))?;
        let mut command = site.account.command(&self.path("initdb"), &draft);
        command.arg("-D").arg(&draft).arg("--pwfile").arg(&password_file);
        command.args(["--username", ADMINISTRATOR, "--auth", "scram-sha-256"]);
        command.args(["--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums"]);
        if site.durability == Durability::Relaxed {
            command.arg("--no-sync");
        }
        run(command).await?;
        remove_if_there(&password_file).map_err(file(&password_file))?;
        let access = draft.join("pg_hba.conf");
        write_private(&access, ACCESS).and_then(|()| site.account.own(&access)).map_err(file(&access))?;
        fs::rename(&draft, site.data()).map_err(file(&draft))
    }

    fn arguments(&self, site: &Site, port: u16) -> Vec<OsString> {
        let mut arguments = vec!["-D".into(), site.data().into_os_string()];
        let mut set = |name: &str, value: &str| {
            arguments.push("-c".into());
            arguments.push(format!("{name}={value}").into());
        };
        set("listen_addresses", &site.listen.to_string());
        set("port", &port.to_string());
        set("unix_socket_directories", "");
        set("password_encryption", "scram-sha-256");
        set("max_connections", "300");
        match site.durability {
            Durability::Full => set("ssl", "on"),
            Durability::Relaxed => {
                for name in ["fsync", "full_page_writes", "jit"] {
                    set(name, "off");
                }
                set("shared_buffers", "32MB");
            }
        }
        arguments
    }

    fn trace(home: &Home) -> Option<Trace> {
        Status::read(home).map(|status| Trace { pid: status.pid, port: Some(status.port) })
    }

    async fn is_ready(home: &Home, pid: i32) -> bool {
        Status::read(home).is_some_and(|status| status.pid == pid && status.ready)
    }

    fn url(site: &Site, port: u16, database: &str) -> String {
        let host = match reached_at(site.listen) {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        format!("postgres://{ADMINISTRATOR}:{}@{host}:{port}/{database}", site.password.reveal())
    }
}

/// What a server says of itself in `postmaster.pid`.
struct Status {
    pid: i32,
    port: u16,
    ready: bool,
}

impl Status {
    fn read(home: &Home) -> Option<Self> {
        let text = fs::read_to_string(home.join("data/postmaster.pid")).ok()?;
        let lines: Vec<&str> = text.lines().collect();
        Some(Self {
            pid: lines.first()?.trim().parse().ok()?,
            port: lines.get(3)?.trim().parse().ok()?,
            ready: lines.get(7).is_some_and(|line| line.trim() == "ready"),
        })
    }
}
