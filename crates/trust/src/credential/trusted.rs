//! Who is trusted to say what.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{Claim, Strength};

use super::{Refusal, Verified};
use crate::shapes::{Namespaces, expand};

/// What an issuer is trusted to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// The types of credentials and of everything in them, as `gx:VatID`, `hansa:Certificate`: whoever may issue
    /// `gx:LegalPerson` with an address needs `gx:Address` too.
    pub types: BTreeSet<String>,
    /// The schemes of certificates: `ISO27001`, `C5`.
    pub schemes: BTreeSet<String>,
}

/// Who is trusted to say what, by DID.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedIssuers {
    /// Assessment bodies, notaries and registers, and what each may say.
    pub issuers: BTreeMap<String, Grant>,
    /// Operators and auditors, who may sign for anything that they have looked at.
    pub attestors: BTreeSet<String>,
}

impl TrustedIssuers {
    /// How well the claims of a verified credential are known. `own` is the DID of the participant that they are
    /// about, itself or through its sites and offers. What a participant says of itself is declared, whoever it is.
    ///
    /// # Errors
    /// [`Refusal::UntrustedIssuer`].
    pub fn strength(&self, verified: &Verified, own: &str, claims: &[Claim]) -> Result<Strength, Refusal> {
        let issuer = verified.issuer.as_str();
        if issuer == own {
            return Ok(Strength::Declared);
        }
        let lacking = match self.issuers.get(issuer) {
            Some(grant) => grant.lacking(verified, claims),
            None => Some(described(verified)),
        };
        match lacking {
            None => Ok(Strength::Verified),
            Some(_) if self.attestors.contains(issuer) => Ok(Strength::Attested),
            Some(what) => Err(Refusal::UntrustedIssuer { issuer: issuer.to_owned(), what }),
        }
    }
}

impl Grant {
    /// The first thing that a credential says and that is not granted. Every type counts, that of the credential and
    /// those of all that is nested in it, so that nothing comes along under the name of something else.
    fn lacking(&self, verified: &Verified, claims: &[Claim]) -> Option<String> {
        let credential = &verified.credential;
        let mut types = credential.types.iter().map(String::as_str).chain(credential.subject_types());
        if let Some(name) = types.find(|name| !self.types.contains(*name)) {
            return Some(format!("`{name}`"));
        }
        if credential.types.is_empty() {
            return Some("a credential without a type".to_owned());
        }
        // Hansa's own credentials hold claims as they are, and nothing else of them is read.
        if !credential.types.iter().any(|name| name.starts_with("hansa:")) {
            match expand(std::slice::from_ref(&credential.document), &Namespaces::default()) {
                Ok(data) => {
                    let mut classes = data.nodes.values().flat_map(|node| &node.classes);
                    if let Some(name) = classes.find(|name| !self.types.contains(*name)) {
                        return Some(format!("`{name}`"));
                    }
                }
                Err(error) => return Some(format!("a credential that can't be read: {error}")),
            }
        }
        claims.iter().find_map(|claim| match claim {
            Claim::Certificate(certificate) if !self.schemes.contains(&certificate.scheme) => {
                Some(format!("certificates of `{}`", certificate.scheme))
            }
            _ => None,
        })
    }
}

fn described(verified: &Verified) -> String {
    match verified.credential.types.as_slice() {
        [] => "a credential without a type".to_owned(),
        types => format!("`{}`", types.join("`, `")),
    }
}
