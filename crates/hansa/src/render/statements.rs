//! Usage, statements and the ledger.

use hansa_model::charge::{Account, Posting, ProviderStatement, Statement, TrialBalance};
use hansa_model::measured::Measured;
use hansa_model::money::Money;
use hansa_model::time::Timestamp;
use hansa_model::usage::Usage;

use crate::output::Shown;
use crate::render::paint::Paint;
use crate::render::{table, words};

impl Shown for Usage {
    const COLUMNS: &'static [&'static str] = &["id", "service", "meter", "from", "to", "quantity"];
    const NONE: &'static str = "nothing was measured; agents report what runs every few minutes: `hansa service list`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.service.to_string(),
            self.meter.to_string(),
            words::instant(self.start),
            words::instant(self.end),
            format!("{} {}", self.quantity, self.meter.unit()),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

const fn standing(closed: bool) -> &'static str {
    if closed { "closed" } else { "open: what was charged so far" }
}

/// How much was measured, in the unit that is priced; charges from before this was kept have none.
fn quantity(measured: Option<Measured>, start: Timestamp, end: Timestamp) -> String {
    match measured {
        Some(measured) => measured.rounded(),
        None if start == end => "once".to_owned(),
        None => String::new(),
    }
}

/// The lines of a statement, or that there are none.
fn lines(columns: &[&str], lines: impl IntoIterator<Item = Vec<String>>, paint: Paint) -> String {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_none() { "nothing was charged\n".to_owned() } else { table::rows(columns, lines, paint) }
}

/// What the tenant of this name owes: every line, what each provider gets, and the sum.
#[must_use]
pub fn buyer(statement: &Statement, tenant: &str, paint: Paint) -> String {
    let charged = statement.lines.iter().map(|line| {
        vec![
            line.name.to_string(),
            line.provider_name.to_string(),
            line.component.clone(),
            words::instant(line.start),
            words::instant(line.end),
            quantity(line.measured, line.start, line.end),
            line.amount.rounded(),
        ]
    });
    let head = table::pairs(
        &[
            ("tenant", tenant.to_owned()),
            ("month", words::month(statement.start, statement.end)),
            ("from", words::instant(statement.start)),
            ("to", words::instant(statement.end)),
            ("state", standing(statement.closed).to_owned()),
        ],
        paint,
    );
    let mut sums = vec![("total", statement.total.rounded())];
    let payouts: Vec<_> =
        statement.providers.iter().map(|total| format!("{} to {}", total.payout.rounded(), total.name)).collect();
    sums.push(("of which", payouts.join("\n")));
    sums.push(("commission", statement.commission.rounded()));
    sums.push(("rounding", statement.rounding.to_string()));
    let lines = lines(&["service", "provider", "for", "from", "to", "quantity", "amount"], charged, paint);
    format!("{head}\n{lines}\n{}", table::pairs(&sums, paint))
}

/// What the provider of this name is due: every line and the sum.
#[must_use]
pub fn provider(statement: &ProviderStatement, provider: &str, paint: Paint) -> String {
    let charged = statement.lines.iter().map(|line| {
        vec![
            line.name.to_string(),
            line.site_name.to_string(),
            line.component.clone(),
            words::instant(line.start),
            words::instant(line.end),
            quantity(line.measured, line.start, line.end),
            line.amount.rounded(),
            line.commission.rounded(),
            line.payout.rounded(),
        ]
    });
    let head = table::pairs(
        &[
            ("provider", provider.to_owned()),
            ("month", words::month(statement.start, statement.end)),
            ("from", words::instant(statement.start)),
            ("to", words::instant(statement.end)),
            ("state", standing(statement.closed).to_owned()),
        ],
        paint,
    );
    let sums = [
        ("amount", statement.amount.rounded()),
        ("commission", statement.commission.rounded()),
        ("payout", statement.payout.rounded()),
    ];
    let columns = ["service", "site", "for", "from", "to", "quantity", "amount", "commission", "payout"];
    let lines = lines(&columns, charged, paint);
    format!("{head}\n{lines}\n{}", table::pairs(&sums, paint))
}

