//! The conformance kit on real machines.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::conformance::{Harness, Sample, Samples};
use hansa_agent::driver::{Driver, Instance};
use hansa_model::id::ServiceId;
use serde_json::{Value, json};

use crate::world::{PATIENCE, World, page, spec, web_server};

fn sample(properties: Value) -> Sample {
    let spec = spec(ServiceId::new(), 1, properties, web_server());
    Sample { properties: spec.properties, config: spec.config }
}

#[async_trait]
impl Harness for World {
    async fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(World::driver(self))
    }

    fn samples(&self) -> Samples {
        Samples {
            small: sample(json!({})),
            large: sample(json!({"memory": "128 MiB", "disk": "300 MiB"})),
            impossible: sample(json!({"image": "no-such-image"})),
        }
    }

    async fn objects(&self) -> Vec<String> {
        World::objects(self)
    }

    async fn leave_behind(&self) -> String {
        std::fs::create_dir_all(self.options.state.join("leftover")).unwrap();
        std::fs::write(self.options.state.join("leftover/disk.qcow2"), "somebody's").unwrap();
        "leftover".to_owned()
    }

    async fn write_mark(&self, instance: &Instance, mark: &str) {
        page(instance, &format!("/cgi-bin/mark?{mark}")).await;
    }

    async fn read_mark(&self, instance: &Instance) -> Option<String> {
        Some(page(instance, "/cgi-bin/mark").await.trim().to_owned())
    }

    async fn kill(&self, service: ServiceId) -> bool {
        World::kill(self, service).await;
        true
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    fn cuts(&self) -> Vec<usize> {
        vec![0, 1, 2, 3, 4, 6, 9, 14, 20]
    }
}

hansa_agent::driver_suite!(World::new());
