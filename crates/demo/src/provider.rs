//! A provider of the story: its membership, its offers, and its agent with real back ends.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use hansa_client::Client;
use hansa_model::agent::{Enrolment, NewEnrolment};
use hansa_model::catalogue::{self, ListedProvider};
use hansa_model::evidence::Assurance;
use hansa_model::offer::Offer;
use hansa_model::participant::{NewParticipant, Role};
use hansa_model::site::Site;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::exchange::{Exchange, client, join};
use crate::process::Process;

/// The files that describe the providers of the story, as any provider would write them.
pub(crate) const FILES: [(&str, &str); 3] = [
    ("utrecht.yaml", include_str!("../../../examples/providers/utrecht.yaml")),
    ("grenoble.yaml", include_str!("../../../examples/providers/grenoble.yaml")),
    ("jelenia-gora.yaml", include_str!("../../../examples/providers/jelenia-gora.yaml")),
];

/// What a driver of the story is set up with.
struct BackEnds<'d> {
    directory: &'d Path,
    images: &'d Path,
}

impl BackEnds<'_> {
    /// Real virtual machines at a site.
    fn qemu(&self, site: &str, machine: &str, machines: u32) -> Value {
        json!({
            "site": site,
            "type": "qemu",
            "state": self.directory.join(format!("machines-{site}")),
            "images": self.images,
            "machine": machine,
            "capacity": {
                "cpu": 2 * machines,
                "memory": format!("{} MiB", 512 * machines),
                "storage": format!("{} GiB", 10 * machines),
                "instances": machines,
            },
        })
    }

    /// Databases on a real server that the agent keeps itself.
    fn database(&self, site: &str, server: &str) -> Value {
        json!({
            "site": site,
            "type": server,
            "server": {"managed": {"data": self.directory.join(format!("{server}-data"))}},
            "state": self.directory.join(format!("{server}-state")),
            "backups": {"here": self.directory.join(format!("{server}-backups"))},
            "capacity": {"storage": "200 GiB", "instances": 20},
        })
    }

    fn of(&self, provider: &str) -> Vec<Value> {
        match provider {
            "domstad-cloud" => vec![self.qemu("utrecht-1", "pc", 4), self.qemu("utrecht-2", "pc", 4)],
            "alpes-data" => vec![self.database("grenoble-1", "postgres"), self.database("grenoble-1", "mariadb")],
            _ => vec![self.qemu("jelenia-gora-1", "microvm", 2)],
        }
    }
}

/// A provider that sells.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) city: String,
    pub(crate) client: Client,
    pub(crate) agent: Process,
    pub(crate) directory: PathBuf,
    pub(crate) offers: usize,
}

fn read(file: &str, text: &str) -> anyhow::Result<ListedProvider> {
    let parsed = catalogue::parse_yaml(text);
    if let Some(error) = parsed.errors.first() {
        bail!("{file}: {error}");
    }
    parsed.file.providers.into_iter().next().with_context(|| format!("{file} names no provider"))
}

impl Provider {
    /// Joins the exchange, publishes what it sells, and starts an agent with a one-time token.
    pub(crate) async fn join(
        exchange: &Exchange,
        program: &Path,
        images: &Path,
        directory: &Path,
        (file, text): (&str, &str),
    ) -> anyhow::Result<Self> {
        let entry = read(file, text)?;
        let admitted = exchange
            .admit(&NewParticipant {
                name: entry.name.clone(),
                legal_name: entry.legal_name.clone(),
                country: entry.country,
                roles: BTreeSet::from([Role::Provider]),
                assurance: Assurance::default(),
            })
            .await?;
        let token = join(&exchange.address, &admitted.invitation.code, "Bo").await?;
        let client = client(&exchange.address, &token.secret)?;
        for site in &entry.sites {
            let _: Site = client.post("/v1/sites", site).await?;
        }
        for offer in &entry.offers {
            let _: Offer = client.post("/v1/offers", &offer.offer).await?;
        }
        let home = directory.join(entry.name.as_str());
        std::fs::create_dir_all(&home)?;
        // Database servers do not run as root; they must be able to reach their own data below.
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o755))?;
        let agent = start_agent(exchange, &client, program, images, &home, entry.name.as_str()).await?;
        Ok(Self {
            name: entry.name.to_string(),
            city: entry.sites.first().map(|site| site.city.clone()).unwrap_or_default(),
            client,
            agent,
            directory: home,
            offers: entry.offers.len(),
        })
    }
}

async fn start_agent(
    exchange: &Exchange,
    client: &Client,
    program: &Path,
    images: &Path,
    home: &Path,
    name: &str,
) -> anyhow::Result<Process> {
    let enrolment: Enrolment = client.post("/v1/agents/enrolments", &NewEnrolment { name: "agent-1".parse()? }).await?;
    let state = home.join("agent");
    let output = Command::new(program)
        .args(["agent", "enrol", "--exchange", &exchange.address, "--state"])
        .arg(&state)
        .env("HANSA_TOKEN", &enrolment.token)
        .output()
        .await?;
    if !output.status.success() {
        bail!("the agent of {name} could not enrol: {}", String::from_utf8_lossy(&output.stderr));
    }
    let config = json!({
        "exchange": exchange.address,
        "state": state,
        "heartbeat": "2 s",
        "checkEvery": "1 s",
        "meterEvery": "5 s",
        "drivers": BackEnds { directory: home, images }.of(name),
    });
    let file = home.join("agent.yaml");
    std::fs::write(&file, yaml_serde::to_string(&config)?)?;
    let file = file.to_string_lossy().into_owned();
    Process::start(
        program,
        &["agent", "run", "--config", &file],
        &format!("the agent of {name}"),
        home.join("agent.log"),
    )
}
