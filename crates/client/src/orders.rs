//! Orders.

use hansa_model::id::OrderId;
use hansa_model::order::{NewOrder, Order, OrderKind, OrderPreview, OrderState, OrderStep, RejectOrder};
use hansa_model::service::Why;
use serde::Serialize;
use serde_json::Value;

use crate::client::Client;
use crate::error::ClientError;

/// Which orders to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OrderFilter {
    /// Those in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<OrderState>,
    /// Those that do this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<OrderKind>,
}

impl Client {
    /// The orders that the caller may see, the newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, ClientError> {
        self.all("/v1/orders", filter).await
    }

    /// One order.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn order(&self, id: OrderId) -> Result<Order, ClientError> {
        self.get(format!("/v1/orders/{id}")).await
    }

    /// Places an order.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_order(&self, new: &NewOrder) -> Result<Order, ClientError> {
        self.post("/v1/orders", new).await
    }

    /// What an order would do and cost; nothing is placed.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn preview_order(&self, new: &NewOrder) -> Result<OrderPreview, ClientError> {
        self.post("/v1/orders/preview", new).await
    }

    /// The steps of an order, in their order.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn order_steps(&self, id: OrderId) -> Result<Vec<OrderStep>, ClientError> {
        let answer: Value = self.get(format!("/v1/orders/{id}/steps")).await?;
        // Steps are few, so that they need no pages; exchanges may still wrap them in one.
        let items = match answer {
            Value::Object(mut page) => page.remove("items").unwrap_or_default(),
            items => items,
        };
        serde_json::from_value(items).map_err(ClientError::Shape)
    }

    /// What an order waits for.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn why_order(&self, id: OrderId) -> Result<Why, ClientError> {
        self.get(format!("/v1/orders/{id}/why")).await
    }

    /// Approves an order of somebody else.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn approve_order(&self, id: OrderId) -> Result<Order, ClientError> {
        self.post(format!("/v1/orders/{id}/approve"), &()).await
    }

    /// Rejects an order.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn reject_order(&self, id: OrderId, reason: &RejectOrder) -> Result<Order, ClientError> {
        self.post(format!("/v1/orders/{id}/reject"), reason).await
    }

    /// Cancels an order.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn cancel_order(&self, id: OrderId) -> Result<Order, ClientError> {
        self.post(format!("/v1/orders/{id}/cancel"), &()).await
    }
}
