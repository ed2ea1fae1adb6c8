//! Service kinds: what can be bought, which properties it has, and what of a site's capacity it takes.
//!
//! Each kind is a row of [`KINDS`]; its JSON Schema, the checks of offers and applications, the matching of
//! one against the other and the capacity a service takes are all derived from that row.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::document::Reader;
use crate::quantity::{Bound, Bytes, Count, Quantity, QuantityError, Span, Version};

/// What can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum KindId {
    /// A virtual machine.
    #[serde(rename = "compute.instance")]
    ComputeInstance,
    /// A managed PostgreSQL database.
    #[serde(rename = "database.postgresql")]
    DatabasePostgresql,
    /// A managed MariaDB database.
    #[serde(rename = "database.mariadb")]
    DatabaseMariadb,
}

impl KindId {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ComputeInstance => "compute.instance",
            Self::DatabasePostgresql => "database.postgresql",
            Self::DatabaseMariadb => "database.mariadb",
        }
    }

    /// The row of [`KINDS`] that describes it.
    #[must_use]
    pub fn spec(self) -> &'static Kind {
        match self {
            Self::ComputeInstance => &KINDS[0],
            Self::DatabasePostgresql => &KINDS[1],
            Self::DatabaseMariadb => &KINDS[2],
        }
    }
}

impl fmt::Display for KindId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for KindId {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        KINDS
            .iter()
            .map(|kind| kind.id)
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownKind(text.chars().take(64).collect()))
    }
}

/// A service kind that Hansa does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a service kind")]
pub struct UnknownKind(pub String);

/// What of a site's capacity a service takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// Virtual processors, in thousandths.
    Cpu,
    /// Memory, in bytes.
    Memory,
    /// Disk or database storage, in bytes.
    Storage,
    /// Services, one each.
    Instances,
}

impl Resource {
    /// Every resource.
    pub const ALL: [Self; 4] = [Self::Cpu, Self::Memory, Self::Storage, Self::Instances];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Storage => "storage",
            Self::Instances => "instances",
        }
    }
}

/// The most texts that a property may be one of.
pub const MAX_TEXTS: usize = 100;

/// How the values of a property are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertyType {
    /// A number: `2`, `>= 2`.
    Count,
    /// A size: `4 GiB`.
    Bytes,
    /// A duration: `24h`.
    Span,
    /// A version: `>= 15`.
    Version,
    /// One of several texts.
    Text,
    /// Yes or no; asking for no is asking for nothing.
    Flag,
}

/// One property of a service kind.
#[derive(Debug)]
pub struct Property {
    /// Its name; `backup.every` is the field `every` below `backup`.
    pub name: &'static str,
    /// How its values are written.
    pub kind: PropertyType,
    /// Whether an application must say it.
    pub required: bool,
    /// What of the capacity it takes.
    pub takes: Option<Resource>,
    /// What it means.
    pub doc: &'static str,
}

/// One service kind.
#[derive(Debug)]
pub struct Kind {
    /// What it is called.
    pub id: KindId,
    /// A title for people.
    pub title: &'static str,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// Its properties.
    pub properties: &'static [Property],
    /// Whether the buyer's own environment, files and ports can be given to it.
    pub configurable: bool,
}

const fn property(name: &'static str, kind: PropertyType, doc: &'static str) -> Property {
    Property { name, kind, required: false, takes: None, doc }
}

const fn sized(name: &'static str, kind: PropertyType, takes: Resource, doc: &'static str) -> Property {
    Property { name, kind, required: true, takes: Some(takes), doc }
}

const DATABASE: &[Property] = &[
    Property { required: true, ..property("version", PropertyType::Version, "Version of the server.") },
    sized("storage", PropertyType::Bytes, Resource::Storage, "Space for the data, enforced as a quota."),
    property("connections", PropertyType::Count, "Connections at the same time."),
    property("backup.every", PropertyType::Span, "How often a backup is taken."),
    property("backup.keep", PropertyType::Span, "How long a backup is kept."),
    property("backup.elsewhere", PropertyType::Flag, "Whether backups are kept at another site."),
];

