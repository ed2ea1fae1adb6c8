//! The application document: what a buyer asks for.
//!
//! [`Application::parse`] reads the YAML or JSON that people write and reports every error with line, field
//! and hint; [`schema`] is the same contract as JSON Schema, for editors.

mod change;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::country::Region;
use crate::document::{Document, FieldError, Reader};
use crate::kind::{Bounds, KINDS, Kind, KindId};
use crate::money::Money;
use crate::name::Name;
use crate::quantity::{CarbonBound, MonthlyTraffic, PercentageBound, TimeBound, TimeSpan};

pub use change::{Change, ChangeError};
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
    /// The provider's registered seat is in one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub jurisdiction: Vec<Region>,
    /// Whether no third country may have control over the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<ControlRequirement>,
    /// Labels by scheme that the provider has at least: `gaia-x: L1`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The least level of the EC Cloud Sovereignty Framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<SealRequirement>,
    /// Certificates that the provider holds.
    #[serde(skip_serializing_if = "CertificationRequirement::is_empty")]
    pub certifications: CertificationRequirement,
    /// The promised availability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<PercentageBound>,
    /// The site is in one of these.
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

/// Which third countries may have control over the provider.
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
    /// The certificates: of those that the document names, else of all, every provider holds the same.
    Certifications,
    /// The country of the provider's registered seat.
    Jurisdiction,
    /// The provider's Gaia-X label.
    Label,
    /// The class of the promised availability (see [`crate::package::SlaClass`]).
    Sla,
}

impl Uniform {
    /// Every one, in the order of their names.
    pub const ALL: [Self; 4] = [Self::Certifications, Self::Jurisdiction, Self::Label, Self::Sla];

