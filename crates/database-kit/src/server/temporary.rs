//! Homes of servers for tests. Making one takes seconds, copying one a tenth; so one is made for each account and
//! program and kept in the machine's directory for temporary files.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::Uid;
use tempfile::TempDir;

use super::account::Account;
use super::home::Home;
use super::program::{Durability, Program, Site};
use super::{ServerError, run};

/// Raised when what is in a template changes.
const LAYOUT: u32 = 3;
/// The server's account may pass through.
const PASSABLE: u32 = 0o711;
const PRIVATE: u32 = 0o700;

/// A new home in a directory of its own, with fresh data.
pub(super) async fn site<P: Program>(program: &P) -> Result<(TempDir, Site), ServerError> {
    let account = Account::for_server(P::ACCOUNT)?;
    let directory = directory(&format!("hansa-{}-", P::NAME))?;
    let home = Home::ensure(directory.path())?;
    let template = template(program, account).await?;
    for name in ["data", "password"] {
        let mut copy = Command::new("cp");
        copy.args(["-a", "--reflink=auto"]).arg(template.join(name)).arg(home.join(name));
        run(copy).await?;
    }
    Ok((directory, at(home, account)?))
}

fn at(home: Home, account: Account) -> Result<Site, ServerError> {
    let password = home.password()?;
    let listen = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Ok(Site { home, account, listen, durability: Durability::Relaxed, password })
}

/// The home of a server that was never started.
async fn template<P: Program>(program: &P, account: Account) -> Result<PathBuf, ServerError> {
    let executable = program.executable().to_string_lossy().replace('/', "-");
    let name = format!("hansa-template-{LAYOUT}-{}{executable}", account.number());
    let path = std::env::temp_dir().join(name);
    if is_ours(&path) {
        return Ok(path);
    }
    let draft = directory(&format!("hansa-{}-draft-", P::NAME))?;
    program.make(&at(Home::ensure(draft.path())?, account)?).await?;
    fs::set_permissions(draft.path(), fs::Permissions::from_mode(PRIVATE))
        .map_err(|source| ServerError::file(draft.path(), source))?;
    match fs::rename(draft.path(), &path) {
        // Another process may have been faster; then its template serves as well.
        Err(source) if !is_ours(&path) => Err(ServerError::file(&path, source)),
        _ => Ok(path),
    }
}

/// Others could have put a directory there to know the password.
fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| {
        found.is_dir() && found.uid() == Uid::effective().as_raw() && found.mode() & 0o777 == PRIVATE
    })
}

fn directory(prefix: &str) -> Result<TempDir, ServerError> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(fs::Permissions::from_mode(PASSABLE))
        .tempdir()
        .map_err(|source| ServerError::file(&std::env::temp_dir(), source))
}
