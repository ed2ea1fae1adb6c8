//! The console of a running service: what it wrote, and a terminal on it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::ServiceId;
use crate::time::Timestamp;

/// What its driver can show of a service's console; each includes the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConsoleAccess {
    /// Nothing: it has no console.
    #[default]
    None,
    /// What it wrote.
    Log,
    /// Also a terminal, to type at.
    Terminal,
}

impl ConsoleAccess {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// The last lines that a service wrote to its console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceLog {
    /// The service.
    pub service: ServiceId,
    /// When the exchange got it from the provider.
    pub at: Timestamp,
    /// The lines, as the service wrote them: they may hold anything, also control characters of terminals.
    pub text: String,
}

/// The right to open one terminal on a service, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsoleTicket {
    /// A secret that opens the terminal; it works once.
    pub ticket: String,
    /// Where on the exchange the WebSocket is: `/v1/consoles/{ticket}`.
    pub path: String,
    /// Until when it must be opened.
    pub expires_at: Timestamp,
}

/// What may be said in a text frame by whoever sits at a terminal; all else travels in binary frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum ConsoleMessage {
    /// The terminal has this size now. Serial lines have none, so it may have no effect.
    Resize {
        /// Characters in a line.
        columns: u16,
        /// Lines.
        rows: u16,
    },
}

/// A wish for a service's console, handed to its agent. Who does not understand it lets it pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsoleAsk {
    /// What the agent names when it opens the WebSocket `/v1/agent/consoles/{ticket}`; it works once, for seconds.
    pub ticket: String,
    /// The service.
    pub service: ServiceId,
    /// What is wanted.
    pub wants: ConsoleWish,
}

/// What is wanted of a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConsoleWish {
    /// The last lines, then the end.
    Log {
        /// How many.
        lines: u32,
    },
    /// Both directions, until one side ends it.
    Terminal,
}

/// The codes that console WebSockets are closed with, besides those of the protocol itself.
pub mod close {
    /// It ended well, from either side.
    pub const ENDED: u16 = 1000;
    /// The exchange is going down; it can be opened again.
    pub const GOING_AWAY: u16 = 1001;
    /// A frame is not understood, or is too large.
    pub const MALFORMED: u16 = 4400;
    /// Who opened it may do so no more.
    pub const FORBIDDEN: u16 = 4403;
    /// It was open or idle for too long.
    pub const TIMED_OUT: u16 = 4408;
    /// The provider's side says no; the reason says why.
    pub const REFUSED: u16 = 4409;
    /// More was carried than one terminal may carry.
    pub const TOO_MUCH: u16 = 4413;
    /// The exchange failed.
    pub const FAILED: u16 = 4500;
    /// The provider's agent does not answer.
    pub const AGENT_AWAY: u16 = 4503;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn frames_and_wishes_are_written_as_documented() {
        let resize: ConsoleMessage =
            serde_json::from_value(json!({"resize": {"columns": 120, "rows": 40}})).expect("a message");
        assert_eq!(resize, ConsoleMessage::Resize { columns: 120, rows: 40 });
        assert!(serde_json::from_value::<ConsoleMessage>(json!({"resize": {"columns": 70_000, "rows": 1}})).is_err());
        let wish = |wish: ConsoleWish| serde_json::to_value(wish).expect("JSON");
        assert_eq!(wish(ConsoleWish::Log { lines: 7 }), json!({"log": {"lines": 7}}));
        assert_eq!(wish(ConsoleWish::Terminal), json!("terminal"));
        assert!(ConsoleAccess::None < ConsoleAccess::Log && ConsoleAccess::Log < ConsoleAccess::Terminal);
    }
}
