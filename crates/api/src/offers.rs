//! Offers.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use hansa_exchange::offers;
use hansa_exchange::offers::Published;
use hansa_model::country::Country;
use hansa_model::document::Document;
use hansa_model::id::OfferId;
use hansa_model::kind::{Bounds, PropertyBound, property_type};
use hansa_model::kind::{KindId, Properties};
use hansa_model::money::Money;
use hansa_model::offer::{NewOffer, Offer, OfferState};
use hansa_model::page::Page;
use hansa_model::quantity::Size;
use hansa_store::offer::{FacetCount, OfferFilter, OfferSort};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Json, Nothing};
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Path2, Query, commas, non_empty, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, publish))
        .routes(routes!(compare))
        .routes(routes!(get, retire))
        .routes(routes!(version))
}

/// How offers are sorted.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
enum Sort {
    /// By provider, site and sku.
    #[default]
    #[serde(rename = "name")]
    Name,
    /// By currency, then the cheapest first.
    #[serde(rename = "price")]
    Price,
    /// By currency, then the dearest first.
    #[serde(rename = "-price")]
    PriceDescending,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfferQuery {
    /// Those of these service kinds, separated by commas.
    #[serde(default, deserialize_with = "commas")]
    #[param(value_type = Option<String>, example = "compute.instance")]
    kind: Vec<KindId>,
    /// Those of this provider: short name or identifier.
    provider: Option<String>,
    /// Those at this site: short name or identifier.
    site: Option<String>,
    /// Those in these countries, separated by commas.
    #[serde(default, deserialize_with = "commas")]
    #[param(value_type = Option<String>, example = "NL,FR")]
    country: Vec<Country>,
    /// Those in these states, separated by commas; all but retired ones when absent.
    #[serde(default, deserialize_with = "commas")]
    #[param(value_type = Option<String>, example = "orderable,listed")]
    state: Vec<State_>,
    /// Those whose sku, provider, site or city holds this text.
    q: Option<String>,
    /// How they are sorted.
    #[serde(default)]
    #[param(inline, value_type = Option<Sort>)]
    sort: Sort,
    /// Whether to count how all offers found are spread over kinds, providers, countries, states and currencies.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    facets: bool,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// A state in a query.
#[derive(Debug)]
struct State_(OfferState);

impl std::str::FromStr for State_ {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> std::result::Result<Self, serde_json::Error> {
        serde_json::from_value(text.into()).map(Self)
    }
}

/// A page of offers, with counts where they were asked for.
#[derive(Debug, Serialize, ToSchema)]
struct OfferPage {
    /// The offers.
    items: Vec<Offer>,
    /// What to send as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many of all offers found have a value, by attribute (`kind`, `provider`, `country`, `state`, `currency`)
    /// and value.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<BTreeMap<String, BTreeMap<String, u64>>>,
}

type Facets = BTreeMap<String, BTreeMap<String, u64>>;

fn by_attribute(counts: Vec<FacetCount>) -> Facets {
    let mut facets = Facets::new();
    for FacetCount { facet, value, count } in counts {
        facets.entry(facet).or_default().insert(value, count);
    }
    facets
}

/// Lists the offers that the caller may see.
#[utoipa::path(get, path = "/v1/offers", operation_id = "listOffers", tag = "catalogue", params(OfferQuery),
    responses((status = 200, description = "A page of offers", body = OfferPage)))]
async fn list(
    State(api): State<Api>,
    caller: Option<Caller>,
    Query(query): Query<OfferQuery>,
) -> Result<axum::Json<OfferPage>> {
    let page = page(query.limit, query.cursor)?;
    let wanted = OfferFilter {
        kinds: query.kind,
        provider: non_empty(query.provider),
        site: non_empty(query.site),
        countries: query.country,
        states: query.state.into_iter().map(|state| state.0).collect(),
        text: non_empty(query.q),
        sort: match query.sort {
            Sort::Name => OfferSort::Name,
            Sort::Price => OfferSort::Price,
            Sort::PriceDescending => OfferSort::PriceDescending,
        },
    };
    let caller = caller.as_ref().map(|caller| &caller.0);
    let now = api.exchange.now();
    let mut tx = api.exchange.read().await?;
    let Page { items, next } = offers::list(&mut tx, caller, &wanted, now, &page).await?;
    let facets =
        if query.facets { Some(by_attribute(offers::facets(&mut tx, caller, &wanted, now).await?)) } else { None };
    Ok(axum::Json(OfferPage { items, next, facets }))
}

/// Publishes an offer of the caller's participant: a new one, or a new version of the one with the same site and sku.
/// Publishing what is there already changes nothing.
#[utoipa::path(post, path = "/v1/offers", operation_id = "publishOffer", tag = "catalogue", request_body = NewOffer,
    responses((status = 201, description = "A new offer", body = Offer),
        (status = 200, description = "A new version, or the same as before", body = Offer)))]
async fn publish(Caller(caller): Caller, change: Change<Json<NewOffer>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    match offers::publish(&mut act.work, &caller, new).await? {
        (offer, Published::Created) => act.created(Some(format!("/v1/offers/{}", offer.id)), &offer).await,
        (offer, _) => act.done(&offer).await,
    }
}

