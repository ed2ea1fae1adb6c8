//! Private keys, and what they sign.

use std::fmt;

use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PSS_SHA256, RsaKeyPair,
};

use super::error::SigningError;
use super::{Algorithm, PublicKey};

/// A private key that signs with exactly one algorithm. It shows its public half only.
pub struct SigningKey {
    pair: Pair,
    public: PublicKey,
    pkcs8: Vec<u8>,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`SigningError::CannotGenerate`] for PS256; [`SigningError::Failed`] without randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningError> {
        let random = SystemRandom::new();
        let pkcs8 = match algorithm {
            Algorithm::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random),
            Algorithm::Es384 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random),
            Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random),
            Algorithm::Ps256 => return Err(SigningError::CannotGenerate(algorithm)),
        };
        Self::from_pkcs8(pkcs8.map_err(|_| SigningError::Failed)?.as_ref())
    }

    /// Reads a key in DER-encoded PKCS #8 (RFC 5958); its type decides the algorithm.
    ///
    /// # Errors
    /// [`SigningError::NotAKey`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SigningError> {
        let random = SystemRandom::new();
        let ecdsa = |rules, algorithm| {
            let pair = EcdsaKeyPair::from_pkcs8(rules, der, &random).ok()?;
            let public = PublicKey::from_ring(algorithm, pair.public_key().as_ref())?;
            Some((Pair::Ecdsa(pair), public))
        };
        let ed25519 = || {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?;
            let public = PublicKey::from_ring(Algorithm::EdDsa, pair.public_key().as_ref())?;
            Some((Pair::Ed25519(pair), public))
        };
        let rsa = || {
            let pair = RsaKeyPair::from_pkcs8(der).ok()?;
            let parts = PublicKeyComponents::<Vec<u8>>::from(pair.public());
            Some((Pair::Rsa(pair), PublicKey::from_rsa(parts.n, parts.e)))
        };
        let (pair, public) = ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, Algorithm::Es256)
            .or_else(|| ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, Algorithm::Es384))
            .or_else(ed25519)
            .or_else(rsa)
            .ok_or(SigningError::NotAKey)?;
        Ok(Self { pair, public, pkcs8: der.to_vec() })
    }

    /// The key in DER-encoded PKCS #8: a secret.
    #[must_use]
    pub fn to_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Its public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The algorithm that it signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// Signs a message, in the form that RFC 7518 wants.
    ///
    /// # Errors
    /// [`SigningError::Failed`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => {
                let signature = pair.sign(&random, message).map_err(|_| SigningError::Failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &random, message, &mut signature).map_err(|_| SigningError::Failed)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}