    /// The name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certifications => "certifications",
            Self::Jurisdiction => "jurisdiction",
            Self::Label => "label",
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

const COMPONENT_FIELDS: [&str; 7] = ["kind", "count", "requirements", "spread", "near", "config", "dumpOnTermination"];
const SPEC_FIELDS: [&str; 10] = [
    "requirements",
    "budget",
    "objective",
    "maxProviders",
    "uniform",
    "term",
    "allowPartial",
    "components",
    "links",
    "together",
];

fn read_application(root: &Reader<'_>) -> Option<Application> {
    root.only(&["apiVersion", "kind", "metadata", "spec"]);
    for (field, expected) in [("apiVersion", API_VERSION), ("kind", "Application")] {
        if let Some(found) = root.required_child(field)
            && found.value() != expected
        {
            found.error(format!("expected `{expected}`"));
        }
    }
    let metadata = root.required_child("metadata");
    let name = metadata.and_then(|metadata| {
        metadata.only(&["name"]);
        metadata.required::<Name>("name")
    });
    let spec = root.required_child("spec")?;
    spec.only(&SPEC_FIELDS);
    let requirements = spec.child("requirements").map(|reader| read_requirements(&reader)).unwrap_or_default();
    let budget = spec.child("budget").and_then(|budget| {
        budget.only(&["monthly"]);
        let monthly = budget.required::<Money>("monthly")?;
        if monthly.micros() <= 0
            && let Some(field) = budget.child("monthly")
        {
            field.error("the budget must be more than nothing");
        }
        Some(monthly)
    });
    let objective = spec.child("objective").map(|reader| read_objective(&reader)).unwrap_or_default();
    let max_providers = whole(&spec, "maxProviders", 1..=u32::MAX);
    let uniform = read_uniform(&spec);
    let term = spec.optional::<TimeSpan>("term");
    let allow_partial = spec.optional::<bool>("allowPartial").unwrap_or_default();
    let mut components = IndexMap::new();
    let mut is_sized = true;
    for (field, most) in [("links", MAX_LINKS), ("together", MAX_ITEMS)] {
        is_sized &= spec.child(field).is_none_or(|list| at_most(&list, most));
    }
    if let Some(list) = spec.required_child("components") {
        let named = list.value().as_object().map_or(0, Map::len);
        if named == 0 {
            list.error("at least one component is needed");
        }
        if named > MAX_COMPONENTS {
            list.error(format!("{named} components are more than the {MAX_COMPONENTS} that are allowed"));
            return None;
        }
        for (name, reader) in list.entries() {
            match name.parse::<Name>() {
                Ok(name) => {
                    if let Some(component) = read_component(&reader) {
                        components.insert(name, component);
                    }
                }
                Err(error) => reader.error(error.to_string()),
            }
        }
        if !is_sized {
            return None;
        }
        check_links(&spec, &list);
        check_together(&spec, &components);
    }
    let links = spec.child("links").map(|links| links.items().iter().filter_map(read_link).collect());
    let together = spec.list::<Together>("together");
    Some(Application {
        name: name?,
        requirements,
        budget,
        objective,
        max_providers,
        uniform,
        term,
        allow_partial,
        components,
        links: links.unwrap_or_default(),
        together,
    })
}

/// A field as a whole number within a range.
fn whole(reader: &Reader<'_>, name: &str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let field = reader.child(name)?;
    let number = field.value().as_u64().and_then(|number| u32::try_from(number).ok());
    let number = number.filter(|number| range.contains(number));
    if number.is_none() {
        let (least, most) = range.into_inner();
        field.error(match most {
            u32::MAX => format!("expected a whole number from {least} on"),
            _ => format!("expected a whole number from {least} to {most}"),
        });
    }
    number
}

/// Whether a list has no more items than that; more is an error.
fn at_most(list: &Reader<'_>, most: usize) -> bool {
    let items = list.value().as_array().map_or(1, Vec::len);
    if items > most {
        list.error(format!("{items} items are more than the {most} that are allowed"));
    }
    items <= most
}

/// What has to be the same everywhere, each once.
fn read_uniform(spec: &Reader<'_>) -> Vec<Uniform> {
    let uniform: Vec<Uniform> = spec.list("uniform");
    let twice = (1..uniform.len()).any(|at| uniform[..at].contains(&uniform[at]));
    if let Some(field) = spec.child("uniform").filter(|_| twice) {
        field.error("a condition is named twice");
    }
    uniform
}

/// Checks that whoever stays together exists, and is not kept apart by the same.
fn check_together(spec: &Reader<'_>, components: &IndexMap<Name, Component>) {
    for group in spec.child("together").map(|groups| groups.items()).unwrap_or_default() {
        group.only(&["components", "by"]);
        let Some(list) = group.required_child("components") else { continue };
        let by = group.required::<SpreadBy>("by");
        if !at_most(&list, MAX_COMPONENTS) {
            continue;
        }
        let mut seen = Vec::new();
        for member in list.items() {
            let Some(text) = member.value().as_str() else { continue };
            let Some(component) = text.parse::<Name>().ok().and_then(|name| components.get(&name)) else {
                member.error("no component has this name");
                continue;
            };
            if seen.contains(&text) {
                member.error("the component is named twice");
            }
            seen.push(text);
            let spread = component.spread.filter(|_| component.count > 1);
            // Instances at one site share their provider and country as well.
            if spread.is_some_and(|spread| by == Some(SpreadBy::Site) || by == Some(spread.by)) {
                member.error_with_hint("its instances are kept apart by `spread`", "drop one of the two");
            }
        }
        if seen.len() < 2 {
            list.error("two components are needed at least");
        }
    }
}

/// Checks that links and `${…}` name components that exist, and that what is named is linked.
fn check_links(spec: &Reader<'_>, components: &Reader<'_>) {
    let names: Vec<&str> = components.entries().iter().map(|(name, _)| *name).collect();
    let mut linked = Vec::new();
    for link in spec.child("links").map(|links| links.items()).unwrap_or_default() {
        link.only(&["from", "to", "rtt", "traffic"]);
        let ends: Vec<_> = ["from", "to"]
            .into_iter()
            .filter_map(|end| link.child(end))
            .filter_map(|end| {
                let name = end.value().as_str()?;
                if !names.contains(&name) {
                    match crate::document::nearest(name, &names) {
                        Some(near) => {
                            end.error_with_hint("no component has this name", format!("did you mean `{near}`?"))
                        }
                        None => {
                            end.error_with_hint("no component has this name", format!("there are {}", names.join(", ")))
                        }
                    }
                }
                Some(name)
            })
            .collect();
        if let [from, to] = ends[..] {
            if from == to {
                link.error("a link joins two different components");
            }
            if linked.contains(&(from, to)) {
                link.error_with_hint(
                    format!("`{from}` is linked to `{to}` already"),
                    "put rtt and traffic into one link",
                );
            }
            linked.push((from, to));
        }
    }
    for (name, component) in components.entries() {
        let Some(config) = component.child("config") else { continue };
        let texts = ["env", "files", "run"].into_iter().filter_map(|part| config.child(part)).flat_map(|part| {
            if part.value().is_object() {
                part.entries().into_iter().map(|(_, field)| field).collect()
            } else {
                vec![part]
            }
        });
        for field in texts {
            for reference in references(field.value().as_str().unwrap_or_default()) {
                let target = reference.component.as_str();
                if !names.contains(&target) {
                    field.error(format!("`${{{target}.{}}}` names no component", reference.field));
                } else if target != name && !linked.contains(&(name, target)) {
                    field.error_with_hint(
                        format!("`${{{target}.{}}}` names a component that `{name}` has no link to", reference.field),
                        format!("add `- {{ from: {name}, to: {target} }}` to spec.links"),
                    );
                }
            }
        }
    }
    let needs = |name| {
        let references = component_references(components, name).map(|reference| reference.component);
        let others: BTreeSet<String> = references.filter(|other| other != name).collect();
        (name, others)
    };
    // Whoever needs nobody that is left is taken away, until nobody can be: the rest wait for each other.
    let mut waiting: Vec<(&str, BTreeSet<String>)> = names.into_iter().map(needs).collect();
    loop {
        let left: Vec<&str> = waiting.iter().map(|(name, _)| *name).collect();
        waiting.retain(|(_, others)| left.iter().any(|other| others.contains(*other)));
        if waiting.len() == left.len() {
            break;
        }
    }
    let waiting: Vec<&str> = waiting.into_iter().map(|(name, _)| name).collect();
    if !waiting.is_empty() {
        components.error(format!("the components {} wait for each other's connection", waiting.join(", ")));
    }
}

fn component_references<'r>(components: &Reader<'r>, from: &str) -> impl Iterator<Item = Reference> + 'r {
    let config = components.value().get(from).and_then(|component| component.get("config"));
    ["env", "files", "run"]
        .into_iter()
        .filter_map(move |part| config?.get(part))
        .flat_map(|part| match part {
            Value::Object(fields) => fields.values().collect::<Vec<_>>(),
            single => vec![single],
        })
        .filter_map(Value::as_str)
        .flat_map(references)
}

