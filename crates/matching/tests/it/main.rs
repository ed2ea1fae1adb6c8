//! Tests of matching from outside.

mod conflicts;
mod documents;
mod referee_conflicts;
mod referee_find;
mod referee_search;
mod requirements;
mod terms;
mod together;
mod town_archive;
mod trust;
mod uniform;
mod verify;
mod watch;
mod world;
