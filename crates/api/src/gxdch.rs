//! A clearing house under the paths and media types of those of Gaia-X.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use hansa_exchange::clearing::{self, Asked, Offered};
use hansa_model::country::Country;
use hansa_model::evidence::CertificateChain;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Body, Json, Presentation};
use crate::problem::Result;
use crate::query::{Path, Path2, Query, non_empty};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(notarise))
        .routes(routes!(comply))
        .routes(routes!(trusted_issuers))
        .routes(routes!(check_chain))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct NotaryQuery {
    /// The identifier that the credential shall have: an address or DID.
    #[serde(rename = "vcId")]
    credential: String,
    /// The identifier of what it is about; that of the credential with `#cs` when absent.
    #[serde(rename = "subjectId")]
    subject: Option<String>,
    /// The country, for numbers that do not name it.
    country: Option<String>,
}

/// Signs for a registration number whose form and check digits are right. No register is asked, and the credential
/// says so.
#[utoipa::path(get, path = "/gxdch/v2/registration-numbers/{kind}/{number}",
    operation_id = "notariseRegistrationNumber", tag = "clearing-house",
    params(("kind" = String, Path, description = "`vat-id`, `lei-code`, `eori`, `tax-id`, `euid` or `local`"),
        ("number" = String, Path, description = "The number"), NotaryQuery),
    responses((status = 200, description = "The credential", content_type = "application/vc+jwt", body = String),
        (status = 404, description = "There is no such kind of number")))]
async fn notarise(
    State(api): State<Api>,
    Path2(kind, number): Path2<String, String>,
    Query(query): Query<NotaryQuery>,
) -> Result<Response> {
    let country = non_empty(query.country).map(|code| code.parse::<Country>());
    let country = country.transpose().map_err(|error| hansa_exchange::Error::field("country", error.to_string()))?;
    let (credential, subject) = (query.credential, non_empty(query.subject));
    let asked = Asked { kind, number, country, credential, subject };
    Ok(credential_of(StatusCode::OK, clearing::notarise(&api.exchange, &asked).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ComplianceQuery {
    /// The identifier that the label shall have: an address or DID.
    vcid: String,
}

/// Gives a label for a presentation of credentials, computed by this exchange; it is no label of Gaia-X.
#[utoipa::path(post, path = "/gxdch/v2/api/credential-offers/{level}", operation_id = "offerCredentials",
    tag = "clearing-house",
    params(("level" = String, Path,
        description = "`standard-compliance`, `label-level-1`, `label-level-2` or `label-level-3`"), ComplianceQuery),
    request_body(content = String, content_type = "application/vp+jwt", description = "The presentation"),
    responses((status = 201, description = "The label", content_type = "application/vc+jwt", body = String),
        (status = 404, description = "There is no such level"),
        (status = 409, description = "It does not meet the level; `errors` names every criterion and fault")))]
async fn comply(
    State(api): State<Api>,
    Path(level): Path<String>,
    Query(query): Query<ComplianceQuery>,
    Body(Presentation(presentation)): Body<Presentation>,
) -> Result<Response> {
    let offered = Offered { level, credential: query.vcid, presentation };
    Ok(credential_of(StatusCode::CREATED, clearing::comply(&api.exchange, &offered).await?))
}

/// Lists whom this registry trusts what.
#[utoipa::path(get, path = "/gxdch/v2/api/trusted-issuers", operation_id = "listRegistryIssuers",
    tag = "clearing-house", responses((status = 200, description = "The list", body = serde_json::Value)))]
async fn trusted_issuers(State(api): State<Api>) -> Result<Answer<serde_json::Value>> {
    Ok(Answer(clearing::trusted_issuers(&api.exchange).await?))
}

/// Tells whether the certificates at an address lead to a trust anchor of this registry.
#[utoipa::path(post, path = "/gxdch/api/trustAnchor/chain/file", operation_id = "checkChain", tag = "clearing-house",
    request_body = CertificateChain,
    responses((status = 200, description = "They do; with the anchor", body = serde_json::Value),
        (status = 409, description = "They do not")))]
async fn check_chain(
    State(api): State<Api>,
    Body(Json(chain)): Body<Json<CertificateChain>>,
) -> Result<Answer<serde_json::Value>> {
    Ok(Answer(clearing::leads_to_anchor(&api.exchange, &chain.uri).await?))
}

fn credential_of(status: StatusCode, credential: String) -> Response {
    (status, [(CONTENT_TYPE, "application/vc+jwt")], credential).into_response()
}
