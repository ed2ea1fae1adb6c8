//! The exchange of the story: one process, one SQLite file.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use hansa_client::{CatalogueFormat, Client, Credentials, ImportOptions};
use hansa_model::participant::{AcceptInvitation, AdmittedParticipant, IssuedToken, NewParticipant};
use serde_json::Value;

use crate::process::Process;

const START: Duration = Duration::from_secs(20);
/// The seed catalogue: real public list prices.
pub(crate) const MARKET: &str = include_str!("../../../data/market/catalogue.yaml");

/// A running exchange and its operator.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) process: Process,
    pub(crate) address: String,
    pub(crate) operator: Client,
}

/// A port that nobody listens on.
fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A client that acts with a token.
pub(crate) fn client(address: &str, secret: &str) -> anyhow::Result<Client> {
    Ok(Client::new(address, Credentials::Token(secret.into()))?)
}

/// Joins as the member that an invitation is for.
pub(crate) async fn join(address: &str, code: &str, name: &str) -> anyhow::Result<IssuedToken> {
    let anybody = Client::new(address, Credentials::None)?;
    let accept = AcceptInvitation { code: code.to_owned(), name: name.to_owned() };
    Ok(anybody.post("/v1/invitations/accept", &accept).await?)
}

impl Exchange {
    /// Starts an exchange that may ask an issuer of credentials on this machine, and lets its first operator in.
    pub(crate) async fn start(program: &Path, directory: &Path, issuer: &str) -> anyhow::Result<Self> {
        let data = directory.join("exchange");
        std::fs::create_dir_all(&data)?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let address = format!("http://{listen}");
        let data_text = data.to_string_lossy().into_owned();
        let serve = ["serve", "--listen", &listen, "--data", &data_text];
        let trust = ["--plain-http-issuer", issuer, "--evidence-refresh", "1"];
        let args = [&serve[..], &trust[..]].concat();
        let mut process = Process::start(program, &args, "the exchange", directory.join("exchange.log"))?;
        let invitation = data.join("operator-invitation");
        let anybody = Client::new(&address, Credentials::None)?;
        let deadline = tokio::time::Instant::now() + START;
        loop {
            process.check()?;
            let ready = anybody.get::<Value>("/readyz").await.is_ok();
            if ready && invitation.exists() {
                break;
            }
            if tokio::time::Instant::now() > deadline {
                bail!("the exchange did not come up in {} s; see {}", START.as_secs(), directory.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let code = std::fs::read_to_string(&invitation).context("the operator's invitation can't be read")?;
        let token = join(&address, code.trim(), "Olga").await?;
        let operator = client(&address, &token.secret)?;
        Ok(Self { process, address, operator })
    }

    /// Loads the seed catalogue; answers how many offers went in.
    pub(crate) async fn load_market(&self) -> anyhow::Result<u64> {
        let report = self
            .operator
            .import_offers(MARKET, ImportOptions { format: CatalogueFormat::Yaml, atomic: true, dry_run: false })
            .await?;
        Ok(report["created"].as_u64().unwrap_or_default())
    }

    /// Takes a participant in.
    pub(crate) async fn admit(&self, new: &NewParticipant) -> anyhow::Result<AdmittedParticipant> {
        Ok(self.operator.post("/v1/participants", new).await?)
    }
}
