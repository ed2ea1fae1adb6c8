//! The resolver.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Once};

use futures_util::future::BoxFuture;
use hansa_trust::fetch::{Fetch, FetchError, Fetched};
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Certificate, Response};
use url::{Host, Url};

use crate::cache::Cache;
use crate::guard::{CheckedLookup, Guard, Lookup, forbidden, system_lookup};
use crate::options::{Options, SetupError};

/// Answers for the own addresses: the document at a path with its query, like `/.well-known/did.json`, if there is one.
pub type Own = Arc<dyn Fn(String) -> BoxFuture<'static, Option<Fetched>> + Send + Sync>;

/// Fetches documents. Clones share connections and what is kept.
#[derive(Clone)]
pub struct Resolver {
    inner: Arc<Inner>,
    own: Option<(Url, Own)>,
}

struct Inner {
    client: reqwest::Client,
    guard: Guard,
    cache: Cache,
    options: Options,
}

impl Resolver {
    /// A resolver that looks names up as the machine does.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: Options) -> Result<Self, SetupError> {
        Self::with_lookup(options, system_lookup())
    }

    /// A resolver that looks names up as it is told.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn with_lookup(options: Options, lookup: Lookup) -> Result<Self, SetupError> {
        let guard = Guard::new(&options);
        let client = client(&options, CheckedLookup { guard: guard.clone(), lookup })?;
        let cache = Cache::new(options.cache);
        Ok(Self { inner: Arc::new(Inner { client, guard, cache, options }), own: None })
    }

    /// The same, answering for everything under an own address like `https://exchange.example` by itself, without a
    /// network. Scheme and path of that address do not matter.
    ///
    /// # Errors
    /// [`SetupError::OwnAddress`].
    pub fn answering_for(self, address: &str, own: Own) -> Result<Self, SetupError> {
        let url = Url::parse(address).ok().filter(Url::has_host);
        let url = url.ok_or_else(|| SetupError::OwnAddress(address.to_owned()))?;
        Ok(Self { own: Some((url, own)), ..self })
    }

    /// What answers for an address, and the path there, if it is an own one.
    fn own(&self, address: &str) -> Option<(&Own, String)> {
        let (own, answer) = self.own.as_ref()?;
        let url = Url::parse(address).ok()?;
        let is_web = matches!(url.scheme(), "https" | "http");
        let is_own = url.host() == own.host() && url.port() == own.port();
        let path = || url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        (is_web && is_own).then(|| (answer, path()))
    }
}

/// What was answered to something that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Resolver {
    /// Hands a body in at an address, whatever the answer. The same addresses may be asked as for documents; nothing
    /// is followed or kept.
    ///
    /// # Errors
    /// [`FetchError`], but for [`FetchError::Status`].
    pub async fn post(&self, url: &str, media_type: &str, body: String, limit: usize) -> Result<Answer, FetchError> {
        let target = self.inner.target(url, url)?;
        let ask = async {
            let request = self.inner.client.post(target).header(CONTENT_TYPE, media_type).header(ACCEPT, "*/*");
            let response = request.body(body).send().await.map_err(|error| failed(url, &error))?;
            let status = response.status().as_u16();
            Ok(Answer { status, body: body_of(url, response, limit).await? })
        };
        let late = |_| Err(FetchError::TimedOut(url.to_owned()));
        tokio::time::timeout(self.inner.options.answer_within, ask).await.unwrap_or_else(late)
    }
}

impl Fetch for Resolver {
    async fn fetch(&self, url: &str, limit: usize) -> Result<Fetched, FetchError> {
        if let Some((own, path)) = self.own(url) {
            return match own(path).await {
                Some(fetched) if fetched.body.len() > limit => Err(FetchError::TooLarge { url: url.to_owned(), limit }),
                Some(fetched) => Ok(fetched),
                None => Err(FetchError::Status { url: url.to_owned(), status: 404 }),
            };
        }
        let target = self.inner.target(url, url)?;
        let ask = async {
            let whole = self.inner.follow(url, target.clone(), limit);
            let late = |_| Err(FetchError::TimedOut(url.to_owned()));
            tokio::time::timeout(self.inner.options.answer_within, whole).await.unwrap_or_else(late)
        };
        self.inner.cache.get(target.as_str(), limit, ask).await
    }
}

