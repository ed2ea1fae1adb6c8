//! Costs.

use hansa_model::cost::{AlertBasis, BudgetAlert, Costs};

use crate::render::paint::Paint;
use crate::render::{table, words};

/// What the tenant of this name spends in a month by project, and what it will come to. Give it amounts in whole
/// cents that add up: [`hansa_ledger::cents::of_costs`].
#[must_use]
pub fn buyer(costs: &Costs, tenant: &str, paint: Paint) -> String {
    let head = table::pairs(
        &[
            ("tenant", tenant.to_owned()),
            ("from", words::instant(costs.start)),
            ("to", words::instant(costs.end)),
            ("charged", costs.charged.rounded()),
            ("expected", costs.expected.rounded()),
            ("forecast", costs.forecast.rounded()),
        ],
        paint,
    );
    let projects = costs.projects.iter().map(|project| {
        vec![
            project.name.to_string(),
            project.charged.rounded(),
            project.expected.rounded(),
            project.forecast.rounded(),
            project.budget.map_or_else(|| "none".to_owned(), |budget| budget.rounded()),
            project.alerts.iter().map(alert).collect::<Vec<_>>().join("\n"),
        ]
    });
    let projects = table::rows(&["project", "charged", "expected", "forecast", "budget", "alerts"], projects, paint);
    format!("{head}\n{projects}")
}

fn alert(alert: &BudgetAlert) -> String {
    let basis = match alert.basis {
        AlertBasis::Charged => "charged",
        AlertBasis::Forecast => "forecast",
    };
    format!("{} % {basis} since {}", alert.percent, words::instant(alert.at))
}
