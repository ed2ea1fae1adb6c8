//! A private MariaDB server. It listens on TCP for users and on a Unix socket for its administrator.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use hansa_database_kit::files::{read_if_there, remove_if_there, write_private};
use hansa_database_kit::server::home::Home;
use hansa_database_kit::server::private::PrivateServer;
use hansa_database_kit::server::program::{Durability, Program, Site, Trace};
use hansa_database_kit::server::programs::find;
use hansa_database_kit::server::{ServerError, run};
use nix::sys::signal::Signal;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;

use crate::native_password;

/// A private MariaDB server, for the driver and for tests: `Server::start_temporary().await?.url().await`.
pub type Server = PrivateServer<Programs>;

/// The server's administrator, who may log in through the socket only.
pub const ADMINISTRATOR: &str = "hansa";
const SOCKET: &str = "data/mysqld.sock";
const PID_FILE: &str = "data/mysqld.pid";
/// Not shared with other servers: each removes what looks like temporary tables when it starts.
const TEMPORARY: &str = ".tmp";
const GREETED_WITHIN: Duration = Duration::from_secs(1);

/// The programs of MariaDB.
#[derive(Debug, Clone)]
pub struct Programs {
    server: PathBuf,
    install: PathBuf,
}

#[async_trait]
impl Program for Programs {
    const NAME: &'static str = "mariadb";
    const SCHEME: &'static str = "mysql";
    const ACCOUNT: &'static str = "mysql";
    const HOME_DATABASE: &'static str = "mysql";
    const END: Signal = Signal::SIGTERM;
    const END_AT_ONCE: Signal = Signal::SIGKILL;

    fn find(_home: Option<&Home>) -> Result<Self, ServerError> {
        let program = |program| find(program, &[]).ok_or(ServerError::NoProgram { program, package: "mariadb-server" });
        Ok(Self { server: program("mariadbd")?, install: program("mariadb-install-db")? })
    }

    fn executable(&self) -> PathBuf {
        self.server.clone()
    }

    fn is_made(home: &Home) -> bool {
        home.join("data").exists()
    }

    async fn make(&self, site: &Site) -> Result<(), ServerError> {
        let (draft, script) = (site.home.join("data.new"), site.home.join("users.sql"));
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| ServerError::File { path, source }
        };
        remove_if_there(&draft).map_err(file(&draft))?;
        fs::create_dir(&draft).and_then(|()| site.account.own(&draft)).map_err(file(&draft))?;
        let temporary = draft.join(TEMPORARY);
        fs::create_dir(&temporary).and_then(|()| site.account.own(&temporary)).map_err(file(&temporary))?;
        write_private(&script, &users(site)).and_then(|()| site.account.own(&script)).map_err(file(&script))?;
        let mut command = site.account.command(&self.install, &draft);
        command.args(["--no-defaults", "--skip-test-db", "--skip-name-resolve"]);
        command.args(["--auth-root-authentication-method=normal"]).args(sizes(site.durability));
        command.arg(option("extra-file", &script)).arg(option("datadir", &draft)).arg(option("tmpdir", &temporary));
        // Ours need not be open to the server's account.
        command.env("TMPDIR", &temporary);
        run(command).await?;
        remove_if_there(&script).map_err(file(&script))?;
        fs::rename(&draft, site.data()).map_err(file(&draft))
    }

    fn arguments(&self, site: &Site, port: u16) -> Vec<OsString> {
        let mut arguments = vec![
            "--no-defaults".into(),
            option("datadir", &site.data()),
            option("socket", &site.home.join(SOCKET)),
            option("pid-file", &site.home.join(PID_FILE)),
            option("tmpdir", &site.data().join(TEMPORARY)),
            format!("--ignore-db-dirs={TEMPORARY}").into(),
            format!("--port={port}").into(),
            format!("--bind-address={}", site.listen).into(),
        ];
        arguments.extend(
            [
                "--skip-name-resolve",
                "--skip-log-bin",
                "--userstat=ON",
                "--max-connections=300",
                "--idle-transaction-timeout=600",
                "--character-set-server=utf8mb4",
            ]
            .map(OsString::from),
        );
        arguments.extend(sizes(site.durability).iter().map(OsString::from));
        if site.durability == Durability::Full {
            arguments.push(option("ssl-cert", &site.data().join("server.crt")));
            arguments.push(option("ssl-key", &site.data().join("server.key")));
        }
        arguments
    }

    fn trace(home: &Home) -> Option<Trace> {
        let pid = read_if_there(&home.join(PID_FILE)).ok()??.trim().parse().ok()?;
        Some(Trace { pid, port: None })
    }

    async fn is_ready(home: &Home, pid: i32) -> bool {
        let greeted = async {
            let mut stream = UnixStream::connect(home.join(SOCKET)).await?;
            stream.read_u8().await
        };
        Self::trace(home).is_some_and(|trace| trace.pid == pid)
            && matches!(tokio::time::timeout(GREETED_WITHIN, greeted).await, Ok(Ok(_)))
    }

    fn url(site: &Site, _port: u16, database: &str) -> String {
        let socket = site.home.join(SOCKET);
        let socket = utf8_percent_encode(&socket.to_string_lossy(), NON_ALPHANUMERIC).to_string();
        format!("mysql://{ADMINISTRATOR}:{}@localhost/{database}?socket={socket}", site.password.reveal())
    }
}

/// Leaves no user but the server's own and the administrator.
fn users(site: &Site) -> String {
    let hash = native_password::hash(&site.password);
    format!(
        "use mysql;\n\
         flush privileges;\n\
         delete from global_priv where User <> 'mariadb.sys';\n\
         flush privileges;\n\
         create user '{ADMINISTRATOR}'@'localhost' identified via mysql_native_password using '{hash}';\n\
         grant all privileges on *.* to '{ADMINISTRATOR}'@'localhost' with grant option;\n"
    )
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(format!("--{name}="));
    option.push(path);
    option
}

const fn sizes(durability: Durability) -> &'static [&'static str] {
    match durability {
        Durability::Full => &[],
        Durability::Relaxed => &[
            "--debug-no-sync=1",
            "--innodb-flush-method=nosync",
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-log-file-size=4M",
            "--innodb-buffer-pool-size=16M",
            "--key-buffer-size=1M",
            "--aria-pagecache-buffer-size=1M",
        ],
    }
}
