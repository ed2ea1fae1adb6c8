//! The settings as operators and auditors see them: without keys.

use std::time::Duration;

use hansa_model::quantity::TimeSpan;
use hansa_model::system::Setting;

use super::{SecondFactor, Settings};

fn span(time: Duration) -> String {
    TimeSpan::micros(i64::try_from(time.as_micros()).unwrap_or(i64::MAX)).to_string()
}

fn whether(set: bool) -> String {
    if set { "yes" } else { "no" }.to_owned()
}

/// Parts with commas between them; `none` when there are none.
fn list<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<_> = parts.into_iter().collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

impl Settings {
    /// What is set to what; no secret is among it.
    pub(crate) fn shown(&self) -> Vec<Setting> {
        let trust = &self.trust;
        let second_factor = match self.second_factor {
            SecondFactor::Chosen => "nobody",
            SecondFactor::Operators => "operators",
            SecondFactor::Everybody => "everybody",
        };
        let own = |address: &Option<String>| address.clone().unwrap_or_else(|| "of this exchange".to_owned());
        let settings = [
            ("issuer", self.issuer.clone()),
            ("quote-lifetime", span(self.quote_lifetime)),
            ("approval-deadline", span(self.approval_deadline)),
            ("provisioning-deadline", span(self.provisioning_deadline)),
            ("freshness", span(self.freshness)),
            ("silence", span(self.silence)),
            ("billing-zone", self.billing_zone.clone()),
            ("billing-grace", span(self.billing_grace)),
            ("commission", format!("{}.{:02} %", self.commission_bp / 100, self.commission_bp % 100)),
            ("metric-lifetime", span(self.metric_lifetime)),
            ("proposals", whether(self.proposals.is_some())),
            ("invitation-lifetime", span(self.invitation_lifetime)),
            ("session-idle", span(self.session_idle)),
            ("session-lifetime", span(self.session_lifetime)),
            (
                "identity-providers",
                list(self.identity_providers.iter().map(|provider| provider.config().issuer.as_str())),
            ),
            ("demand-second-factor", second_factor.to_owned()),
            ("notary", own(&trust.clearing_house.notary)),
            ("compliance", own(&trust.clearing_house.compliance)),
            ("registry", own(&trust.clearing_house.registry)),
            ("trust-anchors", whether(!trust.anchors.is_empty())),
            ("demand-chain", whether(trust.demand_chain)),
            ("private-issuer", list(trust.private_hosts.iter().map(String::as_str))),
            ("plain-http-issuer", list(trust.plain_http.iter().map(String::as_str))),
            ("evidence-refresh", span(trust.refresh)),
            ("evidence-grace", span(trust.grace)),
            ("four-eyes", whether(trust.four_eyes)),
            ("require-onboarding", whether(trust.require_onboarding)),
        ];
        settings.into_iter().map(|(name, value)| Setting { name: name.to_owned(), value }).collect()
    }
}
