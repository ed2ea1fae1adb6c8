//! Reading application documents: every field that is wrong is told, with what is allowed.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    API_VERSION, Application, CadaRequirement, CertificationRequirement, Component, Config, ControlRequirement, Link,
    MAX_COMPONENTS, MAX_CONFIG, MAX_COUNT, MAX_ITEMS, MAX_LINKS, MAX_PLACE, Near, Objective, Reference, Requirements,
    SealRequirement, Spread, SpreadBy, SubcontractorRequirement, Together, Uniform, references,
};
use crate::document::Reader;
use crate::kind::{KINDS, Kind, KindId};
use crate::money::Money;
use crate::name::Name;
use crate::quantity::TimeSpan;

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

pub(super) fn read_application(root: &Reader<'_>) -> Option<Application> {
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
        "subcontractors",
        "labels",
        "seal",
        "cada",
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
    let seal = read_minimum(reader, "seal", 0..=4).map(|minimum| SealRequirement { minimum });
    let cada = read_minimum(reader, "cada", 1..=4).map(|minimum| CadaRequirement { minimum });
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
        subcontractors: reader.child("subcontractors").map(|field| read_subcontractors(&field)),
        labels,
        seal,
        cada,
        certifications: reader.child("certifications").map(|field| read_certifications(&field)).unwrap_or_default(),
        availability: reader.optional("availability"),
        data_location: reader.list("dataLocation"),
        carbon_intensity: reader.optional("carbonIntensity"),
        providers,
        exclude_providers,
    }
}

/// A field that has nothing but a least level.
fn read_minimum(reader: &Reader<'_>, name: &str, levels: std::ops::RangeInclusive<u32>) -> Option<u8> {
    let field = reader.child(name)?;
    field.only(&["minimum"]);
    field.required_child("minimum")?;
    u8::try_from(whole(&field, "minimum", levels)?).ok()
}

fn read_subcontractors(reader: &Reader<'_>) -> SubcontractorRequirement {
    reader.only(&["thirdCountry", "within"]);
    let third_country = reader.optional("thirdCountry");
    let within = reader.child("within").filter(|list| at_most(list, MAX_ITEMS));
    if let Some(list) = within.as_ref().filter(|list| list.items().is_empty()) {
        list.error("name one country or region at least");
    }
    if reader.child("thirdCountry").is_none() && reader.child("within").is_none() {
        reader
            .error_with_hint("nothing is asked of subcontractors", "add `thirdCountry: none`, `within: [EU]` or both");
    }
    SubcontractorRequirement { third_country, within: within.map_or_else(Vec::new, |_| reader.list("within")) }
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
