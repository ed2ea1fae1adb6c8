//! Orders.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::{orders, why};
use hansa_model::id::OrderId;
use hansa_model::order::{NewOrder, Order, OrderKind, OrderPreview, OrderState, OrderStep, RejectOrder};
use hansa_model::page::Page;
use hansa_model::service::Why;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Body, Json, Nothing};
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(preview))
        .routes(routes!(get))
        .routes(routes!(steps))
        .routes(routes!(why))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(cancel))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OrderQuery {
    /// Those in this state.
    #[param(inline)]
    state: Option<OrderState>,
    /// Those of this kind.
    #[param(inline)]
    kind: Option<OrderKind>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists the orders of the caller's projects, the newest first; all for operators and auditors.
#[utoipa::path(get, path = "/v1/orders", operation_id = "listOrders", tag = "orders", params(OrderQuery),
    responses((status = 200, description = "A page of orders", body = Page<Order>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<OrderQuery>,
) -> Result<axum::Json<Page<Order>>> {
    let page = page(query.limit, query.cursor)?;
    let wanted = orders::Query { state: query.state, kind: query.kind, cursor: page.cursor, limit: Some(page.limit) };
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(orders::list(&mut tx, &caller, &wanted).await?))
}

/// Places an order: accepts a quote, or changes what is running. It is answered as soon as it is taken; what becomes
/// of it shows in its state and in the events.
#[utoipa::path(post, path = "/v1/orders", operation_id = "createOrder", tag = "orders", request_body = NewOrder,
    responses((status = 201, description = "The order", body = Order),
        (status = 404, description = "There is no such quote or service, or it is not the caller's")))]
async fn create(Caller(caller): Caller, change: Change<Json<NewOrder>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let order = orders::submit(&mut act.work, &caller, new).await?;
    act.created(Some(format!("/v1/orders/{}", order.id)), &order).await
}

/// Says what an order would do and cost, and what would refuse it. Nothing is placed.
#[utoipa::path(post, path = "/v1/orders/preview", operation_id = "previewOrder", tag = "orders",
    request_body = NewOrder, responses((status = 200, description = "What it would do", body = OrderPreview),
        (status = 404, description = "There is no such quote or service, or it is not the caller's")))]
async fn preview(
    State(api): State<Api>,
    Caller(caller): Caller,
    Body(Json(new)): Body<Json<NewOrder>>,
) -> Result<axum::Json<OrderPreview>> {
    let work = api.exchange.begin().await?;
    Ok(axum::Json(orders::preview(work, &caller, new).await?))
}

/// Shows one order.
#[utoipa::path(get, path = "/v1/orders/{order}", operation_id = "getOrder", tag = "orders",
    params(("order" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The order", body = Order)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &orders::get(&mut tx, &caller, order).await?))
}

/// Lists what was done for an order, step by step, forward steps first.
#[utoipa::path(get, path = "/v1/orders/{order}/steps", operation_id = "listOrderSteps", tag = "orders",
    params(("order" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The steps", body = Vec<OrderStep>)))]
async fn steps(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(order): Path<OrderId>,
) -> Result<axum::Json<Vec<OrderStep>>> {
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(orders::steps(&mut tx, &caller, order).await?))
}

/// Says what an order waits for, since when, and who must act.
#[utoipa::path(get, path = "/v1/orders/{order}/why", operation_id = "whyOrder", tag = "orders",
    params(("order" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "What it waits for", body = Why)))]
async fn why(State(api): State<Api>, Caller(caller): Caller, Path(order): Path<OrderId>) -> Result<axum::Json<Why>> {
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(why::order(&mut tx, &caller, order).await?))
}

/// Approves an order that waits for it. Nobody approves their own order.
#[utoipa::path(post, path = "/v1/orders/{order}/approve", operation_id = "approveOrder", tag = "orders",
    params(("order" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The order as it is now", body = Order)))]
async fn approve(Caller(caller): Caller, Path(order): Path<OrderId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let order = orders::approve(&mut act.work, &caller, order).await?;
    act.done(&order).await
}

/// Rejects an order that waits for approval.
#[utoipa::path(post, path = "/v1/orders/{order}/reject", operation_id = "rejectOrder", tag = "orders",
    params(("order" = OrderId, Path, description = "The order")), request_body = RejectOrder,
    responses((status = 200, description = "The order as it is now", body = Order)))]
async fn reject(
    Caller(caller): Caller,
    Path(order): Path<OrderId>,
    change: Change<Json<RejectOrder>>,
) -> Result<Response> {
    let (Json(reason), mut act) = begin!(change);
    let order = orders::reject(&mut act.work, &caller, order, reason.message).await?;
    act.done(&order).await
}

/// Cancels an order that is at work: what was done is undone.
#[utoipa::path(post, path = "/v1/orders/{order}/cancel", operation_id = "cancelOrder", tag = "orders",
    params(("order" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The order as it is now", body = Order)))]
async fn cancel(Caller(caller): Caller, Path(order): Path<OrderId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let order = orders::cancel(&mut act.work, &caller, order).await?;
    act.done(&order).await
}
