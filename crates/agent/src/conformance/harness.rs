//! What a driver's tests tell the kit about their back end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hansa_model::application::Config;
use hansa_model::id::ServiceId;
use hansa_model::kind::Properties;

use crate::driver::{Driver, Instance};

/// What a resource of a test is to be.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Its properties.
    pub properties: Properties,
    /// What it is given to work with.
    pub config: Config,
}

/// Three wishes that suit the driver's kind.
#[derive(Debug, Clone)]
pub struct Samples {
    /// The smallest that works.
    pub small: Sample,
    /// More of everything that can be resized.
    pub large: Sample,
    /// Something that this back end can never do.
    pub impossible: Sample,
}

/// One back end for one test. Nothing else uses it, so that its contents can be counted.
///
/// Its methods panic when they can't do their work.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A new driver on the same back end: what an agent has after it was started again.
    async fn driver(&self) -> Arc<dyn Driver>;

    /// The wishes to test with.
    fn samples(&self) -> Samples;

    /// What the back end really holds, looked at without the driver: one name for each resource or half-made
    /// resource, leftovers included.
    async fn objects(&self) -> Vec<String>;

    /// Puts something into the back end that looks like the driver's work but carries no readable tag.
    /// The answer is the name by which the driver's inventory must list it.
    async fn leave_behind(&self) -> String;

    /// Leaves a mark in the data of a running resource.
    async fn write_mark(&self, instance: &Instance, mark: &str);

    /// The mark that was left in the data of a running resource.
    async fn read_mark(&self, instance: &Instance) -> Option<String>;

    /// Ends the running workload without the driver, as a crash or a heavy-handed administrator would.
    /// `false` when this kind of back end has nothing that can be ended on its own.
    async fn kill(&self, _service: ServiceId) -> bool {
        false
    }

    /// How long a resource may take until it runs.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// After how many polls the calls of the crash case are cut, rising. Slow back ends take fewer.
    fn cuts(&self) -> Vec<usize> {
        vec![0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 28, 36, 46, 60]
    }
}
