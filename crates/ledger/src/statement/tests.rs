use hansa_model::charge::{Account, Posting};
use hansa_model::id::EntryId;
use hansa_model::price::Meter;

use super::*;
use crate::closing::closing_entries;
use crate::zone::BillingZone;

fn scope() -> Scope {
    let month = BillingZone::named(BillingZone::DEFAULT_NAME).unwrap().month_named("2026-11").unwrap();
    Scope { month, currency: Currency::EUR, closed: false }
}

fn eur(text: &str) -> Money {
    format!("{text} EUR").parse().unwrap()
}

fn delivery(name: &str, provider: &str) -> Delivery {
    Delivery {
        name: name.parse().unwrap(),
        service: ServiceId::new(),
        project: ProjectId::new(),
        provider: ParticipantId::new(),
        provider_name: provider.parse().unwrap(),
        site_name: format!("{provider}-1").parse().unwrap(),
    }
}

/// A charge of the hour that begins so many hours after the start of the month.
fn hour(delivery: &Delivery, hour: u32, amount: &str, commission: &str) -> ChargeSum {
    let instant = |hours| Timestamp::from_micros(scope().month.start().micros() + i64::from(hours) * 3_600_000_000);
    ChargeSum {
        delivery: delivery.clone(),
        component: "machine".into(),
        start: instant(hour),
        end: instant(hour + 1),
        seconds: 3_600,
        measured: Some(Measured { meter: Meter::TimeAllocated, quantity: 3_600 }),
        amount: eur(amount),
        commission: eur(commission),
    }
}

#[test]
fn a_line_is_rounded_once_and_its_commission_is_what_lies_between() {
    let tenant = TenantId::new();
    let (web, archive) = (delivery("web", "utrecht"), delivery("archive", "grenoble"));
    let rows =
        [hour(&web, 1, "0.014", "0.0014"), hour(&archive, 0, "0.0249", "0.0012"), hour(&web, 0, "0.011", "0.0011")];
    let statement = statement(tenant, &scope(), &rows).unwrap();
    let lines: Vec<_> = statement
        .lines
        .iter()
        .map(|line| (line.name.as_str(), line.seconds, line.exact, line.amount, line.payout, line.commission))
        .collect();
    // 0.025 and 0.0225 are rounded to the even cent.
    assert_eq!(
        lines,
        [
            ("archive", 3_600, eur("0.0249"), eur("0.02"), eur("0.02"), eur("0")),
            ("web", 7_200, eur("0.025"), eur("0.02"), eur("0.02"), eur("0")),
        ]
    );
    assert_eq!(statement.total, eur("0.04"));
    assert_eq!(statement.rounding, eur("-0.0099"));
    let providers: Vec<_> = statement.providers.iter().map(|total| (total.name.as_str(), total.payout)).collect();
    assert_eq!(providers, [("grenoble", eur("0.02")), ("utrecht", eur("0.02"))]);
}

#[test]
fn a_provider_sees_the_same_cents() {
    let web = delivery("web", "utrecht");
    let scanner = Delivery { service: ServiceId::new(), ..web.clone() };
    let rows = [hour(&web, 0, "1.236", "0.3"), hour(&scanner, 0, "2.444", "0.1")];
    let own = provider_statement(web.provider, &scope(), &rows).unwrap();
    let bought = statement(TenantId::new(), &scope(), &rows).unwrap();
    assert_eq!((own.amount, own.commission, own.payout), (eur("3.68"), eur("0.40"), eur("3.28")));
    assert_eq!((own.amount, own.commission), (bought.total, bought.commission));
    assert_eq!(own.payout, bought.providers[0].payout);
    let named: Vec<_> = own.lines.iter().map(|line| (line.name.as_str(), line.site_name.as_str())).collect();
    assert_eq!(named, [("web", "utrecht-1"), ("web", "utrecht-1")]);
    let foreign = provider_statement(ParticipantId::new(), &scope(), &rows);
    assert!(matches!(foreign, Err(StatementError::ForeignProvider { found, .. }) if found == web.provider));
}

#[test]
fn sums_of_charges_make_the_same_statement_as_the_charges() {
    let web = delivery("web", "utrecht");
    let (first, second) = (hour(&web, 0, "0.0149", "0.001"), hour(&web, 1, "0.0149", "0.001"));
    let mut both = first.clone();
    both.add(&second).unwrap();
    let tenant = TenantId::new();
    assert_eq!(statement(tenant, &scope(), &[second, first]), statement(tenant, &scope(), &[both]));
}

