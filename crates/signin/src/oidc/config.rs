//! How a provider is set up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hansa_model::name::Name;
use hansa_model::participant::Role;
use serde::Deserialize;
use url::{Host, Url};

use super::OidcError;

/// What the provider knows the exchange by; never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for ClientSecret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Whom the provider's people become members of without an invitation, in roles that the provider tells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Join {
    /// The participant.
    pub participant: Name,
    /// The claim that tells roles: its name, or a JSON Pointer like `/realm_access/roles`.
    pub claim: String,
    /// Which roles each value of the claim gives.
    pub roles: BTreeMap<String, BTreeSet<Role>>,
}

/// The settings of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderConfig {
    /// What it is called in addresses: `corp`.
    pub id: Name,
    /// What people see: `Corp single sign-on`.
    pub title: String,
    /// Its address, as it stands in its tokens.
    pub issuer: String,
    /// What it knows the exchange as.
    pub client_id: String,
    /// What the exchange proves that with; none for a public client.
    #[serde(default)]
    pub client_secret: Option<ClientSecret>,
    /// What is asked to know; `openid` is always among it.
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<String>,
    /// Whom its people become members of; otherwise they need an invitation.
    #[serde(default)]
    pub join: Option<Join>,
}

fn usual_scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).to_vec()
}

impl ProviderConfig {
    fn wrong(&self, problem: impl Into<String>) -> OidcError {
        OidcError::Config { id: self.id.to_string(), problem: problem.into() }
    }

    pub(super) fn check(&self) -> Result<(), OidcError> {
        self.endpoint(&self.issuer)?;
        if !self.scopes.iter().any(|scope| scope == "openid") {
            return Err(self.wrong("`scopes` must name `openid`"));
        }
        if self.title.trim().is_empty() || self.client_id.is_empty() {
            return Err(self.wrong("it needs a title and a client id"));
        }
        if self.join.as_ref().is_some_and(|join| join.claim.is_empty() || join.roles.is_empty()) {
            return Err(self.wrong("`join` needs a claim, and roles that its values give"));
        }
        Ok(())
    }

    /// An address of the provider's. Without encryption only on this machine: there nobody can listen.
    pub(super) fn endpoint(&self, address: &str) -> Result<Url, OidcError> {
        let url: Url = address.parse().map_err(|_| self.wrong(format!("`{address}` is no address")))?;
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => Ok(url),
            "http" if local => Ok(url),
            _ => Err(self.wrong(format!("`{address}` does not begin with https://"))),
        }
    }

    /// The claim that tells roles.
    pub(super) fn roles_claim(&self) -> Option<&str> {
        self.join.as_ref().map(|join| join.claim.as_str())
    }

    /// The roles that the values of the claim give.
    #[must_use]
    pub fn roles(&self, values: &BTreeSet<String>) -> BTreeSet<Role> {
        let given = |join: &Join| values.iter().filter_map(|value| join.roles.get(value)).flatten().copied().collect();
        self.join.as_ref().map(given).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(changes: serde_json::Value) -> ProviderConfig {
        let mut all = json!({"id": "corp", "title": "Corp", "issuer": "https://sso.example", "clientId": "hansa"});
        let fields = changes.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(fields);
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn unsafe_and_useless_settings_are_refused() {
        assert!(config(json!({})).check().is_ok());
        assert!(config(json!({"issuer": "http://127.0.0.1:9"})).check().is_ok());
        for wrong in [
            json!({"issuer": "http://sso.example"}),
            json!({"issuer": "sso.example"}),
            json!({"scopes": ["email"]}),
            json!({"title": " "}),
            json!({"join": {"participant": "acme", "claim": "groups", "roles": {}}}),
        ] {
            assert!(config(wrong.clone()).check().is_err(), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let shown = format!("{:?}", config(json!({"clientSecret": "canary"})));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn values_give_roles_and_unknown_ones_give_none() {
        let join = json!({"participant": "acme", "claim": "groups",
            "roles": {"cloud": ["buyer", "provider"], "audit": ["auditor"]}});
        let config = config(json!({"join": join}));
        let roles = |values: &[&str]| config.roles(&values.iter().map(|value| (*value).to_owned()).collect());
        assert_eq!(roles(&["cloud", "x"]), BTreeSet::from([Role::Buyer, Role::Provider]));
        assert!(roles(&["operator"]).is_empty());
    }
}
