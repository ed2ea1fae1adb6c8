//! The ledger against an independent, slow oracle over random timelines.
//!
//! The oracle shares no code with the crate: it has its own fractions, its own calendar and its own walk
//! through tiers. At least 1,024 timelines are tried; `PROPTEST_CASES` asks for more.

mod bill;
mod calendar;
mod fraction;
mod metering;
mod run;
mod world;

use std::collections::BTreeMap;

use hansa_ledger::closing::closing_entries;
use hansa_ledger::posting::{book, trial_balance};
use hansa_ledger::statement::{ChargeSum, Scope, provider_statement, statement};
use hansa_ledger::zone::BillingZone;
use hansa_model::charge::{Account, Charge, Entry, Statement};
use hansa_model::id::EntryId;
use hansa_model::money::{Currency, Money};
use hansa_model::time::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::bill::{Bill, Due, Key};
use crate::calendar::Calendar;
use crate::fraction::Fraction;
use crate::run::{Disorder, PARTIES};
use crate::world::World;

const MICROS_IN_CENT: i128 = 10_000;

fn at_least(cases: u32) -> ProptestConfig {
    let asked_for = ProptestConfig::default();
    ProptestConfig { cases: asked_for.cases.max(cases), failure_persistence: None, ..asked_for }
}

fn cents(micros: i128) -> i128 {
    Fraction::new(micros, MICROS_IN_CENT).nearest()
}

fn in_cents(money: Money) -> i128 {
    assert_eq!(i128::from(money.micros()) % MICROS_IN_CENT, 0, "{money} is not in whole cents");
    i128::from(money.micros()) / MICROS_IN_CENT
}

/// Amounts, commissions and measured quantities.
type Sums = (i128, i128, i128);

/// The sums of the rated parts by service, month and component.
fn sums(rated: &[run::Rated], calendar: &Calendar) -> BTreeMap<Key, Sums> {
    let mut sums: BTreeMap<Key, Sums> = BTreeMap::new();
    for (service, part) in rated {
        let month = calendar.month_of(part.start.micros() / 1_000_000);
        let sum = sums.entry((*service, month, part.component.clone())).or_default();
        sum.0 += i128::from(part.amount.micros());
        sum.1 += i128::from(part.commission.micros());
        sum.2 += part.measured.map_or(0, |measured| measured.quantity.into());
    }
    sums
}

fn check_rating(world: &World, calendar: &Calendar, bill: &Bill) -> TestCaseResult {
    let rated = run::rate_all(world, calendar, world.disorder);
    for (_, part) in &rated {
        let (amount, commission) = (part.amount.micros(), part.commission.micros());
        prop_assert!(0 <= commission && commission <= amount, "{part:?}");
    }
    let sums = sums(&rated, calendar);
    let expected: BTreeMap<Key, Sums> =
        bill.due.iter().map(|(key, due)| (key.clone(), (due.micros, due.commission, due.measured))).collect();
    prop_assert_eq!(&sums, &expected);
    for (key, Due { exact, exact_commission, terms, micros, commission, .. }) in &bill.due {
        prop_assert!(exact.is_within(*terms, *micros), "{key:?}: {micros} for {exact:?} under {terms} terms");
        prop_assert!(exact_commission.is_within(2 * terms, *commission), "{key:?}: {commission}");
    }
    let sorted = |mut rated: Vec<run::Rated>| {
        rated.sort_by_key(|(service, part)| (*service, part.start, part.end, part.component.clone()));
        rated
    };
    let again = run::rate_all(world, calendar, !world.disorder);
    prop_assert_eq!(sorted(rated), sorted(again), "rating again, in another order, is the same");
    Ok(())
}

/// The books of a world: everything charged, and each month closed.
struct Books {
    rows: BTreeMap<(usize, usize), Vec<ChargeSum>>,
    scopes: BTreeMap<usize, Scope>,
    entries: Vec<Entry>,
    statements: BTreeMap<(usize, usize), Statement>,
}

