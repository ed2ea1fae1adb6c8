//! Usage, statements and the ledger.

use hansa_model::charge::{Account, Posting, ProviderStatement, Statement, TrialBalance};
use hansa_model::usage::Usage;

use crate::output::Shown;
use crate::render::paint::Paint;
use crate::render::{table, words};

impl Shown for Usage {
    const COLUMNS: &'static [&'static str] = &["id", "service", "meter", "from", "to", "quantity"];

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

/// What a buyer owes: every line, what each provider gets, and the sum.
#[must_use]
pub fn buyer(statement: &Statement, paint: Paint) -> String {
    let lines = statement.lines.iter().map(|line| {
        vec![
            line.name.to_string(),
            line.provider_name.to_string(),
            line.component.clone(),
            words::instant(line.start),
            words::instant(line.end),
            line.amount.rounded(),
        ]
    });
    let head = table::pairs(
        &[
            ("tenant", statement.tenant.to_string()),
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
    let lines = table::rows(&["service", "provider", "for", "from", "to", "amount"], lines, paint);
    format!("{head}\n{lines}\n{}", table::pairs(&sums, paint))
}

/// What a provider is due: every line and the sum.
#[must_use]
pub fn provider(statement: &ProviderStatement, paint: Paint) -> String {
    let lines = statement.lines.iter().map(|line| {
        vec![
            line.service.to_string(),
            line.component.clone(),
            words::instant(line.start),
            words::instant(line.end),
            line.amount.rounded(),
            line.commission.rounded(),
            line.payout.rounded(),
        ]
    });
    let head = table::pairs(
        &[
            ("provider", statement.provider.to_string()),
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
    let lines = table::rows(&["service", "for", "from", "to", "amount", "commission", "payout"], lines, paint);
    format!("{head}\n{lines}\n{}", table::pairs(&sums, paint))
}

fn account(posting: &Posting) -> String {
    match &posting.account {
        Account::Receivable { tenant } => format!("receivable {tenant}"),
        Account::Payable { provider } => format!("payable {provider}"),
        Account::Commission => "commission".to_owned(),
        Account::Rounding => "rounding".to_owned(),
    }
}

/// The sum of every account, and that of all, which is nothing when the books are right.
#[must_use]
pub fn trial_balance(balance: &TrialBalance, paint: Paint) -> String {
    let amounts = balance
        .accounts
        .iter()
        .map(|posting| vec![account(posting), posting.amount.decimal(), posting.amount.currency().to_string()]);
    let mut text = table::rows(&["account", "balance", "currency"], amounts, paint);
    let off: Vec<_> = balance.total.iter().filter(|total| !total.is_zero()).map(|total| total.rounded()).collect();
    if off.is_empty() {
        text.push_str(&paint.good("the books balance"));
    } else {
        text.push_str(&paint.bad(&format!("the books are off by {}", off.join(", "))));
    }
    text + "\n"
}
