//! Tests of matching from outside.

mod conflicts;
mod documents;
mod referee_find;
mod referee_search;
mod requirements;
mod together;
mod town_archive;
mod watch;
mod world;
