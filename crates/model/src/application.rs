//! The application document: what a buyer asks for.
//!
//! [`Application::parse`] reads the YAML or JSON that people write and reports every error with line, field
//! and hint; [`schema`] is the same contract as JSON Schema, for editors.

mod change;
mod read;
mod schema;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::country::Region;
use crate::document::{Document, FieldError};
use crate::kind::{Bounds, Kind, KindId};
use crate::money::Money;
use crate::name::Name;
use crate::quantity::{CarbonBound, MonthlyTraffic, PercentageBound, TimeBound, TimeSpan};

pub use change::{Change, ChangeError};
use read::read_application;
pub use schema::schema;

/// The value of `apiVersion` in documents of this version.
pub const API_VERSION: &str = "hansa/v1";
/// The most components that a document may have.
pub const MAX_COMPONENTS: usize = 100;
/// The most links between components that a document may have.
pub const MAX_LINKS: usize = 500;
/// The most items of any other list in a document.
pub const MAX_ITEMS: usize = 100;
/// The most instances of one component.
pub const MAX_COUNT: u32 = 100;
/// The most bytes of the name of a place.
const MAX_PLACE: usize = 200;
/// The most bytes of environment and files of one component.
pub const MAX_CONFIG: usize = 64 * 1024;

/// What a buyer asks for: components, links between them, and requirements.
#[derive(Debug, Clone, PartialEq)]
pub struct Application {
    /// Its name.
    pub name: Name,
    /// Requirements that hold for every component: same conditions, same certificates.
    pub requirements: Requirements,
    /// What it may cost in a month at most.
    pub budget: Option<Money>,
    /// What to prefer among packages that fit.
    pub objective: Objective,
    /// Over how many providers at most.
    pub max_providers: Option<u32>,
    /// What all parts of a package have the same of.
    pub uniform: Vec<Uniform>,
    /// How long the buyer means to stay; no offer may bind for longer.
    pub term: Option<TimeSpan>,
    /// Whether an order may end with some of the components only.
    pub allow_partial: bool,
    /// The components by name, in the order of the document.
    pub components: IndexMap<Name, Component>,
    /// Who talks to whom.
    pub links: Vec<Link>,
    /// Who stays together.
    pub together: Vec<Together>,
}

/// Conditions on offers and their providers. Empty means no condition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requirements {
    /// The provider's registered seat, and every evidenced one, is in one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub jurisdiction: Vec<Region>,
    /// Whether no third country may have control over the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<ControlRequirement>,
    /// Who the subcontractors may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcontractors: Option<SubcontractorRequirement>,
    /// Labels by scheme that the offer has at least: `gaia-x: L1`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The least level of the EC Cloud Sovereignty Framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<SealRequirement>,
    /// The least assurance level of the proposed Cloud and AI Development Act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cada: Option<CadaRequirement>,
    /// Certificates that are held for the offer.
    #[serde(skip_serializing_if = "CertificationRequirement::is_empty")]
    pub certifications: CertificationRequirement,
    /// The promised availability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<PercentageBound>,
    /// The site, and every other country where data may go by the evidence, is in one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_location: Vec<Region>,
    /// Carbon intensity of the site's electricity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carbon_intensity: Option<CarbonBound>,
    /// Only these providers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<Name>,
    /// None of these providers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_providers: Vec<Name>,
}

/// Who may have control over the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlRequirement {
    /// Which third countries may.
    pub third_country: ThirdCountry,
}

/// Which third countries may have control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThirdCountry {
    /// None may; unknown does not pass.
    None,
    /// Any may.
    Any,
}

/// A least level of the EC Cloud Sovereignty Framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealRequirement {
    /// 0 to 4.
    pub minimum: u8,
}

/// A least assurance level of the proposed Cloud and AI Development Act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CadaRequirement {
    /// 1 to 4.
    pub minimum: u8,
}

/// Who the subcontractors may be. What is not known of them meets neither condition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubcontractorRequirement {
    /// Which third countries may reach those with access to customers' data or identities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub third_country: Option<ThirdCountry>,
    /// Every country of every subcontractor is in one of these; no condition when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Region>,
}

