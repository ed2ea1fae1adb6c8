//! Fetches what trust needs from elsewhere: DID documents, certificate chains and status lists.
