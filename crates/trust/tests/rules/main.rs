//! Rule sets: that their files are sound and refused when not, and that what they make of evidence is what they say.

mod assurance;
mod cada;
mod certificates;
mod csf;
mod data_act;
mod examples;
mod gaia_x;
mod naive;
mod ownership;
mod page;
mod properties;
mod sound;
mod versions;
mod world;
