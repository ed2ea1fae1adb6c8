//! The YAML form: providers with all they have, an offer a line.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{CatalogueFile, ListedOffer, ListedProvider, Parsed, ProviderOffer};
use crate::country::Country;
use crate::document::{Document, Reader, nearest};
use crate::evidence::{Assurance, GAIA_X, GAIA_X_LABELS, gaia_x_rank};
use crate::kind::{Bounds, KINDS, Kind, KindId, PropertyType, property_type};
use crate::money::Currency;
use crate::name::Name;
use crate::offer::{NewOffer, Offered};
use crate::price::{PriceComponent, PricePlan};
use crate::site::{Coordinates, DEFAULT_PUE_MILLI, NewSite};

/// Reads a YAML (or JSON) file of at most 1 MiB with `providers` and `offers`.
///
/// A bad offer or site is left out, a bad provider with all it has.
#[must_use]
pub fn parse_yaml(text: &str) -> Parsed {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return Parsed { errors: vec![error], ..Parsed::default() },
    };
    let (file, errors) = document.read_partly(|root| {
        root.only(&["providers", "offers"]);
        CatalogueFile {
            providers: each(root, "providers", read_provider),
            offers: each(root, "offers", |item| if_clean(item, read_loose)),
        }
    });
    Parsed { file, errors }
}

/// The items of the list `key` that `read` finds nothing wrong with.
fn each<T>(parent: &Reader<'_>, key: &str, read: impl Fn(&Reader<'_>) -> Option<T>) -> Vec<T> {
    let items = parent.child(key).map(|list| list.items()).unwrap_or_default();
    items.iter().filter_map(read).collect()
}

/// What `read` makes of the field, unless it notes an error on the way.
fn if_clean<T>(reader: &Reader<'_>, read: impl Fn(&Reader<'_>) -> Option<T>) -> Option<T> {
    let before = reader.noted();
    let result = read(reader);
    result.filter(|_| reader.noted() == before)
}

fn read_provider(reader: &Reader<'_>) -> Option<ListedProvider> {
    let before = reader.noted();
    reader.only(&["name", "legalName", "country", "website", "assurance", "sites", "offers"]);
    let name = reader.required::<Name>("name");
    let legal_name = reader.required::<String>("legalName");
    let country = reader.required::<Country>("country");
    let website = reader.optional::<String>("website");
    let assurance = reader.child("assurance").map(|field| read_assurance(&field)).unwrap_or_default();
    if reader.noted() > before {
        return None;
    }
    let sites = each(reader, "sites", |item| if_clean(item, read_site));
    let named: Vec<&str> = reader
        .child("sites")
        .and_then(|list| list.value().as_array())
        .map(|list| list.iter().filter_map(|site| site.get("name")?.as_str()).collect())
        .unwrap_or_default();
    let offers = each(reader, "offers", |item| {
        if_clean(item, |item| {
            check_site(item, &named);
            read_offer(item, &[])
        })
    });
    // What is wrong with a site or an offer was noted for itself and does not spoil the provider.
    Some(ListedProvider { name: name?, legal_name: legal_name?, country: country?, website, assurance, sites, offers })
}

/// Notes an offer whose site is none of the provider's; a provider without sites has them in another file.
fn check_site(offer: &Reader<'_>, named: &[&str]) {
    let Some(field) = offer.child("site") else { return };
    let site = field.value().as_str().unwrap_or_default();
    if !named.is_empty() && !named.contains(&site) {
        let hint = nearest(site, named)
            .map_or_else(|| format!("it has {}", named.join(", ")), |near| format!("did you mean `{near}`?"));
        field.error_with_hint("the provider has no site of this name", hint);
    }
}

fn read_assurance(reader: &Reader<'_>) -> Assurance {
    let before = reader.noted();
    reader.only(&[
        "certificates",
        "labels",
        "seal",
        "cada",
        "control",
        "seats",
        "subcontracting",
        "dataCountries",
        "validUntil",
        "lacks",
    ]);
    for certificate in reader.child("certificates").map(|list| list.items()).unwrap_or_default() {
        certificate.only(&["scheme", "source", "validUntil"]);
    }
    if let Some(subcontracting) = reader.child("subcontracting") {
        subcontracting.only(&["countries", "control"]);
    }
    for (_, level) in reader.child("lacks").map(|levels| levels.entries()).unwrap_or_default() {
        level.items().iter().for_each(|lack| lack.only(&["criterion", "missing"]));
    }
    if reader.noted() > before {
        return Assurance::default();
    }
    let assurance: Assurance = reader.parse().unwrap_or_default();
    for (name, level, levels) in [("seal", assurance.seal, 0..=4), ("cada", assurance.cada, 1..=4)] {
        if let Some(field) = reader.child(name)
            && level.is_some_and(|level| !levels.contains(&level))
        {
            field.error(format!("the levels are {} to {}", levels.start(), levels.end()));
        }
    }
    for (scheme, label) in reader.child("labels").map(|labels| labels.entries()).unwrap_or_default() {
        if scheme != GAIA_X {
            label.error_with_hint("unknown label scheme", "known is gaia-x");
        } else if label.value().as_str().and_then(gaia_x_rank).is_none() {
            label.error_with_hint("not a label of gaia-x", format!("known are {}", GAIA_X_LABELS.join(", ")));
        }
    }
    assurance
}

