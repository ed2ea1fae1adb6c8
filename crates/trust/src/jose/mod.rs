//! Compact JSON Web Signatures and the keys that make and check them.