/// Shows one offer.
#[utoipa::path(get, path = "/v1/offers/{offer}", operation_id = "getOffer", tag = "catalogue",
    params(("offer" = OfferId, Path, description = "The offer")),
    responses((status = 200, description = "The offer", body = Offer)))]
async fn get(
    State(api): State<Api>,
    caller: Option<Caller>,
    Path(offer): Path<OfferId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    let caller = caller.as_ref().map(|caller| &caller.0);
    Ok(etag::answer(&headers, &offers::get(&mut tx, caller, offer, api.exchange.now()).await?))
}

/// Shows an offer as it was in one of its versions.
#[utoipa::path(get, path = "/v1/offers/{offer}/versions/{version}", operation_id = "getOfferVersion",
    tag = "catalogue", params(("offer" = OfferId, Path, description = "The offer"),
        ("version" = u32, Path, description = "The version, from 1")),
    responses((status = 200, description = "The offer in that version", body = Offer)))]
async fn version(
    State(api): State<Api>,
    caller: Option<Caller>,
    Path2(offer, version): Path2<OfferId, u32>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    let caller = caller.as_ref().map(|caller| &caller.0);
    let found = offers::version(&mut tx, caller, offer, version, api.exchange.now()).await?;
    Ok(etag::answer(&headers, &found))
}

/// Withdraws an offer for good; what was ordered on it runs on.
#[utoipa::path(delete, path = "/v1/offers/{offer}", operation_id = "retireOffer", tag = "catalogue",
    params(("offer" = OfferId, Path, description = "The offer")),
    responses((status = 204, description = "It is withdrawn")))]
async fn retire(Caller(caller): Caller, Path(offer): Path<OfferId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    offers::retire(&mut act.work, &caller, offer).await?;
    act.gone().await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CompareQuery {
    /// The offers, 1 to 10 identifiers separated by commas.
    #[serde(deserialize_with = "commas")]
    #[param(value_type = String)]
    ids: Vec<OfferId>,
    /// The properties that are asked for, as a JSON object: `{"cpu": ">= 2", "memory": ">= 4 GiB"}`. Of those that
    /// nothing is said about, the least on offer counts.
    properties: Option<String>,
    /// What is sent out in a month: `200 GB`.
    #[param(value_type = Option<String>)]
    traffic: Option<Size>,
}

/// An offer beside others.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ComparedOffer {
    /// The offer.
    offer: Offer,
    /// What a service would get of what is asked for.
    properties: Properties,
    /// What that is expected to cost in a month; absent when the offer does not have what is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly: Option<Money>,
    /// What is due once.
    #[serde(skip_serializing_if = "Option::is_none")]
    one_off: Option<Money>,
    /// The properties that the offer does not have as they are asked for.
    unmet: Vec<String>,
}

/// Shows offers side by side, with what each would cost for the same properties.
#[utoipa::path(get, path = "/v1/offers/compare", operation_id = "compareOffers", tag = "catalogue",
    params(CompareQuery),
    responses((status = 200, description = "The offers in the order asked for", body = Vec<ComparedOffer>),
        (status = 404, description = "One of the offers is not there"),
        (status = 422, description = "The amounts are too large")))]
async fn compare(
    State(api): State<Api>,
    caller: Option<Caller>,
    Query(query): Query<CompareQuery>,
) -> Result<Response> {
    let wanted = bounds(non_empty(query.properties))?;
    let egress = query.traffic.map_or(0, |size| size.base());
    let caller = caller.as_ref().map(|caller| &caller.0);
    let mut tx = api.exchange.read().await?;
    let compared = offers::compare(&mut tx, caller, &query.ids, &wanted, egress, api.exchange.now()).await?;
    let compared: Vec<_> = compared
        .into_iter()
        .map(|one| ComparedOffer {
            offer: one.offer,
            properties: one.properties,
            monthly: one.estimate.as_ref().map(|estimate| estimate.monthly),
            one_off: one.estimate.as_ref().map(|estimate| estimate.one_off),
            unmet: one.unmet,
        })
        .collect();
    Ok(axum::Json(compared).into_response())
}

/// Reads what is asked for.
fn bounds(text: Option<String>) -> Result<Bounds> {
    let Some(text) = text else { return Ok(Bounds::new()) };
    let invalid = |errors| hansa_exchange::Error::Invalid(errors);
    let document = Document::parse(&text).map_err(|error| invalid(vec![error]))?;
    let read = document.read(|root| {
        let mut bounds = Bounds::new();
        for (name, field) in root.entries() {
            let fields = match field.value().as_object() {
                Some(_) => {
                    field.entries().into_iter().map(|(inner, field)| (format!("{name}.{inner}"), field)).collect()
                }
                None => vec![(name.to_owned(), field)],
            };
            for (name, field) in fields {
                match property_type(&name).map(|kind| PropertyBound::read(kind, field.value())) {
                    Some(Ok(bound)) => drop(bounds.insert(name, bound)),
                    Some(Err(message)) => field.error(message),
                    None => field.error("no service kind has this property"),
                }
            }
        }
        Some(bounds)
    });
    Ok(read.map_err(invalid)?)
}
