//! The CSV form: one offer a row, a column for each property and for each common part of a price.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::yaml::{offer_fields, plan_fields, read_loose};
use super::{CatalogueFile, ListedOffer, Parsed, ProviderOffer};
use crate::document::{Document, FieldError, nearest};
use crate::kind::{KINDS, PropertyBound, PropertyType, property_type};
use crate::name::Name;
use crate::price::{Period, Price, PriceComponent, PricePlan};

/// Columns that every offer has.
const LEADING: [&str; 4] = ["provider", "site", "sku", "kind"];
/// Columns that are neither of all offers nor of properties.
const TRAILING: [&str; 15] = [
    "price.hour",
    "price.month",
    "price.storage.hour",
    "price.storage.month",
    "price.egress",
    "price.egress.included",
    "price.setup",
    "price",
    "currency",
    "availability",
    "minimum_term",
    "visibility",
    "draft",
    "observed",
    "site_price_exact",
];
/// The columns of terms, and their fields.
const TERMS: [(&str, &str); 2] = [("availability", "availability"), ("minimum_term", "minimumTerm")];
/// Between the texts of a property that is any of several.
const SEPARATOR: char = '|';

const FIXED: [(&str, Period); 2] = [("price.hour", Period::Hour), ("price.month", Period::Month)];
const STORAGE: [(&str, Period); 2] = [("price.storage.hour", Period::Hour), ("price.storage.month", Period::Month)];

fn property_names() -> Vec<&'static str> {
    let mut names: Vec<_> = KINDS.iter().flat_map(|kind| kind.properties).map(|property| property.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Reads a CSV file with a header line. Each row is an offer of a provider and site that are described elsewhere.
///
/// `price.hour`, `price.month` and the like hold plain numbers in `currency` (EUR when empty); a price that
/// they can't express stands as JSON in the column `price`. A property that is any of several texts has them
/// separated by `|`, or is a JSON list. Empty cells count as absent.
#[must_use]
pub fn parse_csv(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut reader = ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            parsed.errors.push(unreadable(&error));
            return parsed;
        }
    };
    check_header(&header, &mut parsed.errors);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                parsed.errors.push(unreadable(&error));
                continue;
            }
        };
        let line = record.position().and_then(|position| u32::try_from(position.line()).ok());
        let cells = header.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty()).collect();
        match read_row(&cells) {
            Ok(offer) => parsed.file.offers.push(offer),
            Err(errors) => parsed.errors.extend(errors.into_iter().map(|error| FieldError { line, ..error })),
        }
    }
    parsed
}

fn unreadable(error: &::csv::Error) -> FieldError {
    let line = error.position().and_then(|position| u32::try_from(position.line()).ok());
    let message = match error.kind() {
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("this row has {len} cells, the header has {expected_len}")
        }
        ::csv::ErrorKind::Utf8 { .. } => "this row is not UTF-8".to_owned(),
        _ => "not readable as CSV".to_owned(),
    };
    FieldError {
        line,
        ..FieldError::new("", message).with_hint("put cells with commas or line breaks in double quotes")
    }
}

