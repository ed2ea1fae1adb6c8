//! The kit on a back end in memory and on one in a file.

use std::sync::Arc;

use async_trait::async_trait;
use hansa_agent::conformance::{Harness, Sample, Samples};
use hansa_agent::driver::{Driver, Instance};
use hansa_agent::timer::Timer;
use hansa_driver_simulated::{Backend, Options, Range, Simulated};
use hansa_model::id::ServiceId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::time::Clock;
use tempfile::TempDir;

struct World {
    options: Options,
    place: Place,
}

enum Place {
    Memory(Backend),
    File(TempDir),
}

impl World {
    fn new(place: Place) -> Self {
        let mut options = Options::new(KindId::ComputeInstance);
        options.latency_ms = Range { min: 1, max: 3 };
        options.boot_ms = 20;
        options.capacity.insert(Resource::Cpu, 64_000);
        Self { options, place }
    }

    fn in_memory() -> Self {
        Self::new(Place::Memory(Backend::in_memory()))
    }

    fn in_file() -> Self {
        Self::new(Place::File(TempDir::new().unwrap()))
    }

    fn backend(&self) -> Backend {
        match &self.place {
            Place::Memory(backend) => backend.clone(),
            Place::File(directory) => Backend::in_file(&directory.path().join("state.json")).unwrap(),
        }
    }
}

fn sample(cpu: u32) -> Sample {
    let properties = serde_json::json!({"cpu": cpu, "memory": "1 GiB", "disk": "4 GiB"});
    Sample { properties: serde_json::from_value(properties).unwrap(), ..Sample::default() }
}

#[async_trait]
impl Harness for World {
    async fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(Simulated::on(self.backend(), self.options.clone(), Clock::System, Timer::System))
    }

    fn samples(&self) -> Samples {
        Samples { small: sample(1), large: sample(2), impossible: sample(65) }
    }

    async fn objects(&self) -> Vec<String> {
        self.backend().objects()
    }

    async fn leave_behind(&self) -> String {
        self.backend().leave_behind("leftover");
        "leftover".to_owned()
    }

    async fn write_mark(&self, instance: &Instance, mark: &str) {
        self.backend().write_mark(instance.tag.service, mark);
    }

    async fn read_mark(&self, instance: &Instance) -> Option<String> {
        self.backend().read_mark(instance.tag.service)
    }

    async fn kill(&self, service: ServiceId) -> bool {
        self.backend().kill(service)
    }
}

mod in_memory {
    hansa_agent::driver_suite!(super::World::in_memory());
}

mod in_file {
    hansa_agent::driver_suite!(super::World::in_file());
}
