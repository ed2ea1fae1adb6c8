//! The kit on a server for each case.

use std::sync::Arc;

use async_trait::async_trait;
use hansa_agent::conformance::{Harness, Sample, Samples};
use hansa_agent::driver::{Driver, Instance};
use hansa_model::id::ServiceId;
use serde_json::{Value, json};

use super::world::{World, connect, run, url};

fn sample(properties: Value) -> Sample {
    Sample { properties: serde_json::from_value(properties).unwrap(), ..Sample::default() }
}

#[async_trait]
impl Harness for World {
    async fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(self.driver().await)
    }

    fn samples(&self) -> Samples {
        Samples {
            small: sample(json!({"version": "15", "storage": "1 GiB", "connections": 3})),
            large: sample(json!({"version": "15", "storage": "2 GiB", "connections": 5})),
            impossible: sample(json!({"version": "99", "storage": "1 GiB"})),
        }
    }

    async fn objects(&self) -> Vec<String> {
        self.objects().await
    }

    async fn leave_behind(&self) -> String {
        run(&mut self.admin().await, "create database srv_leftover").await.unwrap();
        "srv_leftover".to_owned()
    }

    async fn write_mark(&self, instance: &Instance, mark: &str) {
        let mut connection = connect(&url(instance)).await;
        run(&mut connection, "create table marks (mark text)").await.unwrap();
        sqlx::query("insert into marks values ($1)").bind(mark).execute(&mut connection).await.unwrap();
    }

    async fn read_mark(&self, instance: &Instance) -> Option<String> {
        let mut connection = connect(&url(instance)).await;
        sqlx::query_scalar("select mark from marks").fetch_optional(&mut connection).await.unwrap()
    }

    fn cuts(&self) -> Vec<usize> {
        vec![0, 1, 2, 3, 5, 7, 10, 14, 20, 28, 40]
    }

    async fn kill(&self, service: ServiceId) -> bool {
        let statement = format!("alter database {service} allow_connections false");
        run(&mut self.admin().await, statement).await.is_ok()
    }
}

hansa_agent::driver_suite!(World::new().await);