fn read_requirements(reader: &Reader<'_>) -> Requirements {
    reader.only(&[
        "jurisdiction",
        "control",
        "labels",
        "seal",
        "certifications",
        "availability",
        "dataLocation",
        "carbonIntensity",
        "providers",
        "excludeProviders",
    ]);
    let labels: BTreeMap<String, String> = reader.optional("labels").unwrap_or_default();
    if let Some(field) = reader.child("labels") {
        for (scheme, label) in field.entries() {
            match (scheme, label.value().as_str()) {
                ("gaia-x", Some("SC" | "L1" | "L2" | "L3")) => {}
                ("gaia-x", _) => label.error("expected one of SC, L1, L2, L3"),
                _ => label.error_with_hint("unknown label scheme", "known is gaia-x"),
            }
        }
    }
    let seal = reader.child("seal").and_then(|seal| {
        seal.only(&["minimum"]);
        let _ = seal.required_child("minimum");
        whole(&seal, "minimum", 0..=4)
    });
    let control = reader.child("control").and_then(|control| {
        control.only(&["thirdCountry"]);
        control.required("thirdCountry")
    });
    for field in ["jurisdiction", "dataLocation", "providers", "excludeProviders"] {
        if reader.child(field).is_some_and(|list| !at_most(&list, MAX_ITEMS)) {
            return Requirements::default();
        }
    }
    let providers: Vec<Name> = reader.list("providers");
    let exclude_providers: Vec<Name> = reader.list("excludeProviders");
    if !providers.is_empty()
        && providers.iter().all(|name| exclude_providers.contains(name))
        && let Some(field) = reader.child("excludeProviders")
    {
        field.error_with_hint("every provider that `providers` allows is excluded", "drop one of the two");
    }
    Requirements {
        jurisdiction: reader.list("jurisdiction"),
        control: control.map(|third_country| ControlRequirement { third_country }),
        labels,
        seal: seal.and_then(|minimum| Some(SealRequirement { minimum: u8::try_from(minimum).ok()? })),
        certifications: reader.child("certifications").map(|field| read_certifications(&field)).unwrap_or_default(),
        availability: reader.optional("availability"),
        data_location: reader.list("dataLocation"),
        carbon_intensity: reader.optional("carbonIntensity"),
        providers,
        exclude_providers,
    }
}

fn read_certifications(reader: &Reader<'_>) -> CertificationRequirement {
    reader.only(&["all", "any"]);
    let list = |field: &str| {
        let Some(list) = reader.child(field).filter(|list| at_most(list, MAX_ITEMS)) else { return Vec::new() };
        let mut schemes: Vec<String> = Vec::new();
        for item in list.items() {
            match item.value().as_str().map(str::trim) {
                Some(scheme) if !scheme.is_empty() => {
                    if schemes.iter().any(|known| known == scheme) {
                        item.error(format!("`{scheme}` is named twice"));
                    }
                    schemes.push(scheme.to_owned());
                }
                _ => item.error("expected the scheme of a certificate, like `ISO27001`"),
            }
        }
        schemes
    };
    CertificationRequirement { all: list("all"), any: list("any") }
}