fn read_site(reader: &Reader<'_>) -> Option<NewSite> {
    reader.only(&["name", "country", "city", "coordinates", "pueMilli", "carbon"]);
    let name = reader.required("name");
    let country = reader.required("country");
    let city = reader.required("city");
    let coordinates = reader.required::<Coordinates>("coordinates");
    if coordinates.is_some_and(|place| !place.is_valid())
        && let Some(field) = reader.child("coordinates")
    {
        field.error_with_hint("not a place on the Earth", "latitude is -90 to 90, longitude -180 to 180");
    }
    let pue_milli = reader.optional("pueMilli").unwrap_or(DEFAULT_PUE_MILLI);
    if pue_milli < 1000
        && let Some(field) = reader.child("pueMilli")
    {
        field.error_with_hint("below what is possible", "1000 stands for a power usage effectiveness of 1");
    }
    let carbon = reader.optional("carbon");
    Some(NewSite { name: name?, country: country?, city: city?, coordinates: coordinates?, pue_milli, carbon })
}

pub(super) fn read_loose(reader: &Reader<'_>) -> Option<ProviderOffer> {
    let provider = reader.required::<Name>("provider");
    let offer = read_offer(reader, &["provider"]);
    Some(ProviderOffer { provider: provider?, offer: offer? })
}

/// Reads one offer; `further` are fields that somebody else reads.
fn read_offer(reader: &Reader<'_>, further: &[&str]) -> Option<ListedOffer> {
    const FIELDS: [&str; 10] =
        ["site", "sku", "kind", "properties", "price", "terms", "visibility", "draft", "assurance", "observation"];
    reader.only(&[&FIELDS, further].concat());
    let site = reader.required("site");
    let sku = reader.required::<String>("sku");
    if sku.as_deref().is_some_and(|sku| !is_sku(sku))
        && let Some(field) = reader.child("sku")
    {
        field.error("expected 1 to 128 characters on one line, without blanks at either end");
    }
    let kind = reader.required_child("kind").and_then(|field| read_kind(&field));
    let properties = reader.required_child("properties").zip(kind).map(|(fields, kind)| {
        fields.only(&kind.spec().fields());
        Offered(kind.spec().read_bounds(&fields, true))
    });
    let price = reader.required_child("price").and_then(|field| read_price(&field));
    let terms = reader.optional("terms").unwrap_or_default();
    let visibility = reader.optional("visibility").unwrap_or_default();
    let draft = reader.optional("draft").unwrap_or_default();
    let assurance = reader.child("assurance").map(|field| Box::new(read_assurance(&field)));
    let observation = reader.optional("observation");
    let (properties, price) = (properties?, price?);
    let offer = NewOffer { site: site?, sku: sku?, kind: kind?, properties, price, terms, visibility, draft };
    Some(ListedOffer { offer, assurance, observation })
}

fn is_sku(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.trim() == text && !text.contains(char::is_control)
}

fn read_kind(field: &Reader<'_>) -> Option<KindId> {
    let kind = field.value().as_str().and_then(|text| text.parse().ok());
    if kind.is_none() {
        let known = KINDS.each_ref().map(|kind| kind.id.name());
        field.error_with_hint("not a service kind", format!("known are {}", known.join(", ")));
    }
    kind
}

fn read_price(field: &Reader<'_>) -> Option<PricePlan> {
    field.only(&["currency", "components", "volume"]);
    let currency = field.required::<Currency>("currency");
    let components = field.required_child("components")?.items().iter().filter_map(Reader::parse).collect();
    let plan = PricePlan { currency: currency?, components, volume: field.list("volume") };
    for defect in plan.defects() {
        field.error(defect);
    }
    Some(plan)
}

/// Writes a file so that [`parse_yaml`] reads the same from it.
#[must_use]
pub fn to_yaml(file: &CatalogueFile) -> String {
    let mut text = String::new();
    if !file.providers.is_empty() {
        text.push_str("providers:\n");
    }
    for provider in &file.providers {
        write_provider(&mut text, provider);
    }
    if !file.offers.is_empty() {
        text.push_str("offers:\n");
    }
    for loose in &file.offers {
        let mut fields = Map::from_iter([("provider".to_owned(), json!(loose.provider))]);
        fields.extend(offer_fields(&loose.offer));
        line(&mut text, "- ", &Value::Object(fields));
    }
    if text.is_empty() { "providers: []\n".to_owned() } else { text }
}

fn line(text: &mut String, before: &str, value: &Value) {
    text.push_str(before);
    flow(text, value);
    text.push('\n');
}

