//! Servers for tests. Making a data directory takes a second, copying one a tenth; so one is made for each
//! account and version and kept in the machine's directory for temporary files.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use hansa_database_kit::server::ServerError;
use hansa_database_kit::server::account::Account;
use hansa_database_kit::server::home::Home;
use hansa_database_kit::server::lifeline::Lifeline;
use nix::sys::signal::Signal;
use nix::unistd::Uid;
use tokio::sync::Mutex;

use super::{ACCOUNT, Durability, Place, Programs, Server, initialise, run};

/// Raised when what is in a template changes.
const LAYOUT: u32 = 1;

pub(super) async fn start() -> Result<Server, ServerError> {
    let programs = Programs::find(None)?;
    let account = Account::for_server(ACCOUNT)?;
    let directory = temporary_directory("hansa-postgres-", 0o711)?;
    let home = Home::ensure(directory.path())?;
    let template = template(&programs, account).await?;
    for name in ["data", "password"] {
        copy(&template.join(name), &home.join(name)).await?;
    }
    let password = home.password()?;
    let listen = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let place = Place { programs: &programs, account, home: &home, listen };
    let running = place.launch(Durability::None).await?;
    // Not gently: what is in it is thrown away.
    let lifeline = Lifeline::tie(&home, Signal::SIGQUIT).map_err(|source| ServerError::file(home.path(), source))?;
    let _ = directory.keep();
    Ok(Server {
        programs,
        account,
        home,
        password,
        listen,
        outlive: false,
        durability: Durability::None,
        lifeline: Some(lifeline),
        running: Mutex::new(running),
    })
}

/// The home of a server that was never started.
async fn template(programs: &Programs, account: Account) -> Result<PathBuf, ServerError> {
    let version = programs.path("").to_string_lossy().replace('/', "-");
    let name = format!("hansa-postgres-template-{LAYOUT}-{}{version}", account.number());
    let path = std::env::temp_dir().join(name.trim_end_matches('-'));
    if is_ours(&path) {
        return Ok(path);
    }
    let draft = temporary_directory("hansa-postgres-draft-", 0o711)?;
    let home = Home::ensure(draft.path())?;
    let password = home.password()?;
    initialise(programs, account, &home, &password, Durability::None).await?;
    fs::set_permissions(draft.path(), fs::Permissions::from_mode(0o700))
        .map_err(|source| ServerError::file(draft.path(), source))?;
    match fs::rename(draft.path(), &path) {
        // Another process may have been faster; then its template serves as well.
        Err(source) if !is_ours(&path) => Err(ServerError::file(&path, source)),
        _ => Ok(path),
    }
}

/// Others could have put a directory there to know the password.
fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_dir() && found.uid() == Uid::effective().as_raw() && found.mode() & 0o777 == 0o700)
}

fn temporary_directory(prefix: &str, mode: u32) -> Result<tempfile::TempDir, ServerError> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(fs::Permissions::from_mode(mode))
        .tempdir()
        .map_err(|source| ServerError::file(&std::env::temp_dir(), source))
}

async fn copy(from: &Path, to: &Path) -> Result<(), ServerError> {
    let program = Path::new("cp");
    let mut command = Command::new(program);
    command.args(["-a", "--reflink=auto"]).arg(from).arg(to);
    run(command, program).await
}
