//! Faults on demand.

use std::time::Duration;

use hansa_agent::driver::{Driver, DriverError, Spec, Tag};
use hansa_driver_simulated::{Backend, Options, Simulated};
use hansa_model::application::Config;
use hansa_model::id::ServiceId;
use hansa_model::kind::{KindId, Properties, Resource};
use hansa_model::time::Clock;

fn driver(change: impl FnOnce(&mut Options)) -> Simulated {
    let mut options = Options::new(KindId::DatabasePostgresql);
    change(&mut options);
    Simulated::open(options, Clock::System).unwrap()
}

fn spec() -> Spec {
    Spec {
        tag: Tag { service: ServiceId::new(), generation: 1 },
        label: "archive".to_owned(),
        properties: Properties::default(),
        config: Config::default(),
    }
}

#[tokio::test]
async fn a_failure_after_success_leaves_the_resource_behind() {
    let driver = driver(|options| options.failure_after_success_rate = 1.0);
    let outcome = driver.create(&spec()).await;
    assert!(matches!(outcome, Err(DriverError::Unavailable(_))), "{outcome:?}");
    assert_eq!(driver.backend().objects().len(), 1);
}

#[tokio::test]
async fn a_failure_does_nothing() {
    let driver = driver(|options| options.failure_rate = 1.0);
    assert!(driver.create(&spec()).await.is_err());
    assert_eq!(driver.backend().objects(), Vec::<String>::new());
}

#[tokio::test]
async fn a_hanging_call_never_answers() {
    let driver = driver(|options| options.hang_rate = 1.0);
    let spec = spec();
    assert!(tokio::time::timeout(Duration::from_millis(50), driver.create(&spec)).await.is_err());
}

#[tokio::test]
async fn the_last_place_is_given_once() {
    let driver = driver(|options| {
        options.capacity.insert(Resource::Instances, 1);
    });
    driver.create(&spec()).await.unwrap();
    let outcome = driver.create(&spec()).await;
    assert!(matches!(outcome, Err(DriverError::Unavailable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_back_end_that_is_down_keeps_what_it_has() {
    let driver = driver(|_| {});
    let spec = spec();
    driver.create(&spec).await.unwrap();
    driver.backend().set_down(true);
    assert!(driver.find(spec.tag.service).await.is_err());
    assert!(driver.inventory().await.is_err());
    driver.backend().set_down(false);
    assert!(driver.find(spec.tag.service).await.unwrap().is_some());
}

#[tokio::test]
async fn foreign_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.json");
    std::fs::write(&path, "not JSON").unwrap();
    let error = Backend::in_file(&path).unwrap_err();
    assert!(error.to_string().contains("is not the state of a simulated back end"), "{error}");
}