/// Every service kind.
pub static KINDS: [Kind; 3] = [
    Kind {
        id: KindId::ComputeInstance,
        title: "Virtual machine",
        doc: "A virtual machine with its own disk, started from an image and reachable on published ports.",
        properties: &[
            sized("cpu", PropertyType::Count, Resource::Cpu, "Virtual processors."),
            sized("memory", PropertyType::Bytes, Resource::Memory, "Memory."),
            Property {
                required: false,
                ..sized("disk", PropertyType::Bytes, Resource::Storage, "Disk, enforced as a quota.")
            },
            property("image", PropertyType::Text, "Name of the operating system image."),
            property("arch", PropertyType::Text, "Processor architecture: `x86_64` or `aarch64`."),
            property("diskKind", PropertyType::Text, "Kind of disk: `nvme`, `ssd`, `hdd`."),
            property("gpu", PropertyType::Count, "Graphics processors."),
            property("gpuModel", PropertyType::Text, "Model of the graphics processor."),
        ],
        configurable: true,
    },
    Kind {
        id: KindId::DatabasePostgresql,
        title: "PostgreSQL database",
        doc: "A managed PostgreSQL database with its own role.",
        properties: DATABASE,
        configurable: false,
    },
    Kind {
        id: KindId::DatabaseMariadb,
        title: "MariaDB database",
        doc: "A managed MariaDB database with its own user.",
        properties: DATABASE,
        configurable: false,
    },
];

/// The values of a property that are asked for, or on offer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PropertyBound {
    /// Numbers.
    Count(Bound<Quantity<Count>>),
    /// Sizes.
    Bytes(Bound<Quantity<Bytes>>),
    /// Durations.
    Span(Bound<Quantity<Span>>),
    /// Versions.
    Version(Bound<Version>),
    /// Any of these texts.
    Text(Vec<String>),
    /// Yes or no.
    Flag(bool),
}

/// The value of a property of one service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PropertyValue {
    /// A number.
    Count(Quantity<Count>),
    /// A size.
    Bytes(Quantity<Bytes>),
    /// A duration.
    Span(Quantity<Span>),
    /// A version.
    Version(Version),
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

impl PropertyBound {
    /// Reads a bound of the given type from a JSON scalar or list.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn read(kind: PropertyType, value: &Value) -> Result<Self, String> {
        let text = || match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err("expected a number or a text".to_owned()),
        };
        let explain = |error: QuantityError| error.to_string();
        match kind {
            PropertyType::Count => text()?.parse().map(Self::Count).map_err(explain),
            PropertyType::Bytes => text()?.parse().map(Self::Bytes).map_err(explain),
            PropertyType::Span => text()?.parse().map(Self::Span).map_err(explain),
            PropertyType::Version => text()?.parse().map(Self::Version).map_err(explain),
            PropertyType::Flag => value.as_bool().map(Self::Flag).ok_or_else(|| "expected true or false".to_owned()),
            PropertyType::Text => match value {
                Value::Array(items) if items.len() > MAX_TEXTS => {
                    Err(format!("{} texts are more than the {MAX_TEXTS} that are allowed", items.len()))
                }
                Value::Array(items) if !items.is_empty() => items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect::<Option<_>>()
                    .map(Self::Text)
                    .ok_or_else(|| "expected texts".to_owned()),
                Value::String(text) if !text.is_empty() => Ok(Self::Text(vec![text.clone()])),
                _ => Err("expected a text or a list of texts".to_owned()),
            },
        }
    }

    /// The bound as a JSON value that [`PropertyBound::read`] understands.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Count(bound) => json!(bound),
            Self::Bytes(bound) => json!(bound),
            Self::Span(bound) => json!(bound),
            Self::Version(bound) => json!(bound),
            Self::Text(texts) if texts.len() == 1 => json!(texts[0]),
            Self::Text(texts) => json!(texts),
            Self::Flag(flag) => json!(flag),
        }
    }

    /// The value that a service gets when `self` is on offer and `wanted` is asked for: the least that
    /// satisfies the wish, of versions the newest. `None` when nothing does.
    #[must_use]
    pub fn satisfy(&self, wanted: &Self) -> Option<PropertyValue> {
        match (self, wanted) {
            (Self::Count(offered), Self::Count(wanted)) => {
                let both = offered.intersect(wanted)?;
                both.min.or(both.max).map(PropertyValue::Count)
            }
            (Self::Bytes(offered), Self::Bytes(wanted)) => {
                let both = offered.intersect(wanted)?;
                both.min.or(both.max).map(PropertyValue::Bytes)
            }
            (Self::Span(offered), Self::Span(wanted)) => {
                let both = offered.intersect(wanted)?;
                both.min.or(both.max).map(PropertyValue::Span)
            }
            (Self::Version(offered), Self::Version(wanted)) => {
                let both = offered.intersect(wanted)?;
                both.max.or(both.min).map(PropertyValue::Version)
            }
            (Self::Text(offered), Self::Text(wanted)) => {
                wanted.iter().find(|text| offered.contains(text)).cloned().map(PropertyValue::Text)
            }
            (Self::Flag(offered), Self::Flag(wanted)) => (*offered || !wanted).then_some(PropertyValue::Flag(*wanted)),
            _ => None,
        }
    }

    /// The value that a service gets when `self` is on offer and nothing is asked for.
    #[must_use]
    pub fn default_value(&self) -> Option<PropertyValue> {
        match self {
            Self::Count(bound) => bound.min.or(bound.max).map(PropertyValue::Count),
            Self::Bytes(bound) => bound.min.or(bound.max).map(PropertyValue::Bytes),
            Self::Span(bound) => bound.min.or(bound.max).map(PropertyValue::Span),
            Self::Version(bound) => bound.max.or(bound.min).map(PropertyValue::Version),
            Self::Text(texts) => texts.first().cloned().map(PropertyValue::Text),
            Self::Flag(_) => None,
        }
    }
}

