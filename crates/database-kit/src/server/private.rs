//! A private server: made, started, found again, and ended by us.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::Mutex;

use super::account::Account;
use super::home::{Home, Managed, reached_at};
use super::lifeline::Lifeline;
use super::process::Process;
use super::program::{Durability, Program, Site};
use super::{ServerError, certificate, log_tail, port, temporary};

/// Recovery after a crash may take its time.
const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);
/// How often a start is tried when somebody else took the port, or when a killed server is still ending.
const TRIES: usize = 20;
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(200);
const STILL_ENDING: [&str; 3] = ["shared memory block", "Unable to lock", "Can't lock"];
const PORT_TAKEN: &str = "Address already in use";

/// A private server.
///
/// Dropping it ends the server, unless it may outlive us.
#[derive(Debug)]
pub struct PrivateServer<P: Program> {
    program: P,
    site: Site,
    outlive: bool,
    /// Ends the server and removes its files when this is dropped.
    lifeline: Option<Lifeline>,
    running: Mutex<Running>,
}

#[derive(Debug)]
struct Running {
    process: Process,
    port: u16,
}

impl<P: Program> PrivateServer<P> {
    /// Starts the server that has its files in `options.data`, making them first where there are none, or takes
    /// it over when it still runs.
    ///
    /// # Errors
    /// [`ServerError`]; each says what to do.
    pub async fn start(options: &Managed) -> Result<Self, ServerError> {
        let home = Home::ensure(&options.data)?;
        let program = P::find(Some(&home))?;
        let account = Account::for_server(P::ACCOUNT)?;
        let password = home.password()?;
        let site = Site { home, account, listen: options.listen, durability: Durability::Full, password };
        if !P::is_made(&site.home) {
            program.make(&site).await?;
        }
        certificate::ensure(&site.data(), &reached_at(site.listen).to_string(), account)?;
        let running = match adopt(&program, &site)? {
            Some(running) => {
                ready::<P>(&site, &running).await?;
                running
            }
            None => launch(&program, &site).await?,
        };
        Ok(Self { program, site, outlive: options.outlive, lifeline: None, running: Mutex::new(running) })
    }

    /// Starts an empty server for tests: fast, without care for its data or encryption, gone with all its files
    /// when the value is dropped or this process ends in whatever way.
    ///
    /// # Errors
    /// [`ServerError`]; each says what to do.
    pub async fn start_temporary() -> Result<Self, ServerError> {
        let program = P::find(None)?;
        let (directory, site) = temporary::site(&program).await?;
        let running = launch(&program, &site).await?;
        let lifeline =
            Lifeline::tie(&site.home, P::END_AT_ONCE).map_err(|source| ServerError::file(site.home.path(), source))?;
        // From now on, the lifeline removes it.
        let _ = directory.keep();
        Ok(Self { program, site, outlive: false, lifeline: Some(lifeline), running: Mutex::new(running) })
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
        *running = launch(&self.program, &self.site).await?;
        Ok(true)
    }

    /// Ends the server in order: open transactions are rolled back, everything is written.
    ///
    /// # Errors
    /// [`ServerError::StillThere`] when it does not end within 30 seconds.
    pub async fn stop(&self) -> Result<(), ServerError> {
        let running = self.running.lock().await;
        running.process.signal(P::END);
        if running.process.gone(STOPPED_WITHIN).await {
            Ok(())
        } else {
            Err(ServerError::StillThere { pid: running.process.pid(), after: STOPPED_WITHIN })
        }
    }

    /// Whether the server runs.
    pub async fn is_running(&self) -> bool {
        self.running.lock().await.process.is_alive()
    }

    /// The process of the server.
    pub async fn pid(&self) -> i32 {
        self.running.lock().await.process.pid()
    }

    /// The host and port that it is reached at from this machine.
    pub async fn address(&self) -> (String, u16) {
        (reached_at(self.site.listen).to_string(), self.running.lock().await.port)
    }

    /// The URL of the administrator's own database; a secret.
    pub async fn url(&self) -> String {
        self.url_of(P::HOME_DATABASE).await
    }

    /// The URL of the database `name` for the administrator; a secret.
    pub async fn url_of(&self, name: &str) -> String {
        P::url(&self.site, self.running.lock().await.port, name)
    }

    /// The file that the server logs to.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.site.home.log()
    }

    /// Its programs.
    #[must_use]
    pub const fn program(&self) -> &P {
        &self.program
    }
}

impl<P: Program> Drop for PrivateServer<P> {
    fn drop(&mut self) {
        if !self.outlive && self.lifeline.is_none() {
            self.running.get_mut().process.signal(P::END);
        }
    }
}

/// The server that an earlier process of ours has left running.
fn adopt<P: Program>(program: &P, site: &Site) -> Result<Option<Running>, ServerError> {
    let Some(trace) = P::trace(&site.home) else { return Ok(None) };
    let Some(process) = Process::adopt(trace.pid, &program.executable()) else { return Ok(None) };
    let Some(port) = trace.port.or(site.home.port()?) else { return Ok(None) };
    tracing::info!(server = P::NAME, pid = trace.pid, port, "took over the running server");
    Ok(Some(Running { process, port }))
}

async fn launch<P: Program>(program: &P, site: &Site) -> Result<Running, ServerError> {
    let mut wanted = site.home.port()?;
    let mut tries = 0;
    loop {
        tries += 1;
        let port = port::free(reached_at(site.listen), wanted)
            .map_err(|source| ServerError::file(site.home.path(), source))?;
        // Noted first: a server that is started and then forgotten must be found again.
        site.home.keep_port(port)?;
        let running = Running { process: spawn(program, site, port)?, port };
        match ready::<P>(site, &running).await {
            Ok(()) => {
                site.home.keep_pid(running.process.pid())?;
                return Ok(running);
            }
            Err(ServerError::Ended(log)) if tries < TRIES && log.contains(PORT_TAKEN) => wanted = None,
            Err(ServerError::Ended(log)) if tries < TRIES && STILL_ENDING.iter().any(|text| log.contains(text)) => {
                wanted = Some(port);
                tokio::time::sleep(TRY_AGAIN_AFTER).await;
            }
            Err(error) => return Err(error),
        }
    }
}

fn spawn<P: Program>(program: &P, site: &Site, port: u16) -> Result<Process, ServerError> {
    let log = site.home.log();
    let open = || fs::OpenOptions::new().create(true).append(true).open(&log);
    let (output, errors) =
        open().and_then(|output| Ok((output, open()?))).map_err(|source| ServerError::file(&log, source))?;
    let executable = program.executable();
    let mut command = site.account.command(&executable, &site.data());
    command.args(program.arguments(site, port)).stdout(output).stderr(errors);
    Process::spawn(&mut command).map_err(|source| ServerError::Run { program: executable, source })
}

/// Waits until the server takes connections.
async fn ready<P: Program>(site: &Site, running: &Running) -> Result<(), ServerError> {
    let wait = async {
        while running.process.is_alive() {
            if P::is_ready(&site.home, running.process.pid()).await {
                return true;
            }
            tokio::time::sleep(POLL).await;
        }
        false
    };
    match tokio::time::timeout(READY_WITHIN, wait).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ServerError::Ended(log_tail(&site.home.log()))),
        Err(_) => Err(ServerError::Slow { after: READY_WITHIN, log: log_tail(&site.home.log()) }),
    }
}
