//! A browser with an authenticator in it, of somebody else's making, that says yes to everything.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passkey::authenticator::{Authenticator as Device, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use serde_json::{Value, json};
use url::Url;

/// The user, who is always there and always proves it.
#[derive(Debug)]
struct User;

#[async_trait]
impl UserValidationMethod for User {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// One passkey at a time, and the page that it is made and used on.
#[derive(Debug)]
pub struct Authenticator {
    passkey: Option<Passkey>,
    origin: Url,
}

/// A browser with the passkey. Its type has too many parts to be named.
macro_rules! browser {
    ($own:expr) => {{
        let mut device = Device::new(Aaguid::new_empty(), $own.passkey.clone(), User, RustCryptoBackend);
        device.set_make_credentials_with_signature_counter(true);
        Client::new(device).allows_insecure_localhost(true)
    }};
}

impl Authenticator {
    /// One without a passkey, on a page of this origin.
    ///
    /// # Panics
    /// When the origin is none.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self { passkey: None, origin: origin.parse().expect("an origin") }
    }

    /// The same authenticator with a copy of the passkey, as a thief would make one.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { passkey: self.passkey.clone(), origin: self.origin.clone() }
    }

    /// The same authenticator on a page of another origin.
    ///
    /// # Panics
    /// When the origin is none.
    #[must_use]
    pub fn on(&self, origin: &str) -> Self {
        Self { origin: origin.parse().expect("an origin"), ..self.copy() }
    }

    /// Makes a passkey; answers what the browser's `toJSON()` would.
    ///
    /// # Panics
    /// When the authenticator refuses.
    pub async fn create(&mut self, options: &Value) -> Value {
        let options = serde_json::from_value(json!({"publicKey": options})).expect("options that can be read");
        let mut browser = browser!(self);
        let made = browser.register(&self.origin, options, DefaultClientData).await.expect("a passkey");
        self.passkey.clone_from(browser.authenticator().store());
        json!({
            "id": made.id,
            "rawId": encode(&made.raw_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(&made.response.client_data_json),
                "attestationObject": encode(&made.response.attestation_object),
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        })
    }

    /// Uses a passkey; answers what the browser's `toJSON()` would.
    ///
    /// # Panics
    /// When the authenticator has none or refuses.
    pub async fn get(&mut self, options: &Value) -> Value {
        let options = serde_json::from_value(json!({"publicKey": options})).expect("options that can be read");
        let mut browser = browser!(self);
        let used = browser.authenticate(&self.origin, options, DefaultClientData).await.expect("an answer");
        self.passkey.clone_from(browser.authenticator().store());
        json!({
            "id": used.id,
            "rawId": encode(&used.raw_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(&used.response.client_data_json),
                "authenticatorData": encode(&used.response.authenticator_data),
                "signature": encode(&used.response.signature),
                "userHandle": used.response.user_handle.as_deref().map(|handle| encode(handle)),
            },
            "clientExtensionResults": {},
        })
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
