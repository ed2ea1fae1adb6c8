//! Double-entry bookkeeping: balanced entries, charges as entries, and the trial balance.

use std::collections::BTreeMap;

use hansa_model::charge::{Account, Charge, Entry, Posting, TrialBalance};
use hansa_model::id::{EntryId, ParticipantId, TenantId};
use hansa_model::money::{Currency, Money, MoneyError};
use hansa_model::time::Timestamp;

/// Why postings are no entry, or have no trial balance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostingError {
    /// An entry without sides.
    #[error("the entry for `{reference}` has no postings")]
    Empty {
        /// What it was to book.
        reference: String,
    },
    /// The sides do not add up to nothing.
    #[error("the entry for `{reference}` is out of balance by {micros} micro units")]
    Unbalanced {
        /// What it was to book.
        reference: String,
        /// The sum of its sides.
        micros: i128,
    },
    /// An amount does not fit, or two currencies meet.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// An entry of these postings; those of nothing are left out.
///
/// # Errors
/// [`PostingError`] when the postings do not balance, are of several currencies, or there are none.
pub fn entry(id: EntryId, at: Timestamp, reference: String, mut postings: Vec<Posting>) -> Result<Entry, PostingError> {
    if let Some((first, rest)) = postings.split_first() {
        let currency = first.amount.currency();
        if let Some(other) = rest.iter().find(|posting| posting.amount.currency() != currency) {
            return Err(MoneyError::CurrencyMismatch(currency, other.amount.currency()).into());
        }
    }
    let micros: i128 = postings.iter().map(|posting| i128::from(posting.amount.micros())).sum();
    if micros != 0 {
        return Err(PostingError::Unbalanced { reference, micros });
    }
    postings.retain(|posting| !posting.amount.is_zero());
    if postings.is_empty() {
        return Err(PostingError::Empty { reference });
    }
    Ok(Entry { id, at, reference, postings })
}

/// The entry that books a charge: the buyer owes its amount, of which the provider is due all but the
/// commission. A charge of nothing has none.
///
/// # Errors
/// [`PostingError`] when amount and commission are of different currencies or do not fit.
pub fn book(
    charge: &Charge,
    tenant: TenantId,
    provider: ParticipantId,
    id: EntryId,
    at: Timestamp,
) -> Result<Option<Entry>, PostingError> {
    if charge.amount.is_zero() && charge.commission.is_zero() {
        return Ok(None);
    }
    let nothing = Money::zero(charge.amount.currency());
    let postings = vec![
        Posting { account: Account::Receivable { tenant }, amount: charge.amount },
        Posting { account: Account::Payable { provider }, amount: charge.commission.checked_sub(charge.amount)? },
        Posting { account: Account::Commission, amount: nothing.checked_sub(charge.commission)? },
    ];
    entry(id, at, charge.id.to_string(), postings).map(Some)
}

/// The balance of each account and currency, and their sums.
///
/// Takes single postings, or sums of them: the balance is the same.
///
/// # Errors
/// [`MoneyError::Overflow`] when a balance does not fit.
pub fn trial_balance<'a>(postings: impl IntoIterator<Item = &'a Posting>) -> Result<TrialBalance, PostingError> {
    let mut balances: BTreeMap<(Account, Currency), i128> = BTreeMap::new();
    let mut totals: BTreeMap<Currency, i128> = BTreeMap::new();
    for Posting { account, amount } in postings {
        let micros = i128::from(amount.micros());
        *balances.entry((*account, amount.currency())).or_default() += micros;
        *totals.entry(amount.currency()).or_default() += micros;
    }
    let accounts = balances
        .into_iter()
        .map(|((account, currency), micros)| Ok(Posting { account, amount: money(micros, currency)? }))
        .collect::<Result<_, MoneyError>>()?;
    let total = totals.into_iter().map(|(currency, micros)| money(micros, currency)).collect::<Result<_, _>>()?;
    Ok(TrialBalance { accounts, total, holders: BTreeMap::new() })
}

fn money(micros: i128, currency: Currency) -> Result<Money, MoneyError> {
    i64::try_from(micros).map(|micros| Money::from_micros(micros, currency)).map_err(|_| MoneyError::Overflow)
}

