//! Audit packs and labels.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use hansa_model::evidence::AskedLabel;
use hansa_model::id::OrderId;
use hansa_trust::pack::{PackReport, verify};

use crate::failure::{Exit, Failure};
use crate::render;
use crate::session::Session;

/// The largest pack that is read, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// Ask for a label.
#[derive(Debug, Args)]
#[command(after_help = "The label is kept as evidence. What stands against it is named criterion by criterion.

Examples:
  hansa trust label standard-compliance
  hansa trust label label-level-1 --participant nordhafen")]
pub(crate) struct Label {
    /// The level: standard-compliance, label-level-1, label-level-2 or label-level-3
    level: String,
    /// Participant, by identifier or short name; your own by default
    #[arg(long)]
    participant: Option<String>,
}

/// Fetch an audit pack.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa trust pack nordhafen --to nordhafen.tar.gz
  hansa trust pack ord_01h455vb4pex5vsknk084sn02q --to order.tar.gz")]
pub(crate) struct Pack {
    /// Participant (identifier or short name) or order
    #[arg(value_name = "PARTICIPANT|ORDER")]
    about: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Verify an audit pack.
#[derive(Debug, Args)]
#[command(after_help = "Nothing is asked of anybody: signatures, status and evaluations are worked out again from the
pack alone. Without --issuer the pack proves only that whoever holds the key of the fingerprint has made it: compare
it with the exchange's DID document, or give that. Ends with 1 when anything differs.

Examples:
  hansa trust verify nordhafen.tar.gz
  hansa trust verify order.tar.gz --issuer exchange-did.json -o json")]
pub(crate) struct Verify {
    /// The pack
    pack: PathBuf,
    /// DID document of the exchange, had from elsewhere
    #[arg(long, value_name = "FILE")]
    issuer: Option<PathBuf>,
}

impl Label {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let key = match self.participant {
            Some(key) => key,
            None => client.whoami().await?.participant.name.to_string(),
        };
        session.output.list(&client.ask_label(&key, &AskedLabel { level: self.level }).await?)
    }
}

impl Pack {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let bytes = match self.about.parse::<OrderId>() {
            Ok(order) => client.order_pack(order).await?,
            Err(_) => client.participant_pack(&self.about).await?,
        };
        let unusable = || format!("{} can't be written", self.to.display());
        std::fs::write(&self.to, bytes).with_context(unusable)?;
        session.output.done("packed into", &self.to.display().to_string())
    }
}

impl Verify {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let archive = read(&self.pack)?;
        let issuer = self.issuer.as_deref().map(read).transpose()?;
        let report = verify(&archive, issuer.as_deref()).await;
        let report = report.map_err(|error| {
            Failure::new(Exit::Failure, "no-pack", format!("{} can't be verified: {error}", self.pack.display()))
        })?;
        let output = session.output;
        output.document(
            &report,
            || render::pack::report(&report, output.paint()),
            || report.differences.iter().map(|difference| difference.path.clone()).collect(),
        )?;
        refuse_differences(&report)
    }
}

fn refuse_differences(report: &PackReport) -> anyhow::Result<()> {
    match report.differences.len() {
        0 => Ok(()),
        count => {
            let things = if count == 1 { "1 thing differs" } else { &format!("{count} things differ") };
            let failure = Failure::new(Exit::Failure, "pack-differs", format!("{things} from what was signed"));
            Err(failure.hint("do not rely on this pack: ask for another, and how this one came to be").into())
        }
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let unusable = || format!("{} can't be read", path.display());
    let size = std::fs::metadata(path).with_context(unusable)?.len();
    if size > MOST_BYTES {
        return Err(Failure::new(Exit::Failure, "no-pack", format!("{} is too large", path.display())).into());
    }
    std::fs::read(path).with_context(unusable)
}
