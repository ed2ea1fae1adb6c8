//! How people sign in, each way in a file of its own: with a password and a one-time code ([`passwords`],
//! [`one_time`]), with a passkey ([`passkeys`]), on the word of an identity provider ([`providers`]). They come in by an
//! invitation ([`accounts`]), have sessions in browsers ([`sessions`]), and let devices in ([`devices`]). Who lost every
//! proof gets new ones ([`resets`]); where a second factor is demanded, a password alone opens little ([`factors`]).
//!
//! What takes long (hashing a password, asking a provider) is done outside of transactions, so those functions take
//! the exchange instead of a transaction.

pub mod accounts;
mod attempts;
pub mod devices;
pub mod factors;
mod guesses;
pub mod one_time;
pub mod passkeys;
pub mod passwords;
pub mod providers;
pub mod resets;
pub mod sessions;

use std::time::Duration;

use hansa_model::sign_in::{IdentityProvider, SignInOptions, SignedIn};
use hansa_signin::passkey::RelyingParty;
use tokio::sync::Semaphore;

pub(crate) use guesses::sweep;

use crate::{Error, Exchange, Result};

/// How long the second half of something that was begun may take.
const ATTEMPT_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How many passwords are hashed at the same time: each takes a processor and 19 MiB.
const HASHED_AT_ONCE: usize = 2;
/// How many characters of what a browser calls itself are kept.
const LONGEST_BROWSER: usize = 200;

/// Where somebody comes from.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The address.
    pub address: String,
    /// What the browser calls itself.
    pub browser: Option<String>,
}

impl Visitor {
    /// Somebody from this address, with a browser that calls itself so.
    #[must_use]
    pub fn new(address: String, browser: Option<&str>) -> Self {
        let plain = |text: &str| text.chars().filter(|character| !character.is_control()).collect::<String>();
        let browser = browser.map(|text| plain(text).chars().take(LONGEST_BROWSER).collect());
        Self { address, browser }
    }
}

/// A session that began, with the secret for its browser's cookie.
#[derive(Debug)]
pub struct Begun {
    /// The secret.
    pub secret: String,
    /// Who is signed in.
    pub signed_in: SignedIn,
}

/// Who hashes passwords, a few at a time.
#[derive(Debug)]
pub(crate) struct Hashing(Semaphore);

impl Default for Hashing {
    fn default() -> Self {
        Self(Semaphore::new(HASHED_AT_ONCE))
    }
}

impl Hashing {
    /// Does work that keeps a processor busy, where it holds up nobody else.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let broken = |_| Error::Internal("hashing a password broke off".to_owned());
        let _turn = self.0.acquire().await.map_err(|_| Error::Busy("the exchange stops".to_owned()))?;
        tokio::task::spawn_blocking(work).await.map_err(broken)
    }
}

/// What signing in can be done with.
#[must_use]
pub fn options(exchange: &Exchange) -> SignInOptions {
    let providers = exchange.settings().identity_providers.iter().map(|provider| {
        let config = provider.config();
        IdentityProvider { id: config.id.to_string(), title: config.title.clone() }
    });
    SignInOptions { passkeys: party(exchange).is_ok(), providers: providers.collect() }
}

/// The exchange, as those see it who make passkeys.
fn party(exchange: &Exchange) -> Result<RelyingParty> {
    RelyingParty::at(&exchange.settings().issuer).ok_or_else(|| {
        let detail = "passkeys can't be used here: the exchange's address has no name or no encryption";
        Error::impossible("no-passkeys", detail, "use a password; operators: serve with `--issuer https://…`")
    })
}