impl fmt::Display for PropertyBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(bound) => bound.fmt(f),
            Self::Bytes(bound) => bound.fmt(f),
            Self::Span(bound) => bound.fmt(f),
            Self::Version(bound) => bound.fmt(f),
            Self::Text(texts) => f.write_str(&texts.join(" or ")),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
        }
    }
}

impl PropertyValue {
    /// The value as JSON: a number for counts, a text with its unit for the rest.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Count(number) if number.base() % 1000 == 0 => json!(number.base() / 1000),
            Self::Count(number) => json!(number),
            Self::Bytes(size) => json!(size),
            Self::Span(span) => json!(span),
            Self::Version(version) => json!(version),
            Self::Text(text) => json!(text),
            Self::Flag(flag) => json!(flag),
        }
    }

    /// Reads a value of the given type.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn read(kind: PropertyType, value: &Value) -> Result<Self, String> {
        let bound = PropertyBound::read(kind, value)?;
        let single = match &bound {
            PropertyBound::Count(bound) => bound.single().map(Self::Count),
            PropertyBound::Bytes(bound) => bound.single().map(Self::Bytes),
            PropertyBound::Span(bound) => bound.single().map(Self::Span),
            PropertyBound::Version(bound) => bound.single().map(Self::Version),
            PropertyBound::Text(texts) if texts.len() == 1 => texts.first().cloned().map(Self::Text),
            PropertyBound::Text(_) => None,
            PropertyBound::Flag(flag) => Some(Self::Flag(*flag)),
        };
        single.ok_or_else(|| format!("expected a single value, not `{bound}`"))
    }

    /// The amount in base units, of values that have one.
    #[must_use]
    pub const fn base(&self) -> Option<i64> {
        match self {
            Self::Count(number) => Some(number.base()),
            Self::Bytes(size) => Some(size.base()),
            Self::Span(span) => Some(span.base()),
            Self::Version(_) | Self::Text(_) | Self::Flag(_) => None,
        }
    }
}

impl From<&PropertyValue> for PropertyBound {
    fn from(value: &PropertyValue) -> Self {
        match value {
            PropertyValue::Count(number) => Self::Count(Bound::exactly(*number)),
            PropertyValue::Bytes(size) => Self::Bytes(Bound::exactly(*size)),
            PropertyValue::Span(span) => Self::Span(Bound::exactly(*span)),
            PropertyValue::Version(version) => Self::Version(Bound::exactly(*version)),
            PropertyValue::Text(text) => Self::Text(vec![text.clone()]),
            PropertyValue::Flag(flag) => Self::Flag(*flag),
        }
    }
}

