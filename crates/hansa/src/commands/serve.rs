//! An exchange.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use hansa_api::ApiOptions;
use hansa_exchange::settings::Settings;
use hansa_exchange::{Exchange, identity, reconcilers};
use hansa_model::country::Country;
use hansa_model::evidence::Assurance;
use hansa_model::name::Name;
use hansa_model::participant::NewParticipant;
use hansa_model::time::Clock;
use hansa_store::Db;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::logs::{self, LogFormat};
use crate::session::Session;

/// The file of the seed of the key that quotes are signed with.
const SEED: &str = "signing.key";
/// The file of the code that lets the first operator in.
const INVITATION: &str = "operator-invitation";

/// Run an exchange.
#[derive(Debug, Args)]
#[command(after_help = "Without --database everything is kept in one SQLite file in the data directory.
At the first start, DATA/operator-invitation holds a code that lets the first operator in.
TLS is the business of a reverse proxy in front; without one, keep to the loopback address.

Examples:
  hansa serve
  hansa serve --listen 0.0.0.0:7443 --issuer https://exchange.example --behind-proxy
  hansa serve --database postgres://hansa@db.example/hansa --data /var/lib/hansa")]
pub(super) struct Serve {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:7443", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Directory of the database file, the signing key and the first operator's invitation
    #[arg(long, env = "HANSA_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// PostgreSQL database to use instead of a file
    #[arg(long, env = "HANSA_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// Public address of the exchange, as it stands in quotes
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Short name of the participant that runs the exchange
    #[arg(long, default_value = "operator", value_name = "NAME")]
    operator: Name,
    /// Country of the participant that runs the exchange
    #[arg(long, default_value = "BE", value_name = "CODE")]
    country: Country,
    /// What the exchange keeps of each charge, in hundredths of a per cent
    #[arg(long, default_value_t = 300, value_name = "POINTS", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    commission: u32,
    /// Time zone whose calendar months are billed
    #[arg(long, default_value = "Europe/Brussels", value_name = "ZONE")]
    billing_zone: String,
    /// Trust the last address in X-Forwarded-For, which a proxy of yours writes
    #[arg(long)]
    behind_proxy: bool,
    /// Token that /metrics asks for
    #[arg(long, env = "HANSA_METRICS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    metrics_token: Option<String>,
    /// Form of the log on stderr
    #[arg(long, value_enum, default_value_t)]
    log: LogFormat,
}

fn default_data() -> anyhow::Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set: name a directory with --data")?;
    Ok(PathBuf::from(home).join(".local/share/hansa"))
}

/// Writes a file that only its owner may read; what was there is replaced.
fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// The seed of the signing key; made at the first start.
fn signing_seed(data: &Path) -> anyhow::Result<[u8; 32]> {
    let path = data.join(SEED);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let seed: [u8; 32] = rand::random();
            let text: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
            write_private(&path, &text).with_context(|| format!("{} can't be written", path.display()))?;
            text
        }
        Err(error) => return Err(error).with_context(|| format!("{} can't be read", path.display())),
    };
    let bytes: Option<Vec<u8>> =
        (0..32).map(|index| u8::from_str_radix(text.trim().get(2 * index..2 * index + 2)?, 16).ok()).collect();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .with_context(|| format!("{} holds no key: 64 hexadecimal digits are expected", path.display()))
}

impl Serve {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        logs::start(self.log, "info");
        let data = self.data.clone().map_or_else(default_data, Ok)?;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&data)
            .with_context(|| format!("{} can't be made", data.display()))?;
        let file = data.join("hansa.db").to_string_lossy().into_owned();
        let db = Db::open(self.database.as_deref().unwrap_or(&file)).await.context("the database can't be opened")?;
        let listener =
            TcpListener::bind(self.listen).await.with_context(|| format!("{} can't be listened on", self.listen))?;
        let address = format!("http://{}", listener.local_addr()?);
        let settings = Settings {
            issuer: self.issuer.clone().unwrap_or_else(|| address.clone()),
            signing_seed: signing_seed(&data)?,
            commission_bp: self.commission,
            billing_zone: self.billing_zone.clone(),
            ..Settings::default()
        };
        let exchange = Exchange::open(db, Clock::System, settings).await.context("the database can't be prepared")?;
        self.invite_operator(&exchange, &data, &address, session).await?;
        session.output.note(&format!("The exchange answers at {address} (API: {address}/docs)"));
        self.serve(exchange, listener).await
    }

    async fn serve(self, exchange: Exchange, listener: TcpListener) -> anyhow::Result<()> {
        let stop = CancellationToken::new();
        let options = ApiOptions {
            behind_proxy: self.behind_proxy,
            metrics_token: self.metrics_token,
            shutdown: stop.clone(),
            ..ApiOptions::default()
        };
        let kept_true = tokio::spawn(reconcilers::run(exchange.clone(), stop.clone()));
        let served = tokio::spawn(hansa_api::serve(listener, exchange.clone(), options));
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminated.recv() => {}
            interrupted = tokio::signal::ctrl_c() => interrupted?,
        }
        tracing::info!("ending");
        stop.cancel();
        served.await?;
        kept_true.await?;
        exchange.db().close().await;
        Ok(())
    }

    /// Makes the invitation of the first operator, where there is none yet.
    async fn invite_operator(
        &self,
        exchange: &Exchange,
        data: &Path,
        address: &str,
        session: &Session,
    ) -> anyhow::Result<()> {
        let operator = NewParticipant {
            name: self.operator.clone(),
            legal_name: self.operator.to_string(),
            country: self.country,
            roles: std::collections::BTreeSet::new(),
            assurance: Assurance::default(),
        };
        let mut work = exchange.begin().await?;
        let Some(invitation) = identity::bootstrap(&mut work, operator).await? else { return Ok(()) };
        let path = data.join(INVITATION);
        if path.is_dir() {
            bail!("{} is a directory", path.display());
        }
        write_private(&path, &format!("{}\n", invitation.code))
            .with_context(|| format!("{} can't be written", path.display()))?;
        work.commit().await?;
        session.output.note(&format!(
            "There is no operator yet. Become it within seven days:\n  \
             hansa login --exchange {address} --invitation \"$(cat {})\"",
            path.display()
        ));
        Ok(())
    }
}
