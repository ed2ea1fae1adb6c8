//! How an administrator's programs log in: a URL taken apart for programs that must not get it as an argument,
//! where everybody on the machine could read the password.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::secret::Secret;

/// The parts of an administrator's URL.
#[derive(Debug, Clone)]
pub struct Login {
    /// The host.
    pub host: String,
    /// The port, where it is given.
    pub port: Option<u16>,
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
    /// A Unix socket, given as the query `socket=…`.
    pub socket: Option<String>,
}

/// Why a URL is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server's URL can't be used: write it like `{0}://admin:password@host:port/`")]
pub struct InvalidLogin(pub &'static str);

impl Login {
    /// Takes a URL of the given scheme apart.
    ///
    /// # Errors
    /// [`InvalidLogin`], which does not repeat the URL, as it may hold a password.
    pub fn of(url: &str, scheme: &'static str) -> Result<Self, InvalidLogin> {
        let invalid = || InvalidLogin(scheme);
        let url = Url::parse(url).map_err(|_| invalid())?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| invalid());
        if !url.scheme().starts_with(scheme) {
            return Err(invalid());
        }
        Ok(Self {
            host: decode(url.host_str().unwrap_or("127.0.0.1"))?.trim_matches(['[', ']']).to_owned(),
            port: url.port(),
            user: decode(url.username())?,
            password: Secret::from(decode(url.password().unwrap_or_default())?),
            socket: url.query_pairs().find(|(name, _)| name == "socket").map(|(_, value)| value.into_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_and_its_password_hidden() {
        let login = Login::of("postgres://ad%40min:p%2Fw+d@[::1]:5433/postgres?sslmode=require", "postgres").unwrap();
        assert_eq!((login.host.as_str(), login.port, login.user.as_str()), ("::1", Some(5433), "ad@min"));
        assert_eq!(login.password.reveal(), "p/w+d");
        assert!(!format!("{login:?}").contains("p/w"));
        let error = Login::of("http://admin:hunter2@db/", "mysql").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }
}
