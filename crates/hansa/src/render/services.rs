//! Services and their connections.

use hansa_model::service::{Connection, Service};

use crate::output::Shown;
use crate::render::words;

impl Shown for Service {
    const COLUMNS: &'static [&'static str] = &["id", "component", "kind", "state", "offer", "a month"];
    const NONE: &'static str = "no service; order some: `hansa order create -f app.yaml`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            if self.instance == 0 {
                self.component.to_string()
            } else {
                format!("{}/{}", self.component, self.instance)
            },
            self.kind.to_string(),
            words::word(&self.state),
            self.offer_key.clone(),
            self.monthly.rounded(),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details: Vec<_> = Self::COLUMNS.iter().copied().zip(self.cells()).collect();
        let properties = self.properties.values.iter().map(|(name, value)| format!("{name} {value}"));
        let seen = self.observation.as_ref();
        details.extend([
            ("desired", words::word(&self.desired)),
            ("properties", properties.collect::<Vec<_>>().join("\n")),
            ("seen", seen.map(|seen| words::word(&seen.state)).unwrap_or_default()),
            ("message", seen.and_then(|seen| seen.message.clone()).unwrap_or_default()),
            ("restarts", seen.map(|seen| seen.restarts.to_string()).unwrap_or_default()),
            ("console", words::word(&self.console)),
            ("order", self.order.to_string()),
            ("made", words::instant(self.created_at)),
            ("active since", words::maybe(self.active_at)),
            ("silent since", words::maybe(self.unreachable_since)),
            ("gone since", words::maybe(self.terminated_at)),
        ]);
        details
    }
}

impl Shown for Connection {
    const COLUMNS: &'static [&'static str] = &["url", "host", "port", "user", "password", "database", "ports"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.url(),
            self.host.clone(),
            self.port.to_string(),
            self.user.clone().unwrap_or_default(),
            self.password.clone().unwrap_or_default(),
            self.database.clone().unwrap_or_default(),
            words::list(self.ports.iter().map(|(name, port)| format!("{name}: {port}"))),
        ]
    }

    fn name(&self) -> String {
        self.url()
    }
}