fn keep_books(world: &World, calendar: &Calendar) -> Books {
    let zone = BillingZone::named(BillingZone::DEFAULT_NAME).unwrap();
    let mut charges: Vec<(usize, Charge)> = run::charges(run::rate_all(world, calendar, world.disorder));
    Disorder(world.disorder).shuffle(&mut charges);
    let mut numbers = 0..;
    let mut new_id = || EntryId::from_uuid(run::uuid(numbers.next().unwrap()));
    let at = Timestamp::from_seconds(0);
    let mut books =
        Books { rows: BTreeMap::new(), scopes: BTreeMap::new(), entries: Vec::new(), statements: BTreeMap::new() };
    for (service, charge) in &charges {
        let life = &world.services[*service];
        let entry = book(charge, run::tenant(life.buyer), run::provider(life.provider), new_id(), at).unwrap();
        books.entries.extend(entry);
        let month = calendar.month_of(charge.start.micros() / 1_000_000);
        let row = ChargeSum::of(charge, run::delivery(*service, life));
        books.rows.entry((life.buyer, month)).or_default().push(row);
        let closed =
            Scope { month: zone.month_named(&Calendar::name(month)).unwrap(), currency: Currency::EUR, closed: true };
        books.scopes.insert(month, closed);
    }
    for ((buyer, month), rows) in &books.rows {
        let (tenant, scope) = (run::tenant(*buyer), &books.scopes[month]);
        books.statements.insert((*buyer, *month), statement(tenant, scope, rows).unwrap());
        books.entries.extend(closing_entries(tenant, scope, rows, at, &mut new_id).unwrap());
    }
    books
}

fn check_statements(world: &World, bill: &Bill, books: &Books) -> TestCaseResult {
    let mut lines = 0;
    for ((buyer, month), statement) in &books.statements {
        let (mut total, mut payouts, mut rounding) = (0, BTreeMap::<usize, i128>::new(), 0);
        for line in &statement.lines {
            let service = usize::try_from(line.service.uuid().as_u128()).unwrap();
            let due = &bill.due[&(service, *month, line.component.clone())];
            let life = &world.services[service];
            prop_assert_eq!(life.buyer, *buyer);
            prop_assert_eq!(i128::from(line.exact.micros()), due.micros);
            prop_assert_eq!(in_cents(line.amount), cents(due.micros));
            prop_assert_eq!(in_cents(line.payout), cents(due.micros - due.commission));
            prop_assert_eq!(in_cents(line.commission), in_cents(line.amount) - in_cents(line.payout));
            prop_assert!(line.commission.micros() >= 0);
            // Another plan may charge under the same name by another meter, or once: then there is no sum.
            let of_one = due.meters.len() == 1;
            let meter = due.meters.first().copied().flatten().filter(|_| of_one);
            let measured = line.measured.map(|measured| (measured.meter, i128::from(measured.quantity)));
            prop_assert_eq!(measured, meter.map(|meter| (meter, due.measured)));
            if let Some(seconds) = due.seconds {
                prop_assert_eq!(line.seconds, seconds);
            }
            // Rounding twice can move a line by a cent only where the exact price all but touches half a cent.
            let rounded = cents(due.micros) * MICROS_IN_CENT;
            let (low, high) = (rounded - MICROS_IN_CENT / 2, rounded + MICROS_IN_CENT / 2);
            let touches = due.exact.is_within(due.terms, low) || due.exact.is_within(due.terms, high);
            let exact_cents = due.exact.times(1, MICROS_IN_CENT).nearest();
            prop_assert!(touches || exact_cents == cents(due.micros), "{line:?} for {:?}", due.exact);
            total += cents(due.micros);
            rounding += cents(due.micros) * MICROS_IN_CENT - due.micros;
            *payouts.entry(life.provider).or_default() += cents(due.micros - due.commission);
            lines += 1;
        }
        prop_assert_eq!(in_cents(statement.total), total);
        prop_assert_eq!(i128::from(statement.rounding.micros()), rounding);
        for provider in &statement.providers {
            let number = usize::try_from(provider.provider.uuid().as_u128()).unwrap();
            prop_assert_eq!(Some(in_cents(provider.payout)), payouts.remove(&number));
        }
        prop_assert!(payouts.is_empty());
        let paid_out: i128 = statement.providers.iter().map(|provider| in_cents(provider.payout)).sum();
        prop_assert_eq!(in_cents(statement.total), paid_out + in_cents(statement.commission));
    }
    prop_assert_eq!(lines, bill.due.len(), "every price that is due is on a statement");
    Ok(())
}

