//! Usage: measured quantities over closed intervals, and why some are refused.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ServiceId, UsageId};
use crate::price::Meter;
use crate::time::Timestamp;

/// A measured quantity of one meter of one service over one interval `[start, end)`.
///
/// Intervals of one meter of a service follow each other without overlap and without gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Made by the agent before it is sent, so that a repetition is recognised.
    pub id: UsageId,
    /// The service.
    pub service: ServiceId,
    /// The generation of the intent that was in force.
    pub generation: u64,
    /// What was measured.
    pub meter: Meter,
    /// The first instant of the interval, a whole second.
    pub start: Timestamp,
    /// The first instant after the interval, a whole second.
    pub end: Timestamp,
    /// How much, in the meter's unit.
    pub quantity: i64,
}

/// Why a usage record was refused.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum UsageRefusal {
    /// The very same record was taken before; nothing is billed twice.
    #[error("this record was taken before")]
    Duplicate,
    /// It overlaps what was taken before.
    #[error("the interval overlaps what was taken before")]
    Overlap,
    /// Something is missing between what was taken before and it.
    #[error("there is a gap between what was taken before and this interval")]
    Gap,
    /// The interval is empty, backwards, or not in whole seconds.
    #[error("the interval is empty, backwards, or not in whole seconds")]
    Malformed,
    /// The interval ends in the future.
    #[error("the interval ends in the future")]
    Future,
    /// The interval lies in a month that is closed.
    #[error("the month is closed")]
    Late,
    /// The service is not one of this agent's.
    #[error("the service is not one of this agent's")]
    Foreign,
    /// More than is possible in the interval.
    #[error("the quantity is negative or more than is possible in the interval")]
    OverCap,
    /// It lies before the service was there or after it was gone.
    #[error("the service was not there in this interval")]
    OutsideLife,
}
