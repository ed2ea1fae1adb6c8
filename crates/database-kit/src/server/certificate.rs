//! Self-signed certificates, so that connections to a private server can be encrypted.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::ServerError;
use super::account::Account;
use crate::files::write_private;

/// Makes a certificate for `host` with its key, as the files `server.crt` and `server.key` in `directory`,
/// readable by `account`. What is there already is kept, so that clients may pin it.
///
/// # Errors
/// [`ServerError`] when it can't be made or written.
pub fn ensure(directory: &Path, host: &str, account: Account) -> Result<(), ServerError> {
    let (certificate_file, key_file) = (directory.join("server.crt"), directory.join("server.key"));
    if certificate_file.exists() && key_file.exists() {
        return Ok(());
    }
    let made = rcgen::generate_simple_self_signed(vec![host.to_owned(), "localhost".to_owned()])?;
    for (path, text) in [(&key_file, made.signing_key.serialize_pem()), (&certificate_file, made.cert.pem())] {
        write_private(path, &text)
            .and_then(|()| account.own(path))
            .map_err(|source| ServerError::file(path, source))?;
    }
    fs::set_permissions(&certificate_file, fs::Permissions::from_mode(0o644))
        .map_err(|source| ServerError::file(&certificate_file, source))
}