/// Certificates that must be held.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificationRequirement {
    /// All of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// One of these at least.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<String>,
}

impl CertificationRequirement {
    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }
}

/// What to prefer among packages that fit: weights, larger is more important.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Objective {
    /// Weight of the monthly price.
    pub price: f64,
    /// Weight of the carbon footprint.
    pub carbon: f64,
    /// Weight of the worst round trip.
    pub latency: f64,
    /// Weight of the number of providers.
    pub providers: f64,
    /// Weight of the lowest SEAL level among the providers.
    pub sovereignty: f64,
    /// Weight of the promised downtime.
    pub availability: f64,
    /// Whether sovereignty and availability make packages of their own even where they weigh nothing.
    pub pareto: bool,
}

impl Default for Objective {
    fn default() -> Self {
        Self {
            price: 1.0,
            carbon: 0.0,
            latency: 0.0,
            providers: 0.0,
            sovereignty: 0.0,
            availability: 0.0,
            pareto: false,
        }
    }
}

/// What all parts of a package may have to have the same of. Parts of which it is not known never have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Uniform {
    /// The assurance level of the proposed Cloud and AI Development Act.
    Cada,
    /// The certificates: of those that the document names, else of all, the same are held for every part.
    Certifications,
    /// The country of the provider's registered seat.
    Jurisdiction,
    /// The Gaia-X label.
    Label,
    /// The level of the EC Cloud Sovereignty Framework.
    Seal,
    /// The class of the promised availability (see [`crate::package::SlaClass`]).
    Sla,
}

impl Uniform {
    /// Every one, in the order of their names.
    pub const ALL: [Self; 6] =
        [Self::Cada, Self::Certifications, Self::Jurisdiction, Self::Label, Self::Seal, Self::Sla];

    /// The name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cada => "cada",
            Self::Certifications => "certifications",
            Self::Jurisdiction => "jurisdiction",
            Self::Label => "label",
            Self::Seal => "seal",
            Self::Sla => "sla",
        }
    }
}

impl Objective {
    /// The weights of price, carbon, latency, providers, sovereignty and availability, in this order.
    #[must_use]
    pub const fn weights(&self) -> [f64; 6] {
        [self.price, self.carbon, self.latency, self.providers, self.sovereignty, self.availability]
    }
}

/// By what the instances of a component are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpreadBy {
    /// Each at another site.
    Site,
    /// Each at another provider.
    Provider,
    /// Each in another country.
    Country,
}

/// How the instances of a component are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// By what.
    pub by: SpreadBy,
}

/// A place that a component is to be near to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// A city, like `Utrecht` or `Utrecht, NL`.
    pub place: String,
    /// The round trip to it.
    pub rtt: TimeBound,
}

/// What a component is given to work with. Values may name other components: `${archive.url}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// Environment variables by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Contents of files by absolute path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// A shell script that is run at every start, after the files are in place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Ports that are published, by name: `http: 80`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<Name, u16>,
    /// SSH public keys of those who may log in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ssh_keys: Vec<String>,
}

impl Config {
    /// Whether nothing is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every text in which other components may be named.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        self.env.values().chain(self.files.values()).chain(&self.run)
    }
}

/// One thing to be bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// The service kind.
    pub kind: KindId,
    /// How many of it.
    pub count: u32,
    /// What is asked of its properties.
    pub properties: Bounds,
    /// Requirements in addition to the application's.
    pub requirements: Requirements,
    /// How its instances are kept apart.
    pub spread: Option<Spread>,
    /// A place that it is to be near to.
    pub near: Option<Near>,
    /// What it is given to work with.
    pub config: Config,
    /// Whether a last dump of the data is made when it is terminated.
    pub dump_on_termination: bool,
}

/// Traffic between two components.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The component that opens connections, and may name the other in its configuration.
    pub from: Name,
    /// The component that is connected to.
    pub to: Name,
    /// The round trip between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt: Option<TimeBound>,
    /// What flows from the one to the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<MonthlyTraffic>,
}

