//! Checking data against shapes.

use std::collections::BTreeSet;

use super::expand::{Data, Literal, Node, Object};
use super::report::{Collector, FaultKind, Report};
use super::schema::{Among, Constraint, NodeKind, Shape, Shapes};

/// Values that a message lists before it says that there are more.
const LISTED: usize = 8;

impl Shapes {
    /// Checks every node against the shapes of its classes and of all that these are subclasses of.
    #[must_use]
    pub fn validate(&self, data: &Data) -> Report {
        let check = Check { shapes: self, data };
        let mut faults = Collector::default();
        for (id, node) in &data.nodes {
            let classes: BTreeSet<&str> = node.classes.iter().flat_map(|class| self.ancestors(class)).collect();
            for class in classes {
                if let Some(shape) = self.classes.get(class) {
                    check.node(id, node, class, shape, &mut faults);
                }
            }
        }
        faults.finish()
    }
}

/// What is wrong with one value.
type Wrong = (FaultKind, String);

struct Check<'a> {
    shapes: &'a Shapes,
    data: &'a Data,
}

impl Check<'_> {
    fn node(&self, id: &str, node: &Node, class: &str, shape: &Shape, faults: &mut Collector) {
        if shape.closed {
            let paths: BTreeSet<&str> =
                shape.properties.iter().filter_map(|property| property.path.as_deref()).collect();
            for path in node.properties.keys() {
                if !paths.contains(path.as_str()) && !shape.ignored.contains(path) {
                    let message = format!("`{path}` is not a property of {class}: leave it out or check its spelling");
                    faults.add(id, path, FaultKind::NotAllowed, class, message);
                }
            }
        }
        for property in &shape.properties {
            let Some(path) = &property.path else { continue };
            for (kind, message) in self.property(node, path, property) {
                faults.add(id, path, kind, class, message);
            }
        }
        for condition in &shape.constraints {
            if !self.holds(node, condition) {
                let message = format!("the properties of this {class} do not go together: {}", worded(condition));
                faults.add(id, "", FaultKind::Condition, class, message);
            }
        }
    }

    fn property(&self, node: &Node, path: &str, property: &Constraint) -> Vec<Wrong> {
        let values = node.properties.get(path).map(Vec::as_slice).unwrap_or_default();
        let mut wrong = Vec::new();
        if property.min.is_some_and(|min| values.len() < min) {
            wrong.push((FaultKind::Missing, format!("`{path}` is missing: {}", self.wanted(property))));
        }
        if let Some(max) = property.max.filter(|max| values.len() > *max) {
            wrong.push((FaultKind::TooMany, format!("`{path}` has {} values, but may have only {max}", values.len())));
        }
        for value in values {
            let what = self.value(value, property);
            wrong.extend(what.map(|(kind, why)| (kind, format!("`{path}` {why}"))));
        }
        wrong
    }

    /// What is wrong with a value, the first thing only.
    fn value(&self, value: &Object, constraint: &Constraint) -> Option<Wrong> {
        let alternatives = &constraint.or;
        if !alternatives.is_empty() && !alternatives.iter().any(|one| self.value(value, one).is_none()) {
            return match alternatives.as_slice() {
                [only] => self.value(value, only),
                _ => Some(self.no_alternative(value, alternatives)),
            };
        }
        match (value, constraint.node_kind) {
            (Object::Literal(literal), Some(NodeKind::Node)) => Some(not_a_node(literal, constraint)),
            (Object::Node(id), Some(NodeKind::Literal)) => {
                Some((FaultKind::WrongForm, format!("links to {id}, but must be a value itself")))
            }
            (Object::Literal(literal), _) => self.literal(literal, constraint),
            (Object::Node(id), _) => self.link(id, constraint),
        }
    }

    fn link(&self, id: &str, constraint: &Constraint) -> Option<Wrong> {
        if constraint.datatype.is_some() || constraint.pattern.is_some() {
            return Some((FaultKind::WrongForm, format!("links to {id}, but must be a value itself")));
        }
        if constraint.among.is_some() {
            return Some((FaultKind::NotListed, format!("links to {id}, which is not one of the allowed values")));
        }
        let class = constraint.class.as_ref()?;
        match self.data.nodes.get(id) {
            Some(node) if node.classes.iter().any(|one| self.shapes.is_a(one, class)) => None,
            Some(node) if !node.classes.is_empty() => {
                let classes = node.classes.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                Some((FaultKind::WrongClass, format!("links to {id}, which is a {classes} and not a {class}")))
            }
            _ => Some((
                FaultKind::WrongClass,
                format!("links to {id}, which is not described: hand in the credential that says that it is a {class}"),
            )),
        }
    }

    fn literal(&self, literal: &Literal, constraint: &Constraint) -> Option<Wrong> {
        let text = shown(&literal.text);
        if constraint.class.is_some() {
            return Some(not_a_node(literal, constraint));
        }
        if let Some(wanted) = &constraint.datatype {
            if literal.datatype != *wanted {
                let why = format!("is `{text}` of type {}, but must be of type {wanted}", literal.datatype);
                return Some((FaultKind::WrongDatatype, why));
            }
            if !is_well_formed(&literal.text, wanted) {
                return Some((FaultKind::WrongDatatype, format!("is `{text}`, which is no {wanted}")));
            }
        }
        if let Some(among) = &constraint.among
            && !(literal.datatype == "xsd:string" && among.allows(&literal.text, &self.shapes.lists))
        {
            return Some((FaultKind::NotListed, format!("is `{text}`, but must be {}", self.listed(among))));
        }
        let fits =
            |pattern: &String| self.shapes.patterns.get(pattern).is_some_and(|regex| regex.is_match(&literal.text));
        if let Some(pattern) = constraint.pattern.as_ref().filter(|pattern| !fits(pattern)) {
            return Some((FaultKind::OutOfRange, format!("is `{text}`, but must have the form `{pattern}`")));
        }
        let number = || literal.text.trim().parse::<f64>().ok();
        if let Some(min) = constraint.min_inclusive.filter(|min| number().is_none_or(|number| number < *min)) {
            return Some((FaultKind::OutOfRange, format!("is `{text}`, but must be at least {min}")));
        }
        if let Some(max) = constraint.max_inclusive.filter(|max| number().is_none_or(|number| number > *max)) {
            return Some((FaultKind::OutOfRange, format!("is `{text}`, but must be at most {max}")));
        }
        None
    }

    fn no_alternative(&self, value: &Object, alternatives: &[Constraint]) -> Wrong {
        let wanted = alternatives.iter().map(|one| self.wanted(one)).collect::<Vec<_>>().join(", or ");
        match value {
            Object::Literal(literal) if alternatives.iter().all(|one| one.among.is_some()) => {
                (FaultKind::NotListed, format!("is `{}`, but needs {wanted}", shown(&literal.text)))
            }
            Object::Literal(literal) => {
                (FaultKind::WrongDatatype, format!("is `{}`, but needs {wanted}", shown(&literal.text)))
            }
            Object::Node(id) => (FaultKind::WrongClass, format!("links to {id}, but needs {wanted}")),
        }
    }

    /// Whether a condition on a whole node holds.
    fn holds(&self, node: &Node, condition: &Constraint) -> bool {
        let own = condition.path.as_ref().is_none_or(|path| {
            let plain = Constraint { or: Vec::new(), and: Vec::new(), not: None, ..condition.clone() };
            self.property(node, path, &plain).is_empty()
        });
        own && (condition.or.is_empty() || condition.or.iter().any(|one| self.holds(node, one)))
            && condition.and.iter().all(|one| self.holds(node, one))
            && condition.not.as_ref().is_none_or(|not| !self.holds(node, not))
    }

    /// What a property needs, in words.
    fn wanted(&self, constraint: &Constraint) -> String {
        match constraint {
            Constraint { class: Some(class), .. } => format!("a link to a {class}"),
            Constraint { among: Some(among), .. } => self.listed(among),
            Constraint { datatype: Some(datatype), .. } => format!("a value of type {datatype}"),
            Constraint { or, .. } if !or.is_empty() => {
                or.iter().map(|one| self.wanted(one)).collect::<Vec<_>>().join(", or ")
            }
            _ => "a value".to_owned(),
        }
    }

    fn listed(&self, among: &Among) -> String {
        let values = match among {
            Among::Values(values) => Some(values),
            Among::List { name } => self.shapes.lists.get(name),
        };
        let values = values.into_iter().flatten().map(String::as_str);
        let shown: Vec<&str> = values.clone().take(LISTED).collect();
        let more = values.count().saturating_sub(LISTED);
        let rest = if more == 0 { String::new() } else { format!(" … ({more} more)") };
        format!("one of {}{rest}", shown.join(", "))
    }
}

