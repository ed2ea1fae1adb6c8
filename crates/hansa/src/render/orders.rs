//! Orders, and what things wait for.

use hansa_model::money::Money;
use hansa_model::order::{Order, OrderPreview};
use hansa_model::service::Why;

use crate::output::Shown;
use crate::render::words;

fn amount(money: Money) -> String {
    if money.is_zero() { String::new() } else { money.rounded() }
}

impl Shown for Order {
    const COLUMNS: &'static [&'static str] = &["id", "kind", "application", "state", "a month", "services", "made"];
    const NONE: &'static str = "no order; make one: `hansa order create -f app.yaml`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.kind.name().to_owned(),
            self.application.as_ref().map(ToString::to_string).unwrap_or_default(),
            words::word(&self.state),
            self.monthly.rounded(),
            self.services.len().to_string(),
            words::instant(self.created_at),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details: Vec<_> = Self::COLUMNS.iter().copied().zip(self.cells()).collect();
        details.retain(|(name, _)| *name != "services");
        details.extend([
            ("once", amount(self.one_off)),
            ("services", words::list(&self.services)),
            ("quote", self.quote.map(|quote| quote.to_string()).unwrap_or_default()),
            ("ordered by", self.ordered_by.to_string()),
            ("approved by", self.approved_by.map(|member| member.to_string()).unwrap_or_default()),
            ("lead provider", self.lead_provider.map(|lead| lead.to_string()).unwrap_or_default()),
            ("partial", if self.partial { "yes" } else { "" }.to_owned()),
            ("reason", self.reason.as_ref().map(|reason| reason.message.clone()).unwrap_or_default()),
            ("changed", words::instant(self.updated_at)),
            ("deadline", words::maybe(self.deadline)),
        ]);
        details
    }
}

impl Shown for OrderPreview {
    const COLUMNS: &'static [&'static str] = &["kind", "a month now", "a month afterwards", "once", "approval"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.kind.name().to_owned(),
            self.monthly_before.rounded(),
            self.monthly.rounded(),
            amount(self.one_off),
            if self.needs_approval { "needed" } else { "not needed" }.to_owned(),
        ]
    }

    fn name(&self) -> String {
        self.project.to_string()
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let limit = self.budget.map(|budget| format!(" of {}", budget.rounded())).unwrap_or_default();
        let verdict = if self.within_budget { "" } else { ": more than the budget, so it would fail" };
        let mut details: Vec<_> = Self::COLUMNS.iter().copied().zip(self.cells()).collect();
        details.extend([
            ("services", words::list(&self.services)),
            ("project a month", format!("{}{limit}{verdict}", self.project_monthly.rounded())),
        ]);
        details
    }
}

impl Shown for Why {
    const COLUMNS: &'static [&'static str] =
        &["subject", "state", "waiting for", "since", "who must act", "deadline", "next"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.subject.clone(),
            self.state.clone(),
            self.waiting_for.clone(),
            words::instant(self.since),
            self.who.clone(),
            words::maybe(self.deadline),
            self.next.join("\n"),
        ]
    }

    fn name(&self) -> String {
        self.subject.clone()
    }
}
