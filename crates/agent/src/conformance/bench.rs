//! What the cases share: a driver, a service, and waiting for it.

use std::sync::Arc;
use std::time::Duration;

use hansa_model::agent::Action;
use hansa_model::id::ServiceId;

use super::{Harness, Sample, Violation, ensure};
use crate::driver::{Driver, Instance, Power, Spec, Tag};

const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) struct Bench<'a, H> {
    pub(super) harness: &'a H,
    pub(super) driver: Arc<dyn Driver>,
    pub(super) service: ServiceId,
}

impl<'a, H: Harness> Bench<'a, H> {
    pub(super) async fn new(harness: &'a H) -> Self {
        Self { harness, driver: harness.driver().await, service: ServiceId::new() }
    }

    pub(super) async fn restart(&mut self) {
        self.driver = self.harness.driver().await;
    }

    pub(super) fn tag(&self, generation: u64) -> Tag {
        Tag { service: self.service, generation }
    }

    pub(super) fn spec(&self, sample: Sample, generation: u64) -> Spec {
        Spec {
            tag: self.tag(generation),
            label: "conformance".to_owned(),
            properties: sample.properties,
            config: sample.config,
        }
    }

    pub(super) fn small(&self, generation: u64) -> Spec {
        self.spec(self.harness.samples().small, generation)
    }

    pub(super) fn large(&self, generation: u64) -> Spec {
        self.spec(self.harness.samples().large, generation)
    }

    pub(super) async fn can(&self, action: Action) -> Result<bool, Violation> {
        Ok(self.driver.describe().await?.actions.contains(&action))
    }

    pub(super) async fn find(&self) -> Result<Option<Instance>, Violation> {
        Ok(self.driver.find(self.service).await?)
    }

    /// The resource, which must be there.
    pub(super) async fn found(&self) -> Result<Instance, Violation> {
        let found = self.find().await?;
        found.ok_or_else(|| Violation("the resource is there, but it is not found by its tag".to_owned()))
    }

    /// The resource, as soon as it runs.
    pub(super) async fn running(&self) -> Result<Instance, Violation> {
        let patience = self.harness.patience();
        let wait = async {
            loop {
                let instance = self.found().await?;
                match instance.power {
                    Power::Running => return Ok(instance),
                    Power::Starting => tokio::time::sleep(LOOK_EVERY).await,
                    Power::Stopped => return Err(Violation("it stopped instead of starting".to_owned())),
                }
            }
        };
        let late = |_| Violation(format!("it does not run after {} s", patience.as_secs()));
        tokio::time::timeout(patience, wait).await.map_err(late)?
    }

    /// A running resource of the small kind at generation 1.
    pub(super) async fn created(&self) -> Result<Instance, Violation> {
        self.driver.create(&self.small(1)).await?;
        self.running().await
    }

    pub(super) async fn holds(&self, count: usize) -> Result<(), Violation> {
        let objects = self.harness.objects().await;
        ensure!(objects.len() == count, "the back end should hold {count} objects, but holds {objects:?}");
        Ok(())
    }
}