fn write_provider(text: &mut String, provider: &ListedProvider) {
    let fields = [
        ("- name: ", json!(provider.name)),
        ("  legalName: ", json!(provider.legal_name)),
        ("  country: ", json!(provider.country)),
        ("  website: ", json!(provider.website)),
        ("  assurance: ", assurance_fields(&provider.assurance)),
    ];
    for (label, value) in fields.iter().filter(|(_, value)| !is_nothing(value)) {
        line(text, label, value);
    }
    if !provider.sites.is_empty() {
        text.push_str("  sites:\n");
    }
    for site in &provider.sites {
        let mut fields = json!(site);
        if let (Some(fields), DEFAULT_PUE_MILLI) = (fields.as_object_mut(), site.pue_milli) {
            fields.shift_remove("pueMilli");
        }
        line(text, "  - ", &fields);
    }
    if !provider.offers.is_empty() {
        text.push_str("  offers:\n");
    }
    for offer in &provider.offers {
        line(text, "  - ", &Value::Object(offer_fields(offer)));
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

/// What is known, without what is not.
fn assurance_fields(assurance: &Assurance) -> Value {
    let mut fields = json!(assurance);
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|name, value| match name.as_str() {
            "control" => value["thirdCountry"] != "unknown",
            _ => !is_nothing(value) && value.as_array().is_none_or(|list| !list.is_empty()),
        });
    }
    fields
}

/// The fields of an offer as people write them: amounts as `1.99 EUR`, nothing that is the default.
pub(super) fn offer_fields(listed: &ListedOffer) -> Map<String, Value> {
    let offer = &listed.offer;
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        if !is_nothing(&value) {
            fields.insert(name.to_owned(), value);
        }
    };
    put("site", json!(offer.site));
    put("sku", json!(offer.sku));
    put("kind", json!(offer.kind));
    put("properties", Value::Object(property_fields(&offer.properties.0)));
    put("price", plan_fields(&offer.price));
    put("terms", json!(offer.terms));
    if offer.visibility != crate::offer::Visibility::Public {
        put("visibility", json!(offer.visibility));
    }
    if offer.draft {
        put("draft", json!(true));
    }
    put("observation", json!(listed.observation));
    // To know nothing of an offer is not the same as to know of it what is known of its provider.
    if let Some(own) = &listed.assurance {
        fields.insert("assurance".to_owned(), assurance_fields(own));
    }
    fields
}

/// Properties as people write them: whole numbers as numbers.
fn property_fields(bounds: &Bounds) -> Map<String, Value> {
    let mut fields = Kind::bounds_to_json(bounds);
    for (name, value) in &mut fields {
        let numeric = matches!(property_type(name), Some(PropertyType::Count | PropertyType::Version));
        let number =
            value.as_str().and_then(|text| text.parse::<u64>().ok().filter(|number| number.to_string() == text));
        if let (true, Some(number)) = (numeric, number) {
            *value = json!(number);
        }
    }
    fields
}

pub(super) fn plan_fields(plan: &PricePlan) -> Value {
    let components: Vec<Value> = plan.components.iter().map(component_fields).collect();
    let mut fields = json!({"currency": plan.currency, "components": components});
    if !plan.volume.is_empty() {
        fields["volume"] = json!(plan.volume);
    }
    fields
}

fn component_fields(component: &PriceComponent) -> Value {
    amounts_as_text(json!(component))
}

fn amounts_as_text(value: Value) -> Value {
    match value {
        Value::Object(fields) => match (fields.len(), fields.get("amount"), fields.get("currency")) {
            (2, Some(Value::String(amount)), Some(Value::String(currency))) => json!(format!("{amount} {currency}")),
            _ => Value::Object(fields.into_iter().map(|(name, value)| (name, amounts_as_text(value))).collect()),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(amounts_as_text).collect()),
        other => other,
    }
}

/// Writes a value on one line.
fn flow(text: &mut String, value: &Value) {
    match value {
        Value::Object(fields) => {
            text.push('{');
            for (index, (name, value)) in fields.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                scalar(text, name);
                text.push_str(": ");
                flow(text, value);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                flow(text, item);
            }
            text.push(']');
        }
        Value::String(plain) => scalar(text, plain),
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

/// Writes a text plainly where every YAML reader takes it for that text, otherwise in double quotes.
fn scalar(text: &mut String, value: &str) {
    let begins_as_word = value.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_amount = value.split_once(' ').is_some_and(|(number, unit)| {
        number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && number.starts_with(|first: char| first.is_ascii_digit())
            && unit.starts_with(|first: char| first.is_ascii_alphabetic())
    });
    let harmless = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._/-".contains(&byte));
    // Some readers take a dash after a space for the beginning of a list.
    let has_dash_word = value.contains(" -");
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(value));
    if (begins_as_word || is_amount) && harmless && !has_dash_word && !value.ends_with(' ') && !reserved {
        text.push_str(value);
    } else {
        // A JSON string is a YAML string.
        text.push_str(&Value::from(value).to_string());
    }
}
