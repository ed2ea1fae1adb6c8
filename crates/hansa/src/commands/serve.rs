//! Running an exchange.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use hansa_api::ApiOptions;
use hansa_exchange::settings::{ClearingHouse, SecondFactor, Settings, TrustSettings};
use hansa_exchange::{Exchange, identity, reconcilers};
use hansa_model::country::Country;
use hansa_model::evidence::Assurance;
use hansa_model::name::Name;
use hansa_model::participant::{NewParticipant, Role};
use hansa_model::time::Clock;
use hansa_signin::oidc::{Provider, ProviderConfig};
use hansa_store::Db;
use tokio::net::TcpListener;

use crate::failure::{Exit, Failure};
use crate::logs::{self, LogFormat};
use crate::session::Session;
use crate::stop;

/// Of whom something is demanded.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Whom {
    /// Whoever acts as an operator
    Operators,
    /// Everybody
    Everybody,
}

impl Whom {
    const fn factor(self) -> SecondFactor {
        match self {
            Self::Operators => SecondFactor::Operators,
            Self::Everybody => SecondFactor::Everybody,
        }
    }
}

/// Run an exchange.
#[derive(Debug, Args)]
#[command(after_help = "The first start writes an invitation for the first operator into the data directory.

Examples:
  hansa serve
  hansa serve --listen 0.0.0.0:7443 --data /var/lib/hansa --issuer https://exchange.example --log json
  hansa serve --database postgres://hansa@db.example/hansa
  hansa serve --compliance https://compliance.example")]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:7443", value_name = "ADDRESS", value_parser = address)]
    listen: SocketAddr,
    /// Directory of the signing key, the invitation and, without --database, the database
    /// [default: ~/.local/share/hansa]
    #[arg(long, env = "HANSA_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// PostgreSQL to keep everything in, instead of a file
    #[arg(long, env = "HANSA_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// Address that the exchange is known by; stands in quotes
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Short name of the first operator
    #[arg(long, default_value = "operator", value_name = "NAME")]
    operator: Name,
    /// Its name in the register
    #[arg(long, default_value = "Operator of this exchange", value_name = "NAME")]
    operator_legal_name: String,
    /// Country of its registered seat
    #[arg(long, default_value = "BE", value_name = "CODE")]
    operator_country: Country,
    /// Identity providers whose word lets people in to the console: a YAML list, for its owner alone to read
    #[arg(long, env = "HANSA_IDENTITY_PROVIDERS", value_name = "FILE")]
    identity_providers: Option<PathBuf>,
    /// Who must prove a second factor beside a password in the console, or use a passkey or an identity provider
    #[arg(long, value_enum, value_name = "WHOM")]
    demand_second_factor: Option<Whom>,
    /// Token that reading /metrics asks for
    #[arg(long, env = "HANSA_METRICS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    metrics_token: Option<String>,
    /// Take the caller's address from X-Forwarded-For, because a proxy of our own writes it
    #[arg(long)]
    behind_proxy: bool,
    /// Address of a clearing house's notary, instead of this exchange's own
    #[arg(long, env = "HANSA_NOTARY", value_name = "URL")]
    notary: Option<String>,
    /// Address of a clearing house's compliance service, instead of this exchange's own
    #[arg(long, env = "HANSA_COMPLIANCE", value_name = "URL")]
    compliance: Option<String>,
    /// Address of a clearing house's registry, instead of this exchange's own
    #[arg(long, env = "HANSA_REGISTRY", value_name = "URL")]
    registry: Option<String>,
    /// File with the certificates, in PEM, in which the chains of issuers of credentials end
    #[arg(long, value_name = "FILE")]
    trust_anchors: Option<PathBuf>,
    /// Refuse issuers of credentials without a certificate chain to one of the trust anchors
    #[arg(long, requires = "trust_anchors")]
    demand_chain: bool,
    /// Host of an issuer of credentials that may be in a private network; repeatable
    #[arg(long, value_name = "HOST")]
    private_issuer: Vec<String>,
    /// Host and port of an issuer of credentials that is asked over plain HTTP, for demonstrations; repeatable
    #[arg(long, value_name = "HOST:PORT")]
    plain_http_issuer: Vec<String>,
    /// After how many seconds issuers are asked again whether their credentials still stand
    #[arg(long, default_value_t = 3_600, value_name = "SECONDS")]
    evidence_refresh: u64,
    /// Ask for the approval of two operators before an onboarding is published
    #[arg(long)]
    four_eyes: bool,
    /// List offers only of providers whose onboarding is published
    #[arg(long)]
    require_onboarding: bool,
    /// Form of the log
    #[arg(long, value_enum, default_value_t)]
    log: LogFormat,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write address and port like `127.0.0.1:7443`".to_owned())
}