#[test]
fn a_line_says_what_was_measured_when_all_of_it_is_known() {
    let web = delivery("web", "utrecht");
    let sent = |number, quantity| {
        let measured = Some(Measured { meter: Meter::NetworkEgress, quantity });
        ChargeSum { component: "traffic".into(), measured, ..hour(&web, number, "0.01", "0") }
    };
    let line = |rows: &[ChargeSum]| statement(TenantId::new(), &scope(), rows).unwrap().lines.remove(0).measured;
    let both = [sent(0, 1_500_000_000), sent(1, 2)];
    assert_eq!(line(&both), Some(Measured { meter: Meter::NetworkEgress, quantity: 1_500_000_002 }));
    let own = provider_statement(web.provider, &scope(), &both).unwrap();
    assert_eq!(own.lines[0].measured, line(&both));
    let unknown = ChargeSum { measured: None, ..sent(2, 0) };
    assert_eq!(line(&[both[0].clone(), unknown.clone()]), None);
    assert_eq!(line(&[unknown, both[1].clone(), both[0].clone()]), None, "it stays unknown");
    assert_eq!(line(&[both[0].clone(), ChargeSum { component: "traffic".into(), ..hour(&web, 1, "1", "0") }]), None);
}

#[test]
fn statements_that_were_closed_before_it_was_kept_are_still_read() {
    let mut old = statement(TenantId::new(), &scope(), &[hour(&delivery("web", "utrecht"), 0, "1", "0")]).unwrap();
    let mut json = serde_json::to_value(&old).unwrap();
    assert!(json["lines"][0].as_object_mut().unwrap().remove("measured").is_some());
    old.lines[0].measured = None;
    assert_eq!(serde_json::from_value::<Statement>(json).unwrap(), old);
}

#[test]
fn an_empty_month_makes_an_empty_statement() {
    let statement = statement(TenantId::new(), &Scope { closed: true, ..scope() }, &[]).unwrap();
    assert!(statement.closed && statement.lines.is_empty() && statement.total.is_zero());
}

#[test]
fn one_off_charges_have_no_seconds() {
    let setup = hour(&delivery("web", "utrecht"), 0, "2.50", "0");
    let once = ChargeSum { seconds: 0, end: setup.start, ..setup };
    let statement = statement(TenantId::new(), &scope(), std::slice::from_ref(&once)).unwrap();
    assert_eq!((statement.lines[0].seconds, statement.total), (0, eur("2.50")));
    let late = ChargeSum { start: scope().month.end(), end: scope().month.end(), ..once };
    let refused = super::statement(TenantId::new(), &scope(), &[late]);
    assert!(matches!(refused, Err(StatementError::OutsideMonth { .. })));
}

#[test]
fn rows_that_do_not_belong_are_refused() {
    let web = delivery("web", "utrecht");
    let refused = |rows: &[ChargeSum]| statement(TenantId::new(), &scope(), rows).unwrap_err();
    let row = hour(&web, 0, "1", "0");
    let early = ChargeSum { start: Timestamp::from_micros(row.start.micros() - 1), ..row.clone() };
    assert!(matches!(refused(&[early]), StatementError::OutsideMonth { .. }));
    let late = hour(&web, 30 * 24, "1", "0");
    assert!(matches!(refused(&[late]), StatementError::OutsideMonth { .. }));
    let backward = ChargeSum { start: row.end, end: row.start, ..row.clone() };
    assert!(matches!(refused(&[backward]), StatementError::OutsideMonth { .. }));
    let foreign = ChargeSum { commission: Money::zero(Currency::CHF), ..row.clone() };
    let expected = MoneyError::CurrencyMismatch(Currency::EUR, Currency::CHF);
    assert_eq!(refused(&[foreign]), expected.into());
    assert!(matches!(refused(&[row.clone(), row.clone()]), StatementError::ChargedTwice { .. }));
    let huge = Money::from_micros(i64::MAX, Currency::EUR);
    let huge = [ChargeSum { amount: huge, ..row }, ChargeSum { amount: huge, ..hour(&web, 1, "1", "0") }];
    assert_eq!(refused(&huge), MoneyError::Overflow.into());
}

#[test]
fn closing_leaves_whole_cents_and_names_what_rounding_took() {
    let tenant = TenantId::new();
    let web = delivery("web", "utrecht");
    let rows = [hour(&web, 0, "0.0163", "0.0018")];
    let at = scope().month.end();
    let entries = closing_entries(tenant, &scope(), &rows, at, EntryId::new).unwrap();
    // The buyer owes 0.02 instead of 0.0163, the provider is due 0.01 instead of 0.0145.
    assert_eq!(entries.len(), 1);
    assert_eq!(
        entries[0].postings,
        [
            Posting { account: Account::Receivable { tenant }, amount: eur("0.0037") },
            Posting { account: Account::Payable { provider: web.provider }, amount: eur("0.0045") },
            Posting { account: Account::Rounding, amount: eur("-0.0082") },
        ]
    );
    let again = closing_entries(tenant, &scope(), &rows, at, EntryId::new).unwrap();
    assert_eq!(again[0].reference, entries[0].reference);
    let even = closing_entries(tenant, &scope(), &[hour(&web, 0, "0.03", "0.01")], at, EntryId::new).unwrap();
    assert_eq!(even, []);
}
