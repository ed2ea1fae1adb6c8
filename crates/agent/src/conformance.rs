//! The conformance kit: what every driver must do, as cases that run on any back end.
//!
//! A driver's tests implement [`Harness`] and write one line, `hansa_agent::driver_suite!(MyHarness::new().await);`.
//! That gives one test for each case below; each has a harness, and thereby a back end, of its own.

mod bench;
pub mod cases;
mod cut;
mod harness;
mod story;

pub use cut::{Cut, cut};
pub use harness::{Harness, Sample, Samples};

/// What a driver did that it must not do, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Violation(pub String);

impl From<crate::driver::DriverError> for Violation {
    fn from(error: crate::driver::DriverError) -> Self {
        Self(format!("a call failed that must succeed: {error:?}"))
    }
}

/// Ends a case with a [`Violation`] unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::conformance::Violation(format!($($message)+)));
        }
    };
}
use ensure;

/// Makes one test for each case of the kit. The expression makes a fresh [`Harness`] and may await.
/// Attributes before it, such as `#[ignore = "slow"]`, are put on every test.
#[macro_export]
macro_rules! driver_suite {
    ($(#[$attribute:meta])* $harness:expr) => {
        $crate::driver_suite!(@tests [$(#[$attribute])*] $harness;);
    };
    (@tests $attributes:tt $harness:expr;) => {
        $crate::driver_suite!(@test $attributes describes_itself, $harness);
        $crate::driver_suite!(@test $attributes what_was_created_is_found, $harness);
        $crate::driver_suite!(@test $attributes creating_twice_makes_one, $harness);
        $crate::driver_suite!(@test $attributes a_fresh_driver_adopts, $harness);
        $crate::driver_suite!(@test $attributes resizes, $harness);
        $crate::driver_suite!(@test $attributes stop_and_start_keep_data_and_generation, $harness);
        $crate::driver_suite!(@test $attributes what_was_killed_can_be_started_again, $harness);
        $crate::driver_suite!(@test $attributes terminating_twice_succeeds, $harness);
        $crate::driver_suite!(@test $attributes terminating_leaves_nothing, $harness);
        $crate::driver_suite!(@test $attributes dumps_when_terminated, $harness);
        $crate::driver_suite!(@test $attributes meters_only_rise_within_a_run, $harness);
        $crate::driver_suite!(@test $attributes an_unknown_service_is_no_error, $harness);
        $crate::driver_suite!(@test $attributes the_impossible_is_refused, $harness);
        $crate::driver_suite!(@test $attributes leftovers_are_listed_and_left_alone, $harness);
        $crate::driver_suite!(@test $attributes a_crash_at_each_call_is_made_good, $harness);
    };
    (@test [$(#[$attribute:meta])*] $case:ident, $harness:expr) => {
        $(#[$attribute])*
        #[tokio::test]
        async fn $case() {
            let harness = $harness;
            if let Err(violation) = $crate::conformance::cases::$case(&harness).await {
                panic!("{violation}");
            }
        }
    };
}