/// Why an address can't be listened on.
fn occupied(address: SocketAddr, error: &io::Error) -> Failure {
    let failure = |message| Failure::new(Exit::Failure, "no-listener", message);
    match error.kind() {
        io::ErrorKind::AddrInUse => failure(format!("something listens on {address} already"))
            .hint("end it, or choose another port with --listen; port 0 takes any free one"),
        _ => failure(format!("{address} can't be listened on: {error}")).hint("choose another address with --listen"),
    }
}

impl Serve {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        logs::start(self.log, "info");
        let data = self.data.clone().unwrap_or_else(default_data);
        let unusable = || format!("the data directory {} can't be used", data.display());
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&data).with_context(unusable)?;
        let listener = TcpListener::bind(self.listen).await.map_err(|error| occupied(self.listen, &error))?;
        let address = format!("http://{}", listener.local_addr()?);
        let settings = Settings {
            issuer: self.issuer.clone().unwrap_or_else(|| address.clone()),
            signing_seed: signing_seed(&data.join("signing.seed")).with_context(unusable)?,
            identity_providers: self.identity_providers.as_deref().map_or_else(|| Ok(Vec::new()), providers)?,
            second_factor: self.demand_second_factor.map_or(SecondFactor::Chosen, Whom::factor),
            trust: self.trust()?,
            backups: Some(data.join("backups")),
            ..Settings::default()
        };
        let file = data.join("hansa.db").to_string_lossy().into_owned();
        let db = Db::open(self.database.as_deref().unwrap_or(&file)).await.context("the database can't be opened")?;
        let exchange = Exchange::open(db, Clock::System, settings).await?;
        self.invite_operator(session, &exchange, &data.join("operator-invitation"), &address).await?;
        let options = ApiOptions {
            metrics_token: self.metrics_token,
            behind_proxy: self.behind_proxy,
            pages: Some(hansa_console::pages()),
            ..ApiOptions::default()
        };
        let shutdown = options.shutdown.clone();
        let kept = tokio::spawn(reconcilers::run(exchange.clone(), shutdown.clone()));
        let asked = shutdown.clone();
        tokio::spawn(async move {
            stop::asked().await;
            asked.cancel();
        });
        session.output.print(&format!("{address}\n"))?;
        tracing::info!(address, data = %data.display(), "the exchange serves");
        hansa_api::serve(listener, exchange.clone(), options).await;
        kept.await.context("the reconcilers broke off")?;
        exchange.db().close().await;
        tracing::info!("the exchange has stopped");
        Ok(())
    }

    fn clearing_house(&self) -> ClearingHouse {
        let (notary, compliance) = (self.notary.clone(), self.compliance.clone());
        ClearingHouse { notary, compliance, registry: self.registry.clone() }
    }

    /// How credentials of others are checked.
    fn trust(&self) -> anyhow::Result<TrustSettings> {
        let anchors = match &self.trust_anchors {
            None => Vec::new(),
            Some(path) => fs::read(path).with_context(|| format!("{} can't be read", path.display()))?,
        };
        let hosts = |plain: &String| plain.rsplit_once(':').map_or_else(|| plain.clone(), |(host, _)| host.to_owned());
        let private = self.private_issuer.iter().cloned().chain(self.plain_http_issuer.iter().map(hosts));
        Ok(TrustSettings {
            clearing_house: self.clearing_house(),
            anchors,
            demand_chain: self.demand_chain,
            private_hosts: private.collect(),
            plain_http: self.plain_http_issuer.iter().cloned().collect(),
            refresh: Duration::from_secs(self.evidence_refresh.max(1)),
            four_eyes: self.four_eyes,
            require_onboarding: self.require_onboarding,
            ..TrustSettings::default()
        })
    }

    /// Lets the first operator in, while there is none.
    async fn invite_operator(
        &self,
        session: &Session,
        exchange: &Exchange,
        path: &Path,
        address: &str,
    ) -> anyhow::Result<()> {
        let operator = NewParticipant {
            name: self.operator.clone(),
            legal_name: self.operator_legal_name.clone(),
            country: self.operator_country,
            roles: BTreeSet::from([Role::Operator]),
            assurance: Assurance::default(),
        };
        let mut work = exchange.begin().await?;
        let invitation = identity::bootstrap(&mut work, operator).await?;
        work.commit().await?;
        let Some(invitation) = invitation else {
            // An invitation that was used is of no use to anybody.
            _ = fs::remove_file(path);
            return Ok(());
        };
        write_secret(path, format!("{}\n", invitation.code).as_bytes())
            .with_context(|| format!("{} can't be written", path.display()))?;
        let console = self.issuer.as_deref().unwrap_or(address).trim_end_matches('/');
        session.output.note(&format!(
            "the first operator opens this in a browser, once and within 24 hours:\n  {console}/sign-up#code={}\n\
             or logs in with:\n  hansa login --exchange {address} --invitation \"$(cat {})\" --as operator",
            invitation.code,
            path.display()
        ));
        Ok(())
    }
}

