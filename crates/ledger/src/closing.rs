//! Closing a month: the entries that bring the books from micro units to the cents of the statement.

use hansa_model::charge::{Account, Entry, Posting};
use hansa_model::id::{EntryId, TenantId};
use hansa_model::money::{Money, MoneyError};
use hansa_model::time::Timestamp;

use crate::posting::{self, PostingError};
use crate::statement::{ChargeSum, Line, Scope, StatementError, lines};

/// Why a month can't be closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClosingError {
    /// Its charges make no statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Its rounding makes no entry.
    #[error(transparent)]
    Posting(#[from] PostingError),
}

impl From<MoneyError> for ClosingError {
    fn from(error: MoneyError) -> Self {
        Self::Posting(error.into())
    }
}

/// The entries after which what the buyer owes, and what each provider is due, are the cents of the
/// buyer's statement for the same rows. What is left over or taken goes to the account `Rounding`.
///
/// There is at most one entry for a line; its reference names month, service, component, project and
/// provider, and so is the same when a month is closed again.
///
/// # Errors
/// [`ClosingError`] when the rows make no statement or a sum does not fit.
pub fn closing_entries(
    tenant: TenantId,
    scope: &Scope,
    rows: &[ChargeSum],
    at: Timestamp,
    mut new_id: impl FnMut() -> EntryId,
) -> Result<Vec<Entry>, ClosingError> {
    let mut entries = Vec::new();
    for line in lines(scope, rows)? {
        let postings = rounding(tenant, &line)?;
        if postings.iter().any(|posting| !posting.amount.is_zero()) {
            entries.push(posting::entry(new_id(), at, reference(scope, &line), postings)?);
        }
    }
    Ok(entries)
}

fn rounding(tenant: TenantId, line: &Line) -> Result<Vec<Posting>, MoneyError> {
    let provider = line.charged.delivery.provider;
    let exact_payout = line.charged.amount.checked_sub(line.charged.commission)?;
    let owed_more = line.amount.checked_sub(line.charged.amount)?;
    let due_less = exact_payout.checked_sub(line.payout)?;
    let left_over = owed_more.checked_add(due_less)?;
    Ok(vec![
        Posting { account: Account::Receivable { tenant }, amount: owed_more },
        Posting { account: Account::Payable { provider }, amount: due_less },
        Posting { account: Account::Rounding, amount: Money::zero(left_over.currency()).checked_sub(left_over)? },
    ])
}

fn reference(scope: &Scope, line: &Line) -> String {
    let delivery = &line.charged.delivery;
    let component = &line.charged.component;
    format!("rounding {} {} {component} {} {}", scope.month, delivery.service, delivery.project, delivery.provider)
}
