//! What a back end must be able to do, so that an agent can make services real on it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use hansa_model::agent::Action;
use hansa_model::application::Config;
use hansa_model::console::ConsoleAccess;
use hansa_model::id::ServiceId;
use hansa_model::kind::{KindId, Properties, Resource};
use hansa_model::price::Meter;
use hansa_model::service::Connection;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};

/// What a driver can do at its site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The driver's name: `qemu`, `postgres`, `mariadb`, `simulated`.
    pub driver: &'static str,
    /// What it delivers.
    pub kind: KindId,
    /// The actions beyond create and terminate.
    pub actions: Vec<Action>,
    /// The images it has, with the SHA-256 of each artefact.
    pub images: BTreeMap<String, String>,
    /// What there is in all, by resource.
    pub capacity: BTreeMap<Resource, i64>,
    /// Whether nothing behind it is real.
    pub simulated: bool,
    /// What it can show of the consoles of its services: what [`Driver::log`] and [`Driver::console`] answer for.
    pub console: ConsoleAccess,
}

/// A terminal on a service: what is read was shown, what is written is typed. Dropping it hangs up; the service and its
/// console stay as they are.
pub trait Console: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Console for T {}

/// The tag that every resource carries: which service it is, and on which intent it was last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tag {
    /// The service.
    pub service: ServiceId,
    /// The generation of the intent that was last applied in full.
    pub generation: u64,
}

/// What a resource is to be. All `${…}` of the configuration are filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// The tag that it is to carry.
    pub tag: Tag,
    /// The component's name, for people who look at the back end.
    pub label: String,
    /// Its properties.
    pub properties: Properties,
    /// What it is given to work with.
    pub config: Config,
}

/// Whether a resource runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Power {
    /// It runs and can be used.
    Running,
    /// It is being started and can't be used yet.
    Starting,
    /// It does not run.
    Stopped,
}

/// A resource as the back end has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// The tag that it carries.
    pub tag: Tag,
    /// Whether it runs.
    pub power: Power,
    /// How others reach it, when that is known.
    pub connection: Option<Connection>,
}

/// Something that the back end holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The back end's own name for it.
    pub name: String,
    /// The service of its tag; `None` when it carries no readable tag.
    pub service: Option<ServiceId>,
}

/// What was read off a resource's meters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readings {
    /// Which run of the resource the counters belong to; they begin at zero in each run.
    pub run: String,
    /// Totals of this run, by meter, in the meter's unit. Time meters are kept by the agent, not here;
    /// [`Meter::StorageUsed`] is given as the bytes stored right now.
    pub totals: BTreeMap<Meter, i64>,
    /// Values right now, by metric name: `cpu.percent`, `memory.bytes`, `disk.bytes`, `connections`.
    pub gauges: BTreeMap<&'static str, f64>,
}

/// Why a back end did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// It can never be done as asked; trying again is useless. The buyer's order fails with this message.
    #[error("{0}")]
    Refused(String),
    /// It could not be done this time; trying again may help.
    #[error("{0}")]
    Unavailable(String),
}

/// One kind of back end at one site.
///
/// Every call may be repeated and may be cut short by a crash at any point, also after the back end did its
/// work and before the agent could note it. Therefore:
/// - each resource carries its [`Tag`] in a place that the back end keeps (a name, a comment, a file beside the disk);
/// - `create` finds what an earlier try left behind and completes or replaces it; it never makes a second one;
/// - `resize`, `start`, `stop` and `terminate` succeed when there is nothing left to do;
/// - the tag's generation is raised last, when all of the intent is applied.
///
/// Calls for one service never overlap, but for `log` and `console`, which change nothing and come at any time; calls
/// for different services may. `find` never fails for a service
/// that the back end knows nothing of. Nothing is ever removed but by `terminate`.
#[async_trait]
pub trait Driver: Send + Sync + 'static {
    /// What it can do. Looks at the back end, so that capacity and images are the real ones.
    async fn describe(&self) -> Result<Description, DriverError>;

    /// The service's resource as the back end has it, found by its tag. This is how it is adopted after a crash.
    async fn find(&self, service: ServiceId) -> Result<Option<Instance>, DriverError>;

    /// Makes the resource and starts it. Returns without waiting for a slow start: `power` tells.
    async fn create(&self, spec: &Spec) -> Result<Instance, DriverError>;

    /// Gives an existing resource the properties and configuration of `spec`, restarting it if that is needed.
    async fn resize(&self, spec: &Spec) -> Result<Instance, DriverError>;

    /// Starts it. The tag's generation is set to `tag`'s.
    async fn start(&self, tag: Tag) -> Result<Instance, DriverError>;

    /// Stops it, keeping its data. The tag's generation is set to `tag`'s.
    async fn stop(&self, tag: Tag) -> Result<Instance, DriverError>;

    /// Removes it with all its data and secrets. With `dump`, a last dump is kept; its place is the answer.
    async fn terminate(&self, service: ServiceId, dump: bool) -> Result<Option<String>, DriverError>;

    /// Reads its meters; `None` when there is nothing to read.
    async fn meter(&self, service: ServiceId) -> Result<Option<Readings>, DriverError>;

    /// Everything the back end holds that this driver made, tagged or not.
    async fn inventory(&self) -> Result<Vec<Held>, DriverError>;

    /// The last lines that it wrote to its console, so many at most; `None` when it wrote none. What it keeps for this
    /// must be bounded, since a guest may write without end.
    async fn log(&self, _service: ServiceId, _lines: usize) -> Result<Option<String>, DriverError> {
        Ok(None)
    }

    /// Sits down at its console. The agent sees to it that there are not too many at the same time.
    async fn console(&self, _service: ServiceId) -> Result<Box<dyn Console>, DriverError> {
        Err(DriverError::Refused("there is no terminal on this service".to_owned()))
    }

    /// How a host that this machine reaches as `host` is reached from inside a resource.
    fn reach(&self, host: &str) -> String {
        host.to_owned()
    }
}