impl fmt::Display for PropertyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(number) => number.fmt(f),
            Self::Bytes(size) => size.fmt(f),
            Self::Span(span) => span.fmt(f),
            Self::Version(version) => version.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
        }
    }
}

/// Bounds by property name.
pub type Bounds = BTreeMap<String, PropertyBound>;

/// The properties of one service: values by property name. On the wire each is a JSON number, text or flag.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Properties {
    /// The values by property name.
    pub values: BTreeMap<String, PropertyValue>,
}

impl Properties {
    /// The size named `name`.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Quantity<Bytes>> {
        match self.values.get(name) {
            Some(PropertyValue::Bytes(size)) => Some(*size),
            _ => None,
        }
    }

    /// The number named `name`.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<Quantity<Count>> {
        match self.values.get(name) {
            Some(PropertyValue::Count(number)) => Some(*number),
            _ => None,
        }
    }

    /// The duration named `name`.
    #[must_use]
    pub fn span(&self, name: &str) -> Option<Quantity<Span>> {
        match self.values.get(name) {
            Some(PropertyValue::Span(span)) => Some(*span),
            _ => None,
        }
    }

    /// The text named `name`.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(PropertyValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether the flag named `name` is set.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.values.get(name), Some(PropertyValue::Flag(true)))
    }
}

impl Serialize for Properties {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.values.iter().map(|(name, value)| (name, value.to_json())))
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let values = raw
            .into_iter()
            .map(|(name, value)| {
                let kind = property_type(&name).ok_or_else(|| format!("`{name}` is no property of any kind"))?;
                Ok((name, PropertyValue::read(kind, &value)?))
            })
            .collect::<Result<_, String>>()
            .map_err(serde::de::Error::custom)?;
        Ok(Self { values })
    }
}

impl utoipa::PartialSchema for Properties {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .description(Some("Values by property name, as the service kind describes them."))
            .additional_properties(Some(
                utoipa::openapi::schema::AdditionalProperties::<utoipa::openapi::schema::Schema>::FreeForm(true),
            ))
            .into()
    }
}

impl ToSchema for Properties {}

/// How the values of the property `name` are written; a name means the same in every kind.
#[must_use]
pub fn property_type(name: &str) -> Option<PropertyType> {
    KINDS.iter().flat_map(|kind| kind.properties).find(|property| property.name == name).map(|property| property.kind)
}

impl Kind {
    /// The property named `name`.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// The names of the top-level fields that its properties are written in.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static str> {
        let mut fields: Vec<_> =
            self.properties.iter().map(|property| property.name.split('.').next().unwrap_or(property.name)).collect();
        fields.dedup();
        fields
    }

    /// Reads the bounds of its properties from the fields of `reader`; errors are noted there.
    pub fn read_bounds(&self, reader: &Reader<'_>, ask_for_required: bool) -> Bounds {
        let mut bounds = Bounds::new();
        for property in self.properties {
            let field = property.name.split_once('.').map_or_else(
                || reader.child(property.name),
                |(group, name)| reader.child(group).and_then(|group| group.child(name)),
            );
            match field {
                Some(field) => match PropertyBound::read(property.kind, field.value()) {
                    Ok(bound) => {
                        bounds.insert(property.name.to_owned(), bound);
                    }
                    Err(message) => field.error(message),
                },
                None if property.required && ask_for_required => {
                    let _ = reader.required_child(property.name);
                }
                None => {}
            }
        }
        for (name, group) in reader.entries() {
            let prefix = format!("{name}.");
            let inner: Vec<_> = self.properties.iter().filter_map(|p| p.name.strip_prefix(&prefix)).collect();
            if !inner.is_empty() {
                group.only(&inner);
            }
        }
        bounds
    }

    /// Bounds as the nested JSON that [`Kind::read_bounds`] understands.
    #[must_use]
    pub fn bounds_to_json(bounds: &Bounds) -> serde_json::Map<String, Value> {
        let mut fields = serde_json::Map::new();
        for (name, bound) in bounds {
            match name.split_once('.') {
                None => {
                    fields.insert(name.clone(), bound.to_json());
                }
                Some((group, inner)) => {
                    if let Some(group) = fields.entry(group).or_insert_with(|| json!({})).as_object_mut() {
                        group.insert(inner.to_owned(), bound.to_json());
                    }
                }
            }
        }
        fields
    }

    /// What of a site's capacity one service with these properties takes.
    #[must_use]
    pub fn takes(&self, properties: &Properties) -> BTreeMap<Resource, i64> {
        let mut taken = BTreeMap::from([(Resource::Instances, 1)]);
        for property in self.properties {
            let amount = properties.values.get(property.name).and_then(PropertyValue::base);
            if let (Some(resource), Some(amount)) = (property.takes, amount) {
                *taken.entry(resource).or_default() += amount;
            }
        }
        taken
    }

    /// The JSON Schema (2020-12) of its properties as an application asks for them.
    #[must_use]
    pub fn schema(&self) -> Value {
        let mut properties = serde_json::Map::new();
        let mut required = Vec::new();
        for property in self.properties {
            let schema = property_schema(property);
            match property.name.split_once('.') {
                None => {
                    properties.insert(property.name.to_owned(), schema);
                }
                Some((group, inner)) => {
                    let group = properties
                        .entry(group)
                        .or_insert_with(|| json!({"type": "object", "additionalProperties": false, "properties": {}}));
                    group["properties"][inner] = schema;
                }
            }
            if property.required {
                required.push(property.name);
            }
        }
        json!({
            "title": self.title,
            "description": self.doc,
            "type": "object",
            "properties": properties,
            "required": required,
        })
    }
}

