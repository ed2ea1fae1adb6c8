//! The shapes as data: classes, what they are subclasses of, and the constraints on their properties.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

const GAIA_X: &str = include_str!("../../../../data/gaia-x/gx-shapes-2511.compact.json");

/// Why a file of shapes can't be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidShapes {
    /// It is no JSON of the expected form.
    #[error("the shapes can't be read")]
    Form(#[from] serde_json::Error),
    /// A list of values is named that the file does not have.
    #[error("the shapes name a list of values `{0}` that they do not have")]
    UnknownList(String),
    /// A pattern is no regular expression.
    #[error("the shapes have a pattern that is none")]
    Pattern(#[from] regex::Error),
}

/// Shapes by class, `gx:LegalPerson`.
#[derive(Debug)]
pub struct Shapes {
    pub(super) classes: BTreeMap<String, Shape>,
    pub(super) lists: BTreeMap<String, BTreeSet<String>>,
    pub(super) patterns: BTreeMap<String, Regex>,
    /// By class: itself and all that it is a subclass of.
    ancestors: BTreeMap<String, BTreeSet<String>>,
}

/// What holds for every node of a class.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Shape {
    pub(super) closed: bool,
    pub(super) ignored: BTreeSet<String>,
    pub(super) properties: Vec<Constraint>,
    pub(super) sub_class_of: Vec<String>,
    #[serde(default)]
    pub(super) constraints: Vec<Constraint>,
}

/// A constraint: with a path on a property, otherwise on the value or node itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Constraint {
    pub(super) path: Option<String>,
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) class: Option<String>,
    pub(super) datatype: Option<String>,
    pub(super) node_kind: Option<NodeKind>,
    #[serde(rename = "in")]
    pub(super) among: Option<Among>,
    pub(super) pattern: Option<String>,
    pub(super) min_inclusive: Option<f64>,
    pub(super) max_inclusive: Option<f64>,
    #[serde(default)]
    pub(super) or: Vec<Constraint>,
    #[serde(default)]
    pub(super) and: Vec<Constraint>,
    pub(super) not: Option<Box<Constraint>>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum NodeKind {
    #[serde(rename = "sh:BlankNodeOrIRI")]
    Node,
    #[serde(rename = "sh:Literal")]
    Literal,
}

/// The values that are allowed.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Among {
    Values(BTreeSet<String>),
    List {
        #[serde(rename = "ref")]
        name: String,
    },
}

#[derive(Deserialize)]
struct File {
    enums: BTreeMap<String, BTreeSet<String>>,
    shapes: BTreeMap<String, Shape>,
}

impl Shapes {
    /// The shapes of the Gaia-X ontology 25.11, read once.
    #[must_use]
    pub fn gaia_x() -> &'static Self {
        static SHAPES: LazyLock<Shapes> =
            LazyLock::new(|| Shapes::from_json(GAIA_X).expect("a test reads the shapes that are built in"));
        &SHAPES
    }

    /// Reads shapes from their compact JSON form.
    ///
    /// # Errors
    ///
    /// When the text has not this form, or names lists or patterns that make no sense.
    pub fn from_json(text: &str) -> Result<Self, InvalidShapes> {
        let file: File = serde_json::from_str(text)?;
        let ancestors = file.shapes.keys().map(|class| (class.clone(), closure(class, &file.shapes))).collect();
        let mut patterns = BTreeMap::new();
        for shape in file.shapes.values() {
            for constraint in shape.properties.iter().chain(&shape.constraints) {
                constraint.prepare(&file.enums, &mut patterns)?;
            }
        }
        Ok(Self { classes: file.shapes, lists: file.enums, patterns, ancestors })
    }

    /// How many classes have a shape.
    #[must_use]
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// Whether a class is another, or one of its subclasses.
    #[must_use]
    pub fn is_a(&self, class: &str, other: &str) -> bool {
        class == other || self.ancestors.get(class).is_some_and(|all| all.contains(other))
    }

    /// A class with everything that it is a subclass of.
    pub(super) fn ancestors(&self, class: &str) -> impl Iterator<Item = &str> {
        self.ancestors.get(class).into_iter().flatten().map(String::as_str)
    }
}

impl Constraint {
    fn prepare(
        &self,
        lists: &BTreeMap<String, BTreeSet<String>>,
        patterns: &mut BTreeMap<String, Regex>,
    ) -> Result<(), InvalidShapes> {
        if let Some(Among::List { name }) = self.among.as_ref().filter(|among| !among.is_in(lists)) {
            return Err(InvalidShapes::UnknownList(name.clone()));
        }
        if let Some(pattern) = &self.pattern {
            patterns.insert(pattern.clone(), Regex::new(pattern)?);
        }
        let inner = self.or.iter().chain(&self.and).chain(self.not.as_deref());
        inner.into_iter().try_for_each(|constraint| constraint.prepare(lists, patterns))
    }
}

impl Among {
    fn is_in(&self, lists: &BTreeMap<String, BTreeSet<String>>) -> bool {
        match self {
            Self::Values(_) => true,
            Self::List { name } => lists.contains_key(name),
        }
    }

    pub(super) fn allows(&self, value: &str, lists: &BTreeMap<String, BTreeSet<String>>) -> bool {
        match self {
            Self::Values(values) => values.contains(value),
            Self::List { name } => lists.get(name).is_some_and(|values| values.contains(value)),
        }
    }
}

fn closure(class: &str, shapes: &BTreeMap<String, Shape>) -> BTreeSet<String> {
    let mut reached = BTreeSet::from([class.to_owned()]);
    let mut open = vec![class.to_owned()];
    while let Some(next) = open.pop() {
        let above = shapes.get(&next).map(|shape| shape.sub_class_of.as_slice()).unwrap_or_default();
        open.extend(above.iter().filter(|one| reached.insert((*one).clone())).cloned());
    }
    reached
}