/// An amount to the millionth, so that amounts below each other can be compared.
fn exactly(amount: Money) -> String {
    let text = amount.decimal();
    let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{places:0<6}")
}

/// An account in words, and whose it is.
fn account(posting: &Posting, balance: &TrialBalance) -> [String; 2] {
    let (account, holder) = match &posting.account {
        Account::Receivable { tenant } => ("receivable", tenant.to_string()),
        Account::Payable { provider } => ("payable", provider.to_string()),
        Account::Commission => ("commission", String::new()),
        Account::Rounding => ("rounding", String::new()),
    };
    [account.to_owned(), balance.holders.get(&holder).cloned().unwrap_or(holder)]
}

/// The sum of every account, and that of all, which is nothing when the books are right.
#[must_use]
pub fn trial_balance(balance: &TrialBalance, paint: Paint) -> String {
    let amounts = balance.accounts.iter().map(|posting| {
        let [account, holder] = account(posting, balance);
        vec![account, holder, exactly(posting.amount), posting.amount.currency().to_string()]
    });
    let mut text = table::rows(&["account", "of", "balance", "currency"], amounts, paint);
    let off: Vec<_> = balance.total.iter().filter(|total| !total.is_zero()).map(|total| total.rounded()).collect();
    if off.is_empty() {
        text.push_str(&paint.good("the books balance"));
    } else {
        text.push_str(&paint.bad(&format!("the books are off by {}", off.join(", "))));
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use hansa_model::charge::StatementLine;
    use hansa_model::id::{ParticipantId, ProjectId, ServiceId, TenantId};
    use hansa_model::money::{Currency, Money};
    use hansa_model::price::Meter;

    use super::*;

    fn line(component: &str, hours: i64, measured: Option<(Meter, i64)>) -> StatementLine {
        let cents = |cents| Money::from_cents(cents, Currency::EUR).unwrap();
        StatementLine {
            service: ServiceId::new(),
            name: "web".parse().unwrap(),
            project: ProjectId::new(),
            provider: ParticipantId::new(),
            provider_name: "utrecht".parse().unwrap(),
            component: component.to_owned(),
            start: Timestamp::from_seconds(1_800_000_000),
            end: Timestamp::from_seconds(1_800_000_000 + hours * 3_600),
            seconds: hours * 3_600,
            measured: measured.map(|(meter, quantity)| Measured { meter, quantity }),
            exact: cents(100),
            amount: cents(100),
            payout: cents(99),
            commission: cents(1),
        }
    }

    #[test]
    fn a_buyer_sees_how_much_each_line_is_for() {
        let nothing = Money::zero(Currency::EUR);
        let statement = Statement {
            tenant: TenantId::new(),
            start: Timestamp::from_seconds(1_799_000_000),
            end: Timestamp::from_seconds(1_801_000_000),
            currency: Currency::EUR,
            closed: true,
            lines: vec![
                line("machine", 36, Some((Meter::TimeAllocated, 36 * 3_600))),
                line("traffic", 36, Some((Meter::NetworkEgress, 12_400_000_000))),
                line("old", 36, None),
                line("setup", 0, None),
            ],
            total: nothing,
            providers: Vec::new(),
            commission: nothing,
            rounding: nothing,
        };
        let text = buyer(&statement, "default", Paint::new(false));
        let quantities: Vec<String> = text
            .lines()
            .filter(|line| line.starts_with("web "))
            .map(|line| {
                let cells: Vec<_> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
                cells[2..].iter().filter(|cell| !cell.ends_with('Z')).copied().collect::<Vec<_>>().join(" | ")
            })
            .collect();
        let expected =
            ["machine | 36 h | 1.00 EUR", "traffic | 12.4 GB | 1.00 EUR", "old | 1.00 EUR", "setup | once | 1.00 EUR"];
        assert_eq!(quantities, expected, "{text}");
    }
}
