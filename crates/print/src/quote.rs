//! A quote on paper.

use hansa_model::kind::Properties;
use hansa_model::money::Money;
use hansa_model::order::{Quote, QuoteState};
use hansa_model::package::{Package, Replica};
use hansa_model::time::Timestamp;

use crate::PrintError;
use crate::paper::{Column, Paper};

/// Somebody whose name stands on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The registered name.
    pub legal_name: String,
    /// The country of the registered seat.
    pub country: String,
}

/// Who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    /// Who asked.
    pub buyer: Party,
    /// The project that will pay.
    pub project: String,
    /// Who runs the exchange.
    pub operator: Party,
    /// Those who deliver, in the order of the package.
    pub providers: Vec<Party>,
    /// The address of the exchange; its keys are at `/.well-known/jwks.json` there.
    pub exchange: String,
}

const fn column(from: f32, to: f32) -> Column {
    Column { from, to, is_number: false }
}

const fn number(from: f32, to: f32) -> Column {
    Column { from, to, is_number: true }
}

const PARTS: [Column; 5] =
    [column(0.0, 82.0), column(88.0, 250.0), column(256.0, 370.0), number(370.0, 400.0), number(404.0, 483.0)];
const SUMS: [Column; 2] = [column(0.0, 380.0), number(380.0, 483.0)];
const FACTS: [Column; 2] = [column(0.0, 120.0), column(126.0, 483.0)];

/// The quote as PDF, with its signed form attached as `ID.jws`.
///
/// # Errors
/// [`PrintError`].
pub fn quote(quote: &Quote, parties: &Parties) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new()?;
    let package = &quote.package;
    paper.title(&format!("Quote for {}", quote.application.name));
    paper.note(&format!("{}  ·  made {}", quote.id, day(quote.created_at)));
    paper.space(6.0);
    let fact = |paper: &mut Paper, name: &str, value: String| paper.row(&FACTS, &[name.to_owned(), value]);
    fact(&mut paper, "For", format!("{}, project {}", party(&parties.buyer), parties.project));
    fact(&mut paper, "From", parties.providers.iter().map(party).collect::<Vec<_>>().join("; "));
    fact(&mut paper, "Through", format!("{}, {}", party(&parties.operator), parties.exchange));
    fact(&mut paper, "Holds until", format!("{} ({})", quote.expires_at.floor_second(), state(quote)));

    paper.heading("What is delivered");
    paper.heads(&PARTS, &["Component", "What", "Provider and site", "×", "a month"]);
    for (name, placement) in &package.components {
        for replica in &placement.replicas {
            // A long name must be able to go on in the next line of its column.
            let offer = replica.offer.replace('/', " / ");
            let what = format!("{offer} ({})", properties(&replica.properties));
            let place = format!("{}, {} ({})", replica.provider, replica.site, replica.country);
            let cells = [name.to_string(), what, place, replica.count.to_string(), money(replica.price)];
            paper.row(&PARTS, &cells);
        }
    }

    paper.heading("What it costs");
    let sum = |name: &str, amount: Money| [name.to_owned(), money(amount)];
    if !package.price.traffic.is_zero() {
        paper.row(&SUMS, &sum("Of it, traffic between components, a month of 730 hours", package.price.traffic));
    }
    paper.total(&SUMS, &sum("All of it, a month of 730 hours", package.price.monthly));
    if !package.price.one_off.is_zero() {
        paper.row(&SUMS, &sum("Once, when everything runs", package.price.one_off));
    }
    paper
        .note("Prices are net of tax. What is used is charged to the second, at the prices of the offers named above.");

    paper.heading("What was promised");
    for (name, value) in promises(package) {
        fact(&mut paper, name, value);
    }

    paper.heading("Signature");
    paper.paragraph(&format!(
        "The exchange signed this quote. Its signed form is attached to this file as {}.jws (JSON Web Signature, EdDSA). \
         Check it with `hansa quote verify {}`, or by any program, with the keys at {}/.well-known/jwks.json. \
         Where this paper and the signed form differ, the signed form holds.",
        quote.id, quote.id, parties.exchange
    ));
    let foot = format!("{} · {}", quote.id, parties.exchange);
    let title = format!("Quote {}", quote.id);
    paper.finish(&title, &foot, (&format!("{}.jws", quote.id), &quote.jws))
}

fn party(party: &Party) -> String {
    format!("{} ({})", party.legal_name, party.country)
}

fn day(at: Timestamp) -> String {
    at.floor_second().to_string()
}

fn money(amount: Money) -> String {
    amount.rounded()
}

const fn state(quote: &Quote) -> &'static str {
    match quote.state {
        QuoteState::Open => "open",
        QuoteState::Accepted => "accepted",
        QuoteState::Expired => "expired",
        QuoteState::Withdrawn => "withdrawn",
    }
}

fn properties(properties: &Properties) -> String {
    let parts = properties.values.iter().map(|(name, value)| format!("{name} {value}"));
    parts.collect::<Vec<_>>().join(", ")
}

fn promises(package: &Package) -> Vec<(&'static str, String)> {
    let countries = package.countries.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut facts = vec![
        ("Countries", countries),
        ("Availability", package.availability.to_string()),
        ("Sovereignty", format!("SEAL-{} at least", package.sovereignty)),
        ("Carbon", format!("{:.1} kg CO2e a month, expected", package.carbon)),
    ];
    if let Some(label) = &package.levels.gaia_x {
        facts.push(("Gaia-X label", label.clone()));
    }
    if let Some(trip) = package.worst_rtt {
        facts.push(("Longest round trip", trip.rtt.in_millis()));
    }
    if let Some(term) = package.minimum_term {
        facts.push(("Binds for", term.to_string()));
    }
    let discount = |replica: &Replica| replica.discount.map(|share| format!("{}: {share} off", replica.offer));
    let discounts: Vec<_> =
        package.components.values().flat_map(|placement| &placement.replicas).filter_map(discount).collect();
    if !discounts.is_empty() {
        facts.push(("Volume prices", discounts.join(", ")));
    }
    facts
}