fn check_header(header: &::csv::StringRecord, errors: &mut Vec<FieldError>) {
    let known: Vec<&str> = LEADING.into_iter().chain(property_names()).chain(TRAILING).collect();
    let mut seen: Vec<&str> = Vec::new();
    for column in header {
        let problem = if seen.contains(&column) {
            Some(FieldError::new(column, "this column appears twice; the last one counts"))
        } else if !known.contains(&column) {
            let hint = nearest(column, &known)
                .map_or_else(|| format!("known are {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
            Some(FieldError::new(column, "unknown column; it is not read").with_hint(hint))
        } else {
            None
        };
        errors.extend(problem.map(|error| FieldError { line: Some(1), ..error }));
        seen.push(column);
    }
}

fn read_row(cells: &BTreeMap<&str, &str>) -> Result<ProviderOffer, Vec<FieldError>> {
    let mut fields = Map::new();
    for column in LEADING {
        if let Some(cell) = cells.get(column) {
            fields.insert(column.to_owned(), json!(cell));
        }
    }
    fields.insert("properties".to_owned(), properties_of(cells));
    fields.insert("price".to_owned(), price_of(cells)?);
    let terms = TERMS.into_iter().filter_map(|(column, field)| Some((field.to_owned(), json!(cells.get(column)?))));
    fields.insert("terms".to_owned(), Value::Object(terms.collect()));
    if let Some(visibility) = cells.get("visibility") {
        fields.insert("visibility".to_owned(), embedded("visibility", visibility)?);
    }
    if let Some(draft) = cells.get("draft") {
        fields.insert("draft".to_owned(), flag(draft));
    }
    if let Some(on) = cells.get("observed") {
        let exact = cells.get("site_price_exact").map_or(Value::Bool(false), |cell| flag(cell));
        fields.insert("observation".to_owned(), json!({"on": on, "sitePriceExact": exact}));
    }
    let (offer, mut errors) = Document::from_value(Value::Object(fields)).read_partly(read_loose);
    for error in &mut errors {
        error.field = column_of(&error.field);
    }
    offer.filter(|_| errors.is_empty()).ok_or(errors)
}

/// The column that a field of an offer stands in.
fn column_of(field: &str) -> String {
    let field = field.strip_prefix("properties.").unwrap_or(field);
    match field.split(['.', '[']).next() {
        Some("price") => "price".to_owned(),
        Some("terms") => {
            let column =
                TERMS.into_iter().find(|(_, term)| field.ends_with(term)).map_or("terms", |(column, _)| column);
            column.to_owned()
        }
        Some("observation") => "observed".to_owned(),
        _ => field.to_owned(),
    }
}

fn flag(cell: &str) -> Value {
    match cell {
        "true" | "yes" | "1" => Value::Bool(true),
        "false" | "no" | "0" => Value::Bool(false),
        other => json!(other),
    }
}

fn embedded(column: &str, cell: &str) -> Result<Value, Vec<FieldError>> {
    serde_json::from_str(cell).map_err(|error| {
        vec![FieldError::new(column, format!("not readable as JSON: {error}")).with_hint("leave it empty if unsure")]
    })
}

fn properties_of(cells: &BTreeMap<&str, &str>) -> Value {
    let mut fields = Map::new();
    for name in property_names() {
        let Some(cell) = cells.get(name) else { continue };
        let value = match property_type(name) {
            Some(PropertyType::Flag) => flag(cell),
            Some(PropertyType::Text) => texts_of(cell),
            _ => json!(cell),
        };
        match name.split_once('.') {
            None => {
                fields.insert(name.to_owned(), value);
            }
            Some((group, inner)) => {
                if let Some(group) = fields.entry(group).or_insert_with(|| json!({})).as_object_mut() {
                    group.insert(inner.to_owned(), value);
                }
            }
        }
    }
    Value::Object(fields)
}

/// The texts of a cell: `a|b`, or a JSON list where a text has the separator in it.
fn texts_of(cell: &str) -> Value {
    let list = cell.starts_with('[').then(|| serde_json::from_str(cell).ok()).flatten();
    list.unwrap_or_else(|| json!(cell.split(SEPARATOR).collect::<Vec<_>>()))
}

fn cell_of(texts: &[String]) -> String {
    let awkward =
        |text: &String| text.contains(SEPARATOR) || text.starts_with('[') || text.trim() != text || text.is_empty();
    if texts.iter().any(awkward) { json!(texts).to_string() } else { texts.join(&SEPARATOR.to_string()) }
}

fn price_of(cells: &BTreeMap<&str, &str>) -> Result<Value, Vec<FieldError>> {
    let simple: Vec<&str> =
        cells.keys().copied().filter(|column| column.starts_with("price.") && TRAILING.contains(column)).collect();
    if let Some(cell) = cells.get("price") {
        return match simple.first() {
            Some(column) => {
                Err(vec![FieldError::new(*column, "a price stands either here or in `price`, not in both")])
            }
            None => embedded("price", cell),
        };
    }
    let currency = cells.get("currency").copied().unwrap_or("EUR");
    let amount = |cell: &str| format!("{cell} {currency}");
    let mut components = Vec::new();
    for (column, per) in FIXED {
        if let Some(cell) = cells.get(column) {
            components.push(json!({"name": "base", "type": "fixed", "amount": amount(cell), "per": per}));
        }
    }
    for (column, per) in STORAGE {
        if let Some(cell) = cells.get(column) {
            components.push(json!({
                "name": "storage", "type": "per-unit", "property": "storage", "amount": amount(cell), "per": per,
            }));
        }
    }
    if let Some(cell) = cells.get("price.egress") {
        let included = cells.get("price.egress.included").copied().unwrap_or("0 B");
        components.push(json!({"name": "traffic", "type": "egress", "included": included, "perGb": amount(cell)}));
    }
    if let Some(cell) = cells.get("price.setup") {
        components.push(json!({"name": "setup", "type": "one-off", "amount": amount(cell)}));
    }
    if components.is_empty() {
        let hint = "fill `price.month`, `price.hour` or another column of the price";
        return Err(vec![FieldError::new("price", "this offer has no price").with_hint(hint)]);
    }
    Ok(json!({"currency": currency, "components": components}))
}

/// Writes every offer of a file as a row, so that [`parse_csv`] reads the same offers from it.
///
/// Providers and sites themselves have no place in this form.
#[must_use]
pub fn to_csv(file: &CatalogueFile) -> String {
    let nested = file.providers.iter().flat_map(|provider| provider.offers.iter().map(|offer| (&provider.name, offer)));
    let loose = file.offers.iter().map(|loose| (&loose.provider, &loose.offer));
    let rows: Vec<BTreeMap<String, String>> = nested.chain(loose).map(|(name, offer)| row_of(name, offer)).collect();
    let columns: Vec<&str> = LEADING
        .into_iter()
        .chain(
            property_names()
                .into_iter()
                .chain(TRAILING)
                .filter(|column| rows.iter().any(|row| row.contains_key(*column))),
        )
        .collect();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // Writing into memory fails for rows of unequal length only, and these are all as long as the header.
    let _ = writer.write_record(&columns);
    for row in &rows {
        let _ = writer.write_record(columns.iter().map(|column| row.get(*column).map_or("", String::as_str)));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn row_of(provider: &Name, listed: &ListedOffer) -> BTreeMap<String, String> {
    let offer = &listed.offer;
    let mut row = BTreeMap::new();
    let mut put = |column: &str, cell: String| {
        row.insert(column.to_owned(), cell);
    };
    put("provider", provider.to_string());
    put("site", offer.site.to_string());
    put("sku", offer.sku.clone());
    put("kind", offer.kind.to_string());
    for (name, bound) in &offer.properties.0 {
        let cell = match bound {
            PropertyBound::Text(texts) => cell_of(texts),
            PropertyBound::Flag(flag) => flag.to_string(),
            other => other.to_string(),
        };
        put(name, cell);
    }
    put("currency", offer.price.currency.to_string());
    match simple_cells(&offer.price) {
        Some(cells) => cells.into_iter().for_each(|(column, cell)| put(column, cell)),
        None => put("price", plan_fields(&offer.price).to_string()),
    }
    if let Some(availability) = offer.terms.availability {
        put("availability", availability.to_string());
    }
    if let Some(term) = offer.terms.minimum_term {
        put("minimum_term", term.to_string());
    }
    let fields = offer_fields(listed);
    if let Some(visibility) = fields.get("visibility") {
        put("visibility", visibility.to_string());
    }
    if offer.draft {
        put("draft", "true".to_owned());
    }
    if let Some(observation) = &listed.observation {
        put("observed", observation.on.clone());
        put("site_price_exact", observation.site_price_exact.to_string());
    }
    row
}

/// The cells of a plan whose every part has a column, in the order and under the names that reading gives.
fn simple_cells(plan: &PricePlan) -> Option<Vec<(&'static str, String)>> {
    let column_of_period = |columns: [(&'static str, Period); 2], per: Period| {
        columns.into_iter().find(|(_, period)| *period == per).map(|(column, _)| column)
    };
    if !plan.volume.is_empty() {
        return None;
    }
    let mut cells = Vec::new();
    let mut rank = 0;
    for PriceComponent { name, price } in &plan.components {
        let (own_rank, expected) = match price {
            Price::Fixed { amount, per } => {
                cells.push((column_of_period(FIXED, *per)?, amount.decimal()));
                (1, "base")
            }
            Price::PerUnit { property, amount, per } if property == "storage" => {
                cells.push((column_of_period(STORAGE, *per)?, amount.decimal()));
                (2, "storage")
            }
            Price::Egress { included, per_gb } => {
                cells.push(("price.egress", per_gb.decimal()));
                if included.base() > 0 {
                    cells.push(("price.egress.included", included.to_string()));
                }
                (3, "traffic")
            }
            Price::OneOff { amount } => {
                cells.push(("price.setup", amount.decimal()));
                (4, "setup")
            }
            Price::PerUnit { .. } | Price::Tiered { .. } => return None,
        };
        if own_rank <= rank || name != expected {
            return None;
        }
        rank = own_rank;
    }
    (!cells.is_empty()).then_some(cells)
}
