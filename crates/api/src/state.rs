//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use hansa_exchange::Exchange;

use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::options::ApiOptions;
use crate::relay::Consoles;

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
    pub(crate) consoles: Consoles,
    /// The published document as JSON.
    pub(crate) document: String,
}

impl Api {
    pub(crate) fn new(exchange: Exchange, options: ApiOptions, document: String) -> Self {
        let limits = Limits::new(&options);
        let (metrics, consoles) = (Metrics::default(), Consoles::default());
        Self { inner: Arc::new(Inner { exchange, options, limits, metrics, consoles, document }) }
    }
}

impl Deref for Api {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}
