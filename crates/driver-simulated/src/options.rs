//! What a simulated back end is like.

use std::collections::BTreeMap;
use std::path::PathBuf;

use hansa_model::agent::Action;
use hansa_model::kind::{KindId, Resource};
use serde::{Deserialize, Serialize};

/// From where to where, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The least.
    pub min: u64,
    /// The most.
    pub max: u64,
}

/// What a running resource uses each second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rates {
    /// Processor time in milliseconds.
    pub cpu_ms: i64,
    /// Bytes sent.
    pub egress: i64,
    /// Bytes received.
    pub ingress: i64,
}

impl Default for Rates {
    fn default() -> Self {
        Self { cpu_ms: 100, egress: 20_000, ingress: 5_000 }
    }
}

/// The configuration of a simulated back end. All shares are between 0 (never) and 1 (always).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// What it pretends to deliver.
    pub kind: KindId,
    /// Decides what fails and how long calls take.
    #[serde(default)]
    pub seed: u64,
    /// How long a call takes, in milliseconds.
    #[serde(default)]
    pub latency_ms: Range,
    /// How long a resource is starting, in milliseconds.
    #[serde(default)]
    pub boot_ms: u64,
    /// The share of calls that fail before anything was done.
    #[serde(default)]
    pub failure_rate: f64,
    /// The share of calls that are done and still say that they failed.
    #[serde(default)]
    pub failure_after_success_rate: f64,
    /// The share of calls that never answer.
    #[serde(default)]
    pub hang_rate: f64,
    /// The share of services that are refused for good.
    #[serde(default)]
    pub refusal_rate: f64,
    /// What there is in all; what is not named is without limit, but for a thousand instances.
    #[serde(default = "default_capacity")]
    pub capacity: BTreeMap<Resource, i64>,
    /// The actions beyond create and terminate; all when absent.
    #[serde(default = "all_actions")]
    pub actions: Vec<Action>,
    /// The images that it pretends to have, with the SHA-256 of each.
    #[serde(default)]
    pub images: BTreeMap<String, String>,
    /// The host that its resources are reached at.
    #[serde(default = "default_host")]
    pub host: String,
    /// What its resources use.
    #[serde(default)]
    pub rates: Rates,
    /// The file that keeps its state; in memory when absent.
    #[serde(default)]
    pub state: Option<PathBuf>,
}

impl Options {
    /// A back end for `kind` that is quick and never fails.
    #[must_use]
    pub fn new(kind: KindId) -> Self {
        Self {
            kind,
            seed: 0,
            latency_ms: Range::default(),
            boot_ms: 0,
            failure_rate: 0.0,
            failure_after_success_rate: 0.0,
            hang_rate: 0.0,
            refusal_rate: 0.0,
            capacity: default_capacity(),
            actions: all_actions(),
            images: BTreeMap::new(),
            host: default_host(),
            rates: Rates::default(),
            state: None,
        }
    }
}

fn default_capacity() -> BTreeMap<Resource, i64> {
    BTreeMap::from([(Resource::Instances, 1000)])
}

fn all_actions() -> Vec<Action> {
    vec![Action::Resize, Action::Stop, Action::Start, Action::Dump]
}

fn default_host() -> String {
    "127.0.0.1".to_owned()
}
