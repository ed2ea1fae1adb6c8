//! Credentials and presentations: what they are, and whether they can be believed.
