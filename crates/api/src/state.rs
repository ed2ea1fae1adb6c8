//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use hansa_exchange::Exchange;

use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::options::ApiOptions;

/// The API's state. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) exchange: Exchange,
    pub(crate) options: ApiOptions,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// The published document as JSON.
    pub(crate) document: String,
}

impl Api {
    pub(crate) fn new(exchange: Exchange, options: ApiOptions, document: String) -> Self {
        let limits = Limits::new(&options);
        Self { inner: Arc::new(Inner { exchange, options, limits, metrics: Metrics::default(), document }) }
    }
}

impl Deref for Api {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}
