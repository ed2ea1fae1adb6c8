//! Gaia-X credentials as claims.

use std::collections::BTreeMap;

use hansa_model::country::Country;
use hansa_model::evidence::{Claim, Entity, EntityKind, FactValue, Subcontractor};
use serde_json::Value;

use super::Unreadable;
use super::kebab::kebab;
use crate::shapes::{Data, Literal, Namespaces, Node, Object, Shapes, expand};

const OFFERING: &str = "gx:ServiceOffering";

pub(super) fn read(credential: &Value) -> Result<Vec<Claim>, Unreadable> {
    let data = expand(std::slice::from_ref(credential), &Namespaces::default())?;
    let mut claims: Vec<Claim> = facts(&data).into_iter().map(|(name, value)| Claim::Fact { name, value }).collect();
    let issuer = issuer(credential);
    for (id, node) in &data.nodes {
        if node.classes.contains("gx:LegalPerson") {
            let is_subject = data.subjects.contains(id);
            claims.push(Claim::Entity(legal_person(&data, id, node, issuer.filter(|_| is_subject))));
        }
        if node.classes.contains("gx:SubContractor") {
            claims.push(Claim::Subcontractor(subcontractor(node)));
        }
    }
    Ok(claims)
}

fn issuer(credential: &Value) -> Option<&str> {
    let issuer = credential.get("issuer")?;
    issuer.as_str().or_else(|| issuer.get("id")?.as_str())
}

/// Facts by their names: that there is a node of a class, and the plain values of all nodes of the class together.
fn facts(data: &Data) -> BTreeMap<String, FactValue> {
    let mut values: BTreeMap<String, Vec<&Literal>> = BTreeMap::new();
    let mut facts = BTreeMap::new();
    for node in data.nodes.values() {
        for class in node.classes.iter().filter_map(|class| class.strip_prefix("gx:")) {
            let full = format!("gx:{class}");
            let general = Shapes::gaia_x().is_a(&full, OFFERING).then_some("ServiceOffering");
            for class in [Some(class), general.filter(|general| *general != class)].into_iter().flatten() {
                let class = format!("gx.{}", kebab(class));
                for (property, objects) in &node.properties {
                    let name = format!("{class}.{}", kebab(local_name(property)));
                    let known = values.entry(name).or_default();
                    let plain = objects.iter().filter_map(|object| match object {
                        Object::Literal(literal) => Some(literal),
                        Object::Node(_) => None,
                    });
                    for literal in plain {
                        if !known.contains(&literal) {
                            known.push(literal);
                        }
                    }
                }
                facts.insert(class, FactValue::Flag(true));
            }
        }
    }
    facts.extend(values.into_iter().filter_map(|(name, literals)| fact(name, &literals)));
    facts
}

fn local_name(property: &str) -> &str {
    property.rsplit(['#', '/', ':']).next().unwrap_or(property)
}

fn fact(name: String, literals: &[&Literal]) -> Option<(String, FactValue)> {
    match literals {
        [] => None,
        [only] => {
            let text = || FactValue::Text(only.text.clone());
            Some(match only.datatype.as_str() {
                "xsd:boolean" if matches!(only.text.as_str(), "true" | "1") => (name, FactValue::Flag(true)),
                "xsd:boolean" if matches!(only.text.as_str(), "false" | "0") => (name, FactValue::Flag(false)),
                "xsd:integer" => (name, only.text.parse().map_or_else(|_| text(), FactValue::Number)),
                "xsd:float" | "xsd:double" | "xsd:decimal" | "qudt:floatPercentage" => match thousandths(&only.text) {
                    Some(number) => (format!("{name}-milli"), FactValue::Number(number)),
                    None => (name, text()),
                },
                _ => (name, text()),
            })
        }
        several => Some((name, FactValue::List(several.iter().map(|literal| literal.text.clone()).collect()))),
    }
}

/// A decimal number in thousandths, rounded.
fn thousandths(text: &str) -> Option<i64> {
    const LARGEST: f64 = 9e15;
    let number = text.parse::<f64>().ok()? * 1_000.0;
    #[allow(clippy::cast_possible_truncation, reason = "it is rounded and within the range of whole floats")]
    (number.abs() <= LARGEST).then(|| number.round() as i64)
}

/// A legal person goes by its DID: its own, or that of the issuer, since people describe themselves.
fn legal_person(data: &Data, id: &str, node: &Node, issuer: Option<&str>) -> Entity {
    let did = if id.starts_with("did:") { id } else { issuer.unwrap_or(id) };
    let seat = |property: &str| {
        let address = node.properties.get(property)?.iter().find_map(|object| match object {
            Object::Node(id) => data.nodes.get(id),
            Object::Literal(_) => None,
        })?;
        text(address, "gx:countryCode")?.parse::<Country>().ok()
    };
    Entity {
        id: did.to_owned(),
        name: text(node, "schema:name").unwrap_or(did).to_owned(),
        kind: EntityKind::Company,
        incorporated_in: seat("gx:legalAddress"),
        headquarters_in: seat("gx:headquartersAddress"),
        main_establishment_in: None,
        personal_jurisdictions: Vec::new(),
    }
}

fn subcontractor(node: &Node) -> Subcontractor {
    Subcontractor {
        name: text(node, "gx:legalName").unwrap_or("a subcontractor without a name").to_owned(),
        entity: None,
        jurisdictions: text(node, "gx:applicableJurisdiction").and_then(|code| code.parse().ok()).into_iter().collect(),
        access: None,
        purpose: None,
    }
}

/// The only plain value of a property.
fn text<'a>(node: &'a Node, property: &str) -> Option<&'a str> {
    match node.properties.get(property)?.as_slice() {
        [Object::Literal(literal)] => Some(&literal.text),
        _ => None,
    }
}
