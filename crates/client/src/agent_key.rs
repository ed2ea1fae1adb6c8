//! The key that an agent proves itself with: Ed25519, kept in a file that only its owner can read.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use hansa_model::id::AgentId;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const AUDIENCE: &str = "hansa";
const LIFETIME_SECONDS: i64 = 60;

/// Why the file of a key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It can't be read or written.
    #[error("the agent's key file {path} can't be used")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read it.
    #[error("others can read the agent's key file {path}: run `chmod 600 {path}`")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// It holds something else.
    #[error("{path} is not an agent's key file: enrol the agent again")]
    Format {
        /// The file.
        path: PathBuf,
    },
}

/// The private part of an agent's key, before and after it has enrolled.
#[derive(Clone)]
pub struct AgentSecret(Arc<SigningKey>);

impl AgentSecret {
    /// A new key.
    #[must_use]
    pub fn generate() -> Self {
        Self(Arc::new(SigningKey::from_bytes(&rand::random())))
    }

    /// The public part as an exchange takes it: 32 bytes in base64url without padding.
    #[must_use]
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.verifying_key().as_bytes())
    }

    /// Writes it to a file that only its owner can read.
    ///
    /// # Errors
    /// [`KeyFileError`] when the file can't be written.
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        KeyFile { agent: None, private_key: URL_SAFE_NO_PAD.encode(self.0.as_bytes()) }.write(path)
    }

    /// Reads it from a file.
    ///
    /// # Errors
    /// [`KeyFileError`] when the file can't be read, is exposed, or is something else.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        KeyFile::read(path)?.secret(path)
    }
}

impl fmt::Debug for AgentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AgentSecret").field(&self.public_key()).finish()
    }
}

/// The key of an agent that has enrolled.
#[derive(Clone)]
pub struct AgentKey {
    agent: AgentId,
    secret: AgentSecret,
}

impl AgentKey {
    /// The key of the agent that enrolled with `secret`.
    #[must_use]
    pub const fn new(agent: AgentId, secret: AgentSecret) -> Self {
        Self { agent, secret }
    }

    /// Whose it is.
    #[must_use]
    pub const fn agent(&self) -> AgentId {
        self.agent
    }

    /// Writes it to a file that only its owner can read.
    ///
    /// # Errors
    /// [`KeyFileError`] when the file can't be written.
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        let private_key = URL_SAFE_NO_PAD.encode(self.secret.0.as_bytes());
        KeyFile { agent: Some(self.agent), private_key }.write(path)
    }

    /// Reads it from a file.
    ///
    /// # Errors
    /// [`KeyFileError`] when the file can't be read, is exposed, or is something else.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let file = KeyFile::read(path)?;
        let agent = file.agent.ok_or_else(|| KeyFileError::Format { path: path.to_owned() })?;
        Ok(Self { agent, secret: file.secret(path)? })
    }

    /// A token for one request, good for a minute.
    pub(crate) fn token(&self, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        let issued_at = now.micros().div_euclid(MICROS_PER_SECOND);
        let agent = self.agent.to_string();
        let header = Header { kid: Some(agent.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = Claims {
            iss: agent,
            aud: AUDIENCE,
            iat: issued_at,
            exp: issued_at + LIFETIME_SECONDS,
            jti: Uuid::now_v7(),
        };
        let der = self.secret.0.to_pkcs8_der().map_err(|_| jsonwebtoken::errors::ErrorKind::InvalidEddsaKey)?;
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(der.as_bytes()))
    }
}

impl fmt::Debug for AgentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentKey").field("agent", &self.agent).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims {
    iss: String,
    aud: &'static str,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<AgentId>,
    private_key: String,
}

impl KeyFile {
    fn read(path: &Path) -> Result<Self, KeyFileError> {
        let io = |source| KeyFileError::Io { path: path.to_owned(), source };
        let mode = fs::metadata(path).map_err(io)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Exposed { path: path.to_owned() });
        }
        let bytes = fs::read(path).map_err(io)?;
        serde_json::from_slice(&bytes).map_err(|_| KeyFileError::Format { path: path.to_owned() })
    }

    fn secret(&self, path: &Path) -> Result<AgentSecret, KeyFileError> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.private_key).ok().and_then(|bytes| bytes.try_into().ok());
        let bytes: [u8; 32] = bytes.ok_or_else(|| KeyFileError::Format { path: path.to_owned() })?;
        Ok(AgentSecret(Arc::new(SigningKey::from_bytes(&bytes))))
    }

    /// Writes it beside its place first, so that a crash leaves either the old file or the new one.
    fn write(&self, path: &Path) -> Result<(), KeyFileError> {
        let replace = || -> io::Result<()> {
            let draft = path.with_extension("new");
            let _ = fs::remove_file(&draft);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.sync_all()?;
            fs::rename(&draft, path)?;
            path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
        };
        replace().map_err(|source| KeyFileError::Io { path: path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::pkcs8::EncodePublicKey;
    use jsonwebtoken::{DecodingKey, Validation};

    use super::*;

    #[test]
    fn a_key_survives_its_file_and_is_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("agent.key");
        let key = AgentKey::new(AgentId::new(), AgentSecret::generate());
        key.save(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = AgentKey::load(&path).unwrap();
        assert_eq!((again.agent(), again.secret.public_key()), (key.agent(), key.secret.public_key()));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(AgentKey::load(&path), Err(KeyFileError::Exposed { .. })));
    }

    #[test]
    fn a_key_without_an_agent_is_a_secret_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("agent.key");
        let secret = AgentSecret::generate();
        secret.save(&path).unwrap();
        assert_eq!(AgentSecret::load(&path).unwrap().public_key(), secret.public_key());
        assert!(matches!(AgentKey::load(&path), Err(KeyFileError::Format { .. })));
    }

    #[test]
    fn a_token_is_verified_by_the_public_key() {
        let key = AgentKey::new(AgentId::new(), AgentSecret::generate());
        let now = Timestamp::from_seconds(1_900_000_000);
        let token = key.token(now).unwrap();
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!(header.kid, Some(key.agent().to_string()));

        let public = key.secret.0.verifying_key().to_public_key_der().unwrap();
        let raw = &public.as_bytes()[12..];
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["hansa"]);
        validation.validate_exp = false;
        let verified = jsonwebtoken::decode::<serde_json::Value>(&token, &DecodingKey::from_ed_der(raw), &validation);
        let claims = verified.unwrap().claims;
        assert_eq!(claims["iss"], key.agent().to_string());
        assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|issued| issued + 60));

        let other = AgentSecret::generate();
        let stranger = DecodingKey::from_ed_der(other.0.verifying_key().as_bytes());
        assert!(jsonwebtoken::decode::<serde_json::Value>(&token, &stranger, &validation).is_err());
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = AgentKey::new(AgentId::new(), AgentSecret::generate());
        let private = URL_SAFE_NO_PAD.encode(key.secret.0.as_bytes());
        assert!(!format!("{key:?} {:?}", key.secret).contains(&private));
    }
}
