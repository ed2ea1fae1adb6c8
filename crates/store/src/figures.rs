//! Figures for monitoring.

use std::collections::BTreeMap;

use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// How much there is of what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Orders by state.
    pub orders: BTreeMap<String, i64>,
    /// Services by state.
    pub services: BTreeMap<String, i64>,
    /// Offers by the state that is kept.
    pub offers: BTreeMap<String, i64>,
    /// Participants.
    pub participants: i64,
    /// Agents that may speak.
    pub agents: i64,
    /// Agents that reported lately.
    pub agents_online: i64,
    /// Sagas that are not finished.
    pub sagas_running: i64,
    /// Events and audit rows that wait for the relay.
    pub outbox_waiting: i64,
    /// The sequence number of the newest event.
    pub events: i64,
    /// Rows of the audit log.
    pub audit_rows: i64,
}

const COUNTS: &str = "select 'orders' as name, state, count(*) as number from orders group by state \
                      union all select 'services', state, count(*) from service group by state \
                      union all select 'offers', state, count(*) from offer group by state \
                      union all select 'participants', '', count(*) from participant \
                      union all select 'agents', '', count(*) from agent where revoked_at is null \
                      union all select 'agents_online', '', count(*) from agent where online \
                      union all select 'sagas_running', '', count(*) from saga where not finished \
                      union all select 'outbox_waiting', '', count(*) from outbox \
                      union all select 'counter_' || name, '', value from counter";

/// Counts everything, in one statement.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn read(tx: &mut Tx) -> Result<Figures> {
    let mut figures = Figures::default();
    for row in tx.all(COUNTS, args![]).await? {
        let (name, state, number) = (row.text("name")?, row.text("state")?, row.int("number")?);
        match name.as_str() {
            "orders" => drop(figures.orders.insert(state, number)),
            "services" => drop(figures.services.insert(state, number)),
            "offers" => drop(figures.offers.insert(state, number)),
            "participants" => figures.participants = number,
            "agents" => figures.agents = number,
            "agents_online" => figures.agents_online = number,
            "sagas_running" => figures.sagas_running = number,
            "outbox_waiting" => figures.outbox_waiting = number,
            "counter_event" => figures.events = number,
            "counter_audit" => figures.audit_rows = number,
            _ => {}
        }
    }
    Ok(figures)
}