fn not_a_node(literal: &Literal, constraint: &Constraint) -> Wrong {
    let class = constraint.class.as_deref().unwrap_or("node");
    (FaultKind::WrongForm, format!("is the value `{}`, but must link to a {class}", shown(&literal.text)))
}

fn worded(condition: &Constraint) -> String {
    let all = |parts: &[Constraint], word: &str| parts.iter().map(worded).collect::<Vec<_>>().join(word);
    match condition {
        Constraint { or, .. } if !or.is_empty() => format!("({})", all(or, " or ")),
        Constraint { and, .. } if !and.is_empty() => format!("({})", all(and, " and ")),
        Constraint { not: Some(not), .. } => format!("not {}", worded(not)),
        Constraint { path: Some(path), among: Some(Among::Values(values)), .. } => {
            let values = values.iter().map(String::as_str).collect::<Vec<_>>().join(" or ");
            format!("`{path}` is {values}")
        }
        Constraint { path: Some(path), .. } => format!("`{path}` is given"),
        _ => "something holds".to_owned(),
    }
}

fn shown(text: &str) -> String {
    super::context::shown(text)
}

/// Whether a text is written as its datatype demands; datatypes without rules here take any.
fn is_well_formed(text: &str, datatype: &str) -> bool {
    match datatype {
        "xsd:boolean" => matches!(text, "true" | "false" | "1" | "0"),
        "xsd:integer" => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        "xsd:float" | "xsd:double" => matches!(text, "INF" | "-INF" | "NaN") || is_decimal(text),
        "xsd:date" => text.get(..10).is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok()),
        "xsd:dateTime" => {
            text.parse::<jiff::Timestamp>().is_ok()
                || text.parse::<jiff::civil::DateTime>().is_ok() && text.contains('T')
        }
        _ => true,
    }
}

fn is_decimal(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    plain && text.parse::<f64>().is_ok()
}
