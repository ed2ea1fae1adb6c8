//! Which events are listened to.

use serde::Serialize;

/// Which events are listened to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EventFilter {
    /// Those of these kinds, separated by commas; `order.` stands for every kind that begins so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Those about this thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}
