//! How many credentials one core verifies in a second: taken apart, signature checked, read, times checked. Keys are
//! known, as they are for all but the first credential of an issuer. Time counts while this thread is on a core, so
//! that other work on the machine changes little.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hansa_model::time::Timestamp;
use hansa_trust::credential::{Settings, Signer, Verifier};
use hansa_trust::did::{DidUrl, Document, Standing};
use hansa_trust::fetch::AtHand;
use hansa_trust::jose::{Algorithm, Jws, SigningKey};
use serde_json::{Value, json};

const AT: &str = "2026-11-22T12:00:00Z";
const ISSUER: &str = "did:web:issuer.example";

/// The time that this thread was on a core, in nanoseconds, as Linux counts it.
struct OnCore;

impl Measurement for OnCore {
    type Intermediate = u64;
    type Value = u64;

    fn start(&self) -> u64 {
        let counts = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux with scheduler statistics");
        counts.split(' ').next().and_then(|count| count.parse().ok()).expect("a number of nanoseconds")
    }

    fn end(&self, start: u64) -> u64 {
        self.start() - start
    }

    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, value: &u64) -> f64 {
        // Exact for the 104 days that the mantissa has room for.
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// Runs what never waits, as everything is at hand.
fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing waits"),
    }
}

fn key(algorithm: Algorithm) -> SigningKey {
    match algorithm {
        Algorithm::Ps256 => SigningKey::from_pkcs8(include_bytes!("../tests/data/keys/rsa-2048.pk8")),
        _ => SigningKey::generate(algorithm),
    }
    .expect("a key")
}

fn small() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/gaia-x/development#"],
        "id": "https://issuer.example/credentials/1",
        "type": ["VerifiableCredential", "gx:VatID"],
        "issuer": ISSUER,
        "validFrom": "2026-11-01T00:00:00Z",
        "validUntil": "2027-11-01T00:00:00Z",
        "credentialSubject": {
            "id": "https://issuer.example/credentials/1#cs",
            "type": "gx:VatID",
            "gx:vatID": "NL123456789B01",
        },
    })
}

fn large() -> Value {
    let mut offering: Value =
        serde_json::from_str(include_str!("../tests/data/gaiax/vm-offering.vc.json")).expect("JSON");
    offering["issuer"] = ISSUER.into();
    offering
}

fn credentials(criterion: &mut Criterion<OnCore>) {
    let at: Timestamp = AT.parse().expect("an instant");
    let key_id: DidUrl = format!("{ISSUER}#key-1").parse().expect("a key's name");
    for (size, document) in [("small", small()), ("offering", large())] {
        let mut group = criterion.benchmark_group(size);
        group.throughput(Throughput::Elements(1));
        for algorithm in Algorithm::ALL {
            let key = key(algorithm);
            let mut did = Document::new(key_id.did().clone());
            did.publish("key-1", key.public().clone(), Standing::Current, None).expect("a key");
            let mut documents = AtHand::default();
            documents.add(key_id.did().document_url(), did.to_json().to_string());
            let verifier = Verifier::new(documents, Settings::default());
            let compact = Signer { key: &key, key_id: &key_id }.credential(&document).expect("a credential");
            group.bench_function(algorithm.name(), |bencher| {
                bencher.iter(|| run(verifier.verify_credential(black_box(&compact), at)).expect("a good credential"));
            });
        }
        group.finish();
    }
}

fn signatures(criterion: &mut Criterion<OnCore>) {
    let mut group = criterion.benchmark_group("signature alone");
    group.throughput(Throughput::Elements(1));
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let compact = hansa_trust::jose::sign(&key, &serde_json::Map::new(), b"payload").expect("a signature");
        let jws = Jws::parse(&compact, 10_000).expect("a signature");
        group.bench_function(algorithm.name(), |bencher| {
            bencher.iter(|| jws.verify(black_box(key.public())).expect("a good signature"));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(OnCore).sample_size(20);
    targets = credentials, signatures
}
criterion_main!(benches);
