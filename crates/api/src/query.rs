//! What a request says in its address: paths, queries, pages.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use hansa_exchange::Error;
use hansa_model::page::MAX_PAGE;
use hansa_store::page::{DEFAULT_PAGE, PageRequest};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::problem::{Refusal, Result};

/// The query of a request. Unknown, repeated and unreadable parameters are refused.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") {
            return Err(Error::field("query", "it holds a zero byte").into());
        }
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        match read {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let reason = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, reason)| reason);
                let (field, message) = reason.split_once(": ").unwrap_or(("query", reason));
                Err(Error::field(field, message).into())
            }
        }
    }
}

/// The parts of a path. What is no identifier names nothing, so it is not found.
pub(crate) struct Path<T>(pub(crate) T);

fn part<T: FromStr>(params: &RawPathParams, index: usize) -> Result<T> {
    let text = params.iter().nth(index).map(|(_, value)| value).unwrap_or_default();
    // Nothing is called by it, and databases take it badly.
    if text.contains('\0') {
        return Err(Error::not_found("thing", "").into());
    }
    text.parse().map_err(|_| Refusal::from(Error::not_found("thing", text)))
}

async fn params<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<RawPathParams> {
    RawPathParams::from_request_parts(parts, state).await.map_err(|_| Refusal::no_route())
}

/// One part of a path.
impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let params = params(parts, state).await?;
        Ok(Self(part(&params, 0)?))
    }
}

/// Two parts of a path.
pub(crate) struct Path2<A, B>(pub(crate) A, pub(crate) B);

impl<A: FromStr, B: FromStr, S: Send + Sync> FromRequestParts<S> for Path2<A, B> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let params = params(parts, state).await?;
        Ok(Self(part(&params, 0)?, part(&params, 1)?))
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

impl PageQuery {
    pub(crate) fn request(self) -> Result<PageRequest> {
        page(self.limit, self.cursor)
    }
}

/// The page that two parameters ask for.
pub(crate) fn page(limit: Option<u32>, cursor: Option<String>) -> Result<PageRequest> {
    let limit = limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Error::field("limit", format!("this goes from 1 to {MAX_PAGE}")).into());
    }
    Ok(PageRequest { limit, cursor })
}

/// Reads `a,b,c` as a list.
pub(crate) fn commas<'de, T, D>(deserializer: D) -> std::result::Result<Vec<T>, D::Error>
where
    T: FromStr,
    T::Err: Display,
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    text.split(',').filter(|part| !part.is_empty()).map(|part| part.parse().map_err(D::Error::custom)).collect()
}

/// A text that says something; an empty one counts as absent.
pub(crate) fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
