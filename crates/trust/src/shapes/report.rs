//! What is wrong with data, each fault once.

use std::collections::BTreeMap;

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A property is missing.
    Missing,
    /// A property has more values than it may have.
    TooMany,
    /// A property that nodes of the class do not have.
    NotAllowed,
    /// A value that should be a node, or a node that should be a value.
    WrongForm,
    /// A node that is not of the class that is needed, or not in the data.
    WrongClass,
    /// A value that is not of the datatype that is needed.
    WrongDatatype,
    /// A value that is not one of those allowed.
    NotListed,
    /// A value out of range, or not of the pattern that is needed.
    OutOfRange,
    /// Properties that do not go together.
    Condition,
}

/// One fault, however many shapes report it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The identifier of the node.
    pub node: String,
    /// The property in short form; empty when the fault is of the node itself.
    pub path: String,
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// What is wrong and what would be right, for people.
    pub message: String,
    /// The classes whose shapes report it.
    pub shapes: Vec<String>,
}

/// The outcome of checking data against shapes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What is wrong, by node, property and kind.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.faults.is_empty()
    }

    /// How often faults are reported, once for each shape that applies.
    #[must_use]
    pub fn reports(&self) -> usize {
        self.faults.iter().map(|fault| fault.shapes.len()).sum()
    }
}

/// Puts reports of one fault together.
#[derive(Debug, Default)]
pub(super) struct Collector {
    by_place: BTreeMap<(String, String, FaultKind), Fault>,
}

impl Collector {
    pub(super) fn add(&mut self, node: &str, path: &str, kind: FaultKind, shape: &str, message: String) {
        let fault = self.by_place.entry((node.to_owned(), path.to_owned(), kind)).or_insert_with(|| Fault {
            node: node.to_owned(),
            path: path.to_owned(),
            kind,
            message,
            shapes: Vec::new(),
        });
        if fault.shapes.last().is_none_or(|last| last != shape) {
            fault.shapes.push(shape.to_owned());
        }
    }

    pub(super) fn finish(self) -> Report {
        Report { faults: self.by_place.into_values().collect() }
    }
}
