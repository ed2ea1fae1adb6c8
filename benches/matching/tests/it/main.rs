//! Tests of instances from outside.

mod ill_posed;
mod proven;
mod random;
