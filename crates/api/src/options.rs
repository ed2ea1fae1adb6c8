//! How the API is set up.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::Router;
use tokio_util::sync::CancellationToken;

/// How many requests are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In the long run, per second.
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

impl Rate {
    /// So many per second, and so many at once after a pause; at least one.
    #[must_use]
    pub const fn new(per_second: u32, burst: u32) -> Self {
        const fn at_least_one(number: u32) -> NonZeroU32 {
            match NonZeroU32::new(number) {
                Some(number) => number,
                None => NonZeroU32::MIN,
            }
        }
        Self { per_second: at_least_one(per_second), burst: at_least_one(burst) }
    }
}

/// The settings of the API; the defaults suit an exchange that is open to the internet.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// How many requests one token may make.
    pub token_rate: Rate,
    /// How many requests without a token, or with one that does not work, one address may make.
    pub address_rate: Rate,
    /// How often one address may try to sign in, or guess a code in another way.
    pub sign_in_rate: Rate,
    /// Whether the last address in `X-Forwarded-For` counts as the caller's, because a proxy of our own writes it.
    pub behind_proxy: bool,
    /// The token that `/metrics` asks for; open to everybody when absent.
    pub metrics_token: Option<String>,
    /// What is served to readers where no operation is: the console. Nothing when absent.
    pub pages: Option<Router>,
    /// The most bytes of a request's body.
    pub body_limit: usize,
    /// The most bytes of a catalogue file.
    pub import_limit: usize,
    /// How long a client may take to send the head of a request, or to be idle between two.
    pub head_timeout: Duration,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// How long the exchange may take to answer.
    pub answer_timeout: Duration,
    /// How often a stream of events says that it is still there.
    pub heartbeat: Duration,
    /// How long a terminal may be open in which nothing is typed or shown.
    pub console_idle: Duration,
    /// How long a terminal may be open in any case.
    pub console_longest: Duration,
    /// The most bytes that one terminal carries, both directions together.
    pub console_limit: u64,
    /// The most connections at the same time; others wait.
    pub connections: usize,
    /// Ends streams and long polls when it is cancelled.
    pub shutdown: CancellationToken,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            token_rate: Rate::new(200, 1000),
            address_rate: Rate::new(20, 100),
            sign_in_rate: Rate::new(1, 30),
            behind_proxy: false,
            metrics_token: None,
            pages: None,
            body_limit: 1 << 20,
            import_limit: 8 << 20,
            head_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(15),
            answer_timeout: Duration::from_secs(75),
            heartbeat: Duration::from_secs(15),
            console_idle: Duration::from_secs(30 * 60),
            console_longest: Duration::from_secs(8 * 60 * 60),
            console_limit: 256 << 20,
            connections: 20_000,
            shutdown: CancellationToken::new(),
        }
    }
}
