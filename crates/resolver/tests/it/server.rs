//! A web server on this machine that does what a test tells it, over TLS or without.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hansa_resolver::{Lookup, Options, Resolver};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What a server says to a request for a path.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    /// These bytes: status line, headers and body.
    Bytes(Vec<u8>),
    /// These bytes, and then more and more until the other side hangs up.
    Endless(Vec<u8>),
    /// These bytes, and then nothing, without hanging up.
    Stall(Vec<u8>),
}

impl Say {
    pub(crate) fn ok(body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\ncontent-type: Application/DID+json; charset=utf-8\r\n\r\n",
            body.len()
        );
        Self::Bytes([head.as_bytes(), body].concat())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Bytes(format!("HTTP/1.1 {status} Something\r\ncontent-length: 4\r\n\r\nbody").into_bytes())
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::Bytes(format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes())
    }
}

type Answers = Arc<dyn Fn(&str) -> Say + Send + Sync>;

/// A server, until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// The certificate of the authority that vouches for it, in PEM; empty without TLS.
    pub(crate) root: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// A server over TLS for these names and for 127.0.0.1.
    pub(crate) async fn tls(names: &[&str], answers: impl Fn(&str) -> Say + Send + Sync + 'static) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let names: Vec<String> = names.iter().chain(&["127.0.0.1"]).map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().expect("a key");
        let own = CertificateParams::new(names).expect("good names").signed_by(&key, &root).expect("a certificate");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .expect("a server");
        Self::start(Some(TlsAcceptor::from(Arc::new(config))), root.pem(), Arc::new(answers)).await
    }

    /// A server without TLS.
    pub(crate) async fn plain(answers: impl Fn(&str) -> Say + Send + Sync + 'static) -> Self {
        Self::start(None, String::new(), Arc::new(answers)).await
    }

    async fn start(tls: Option<TlsAcceptor>, root: String, answers: Answers) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (connections.clone(), requests.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counts.0.fetch_add(1, Ordering::SeqCst);
                let (tls, answers, requests) = (tls.clone(), answers.clone(), counts.1.clone());
                tokio::spawn(async move {
                    // The other side hangs up when it has seen enough.
                    let _ = match tls {
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &answers, &requests).await,
                            Err(error) => Err(error),
                        },
                        None => serve(stream, &answers, &requests).await,
                    };
                });
            }
        });
        Self { address, root, connections, requests, task }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// The address of a path under a name.
    pub(crate) fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.address.port())
    }

    /// Options that trust this server's authority, and let these hosts be on this machine.
    pub(crate) fn options(&self, hosts: &[&str]) -> Options {
        let private_hosts: BTreeSet<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let roots = if self.root.is_empty() { Vec::new() } else { vec![self.root.clone().into_bytes()] };
        Options { private_hosts, roots, ..Options::default() }
    }

    /// A resolver with those options, to which every name is this machine.
    pub(crate) fn resolver(&self, hosts: &[&str]) -> Resolver {
        resolver(self.options(hosts))
    }
}

/// A resolver to which every name is this machine.
pub(crate) fn resolver(options: Options) -> Resolver {
    Resolver::with_lookup(options, answering(vec![vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]])).expect("a resolver")
}

/// A lookup that gives these answers in turn, the last one again and again.
pub(crate) fn answering(answers: Vec<Vec<IpAddr>>) -> Lookup {
    let asked = Arc::new(AtomicUsize::new(0));
    Arc::new(move |_name| {
        let turn = asked.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
        let addresses = answers[turn].clone();
        Box::pin(async move { Ok(addresses) })
    })
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answers: &Answers,
    requests: &AtomicUsize,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        while !buffer.ends_with(b"\r\n\r\n") {
            buffer.push(stream.read_u8().await?);
        }
        requests.fetch_add(1, Ordering::SeqCst);
        let request = String::from_utf8_lossy(&buffer).into_owned();
        buffer.clear();
        match answers(request.split(' ').nth(1).unwrap_or_default()) {
            Say::Bytes(bytes) => stream.write_all(&bytes).await?,
            Say::Stall(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                std::future::pending::<()>().await;
            }
            Say::Endless(bytes) => {
                stream.write_all(&bytes).await?;
                loop {
                    stream.write_all(&[b'x'; 4096]).await?;
                }
            }
        }
        stream.flush().await?;
    }
}
