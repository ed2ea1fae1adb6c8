//! Whom the exchange believes what it signs about others.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{NewTrustedIssuer, TrustedIssuer};
use hansa_store::{Tx, evaluation, trusted_issuer};
use hansa_trust::credential::{Grant, TrustedIssuers};
use hansa_trust::did::DidWeb;
use serde_json::json;

use super::names::{Signer, did};
use crate::check::Faults;
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work};

/// The type of credentials whose schemes are granted one by one.
const CERTIFICATE: &str = "hansa:Certificate";

/// Everybody who is believed, by DID.
///
/// # Errors
/// [`Error::Store`].
pub async fn issuers(tx: &mut Tx) -> Result<Vec<TrustedIssuer>> {
    Ok(trusted_issuer::all(tx).await?)
}

/// Who is believed what, the exchange itself among them.
pub(crate) async fn trusted(tx: &mut Tx, exchange: &Exchange) -> Result<TrustedIssuers> {
    let listed = trusted_issuer::all(tx).await?.into_iter();
    let grant = |issuer: TrustedIssuer| {
        let grant = Grant { types: issuer.kinds.into_iter().collect(), schemes: issuer.schemes.into_iter().collect() };
        (issuer.did, grant)
    };
    let issuers: BTreeMap<_, _> = listed.map(grant).collect();
    Ok(TrustedIssuers { issuers, attestors: BTreeSet::from([did(exchange, &Signer::Exchange)]) })
}

/// Believes somebody, or changes what it is believed.
///
/// # Errors
/// [`Error::Invalid`].
pub async fn believe(work: &mut Work, caller: &Principal, new: NewTrustedIssuer) -> Result<TrustedIssuer> {
    let mut faults = Faults::default();
    faults.label("name", &new.name, 200);
    if let Err(error) = new.did.parse::<DidWeb>() {
        faults.add("did", error.to_string());
    }
    faults.unless(!new.kinds.is_empty(), "kinds", "name at least one type of credential, like `hansa:Certificate`");
    let certifies = new.kinds.iter().any(|kind| kind == CERTIFICATE);
    faults.unless(
        !certifies || !new.schemes.is_empty(),
        "schemes",
        "name the schemes whose certificates it is believed",
    );
    for text in new.kinds.iter().chain(&new.schemes) {
        faults.label("kinds", text, 100);
    }
    faults.finish()?;
    let issuer = TrustedIssuer {
        did: new.did,
        name: new.name,
        kinds: new.kinds,
        schemes: new.schemes,
        added_at: work.exchange().now(),
        added_by: caller.actor(),
    };
    trusted_issuer::put(work, &issuer).await?;
    let detail = json!({"name": issuer.name, "kinds": issuer.kinds, "schemes": issuer.schemes});
    work.audit(&caller.actor(), "issuer.trust", &issuer.did, detail);
    Ok(issuer)
}

/// Believes somebody no longer: what it signed about others counts no more.
///
/// # Errors
/// [`Error::NotFound`] when it is not on the list.
pub async fn distrust(work: &mut Work, caller: &Principal, did: &str) -> Result<()> {
    if !trusted_issuer::remove(work, did).await? {
        return Err(Error::not_found("trusted issuer", did));
    }
    work.audit(&caller.actor(), "issuer.distrust", did, json!({}));
    let concerned = trusted_issuer::concerned(work, did).await?;
    let now = work.exchange().now();
    evaluation::schedule(work, &concerned, now).await?;
    work.hint(crate::hints::Hint::Trust);
    Ok(())
}
