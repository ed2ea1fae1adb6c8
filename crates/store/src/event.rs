//! The stream of events.

use hansa_model::event::Event;
use hansa_model::id::ParticipantId;

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::offer::Viewer;
use crate::page::Filter;

fn read(row: &Row) -> Result<Event> {
    Ok(Event {
        id: row.parse("id")?,
        sequence: row.unsigned("sequence")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        project: row.opt_parse("project_id")?,
        at: row.time("at")?,
        data: row.json("data")?,
    })
}

/// The events after `sequence` that `viewer` may see, in order, at most so many. Of several kinds none is left out
/// when `kinds` is empty; a kind that ends with `.` stands for all that begin with it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn after(
    tx: &mut Tx,
    sequence: u64,
    viewer: Viewer,
    kinds: &[String],
    subject: Option<&str>,
    limit: u32,
) -> Result<Vec<Event>> {
    let mut filter = Filter::default();
    let start = filter.bind(sequence);
    filter.and(format!("e.sequence > {start}"));
    match viewer {
        Viewer::Everything => {}
        Viewer::Anybody => filter.and("e.tenant_id is null and e.provider_id is null"),
        Viewer::Participant(participant) => {
            let own = filter.bind(participant);
            filter.and(format!(
                "(e.provider_id = {own} or e.tenant_id in (select id from tenant where participant_id = {own}))"
            ));
        }
    }
    if let Some(subject) = subject {
        filter.equals("e.subject", subject);
    }
    if !kinds.is_empty() {
        let any: Vec<_> = kinds
            .iter()
            .map(|kind| {
                let escaped = kind.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                let pattern = if kind.ends_with('.') { format!("{escaped}%") } else { escaped };
                format!("e.kind like {} escape '\\'", filter.bind(pattern))
            })
            .collect();
        filter.and(format!("({})", any.join(" or ")));
    }
    let limit = filter.bind(limit);
    let sql = format!("select e.* from event e{} order by e.sequence limit {limit}", filter.clause());
    tx.all(&sql, filter.args()).await?.iter().map(read).collect()
}

/// An event, and who is told of it besides those who see everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The event.
    pub event: Event,
    /// The provider whom it concerns.
    pub provider: Option<ParticipantId>,
    /// The participant whose tenant it concerns.
    pub buyer: Option<ParticipantId>,
}

impl Told {
    /// Whether `viewer` may see it.
    #[must_use]
    pub fn is_for(&self, viewer: Viewer) -> bool {
        match viewer {
            Viewer::Everything => true,
            Viewer::Anybody => self.provider.is_none() && self.buyer.is_none(),
            Viewer::Participant(own) => self.provider == Some(own) || self.buyer == Some(own),
        }
    }
}

/// The events after `sequence`, in order, at most so many, for somebody who sorts out whom to tell.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn told_after(tx: &mut Tx, sequence: u64, limit: u32) -> Result<Vec<Told>> {
    let sql = "select e.*, t.participant_id as buyer from event e left join tenant t on t.id = e.tenant_id \
               where e.sequence > $1 order by e.sequence limit $2";
    let rows = tx.all(sql, args![sequence, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(Told { event: read(row)?, provider: row.opt_parse("provider_id")?, buyer: row.opt_parse("buyer")? })
        })
        .collect()
}

/// The sequence number of the newest event; 0 when there is none.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn newest(tx: &mut Tx) -> Result<u64> {
    let row = tx.first("select value from counter where name = 'event'", args![]).await?;
    row.map_or(Ok(0), |row| row.unsigned("value"))
}