fn read_objective(reader: &Reader<'_>) -> Objective {
    reader.only(&["price", "carbon", "latency", "providers", "sovereignty", "availability", "pareto"]);
    let mut objective = Objective { price: 0.0, ..Objective::default() };
    let weight = |name: &str| {
        let Some(field) = reader.child(name) else { return 0.0 };
        let weight = field.value().as_f64().filter(|weight| (0.0..=1e6).contains(weight));
        weight.unwrap_or_else(|| {
            field.error("a weight is a number from 0 to 1000000");
            0.0
        })
    };
    objective.price = weight("price");
    objective.carbon = weight("carbon");
    objective.latency = weight("latency");
    objective.providers = weight("providers");
    objective.sovereignty = weight("sovereignty");
    objective.availability = weight("availability");
    objective.pareto = reader.optional("pareto").unwrap_or_default();
    if objective.weights().into_iter().all(|weight| weight == 0.0) {
        objective.price = 1.0;
    }
    objective
}

fn read_component(reader: &Reader<'_>) -> Option<Component> {
    let kind_field = reader.required_child("kind")?;
    let kind = match kind_field.value().as_str().map(str::parse::<KindId>) {
        Some(Ok(kind)) => kind,
        _ => {
            let names: Vec<_> = KINDS.iter().map(|kind| kind.id.name()).collect();
            kind_field.error_with_hint("not a service kind", format!("known are {}", names.join(", ")));
            return None;
        }
    };
    let spec = kind.spec();
    let known: Vec<&str> = COMPONENT_FIELDS.into_iter().chain(spec.fields()).collect();
    reader.only(&known);
    let properties = spec.read_bounds(reader, true);
    let count = whole(reader, "count", 1..=MAX_COUNT).unwrap_or(1);
    let config = reader.child("config").map(|field| read_config(&field, spec)).unwrap_or_default();
    Some(Component {
        kind,
        count,
        properties,
        requirements: reader.child("requirements").map(|field| read_requirements(&field)).unwrap_or_default(),
        spread: reader.child("spread").and_then(|spread| {
            spread.only(&["by"]);
            Some(Spread { by: spread.required("by")? })
        }),
        near: reader.child("near").and_then(|near| read_near(&near)),
        config,
        dump_on_termination: reader.optional("dumpOnTermination").unwrap_or_default(),
    })
}

fn read_link(reader: &Reader<'_>) -> Option<Link> {
    let (from, to) = (reader.required("from"), reader.required("to"));
    Some(Link { from: from?, to: to?, rtt: reader.optional("rtt"), traffic: reader.optional("traffic") })
}

fn read_near(reader: &Reader<'_>) -> Option<Near> {
    reader.only(&["place", "rtt"]);
    let place = reader.required_child("place");
    let rtt = reader.required("rtt");
    let place = place.and_then(|place| match place.value().as_str() {
        Some(text) if !text.trim().is_empty() && text.len() <= MAX_PLACE => Some(text.to_owned()),
        _ => {
            place.error("expected a city, like `Utrecht` or `Utrecht, NL`");
            None
        }
    });
    Some(Near { place: place?, rtt: rtt? })
}

fn read_config(reader: &Reader<'_>, kind: &Kind) -> Config {
    if !kind.configurable {
        reader.error(format!("a {} takes no configuration of the buyer's", kind.id));
        return Config::default();
    }
    reader.only(&["env", "files", "run", "ports", "sshKeys"]);
    let config: Config = reader.parse().unwrap_or_default();
    if config.texts().map(String::len).sum::<usize>() > MAX_CONFIG {
        reader.error(format!("environment and files are larger than {MAX_CONFIG} bytes together"));
    }
    for (name, field) in reader.child("env").map(|env| env.entries()).unwrap_or_default() {
        let valid = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if !valid {
            field.error("a variable's name has letters, digits and underscores, and begins with none of the digits");
        }
    }
    for (path, field) in reader.child("files").map(|files| files.entries()).unwrap_or_default() {
        let safe = path.starts_with('/')
            && !path.ends_with('/')
            && !path.split('/').any(|part| part == "..")
            && !path.contains(['\n', '\0']);
        if !safe {
            field.error("expected an absolute path of a file, without `..`");
        }
    }
    for key in reader.child("sshKeys").map(|keys| keys.items()).unwrap_or_default() {
        let text = key.value().as_str().unwrap_or_default();
        if !text.starts_with("ssh-") && !text.starts_with("ecdsa-") && !text.starts_with("sk-") || text.contains('\n') {
            key.error("expected an OpenSSH public key on one line, like `ssh-ed25519 AAAA… name`");
        }
    }
    for (_, field) in reader.child("ports").map(|ports| ports.entries()).unwrap_or_default() {
        if field.value() == 0 {
            field.error("expected a port from 1 to 65535");
        }
    }
    config
}

#[cfg(test)]
mod ill_posed;
#[cfg(test)]
mod tests;
