//! What the story proved, for programs.

use std::path::Path;

use anyhow::Context as _;
use hansa_model::money::Money;
use serde::Serialize;
use serde_json::Value;

/// How long a step took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepTime {
    /// Its title.
    pub name: String,
    /// Seconds, to a tenth.
    pub seconds: f64,
}

/// One service and the proof that it worked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceProof {
    /// The component of the application.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Who delivered it.
    pub provider: String,
    /// Where.
    pub site: String,
    /// How it was reached, without its secret.
    pub endpoint: String,
    /// Its last state.
    pub state: String,
    /// What was seen of it at work.
    pub evidence: String,
}

/// What one provider gets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProviderShare {
    /// The provider.
    pub name: String,
    /// What it gets, in whole cents.
    pub payout: Money,
}

/// The whole outcome, as it is written to `summary.json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Summary {
    /// The packages that matching found.
    pub packages: Vec<Value>,
    /// The services.
    pub services: Vec<ServiceProof>,
    /// Usage by meter, in the meter's unit, over all services.
    pub usage: Value,
    /// What the buyer pays, in whole cents.
    pub buyer_total: Option<Money>,
    /// What each provider gets; with `commission` it adds up to `buyer_total`.
    pub provider_totals: Vec<ProviderShare>,
    /// What the exchange keeps.
    pub commission: Option<Money>,
    /// What was left on the back ends at the end; empty when all is well.
    pub orphans: Vec<String>,
    /// How long each step took.
    pub steps: Vec<StepTime>,
    /// How long the whole story took, in seconds.
    pub seconds: f64,
}

impl Summary {
    /// Writes it as JSON.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("{} can't be made", parent.display()))?;
        }
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text + "\n").with_context(|| format!("{} can't be written", path.display()))
    }
}