impl Inner {
    /// Where to ask for an address, if it may be asked. `asked` is what errors name.
    fn target(&self, address: &str, asked: &str) -> Result<Url, FetchError> {
        let refused = |why: String| FetchError::Refused { url: asked.to_owned(), why };
        let mut url = Url::parse(address).map_err(|error| refused(error.to_string()))?;
        url.set_fragment(None);
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it carries a user's name or password".to_owned()));
        }
        let host = url.host().ok_or_else(|| refused("it names no host".to_owned()))?;
        let literal = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        if let Some(address) = literal {
            let name = url.host_str().unwrap_or_default();
            self.guard.check(name, address).map_err(|error| refused(error.to_string()))?;
        }
        let is_plain = self.options.plain_http.contains(url.authority());
        match url.scheme() {
            "https" if is_plain => {
                // The port stays as it is written; `https` has none of its own here.
                let _ = url.set_scheme("http");
                Ok(url)
            }
            "https" => Ok(url),
            "http" if is_plain => Ok(url),
            other => Err(refused(format!("its scheme is `{other}`: only https is asked"))),
        }
    }

    async fn follow(&self, asked: &str, mut target: Url, limit: usize) -> Result<Fetched, FetchError> {
        let refused = |why: String| FetchError::Refused { url: asked.to_owned(), why };
        for _ in 0..=self.options.redirects {
            let request = self.client.get(target.clone()).header(ACCEPT, "*/*");
            let response = request.send().await.map_err(|error| failed(asked, &error))?;
            if !response.status().is_redirection() {
                return read(asked, response, limit).await;
            }
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let location = location.ok_or_else(|| refused("it redirects to nowhere".to_owned()))?;
            let next = target.join(location).map_err(|error| refused(error.to_string()))?;
            if target.scheme() == "https" && next.scheme() != "https" {
                return Err(refused("it redirects to an address without encryption".to_owned()));
            }
            target = self.target(next.as_str(), asked)?;
        }
        Err(refused(format!("it redirects more than {} times", self.options.redirects)))
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

async fn read(asked: &str, response: Response, limit: usize) -> Result<Fetched, FetchError> {
    let status = response.status().as_u16();
    if status != 200 {
        return Err(FetchError::Status { url: asked.to_owned(), status });
    }
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|value| value.split(';').next()).map(|value| value.trim().to_lowercase());
    Ok(Fetched { body: body_of(asked, response, limit).await?, media_type })
}

async fn body_of(asked: &str, mut response: Response, limit: usize) -> Result<Vec<u8>, FetchError> {
    let too_large = || FetchError::TooLarge { url: asked.to_owned(), limit };
    if response.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| failed(asked, &error))? {
        if body.len() + part.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn failed(asked: &str, error: &reqwest::Error) -> FetchError {
    let url = asked.to_owned();
    if let Some(forbidden) = forbidden(error) {
        return FetchError::Refused { url, why: forbidden.to_string() };
    }
    if error.is_timeout() {
        return FetchError::TimedOut(url);
    }
    let mut why = error.source();
    while let Some(deeper) = why.and_then(std::error::Error::source) {
        why = Some(deeper);
    }
    FetchError::Unreachable { url, why: why.map_or_else(|| "the connection failed".to_owned(), ToString::to_string) }
}

fn client(options: &Options, lookup: CheckedLookup) -> Result<reqwest::Client, SetupError> {
    install_cryptography();
    let roots: Result<Vec<_>, _> = options.roots.iter().map(|pem| Certificate::from_pem_bundle(pem)).collect();
    let roots: Vec<Certificate> = roots.map_err(SetupError::Root)?.into_iter().flatten().collect();
    let lookup = Arc::new(lookup);
    let builder = || {
        reqwest::Client::builder()
            .user_agent(concat!("hansa/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_within)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(lookup.clone())
    };
    // A machine may trust nobody at all; then only the roots given here count.
    let with_machine = builder().tls_certs_merge(roots.clone()).build();
    with_machine.or_else(|_| builder().tls_certs_only(roots).build()).map_err(SetupError::Client)
}

/// Makes ring the cryptography of TLS in this process, unless one was chosen before.
fn install_cryptography() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
