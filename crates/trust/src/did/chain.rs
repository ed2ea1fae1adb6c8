//! The X.509 certificates behind a key (RFC 5280), up to an anchor that is trusted.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert, ring};
use x509_parser::oid_registry::{OID_EC_P256, OID_NIST_EC_P384, OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey as Parsed;

use crate::jose::PublicKey;
use crate::jose::public_key::Material;

/// The most bytes of a chain.
pub(crate) const CHAIN_LIMIT: usize = 128 * 1024;
/// The most certificates of a chain.
const LENGTH_LIMIT: usize = 8;

/// What certificates may be signed with.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ED25519,
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// Why a chain of certificates does not vouch for a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// It can't be read.
    #[error("the certificates can't be read: give up to {LENGTH_LIMIT}, that of the key first, as PEM or base64 DER")]
    Malformed,
    /// Its first certificate is of another key.
    #[error("the first certificate is of another key than the DID document's")]
    OtherKey,
    /// It does not lead to a trust anchor.
    #[error("the certificates do not lead to a trust anchor of this exchange: {0}")]
    Untrusted(String),
    /// One of its certificates does not count at that time.
    #[error("a certificate counts from {from} to {until} only")]
    OutOfTime {
        /// When the chain begins to count.
        from: Timestamp,
        /// When it ends.
        until: Timestamp,
    },
}

/// The certificates that every chain must end with one of.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TrustAnchors {
    certificates: Vec<CertificateDer<'static>>,
}

impl TrustAnchors {
    /// Reads certificates from PEM.
    ///
    /// # Errors
    /// [`ChainError::Malformed`] when one of them can't be an anchor.
    pub fn from_pem(pem: &[u8]) -> Result<Self, ChainError> {
        let certificates = pem_certificates(pem)?;
        let usable = certificates.iter().all(|certificate| {
            anchor_from_trusted_cert(certificate).is_ok() && X509Certificate::from_der(certificate).is_ok()
        });
        if usable { Ok(Self { certificates }) } else { Err(ChainError::Malformed) }
    }

    /// Whether there are none, so that no chain can be good.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// Adds those of another list.
    pub fn extend(&mut self, other: Self) {
        self.certificates.extend(other.certificates);
    }
}

impl fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustAnchors({})", self.certificates.len())
    }
}

/// Where a chain ends, and from when until when all of it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEnd {
    /// The subject of the trust anchor.
    pub anchor: String,
    /// When the last of its certificates begins to count.
    pub valid_from: Timestamp,
    /// When the first of its certificates ends.
    pub valid_until: Timestamp,
}

impl ChainEnd {
    /// Makes sure that all certificates count at an instant.
    ///
    /// # Errors
    /// [`ChainError::OutOfTime`].
    pub fn check(&self, at: Timestamp) -> Result<(), ChainError> {
        if self.valid_from <= at && at < self.valid_until {
            return Ok(());
        }
        Err(ChainError::OutOfTime { from: self.valid_from, until: self.valid_until })
    }
}

/// Certificates that vouch for a key, that of the key first.
#[derive(Clone, PartialEq, Eq)]
pub struct Chain {
    certificates: Vec<CertificateDer<'static>>,
}

