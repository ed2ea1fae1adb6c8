//! The server that a driver speaks to: one that is given, or one that it keeps itself.

use hansa_agent::driver::DriverError;

use crate::login::{InvalidLogin, Login};
use crate::options::ServerOptions;
use crate::secret::Secret;
use crate::server::ServerError;
use crate::server::private::PrivateServer;
use crate::server::program::Program;

/// The server that a driver speaks to.
#[derive(Debug)]
pub enum Upstream<P: Program> {
    /// One that is there, by the URL of its administrator.
    Given(Secret),
    /// One that the driver keeps itself.
    Own(Box<PrivateServer<P>>),
}

/// Why the server can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// Our own server does not start.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The URL is none.
    #[error(transparent)]
    Url(#[from] InvalidLogin),
}

impl<P: Program> Upstream<P> {
    /// Starts the server where that is ours to do; a given one need not answer yet.
    ///
    /// # Errors
    /// [`LaunchError`]; each says what to do.
    pub async fn launch(options: &ServerOptions) -> Result<Self, LaunchError> {
        match options {
            ServerOptions::Managed(managed) => Ok(Self::Own(Box::new(PrivateServer::start(managed).await?))),
            ServerOptions::Url(url) => {
                Login::of(url.reveal(), P::SCHEME)?;
                Ok(Self::Given(url.clone()))
            }
        }
    }

    /// The URL of the administrator.
    pub async fn url(&self) -> Secret {
        match self {
            Self::Given(url) => url.clone(),
            Self::Own(server) => Secret::from(server.url().await),
        }
    }

    /// How the administrator's programs log in.
    ///
    /// # Errors
    /// [`DriverError::Unavailable`] when the URL is none.
    pub async fn login(&self) -> Result<Login, DriverError> {
        let url = self.url().await;
        Login::of(url.reveal(), P::SCHEME).map_err(|error| DriverError::Unavailable(error.to_string()))
    }

    /// Starts our own server again when it has ended; whether that was needed.
    ///
    /// # Errors
    /// [`DriverError::Unavailable`] when it does not start.
    pub async fn keep_running(&self) -> Result<bool, DriverError> {
        let Self::Own(server) = self else { return Ok(false) };
        let unavailable = |error| DriverError::Unavailable(format!("the database server is down: {error}"));
        let restarted = server.ensure_running().await.map_err(unavailable)?;
        if restarted {
            tracing::warn!(server = P::NAME, "the server had ended and was started again");
        }
        Ok(restarted)
    }

    /// The server that the driver keeps itself, if it does.
    #[must_use]
    pub fn own(&self) -> Option<&PrivateServer<P>> {
        match self {
            Self::Own(server) => Some(server),
            Self::Given(_) => None,
        }
    }
}