fn check_books(books: &Books) -> TestCaseResult {
    for entry in &books.entries {
        let sum: i128 = entry.postings.iter().map(|posting| i128::from(posting.amount.micros())).sum();
        prop_assert_eq!(sum, 0, "{:?}", entry);
    }
    let balance = trial_balance(books.entries.iter().flat_map(|entry| &entry.postings)).unwrap();
    prop_assert!(balance.total.iter().all(|total| total.is_zero()));
    let balance_of = |account: Account| -> i128 {
        balance
            .accounts
            .iter()
            .filter(|posting| posting.account == account)
            .map(|p| i128::from(p.amount.micros()))
            .sum()
    };
    let (mut paid_out, mut commission) = (0, 0);
    for party in 0..PARTIES {
        let owed: i128 = books
            .statements
            .iter()
            .filter(|((buyer, _), _)| *buyer == party)
            .map(|(_, statement)| in_cents(statement.total))
            .sum();
        prop_assert_eq!(balance_of(Account::Receivable { tenant: run::tenant(party) }), owed * MICROS_IN_CENT);
        let provider = run::provider(party);
        let mut due = 0;
        for (month, scope) in &books.scopes {
            let all = books.rows.iter().filter(|((_, of), _)| of == month).flat_map(|(_, rows)| rows);
            let own: Vec<_> = all.filter(|row| row.delivery.provider == provider).cloned().collect();
            let statement = provider_statement(provider, scope, &own).unwrap();
            prop_assert_eq!(statement.amount.micros(), statement.payout.micros() + statement.commission.micros());
            due += in_cents(statement.payout);
            commission += in_cents(statement.commission);
        }
        prop_assert_eq!(balance_of(Account::Payable { provider }), -due * MICROS_IN_CENT);
        paid_out += due;
    }
    let total: i128 = books.statements.values().map(|statement| in_cents(statement.total)).sum();
    prop_assert_eq!(total, paid_out + commission);
    let kept = balance_of(Account::Commission) + balance_of(Account::Rounding);
    prop_assert_eq!(kept, -commission * MICROS_IN_CENT, "rounding is the exchange's own");
    Ok(())
}

proptest! {
    #![proptest_config(at_least(1_024))]

    #[test]
    fn bills_agree_with_the_oracle_to_the_cent(world in world::world()) {
        let calendar = Calendar::new();
        let bill = Bill::of(&world, &calendar);
        check_rating(&world, &calendar, &bill)?;
        let books = keep_books(&world, &calendar);
        check_statements(&world, &bill, &books)?;
        check_books(&books)?;
    }

    #[test]
    fn cutting_usage_otherwise_changes_no_sum(world in world::world()) {
        let calendar = Calendar::new();
        let mut fine = world;
        for life in &mut fine.services {
            life.cut_at_months = true;
        }
        let mut coarse = fine.clone();
        for life in &mut coarse.services {
            life.cuts.clear();
        }
        let of = |world: &World| sums(&run::rate_all(world, &calendar, world.disorder), &calendar);
        prop_assert_eq!(of(&fine), of(&coarse));
    }
}