/// Components of which every instance shares something with every other's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// Two or more of them.
    pub components: Vec<Name>,
    /// What they share.
    pub by: SpreadBy,
}

/// A name of another component's connection in a text: `${archive.url}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The component.
    pub component: String,
    /// What of its connection: `url`, `host`, `port`, `user`, `password`, `database`, or a port's name.
    pub field: String,
}

/// Every `${component.field}` in a text. `$${` stands for a literal `${` and is left alone.
pub fn references(text: &str) -> impl Iterator<Item = Reference> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find("${")?;
            let escaped = rest[..start].ends_with('$');
            let after = &rest[start + 2..];
            let end = after.find('}');
            rest = end.map_or("", |end| &after[end + 1..]);
            if escaped {
                rest = after;
                continue;
            }
            let inner = &after[..end?];
            if let Some((component, field)) = inner.split_once('.')
                && component.parse::<Name>().is_ok()
                && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
            {
                return Some(Reference { component: component.to_owned(), field: field.to_owned() });
            }
        }
    })
}

impl Application {
    /// Reads a YAML or JSON document.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with line, field and a hint.
    pub fn parse(text: &str) -> Result<Self, Vec<FieldError>> {
        let document = Document::parse(text).map_err(|error| vec![error])?;
        document.read(read_application)
    }

    /// Reads a document that came as a value.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with field and a hint.
    pub fn from_value(value: Value) -> Result<Self, Vec<FieldError>> {
        Document::from_value(value).read(read_application)
    }

    /// The document as a value; reading it gives the same application.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut spec = Map::new();
        let mut put = |name: &str, value: Value| {
            let empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
            if !empty {
                spec.insert(name.to_owned(), value);
            }
        };
        put("requirements", json!(self.requirements));
        put("budget", self.budget.map_or(Value::Null, |money| json!({"monthly": money.to_string()})));
        if self.objective != Objective::default() {
            put("objective", json!(self.objective));
        }
        put("maxProviders", json!(self.max_providers));
        put("uniform", if self.uniform.is_empty() { Value::Null } else { json!(self.uniform) });
        put("term", json!(self.term));
        put("allowPartial", if self.allow_partial { json!(true) } else { Value::Null });
        let components: Map<String, Value> =
            self.components.iter().map(|(name, component)| (name.to_string(), component.to_value())).collect();
        put("components", Value::Object(components));
        if !self.links.is_empty() {
            put("links", json!(self.links));
        }
        if !self.together.is_empty() {
            put("together", json!(self.together));
        }
        json!({
            "apiVersion": API_VERSION,
            "kind": "Application",
            "metadata": {"name": self.name},
            "spec": spec,
        })
    }
}

impl Serialize for Application {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Application {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(|errors| {
            let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
            de::Error::custom(texts.join("; "))
        })
    }
}

impl utoipa::PartialSchema for Application {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .description(Some("An application document, as the JSON Schema at /v1/schemas/application describes it."))
            .additional_properties(Some(
                utoipa::openapi::schema::AdditionalProperties::<utoipa::openapi::schema::Schema>::FreeForm(true),
            ))
            .into()
    }
}

impl ToSchema for Application {}

impl Component {
    fn to_value(&self) -> Value {
        let mut fields = Map::from_iter([("kind".to_owned(), json!(self.kind))]);
        if self.count != 1 {
            fields.insert("count".to_owned(), json!(self.count));
        }
        fields.extend(Kind::bounds_to_json(&self.properties));
        if self.requirements != Requirements::default() {
            fields.insert("requirements".to_owned(), json!(self.requirements));
        }
        if let Some(spread) = self.spread {
            fields.insert("spread".to_owned(), json!(spread));
        }
        if let Some(near) = &self.near {
            fields.insert("near".to_owned(), json!(near));
        }
        if !self.config.is_empty() {
            fields.insert("config".to_owned(), json!(self.config));
        }
        if self.dump_on_termination {
            fields.insert("dumpOnTermination".to_owned(), json!(true));
        }
        Value::Object(fields)
    }
}

#[cfg(test)]
mod ill_posed;
#[cfg(test)]
mod tests;