/// A JSON Schema pattern for bounds whose amounts match `amount`.
fn bound_pattern(amount: &str) -> String {
    format!(r"^\s*(any|((>=|<=|=)?\s*{amount})|({amount}\s*\.\.\s*{amount}))\s*$")
}

fn property_schema(property: &Property) -> Value {
    let number = r"\d{1,18}(\.\d{1,12})?";
    match property.kind {
        PropertyType::Count => json!({
            "description": property.doc,
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": bound_pattern(number)}],
            "examples": [">= 2"],
        }),
        PropertyType::Bytes => json!({
            "description": property.doc,
            "type": "string",
            "pattern": bound_pattern(&format!(r"{number}\s*(PiB|PB|TiB|TB|GiB|GB|MiB|MB|KiB|kB|B)")),
            "examples": [">= 4 GiB"],
        }),
        PropertyType::Span => json!({
            "description": property.doc,
            "type": "string",
            "pattern": bound_pattern(&format!(r"{number}\s*(d|h|min|s|ms|us)")),
            "examples": ["24h"],
        }),
        PropertyType::Version => json!({
            "description": property.doc,
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": bound_pattern(r"\d{1,9}(\.\d{1,9}){0,2}")},
            ],
            "examples": [">= 15"],
        }),
        PropertyType::Text => json!({
            "description": property.doc,
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ],
        }),
        PropertyType::Flag => json!({"description": property.doc, "type": "boolean"}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in &KINDS {
            assert_eq!(kind.id.name().parse(), Ok(kind.id));
            assert_eq!(kind.id.spec().id, kind.id);
            assert_eq!(serde_json::to_value(kind.id).unwrap(), kind.id.name());
        }
    }

    #[test]
    fn a_property_name_means_the_same_in_every_kind() {
        for property in KINDS.iter().flat_map(|kind| kind.properties) {
            assert_eq!(property_type(property.name), Some(property.kind), "{}", property.name);
        }
    }

    #[test]
    fn an_offer_satisfies_a_wish_with_the_least_that_does() {
        let read = |kind, text: &str| PropertyBound::read(kind, &json!(text)).unwrap();
        let offered = read(PropertyType::Bytes, "10 GiB..2 TiB");
        let wanted = read(PropertyType::Bytes, ">= 50 GiB");
        assert_eq!(offered.satisfy(&wanted), Some(PropertyValue::Bytes(Quantity::gib(50))));
        let newest = read(PropertyType::Version, "13..15").satisfy(&read(PropertyType::Version, ">= 14"));
        assert_eq!(newest, Some(PropertyValue::Version("15".parse().unwrap())));
        let images = PropertyBound::Text(vec!["debian-12".into(), "debian-12-micro".into()]);
        assert_eq!(images.satisfy(&PropertyBound::Text(vec!["alpine".into()])), None);
        assert_eq!(PropertyBound::Flag(false).satisfy(&PropertyBound::Flag(true)), None);
    }
}