#[cfg(test)]
mod tests {
    use hansa_model::id::{ChargeId, ServiceId};

    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn eur(micros: i64) -> Money {
        Money::from_micros(micros, Currency::EUR)
    }

    fn post(account: Account, amount: Money) -> Posting {
        Posting { account, amount }
    }

    fn charge(amount: Money, commission: Money) -> Charge {
        Charge {
            id: ChargeId::new(),
            service: ServiceId::new(),
            component: "machine".into(),
            start: NOON,
            end: NOON,
            measured: None,
            amount,
            commission,
        }
    }

    #[test]
    fn a_charge_is_booked_to_buyer_provider_and_exchange() {
        let (tenant, provider) = (TenantId::new(), ParticipantId::new());
        let charge = charge(eur(1_000), eur(25));
        let entry = book(&charge, tenant, provider, EntryId::new(), NOON).unwrap().unwrap();
        assert_eq!(entry.reference, charge.id.to_string());
        assert_eq!(
            entry.postings,
            [
                post(Account::Receivable { tenant }, eur(1_000)),
                post(Account::Payable { provider }, eur(-975)),
                post(Account::Commission, eur(-25)),
            ]
        );
    }

    #[test]
    fn a_charge_of_nothing_has_no_entry_and_a_side_of_nothing_no_posting() {
        let book = |charge| book(&charge, TenantId::new(), ParticipantId::new(), EntryId::new(), NOON).unwrap();
        assert_eq!(book(charge(eur(0), eur(0))), None);
        assert_eq!(book(charge(eur(7), eur(0))).unwrap().postings.len(), 2);
    }

    #[test]
    fn what_does_not_balance_is_no_entry() {
        let entry = |postings| entry(EntryId::new(), NOON, "test".into(), postings);
        let unbalanced = entry(vec![post(Account::Commission, eur(2)), post(Account::Rounding, eur(-1))]);
        assert_eq!(unbalanced, Err(PostingError::Unbalanced { reference: "test".into(), micros: 1 }));
        let chf = Money::from_micros(-2, Currency::CHF);
        let mixed = entry(vec![post(Account::Commission, eur(2)), post(Account::Rounding, chf)]);
        assert_eq!(mixed, Err(MoneyError::CurrencyMismatch(Currency::EUR, Currency::CHF).into()));
        assert_eq!(entry(vec![]), Err(PostingError::Empty { reference: "test".into() }));
        let least = Money::from_micros(i64::MIN, Currency::EUR);
        assert!(matches!(
            entry(vec![post(Account::Commission, least), post(Account::Rounding, least)]),
            Err(PostingError::Unbalanced { .. })
        ));
    }

    #[test]
    fn a_booking_that_does_not_fit_is_refused() {
        let book = |charge| book(&charge, TenantId::new(), ParticipantId::new(), EntryId::new(), NOON);
        assert_eq!(book(charge(eur(i64::MAX), eur(-2))), Err(MoneyError::Overflow.into()));
        let chf = Money::from_micros(1, Currency::CHF);
        assert_eq!(book(charge(eur(5), chf)), Err(MoneyError::CurrencyMismatch(Currency::CHF, Currency::EUR).into()));
    }

    #[test]
    fn the_trial_balance_sums_each_account_and_shows_a_fault() {
        let chf = Money::from_micros(9, Currency::CHF);
        let postings = [
            post(Account::Commission, eur(-5)),
            post(Account::Rounding, eur(2)),
            post(Account::Commission, eur(3)),
            post(Account::Rounding, chf),
        ];
        let balance = trial_balance(&postings).unwrap();
        assert_eq!(
            balance.accounts,
            [post(Account::Commission, eur(-2)), post(Account::Rounding, eur(2)), post(Account::Rounding, chf)]
        );
        assert_eq!(balance.total, [eur(0), chf]);
        let huge = [post(Account::Rounding, eur(i64::MAX)), post(Account::Rounding, eur(1))];
        assert_eq!(trial_balance(&huge), Err(MoneyError::Overflow.into()));
    }
}
