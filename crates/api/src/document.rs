//! The published document (OpenAPI 3.1). Handlers describe what is particular to them; what follows from the table of
//! operations (who may call, how requests repeat, which refusals there are) is added here for all.

use hansa_exchange::authorization::{Method, Operation, Reach, Rule};
use hansa_model::problem::Problem;
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation as Described, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, Response,
    ResponseBuilder, ResponsesBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::router::operations;

const TOKEN: &str = "token";
const SESSION: &str = "session";
const AGENT: &str = "agent";

/// The document as it is published.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = operations().into_openapi();
    complete(&mut document);
    document
}

/// The document before any operation.
pub(crate) fn skeleton() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Hansa")
        .version("1")
        .description(Some(
            "An open exchange for a federated European cloud. Errors are `application/problem+json` with a stable \
             `type`, a hint and the request's id. Lists are paged by cursor. Requests that change something may carry \
             an `Idempotency-Key`.",
        ))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// Adds what follows from the table of operations.
pub(crate) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert("Problem".to_owned(), Problem::schema());
    for (status, description) in SHARED {
        components.responses.insert(shared_name(status), RefOr::T(refusal(description)));
    }
    components.add_security_scheme(TOKEN, bearer("An API token, `hansa_…`.", "hansa"));
    let cookie = ApiKeyValue::with_description(
        "hansa-session",
        "A session in a browser; `__Host-hansa-session` where the connection is encrypted. What changes something must \
         come from a page of the exchange itself, or with the header `x-hansa-console: 1`.",
    );
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme(AGENT, bearer("A JWT signed by the agent's own key.", "JWT"));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ] {
            let Some(operation) = operation else { continue };
            if let Some(known) = Operation::at(name(&method), path) {
                describe(operation, known.rule());
            }
        }
    }
}

const fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => Method::Post.name(),
        HttpMethod::Patch => Method::Patch.name(),
        HttpMethod::Delete => Method::Delete.name(),
        _ => Method::Get.name(),
    }
}

fn bearer(description: &str, format: &str) -> SecurityScheme {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
    SecurityScheme::Http(scheme.description(Some(description)).build())
}

fn describe(operation: &mut Described, rule: &Rule) {
    let none: [&str; 0] = [];
    operation.security = Some(match rule.reach {
        Reach::Public => vec![
            SecurityRequirement::default(),
            SecurityRequirement::new(TOKEN, none),
            SecurityRequirement::new(SESSION, none),
        ],
        Reach::Agent => vec![SecurityRequirement::new(AGENT, none)],
        Reach::Account => vec![SecurityRequirement::new(SESSION, none)],
        _ => vec![SecurityRequirement::new(TOKEN, none), SecurityRequirement::new(SESSION, none)],
    });
    let authorization = json!({
        "reach": rule.reach.name(),
        "roles": rule.roles.iter().map(|role| role.name()).collect::<Vec<_>>(),
        "scope": rule.scope.map(|scope| scope.name()),
    });
    operation.extensions = Some(ExtensionsBuilder::new().add("x-authorization", authorization).build());
    if changes(rule) && rule.reach != Reach::Agent && !rule.operation.is_sign_in() {
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
    }
    let responses = std::mem::replace(&mut operation.responses, ResponsesBuilder::new().build());
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let mut all = responses.responses;
    for status in refusals(rule, has_parameters, operation.request_body.is_some()) {
        all.entry(status.to_string()).or_insert_with(|| Ref::from_response_name(shared_name(status)).into());
    }
    for (status, response) in &mut all {
        if let (true, RefOr::T(response)) = (status.as_str() >= "400", response)
            && response.content.is_empty()
        {
            *response = refusal(&response.description.clone());
        }
    }
    operation.responses = ResponsesBuilder::new().responses_from_iter(all).build();
}

/// The refusals that many operations share.
const SHARED: [(u16, &str); 12] = [
    (400, "The input is wrong; every fault is named"),
    (401, "The credentials are missing or do not work"),
    (403, "The caller may see it, but not do this"),
    (404, "There is no such thing, or the caller may not see it"),
    (408, "The body did not arrive in time"),
    (409, "It clashes with what is there"),
    (413, "The body is too large"),
    (415, "The body is of the wrong kind"),
    (422, "It can't be done as things are, or the idempotency key was used for another request"),
    (429, "There were too many requests; `retry-after` says how long to wait"),
    (500, "A fault of the exchange"),
    (503, "The exchange is not available; `retry-after` says when to try again"),
];

fn shared_name(status: u16) -> String {
    format!("Problem{status}")
}

/// Whether something is different afterwards; a search is sent like a change, because it is too large for an address.
fn changes(rule: &Rule) -> bool {
    rule.method.changes() && rule.operation != Operation::Match
}

/// The refusals that follow from the kind of operation.
fn refusals(rule: &Rule, has_parameters: bool, has_body: bool) -> Vec<u16> {
    let alive = rule.operation == Operation::Health;
    let watched = alive || matches!(rule.operation, Operation::Readiness | Operation::Metrics);
    let (changes, sends) = (changes(rule), rule.method.changes());
    let wanted = [
        (400, has_parameters || has_body),
        (401, !watched),
        (403, rule.reach != Reach::Public || changes),
        (404, rule.path.contains('{')),
        (408, sends),
        (409, changes),
        (413, sends),
        (415, has_body && rule.operation != Operation::ImportOffers),
        (422, changes),
        (429, !watched),
        (500, !alive),
        (503, !alive),
    ];
    wanted.into_iter().filter(|(_, applies)| *applies).map(|(status, _)| status).collect()
}

fn refusal(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .min_length(Some(1))
        .max_length(Some(255))
        .build();
    ParameterBuilder::new()
        .name("idempotency-key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Names this request, so that its repetition within seven days gets the same answer and has no effect",
        ))
        .schema(Some(schema))
        .build()
}
