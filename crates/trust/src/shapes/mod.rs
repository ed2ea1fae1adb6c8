//! The shapes of Gaia-X credentials, and whether a credential keeps to them.
