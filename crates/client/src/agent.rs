//! What agents ask of an exchange.

use std::time::Duration;

use hansa_model::agent::{Agent, Assignments, EnrolRequest, Report, ReportReceipt};
use hansa_model::service::Assignment;
use hansa_model::time::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::client::Client;
use crate::error::ClientError;

/// How much longer than the long poll itself its answer may take.
const SLACK: Duration = Duration::from_secs(15);

/// Assignments as they come: some may be beyond what this version understands.
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    at: Option<Timestamp>,
    cursor: u64,
    assignments: Vec<Value>,
    #[serde(default)]
    consoles: Vec<Value>,
}

/// What can be understood. The rest is left alone and told of, so that it does not stand in the way of other work.
fn understood(sent: Sent) -> Assignments {
    let read = |value: Value| {
        let service = value["service"].as_str().unwrap_or("unknown").to_owned();
        let outcome = serde_json::from_value::<Assignment>(value);
        outcome.inspect_err(|error| {
            tracing::error!(%service, %error, "an intent is not understood and left alone: is this agent too old?");
        })
    };
    let assignments = sent.assignments.into_iter().filter_map(|value| read(value).ok()).collect();
    let consoles = sent.consoles.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect();
    Assignments { at: sent.at, cursor: sent.cursor, assignments, consoles }
}

impl Client {
    /// Turns a one-time token and a public key into an agent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn enrol_agent(&self, request: &EnrolRequest) -> Result<Agent, ClientError> {
        self.post("/v1/agents/enrol", request).await
    }

    /// Every intent that changed after the cursor; waits for the first change, but not longer than `wait`.
    /// Made once: whoever polls decides when to try again. Intents that this version does not understand are logged
    /// and left out.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn assignments(&self, cursor: u64, wait: Duration) -> Result<Assignments, ClientError> {
        let sent: Sent = self
            .call(Method::GET, "/v1/agent/assignments")
            .query(&[("cursor", cursor), ("wait", wait.as_secs())])
            .timeout(Some(wait + SLACK))
            .attempts(1)
            .send()
            .await?;
        Ok(understood(sent))
    }

    /// Hands in a report; its number makes a repetition harmless. Made once: whoever reports decides when to
    /// try again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn report(&self, report: &Report) -> Result<ReportReceipt, ClientError> {
        self.call(Method::POST, "/v1/agent/reports").body(report).attempts(1).send().await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hansa_model::console::{ConsoleAsk, ConsoleWish};
    use hansa_model::id::ServiceId;
    use hansa_model::kind::{KindId, Properties};
    use hansa_model::service::Desired;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_intent_of_a_later_version_does_not_hide_the_others() {
        let known = Assignment {
            service: ServiceId::new(),
            generation: 1,
            desired: Desired::Running,
            site: "utrecht".parse().unwrap(),
            kind: KindId::ComputeInstance,
            sku: "small".to_owned(),
            component: "web".parse().unwrap(),
            properties: Properties::default(),
            config: Default::default(),
            connections: BTreeMap::new(),
            dump_on_termination: false,
        };
        let mut unknown = serde_json::to_value(&known).unwrap();
        unknown["kind"] = json!("quantum.annealer");
        let ask = ConsoleAsk { ticket: "once".to_owned(), service: known.service, wants: ConsoleWish::Terminal };
        let mut hologram = serde_json::to_value(&ask).unwrap();
        hologram["wants"] = json!({"hologram": {}});
        let sent = Sent {
            at: None,
            cursor: 7,
            assignments: vec![unknown, serde_json::to_value(&known).unwrap()],
            consoles: vec![hologram, serde_json::to_value(&ask).unwrap()],
        };
        let wanted = Assignments { at: None, cursor: 7, assignments: vec![known], consoles: vec![ask] };
        assert_eq!(understood(sent), wanted);
    }
}
