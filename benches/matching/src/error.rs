//! What can be wrong with an instance.

/// Why an instance can't be solved; each names the field.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The text is no JSON of this format.
    #[error("{field}: {source}")]
    Json {
        /// Where it was noticed.
        field: String,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// There is nothing to choose from or to place.
    #[error("{field}: is empty; give at least one")]
    Empty {
        /// The list.
        field: String,
    },
    /// There is more than is accepted.
    #[error("{field}: has {found}, at most {most} are accepted")]
    TooMany {
        /// The list.
        field: String,
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A number is outside of its range.
    #[error("{field}: {found} is not between {least} and {most}")]
    OutOfRange {
        /// The number's field.
        field: String,
        /// The number as written.
        found: String,
        /// The least that is accepted.
        least: String,
        /// The most that is accepted.
        most: String,
    },
    /// A component is named that does not exist.
    #[error("{field}: there is no component {found}, they are numbered 0 to {last}")]
    UnknownComponent {
        /// The naming field.
        field: String,
        /// The number as written.
        found: usize,
        /// The last number that exists.
        last: usize,
    },
    /// A component is put in relation to itself.
    #[error("{field}: joins component {component} with itself; name two")]
    SameComponent {
        /// The relation.
        field: String,
        /// The component.
        component: usize,
    },
    /// A round trip is bounded and not known.
    #[error("{field}: is missing, and max_rtt needs it")]
    MissingRtt {
        /// The missing matrix.
        field: String,
    },
    /// A matrix does not have a row and a column for each candidate.
    #[error("{field}: has {found} entries where {expected} candidates are")]
    Shape {
        /// The matrix or its row.
        field: String,
        /// How many entries it has.
        found: usize,
        /// How many candidates there are.
        expected: usize,
    },
    /// The same two sites are given two round trips.
    #[error("{field}: {found} ms contradicts {before} ms, given for the same two sites before")]
    ContradictoryRtt {
        /// The later entry.
        field: String,
        /// What it says.
        found: f64,
        /// What was said before.
        before: f64,
    },
    /// A pair must and must not be together.
    #[error("{field}: components {first} and {second} must be together and must be apart; drop one of the two")]
    ContradictoryPair {
        /// The later relation.
        field: String,
        /// The one component.
        first: usize,
        /// The other component.
        second: usize,
    },
    /// The same site is named twice.
    #[error("{field}: the capacity of {site} is given before")]
    RepeatedSite {
        /// The later entry.
        field: String,
        /// The site as provider and region.
        site: String,
    },
}
