//! Registration numbers of companies: their format and check digits.