impl Chain {
    /// Reads certificates from PEM.
    ///
    /// # Errors
    /// [`ChainError::Malformed`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, ChainError> {
        Self::new(pem_certificates(pem)?)
    }

    /// Reads certificates as `x5c` has them: base64 of DER, each.
    ///
    /// # Errors
    /// [`ChainError::Malformed`].
    pub fn from_x5c(texts: &[String]) -> Result<Self, ChainError> {
        let size: usize = texts.iter().map(String::len).sum();
        if size > CHAIN_LIMIT {
            return Err(ChainError::Malformed);
        }
        let certificates: Result<Vec<_>, _> =
            texts.iter().map(|text| STANDARD.decode(text).map(CertificateDer::from)).collect();
        Self::new(certificates.map_err(|_| ChainError::Malformed)?)
    }

    fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, ChainError> {
        let fits = (1..=LENGTH_LIMIT).contains(&certificates.len());
        if fits { Ok(Self { certificates }) } else { Err(ChainError::Malformed) }
    }

    /// Follows the certificates from the key's to a trust anchor, as of an instant.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn verify(&self, key: &PublicKey, anchors: &TrustAnchors, at: Timestamp) -> Result<ChainEnd, ChainError> {
        let leaf = self.certificates.first().ok_or(ChainError::Malformed)?;
        if !certifies(leaf, key)? {
            return Err(ChainError::OtherKey);
        }
        self.verify_by_itself(anchors, at)
    }

    /// Follows the certificates from the first to a trust anchor, whatever key the first is of, as of an instant.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn verify_by_itself(&self, anchors: &TrustAnchors, at: Timestamp) -> Result<ChainEnd, ChainError> {
        let (leaf, intermediates) = self.certificates.split_first().ok_or(ChainError::Malformed)?;
        let untrusted = |error: webpki::Error| ChainError::Untrusted(error.to_string());
        let trusted: Vec<(TrustAnchor<'_>, &CertificateDer<'static>)> = anchors
            .certificates
            .iter()
            .filter_map(|certificate| anchor_from_trusted_cert(certificate).ok().map(|anchor| (anchor, certificate)))
            .collect();
        let only: Vec<TrustAnchor<'_>> = trusted.iter().map(|(anchor, _)| anchor.clone()).collect();
        let end_entity = EndEntityCert::try_from(leaf).map_err(untrusted)?;
        let path = end_entity
            .verify_for_usage(ALGORITHMS, &only, intermediates, unix_time(at), AnyPurpose, None, None)
            .map_err(|error| self.reason(&error, at))?;
        let anchor = trusted.iter().find(|(anchor, _)| anchor == path.anchor()).ok_or(ChainError::Malformed)?.1;
        let intermediates = path.intermediate_certificates().map(webpki::Cert::der);
        let mut end = window(anchor)?;
        for certificate in intermediates.chain([leaf.clone()]) {
            let part = window(&certificate)?;
            end.valid_from = end.valid_from.max(part.valid_from);
            end.valid_until = end.valid_until.min(part.valid_until);
        }
        end.check(at)?;
        Ok(end)
    }

    /// Says when the chain counts, if time is what it fails by.
    fn reason(&self, error: &webpki::Error, at: Timestamp) -> ChainError {
        if matches!(error, webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. }) {
            let windows = self.certificates.iter().filter_map(|certificate| window(certificate).ok());
            if let Some(late) = windows.filter_map(|window| window.check(at).err()).next() {
                return late;
            }
        }
        ChainError::Untrusted(error.to_string())
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({})", self.certificates.len())
    }
}

/// Takes certificates whatever they were made for: those behind signatures of credentials are for electronic seals,
/// TLS or nothing in particular.
#[derive(Debug, Clone, Copy)]
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        for purpose in purposes {
            purpose?;
        }
        Ok(())
    }
}

fn pem_certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ChainError> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| ChainError::Malformed)
}

fn unix_time(at: Timestamp) -> UnixTime {
    let seconds = u64::try_from(at.micros() / MICROS_PER_SECOND).unwrap_or_default();
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// When a certificate counts, by itself. Its end is inclusive to the second (RFC 5280 §4.1.2.5).
fn window(certificate: &[u8]) -> Result<ChainEnd, ChainError> {
    let (_, certificate) = X509Certificate::from_der(certificate).map_err(|_| ChainError::Malformed)?;
    let validity = certificate.validity();
    Ok(ChainEnd {
        anchor: certificate.subject().to_string(),
        valid_from: Timestamp::from_seconds(validity.not_before.timestamp()),
        valid_until: Timestamp::from_seconds(validity.not_after.timestamp().saturating_add(1)),
    })
}

/// Whether a certificate is that of a key.
fn certifies(certificate: &[u8], key: &PublicKey) -> Result<bool, ChainError> {
    let (rest, certificate) = X509Certificate::from_der(certificate).map_err(|_| ChainError::Malformed)?;
    if !rest.is_empty() {
        return Err(ChainError::Malformed);
    }
    let certified = certificate.public_key();
    let algorithm = &certified.algorithm;
    let curve = algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let bytes = certified.subject_public_key.data.as_ref();
    Ok(match (&key.material, certified.parsed()) {
        (Material::P256(point), Ok(Parsed::EC(_))) => curve == Some(OID_EC_P256) && point == bytes,
        (Material::P384(point), Ok(Parsed::EC(_))) => curve == Some(OID_NIST_EC_P384) && point == bytes,
        (Material::Rsa { n, e }, Ok(Parsed::RSA(rsa))) => {
            let trim = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
            algorithm.algorithm == OID_PKCS1_RSAENCRYPTION && trim(rsa.modulus) == *n && trim(rsa.exponent) == *e
        }
        (Material::Ed25519(point), _) => algorithm.algorithm == OID_SIG_ED25519 && point == bytes,
        _ => false,
    })
}
