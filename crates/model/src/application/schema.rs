//! The contract of application documents as JSON Schema, for editors.

use serde_json::{Value, json};

use super::{API_VERSION, MAX_COMPONENTS, MAX_COUNT, MAX_ITEMS, MAX_LINKS, Uniform};
use crate::kind::KINDS;

/// The JSON Schema (2020-12) of application documents.
#[must_use]
pub fn schema() -> Value {
    let name = json!({"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"});
    let region = json!({"type": "string", "pattern": "^([A-Z]{2}|EEA)$"});
    let one_or_more = |item: &Value| json!({"anyOf": [item, {"type": "array", "items": item, "maxItems": MAX_ITEMS}]});
    let schemes = json!({"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": MAX_ITEMS, "uniqueItems": true});
    let bound = json!({"type": "string"});
    let requirements = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "jurisdiction": one_or_more(&region),
            "control": {
                "type": "object",
                "additionalProperties": false,
                "properties": {"thirdCountry": {"enum": ["none", "any"]}},
                "required": ["thirdCountry"],
            },
            "subcontractors": {
                "type": "object",
                "additionalProperties": false,
                "minProperties": 1,
                "properties": {
                    "thirdCountry": {"enum": ["none", "any"]},
                    "within": {"anyOf": [region, {"type": "array", "items": region, "minItems": 1, "maxItems": MAX_ITEMS}]},
                },
            },
            "labels": {
                "type": "object",
                "additionalProperties": false,
                "properties": {"gaia-x": {"enum": ["SC", "L1", "L2", "L3"]}},
            },
            "seal": {
                "type": "object",
                "additionalProperties": false,
                "properties": {"minimum": {"type": "integer", "minimum": 0, "maximum": 4}},
                "required": ["minimum"],
            },
            "cada": {
                "type": "object",
                "description": "Of a proposal, not of a law.",
                "additionalProperties": false,
                "properties": {"minimum": {"type": "integer", "minimum": 1, "maximum": 4}},
                "required": ["minimum"],
            },
            "certifications": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "all": schemes,
                    "any": schemes,
                },
            },
            "availability": {"type": "string", "examples": [">= 99.9 %"]},
            "dataLocation": one_or_more(&region),
            "carbonIntensity": {"type": "string", "examples": ["<= 100 g/kWh"]},
            "providers": one_or_more(&name),
            "excludeProviders": one_or_more(&name),
        },
    });
    let weight = json!({"type": "number", "minimum": 0, "maximum": 1_000_000});
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let config = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "env": texts,
            "files": texts,
            "run": {"type": "string"},
            "ports": {
                "type": "object",
                "propertyNames": name,
                "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 65535},
            },
            "sshKeys": {"type": "array", "items": {"type": "string", "pattern": "^(ssh-|ecdsa-|sk-)"}},
        },
    });
    let common = json!({
        "kind": {"enum": KINDS.iter().map(|kind| kind.id.name()).collect::<Vec<_>>()},
        "count": {"type": "integer", "minimum": 1, "maximum": MAX_COUNT},
        "requirements": {"$ref": "#/$defs/requirements"},
        "spread": {
            "type": "object",
            "additionalProperties": false,
            "properties": {"by": {"enum": ["site", "provider", "country"]}},
            "required": ["by"],
        },
        "near": {
            "type": "object",
            "additionalProperties": false,
            "properties": {"place": {"type": "string", "minLength": 1, "maxLength": 200}, "rtt": {"type": "string", "examples": ["<= 8 ms"]}},
            "required": ["place", "rtt"],
        },
        "dumpOnTermination": {"type": "boolean"},
    });
    let kinds: Vec<Value> = KINDS
        .iter()
        .map(|kind| {
            let mut then = kind.schema();
            if let (Some(properties), Some(common)) = (then["properties"].as_object_mut(), common.as_object()) {
                properties.extend(common.clone());
                if kind.configurable {
                    properties.insert("config".to_owned(), json!({"$ref": "#/$defs/config"}));
                }
            }
            then["additionalProperties"] = json!(false);
            json!({
                "if": {"properties": {"kind": {"const": kind.id.name()}}, "required": ["kind"]},
                "then": then,
            })
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://hansa.exchange/schemas/application-v1.json",
        "title": "Hansa application",
        "description": "What a buyer asks for: components, links between them, and requirements.",
        "type": "object",
        "additionalProperties": false,
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": {"const": API_VERSION},
            "kind": {"const": "Application"},
            "metadata": {
                "type": "object",
                "additionalProperties": false,
                "properties": {"name": name},
                "required": ["name"],
            },
            "spec": {
                "type": "object",
                "additionalProperties": false,
                "required": ["components"],
                "properties": {
                    "requirements": {"$ref": "#/$defs/requirements"},
                    "budget": {
                        "type": "object",
                        "additionalProperties": false,
                        "properties": {"monthly": {"type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,6})? [A-Z]{3}$"}},
                        "required": ["monthly"],
                    },
                    "objective": {
                        "type": "object",
                        "additionalProperties": false,
                        "properties": {
                            "price": weight,
                            "carbon": weight,
                            "latency": weight,
                            "providers": weight,
                            "sovereignty": weight,
                            "availability": weight,
                            "pareto": {"type": "boolean"},
                        },
                    },
                    "maxProviders": {"type": "integer", "minimum": 1},
                    "uniform": one_or_more(&json!({"enum": Uniform::ALL.map(Uniform::name)})),
                    "term": {"type": "string", "examples": ["90 d"]},
                    "allowPartial": {"type": "boolean"},
                    "components": {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": MAX_COMPONENTS,
                        "propertyNames": name,
                        "additionalProperties": {"type": "object", "required": ["kind"], "properties": {"kind": common["kind"]}, "allOf": kinds},
                    },
                    "links": {
                        "type": "array",
                        "maxItems": MAX_LINKS,
                        "items": {
                            "type": "object",
                            "additionalProperties": false,
                            "properties": {
                                "from": name,
                                "to": name,
                                "rtt": bound,
                                "traffic": {"type": "string", "examples": ["200 GB/month"]},
                            },
                            "required": ["from", "to"],
                        },
                    },
                    "together": {
                        "type": "array",
                        "maxItems": MAX_ITEMS,
                        "items": {
                            "type": "object",
                            "additionalProperties": false,
                            "properties": {
                                "components": {"type": "array", "items": name, "minItems": 2, "uniqueItems": true},
                                "by": {"enum": ["site", "provider", "country"]},
                            },
                            "required": ["components", "by"],
                        },
                    },
                },
            },
        },
        "$defs": {"requirements": requirements, "config": config},
    })
}
