//! Offers, sites and agents.

use hansa_model::agent::{Agent, Enrolment};
use hansa_model::evidence::Assurance;
use hansa_model::kind::{PropertyType, property_type};
use hansa_model::offer::Offer;
use hansa_model::package::Levels;
use hansa_model::price::{Period, Price, PricePlan};
use hansa_model::site::Site;
use hansa_model::time::Timestamp;

use crate::output::Shown;
use crate::render::words;

fn period(per: Period) -> String {
    words::word(&per)
}

fn price(price: &Price) -> String {
    match price {
        Price::Fixed { amount, per } => format!("{amount} per {}", period(*per)),
        Price::PerUnit { property, amount, per } => {
            let unit = if property_type(property) == Some(PropertyType::Bytes) { "GiB of " } else { "" };
            format!("{amount} per {unit}{property} and {}", period(*per))
        }
        Price::Tiered { meter, tiers } => {
            let tiers = tiers.iter().map(|tier| {
                let end = tier.up_to.map(|end| format!(" up to {end}")).unwrap_or_default();
                format!("{} per GB{end}", tier.per_gb)
            });
            format!("{meter} {}", words::list(tiers))
        }
        Price::Egress { included, per_gb } => format!("{per_gb} per GB sent beyond {included}"),
        Price::OneOff { amount } => format!("{amount} once"),
    }
}

/// A price plan, one part a line.
#[must_use]
pub fn plan(plan: &PricePlan) -> String {
    let parts = plan.components.iter().map(|part| format!("{}: {}", part.name, price(&part.price)));
    parts.collect::<Vec<_>>().join("\n")
}

fn bounds(offer: &Offer, separator: &str) -> String {
    let bounds = offer.properties.0.iter().map(|(name, bound)| format!("{name} {bound}"));
    bounds.collect::<Vec<_>>().join(separator)
}

/// The levels of an offer that is known by itself, ended or not.
fn own_levels(known: &Assurance) -> String {
    words::levels(&Levels::of(known, Timestamp::from_micros(i64::MIN)))
}

impl Shown for Offer {
    const COLUMNS: &'static [&'static str] = &["offer", "kind", "country", "properties", "price", "state"];
    const NONE: &'static str =
        "no offer; see all with `hansa offer list`, or sell something: `hansa offer publish -f offer.yaml`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.key(),
            self.kind.to_string(),
            self.country.to_string(),
            bounds(self, ", "),
            plan(&self.price).replace('\n', "; "),
            words::word(&self.state),
        ]
    }

    fn name(&self) -> String {
        self.key()
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        vec![
            ("offer", self.key()),
            ("id", self.id.to_string()),
            ("version", self.version.to_string()),
            ("kind", self.kind.to_string()),
            ("country", self.country.to_string()),
            ("state", words::word(&self.state)),
            ("properties", bounds(self, "\n")),
            ("price", plan(&self.price)),
            ("availability", self.terms.availability.map(|share| share.to_string()).unwrap_or_default()),
            ("trust", self.assurance.as_deref().map(own_levels).unwrap_or_default()),
            ("fresh until", words::maybe(self.fresh_until)),
            ("published", words::instant(self.updated_at)),
        ]
    }
}

impl Shown for Site {
    const COLUMNS: &'static [&'static str] = &["id", "name", "country", "city", "latitude", "longitude", "pue"];
    const NONE: &'static str = "no site; providers make them: `hansa site create -f site.yaml`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.to_string(),
            self.country.to_string(),
            self.city.clone(),
            self.coordinates.latitude.to_string(),
            self.coordinates.longitude.to_string(),
            format!("{}.{:03}", self.pue_milli / 1000, self.pue_milli % 1000),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Shown for Agent {
    const COLUMNS: &'static [&'static str] = &["id", "name", "state", "last seen", "version", "can deliver"];
    const NONE: &'static str = "no agent; providers let one in: `hansa enrolment create NAME`";

    fn cells(&self) -> Vec<String> {
        let state = match (self.revoked_at, self.online) {
            (Some(_), _) => "revoked",
            (None, true) => "online",
            (None, false) => "silent",
        };
        let can = self.capabilities.iter().map(|can| format!("{} at {}", can.kind, can.site));
        vec![
            self.id.to_string(),
            self.name.to_string(),
            state.to_owned(),
            words::maybe(self.last_seen),
            self.version.clone(),
            words::list(can),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Shown for Enrolment {
    const COLUMNS: &'static [&'static str] = &["name", "token", "expires"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.to_string(), self.token.clone(), words::instant(self.expires_at)]
    }

    fn name(&self) -> String {
        self.token.clone()
    }
}
