//! Decentralised identifiers of the method `web`: documents, keys and the chains behind them.
