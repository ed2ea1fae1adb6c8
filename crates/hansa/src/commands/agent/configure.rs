//! Writing the first configuration of an agent.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::super::Yes;
use super::back_end::{BackEnd, DriverName};
use super::draft;
use super::host::Host;
use crate::failure::{Exit, Failure};
use crate::prompt;
use crate::session::Session;

const QEMU: &str = "qemu-system-x86_64";

/// Write an agent's configuration.
#[derive(Debug, Args)]
#[command(
    after_help = "It looks at this machine: what there is to sell, whether the processor runs guests, by which address the
exchange is reached. Everything that the agent and its back ends keep will be below one directory.

Examples:
  hansa agent configure --exchange https://exchange.example --directory /var/lib/hansa --driver leiden-1=qemu
  hansa agent configure --directory /srv/hansa --driver leiden-1=qemu --driver leiden-1=postgres --address 192.0.2.10
  hansa agent configure --directory ./try --driver leiden-1=simulated:compute.instance -y"
)]
pub(crate) struct Configure {
    /// Directory for all that the agent and its back ends keep
    #[arg(long, value_name = "DIR")]
    directory: PathBuf,
    /// What it delivers where: qemu, postgres, mariadb, or simulated:KIND; may be repeated
    #[arg(long = "driver", value_name = "SITE=DRIVER", required = true, value_parser = str::parse::<BackEnd>)]
    drivers: Vec<BackEnd>,
    /// Address of this machine at which buyers reach what they ordered; by default the one that reaches the exchange
    #[arg(long, value_name = "IP")]
    address: Option<Ipv4Addr>,
    /// The file to write; agent.yaml in the directory by default
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    yes: Yes,
}

impl Configure {
    pub(super) fn run(self, session: &Session) -> anyhow::Result<()> {
        let twice = (1..).zip(&self.drivers).find(|(next, one)| self.drivers[*next..].contains(one));
        if let Some((_, BackEnd { site, .. })) = twice {
            return Err(Failure::usage(format!("the same driver is named twice for the site `{site}`")).into());
        }
        let directory = std::path::absolute(&self.directory)?;
        fs::create_dir_all(&directory).with_context(|| format!("{} can't be made", directory.display()))?;
        let exchange = session.context()?.1.exchange;
        let found = Host::look(&directory, &exchange).context("this machine can't be looked at")?;
        let kvm = self.drivers.iter().any(|one| one.driver == DriverName::Qemu) && has_kvm()?;
        let host = Host { address: self.address.unwrap_or(found.address), kvm, ..found };
        let file = self.to.unwrap_or_else(|| directory.join("agent.yaml"));
        if file.exists() {
            prompt::confirm(&format!("{} is there already. Replace it?", file.display()), self.yes.yes)?;
        }
        let text = draft::text(&exchange, &directory, &host, &self.drivers);
        fs::write(&file, text).with_context(|| format!("{} can't be written", file.display()))?;
        if host.address.is_loopback() {
            session.output.note("note: only this machine will reach what is ordered; --address names another address");
        }
        session.output.done("written", &file.display().to_string())
    }
}

fn has_kvm() -> anyhow::Result<bool> {
    hansa_driver_qemu::has_kvm(Path::new(QEMU)).map_err(|error| {
        let failure = Failure::new(Exit::Impossible, "no-qemu", format!("`{QEMU}` can't be run: {error}"));
        failure.hint("apt-get install qemu-system-x86 qemu-utils").into()
    })
}
