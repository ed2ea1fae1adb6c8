//! The API as its clients see it: a real server on a free port, on both engines where it matters.

mod smoke;