/// The identity providers that a file names.
fn providers(path: &Path) -> anyhow::Result<Vec<Provider>> {
    let unreadable = || format!("{} can't be read", path.display());
    let text = fs::read_to_string(path).with_context(unreadable)?;
    if fs::metadata(path).with_context(unreadable)?.permissions().mode() & 0o077 != 0 {
        let message = format!("others can read {}, which may hold secrets", path.display());
        let failure = Failure::new(Exit::Refused, "exposed-credentials", message);
        return Err(failure.hint(format!("run `chmod 600 {}`", path.display())).into());
    }
    let configs: Vec<ProviderConfig> =
        yaml_serde::from_str(&text).with_context(|| format!("{} can't be understood", path.display()))?;
    configs.into_iter().map(|config| Ok(Provider::new(config)?)).collect()
}

fn default_data() -> PathBuf {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = of("XDG_DATA_HOME").or_else(|| of("HOME").map(|home| home.join(".local/share")));
    base.unwrap_or_default().join("hansa")
}

/// Writes a file for its owner alone. A crash leaves either the old file or the new one.
fn write_secret(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// The seed of the key that quotes are signed with, made once.
fn signing_seed(path: &Path) -> anyhow::Result<[u8; 32]> {
    match fs::read(path) {
        Ok(bytes) => bytes.try_into().ok().with_context(|| format!("{} is not 32 bytes long", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seed: [u8; 32] = rand::random();
            write_secret(path, &seed)?;
            Ok(seed)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_identity_providers_is_understood() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("providers.yaml");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/identity-providers.yaml");
        write_secret(&file, &fs::read(example).unwrap()).unwrap();
        let found = providers(&file).unwrap();
        let joining = found.iter().filter(|provider| provider.config().join.is_some()).count();
        assert_eq!((found.len(), joining), (3, 2));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(providers(&file).unwrap_err().to_string().contains("others can read"));
    }
}
