//! A change and the traces it leaves: one transaction, its events, its audit rows, its hints.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

use hansa_model::event::Audience;
use hansa_model::id::{EventId, ProjectId};
use hansa_store::Tx;
use hansa_store::outbox::{self, Pending, PendingAudit, PendingEvent};
use serde_json::Value;

use crate::hints::Hint;
use crate::{Exchange, Result};

/// A transaction that changes something.
#[derive(Debug)]
pub struct Work {
    exchange: Exchange,
    tx: Tx,
    happened: Vec<Pending>,
    hints: BTreeSet<Hint>,
}

impl Work {
    pub(crate) fn new(exchange: Exchange, tx: Tx) -> Self {
        Self { exchange, tx, happened: Vec::new(), hints: BTreeSet::new() }
    }

    /// The exchange that it belongs to.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        self.exchange.clone()
    }

    /// Rings a bell once the change lasts.
    pub fn hint(&mut self, hint: Hint) {
        self.hints.insert(hint);
    }

    /// Notes that something happened; subscribers learn of it once the change lasts.
    pub fn event(&mut self, kind: &str, subject: &str, project: Option<ProjectId>, audience: Audience, data: Value) {
        self.happened.push(Pending::Event(PendingEvent {
            id: EventId::new(),
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            project,
            tenant: audience.tenant,
            provider: audience.provider,
            at: self.exchange.now(),
            data,
        }));
    }

    /// Notes who did what in the audit log. `detail` must hold no secret.
    pub fn audit(&mut self, actor: &str, action: &str, subject: &str, detail: Value) {
        self.happened.push(Pending::Audit(PendingAudit {
            at: self.exchange.now(),
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail,
        }));
    }

    /// Makes the change last and rings the bells.
    ///
    /// # Errors
    /// [`crate::Error::Store`]; then nothing lasts.
    pub async fn commit(mut self) -> Result<()> {
        if !self.happened.is_empty() {
            outbox::put(&mut self.tx, &self.happened).await?;
            self.hints.insert(Hint::Outbox);
        }
        let committed = self.tx.commit().await;
        // Also when nobody knows whether it lasts.
        self.exchange.keeper().note_change();
        committed?;
        for hint in self.hints {
            self.exchange.hints().ring(hint);
        }
        Ok(())
    }
}

impl Deref for Work {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
