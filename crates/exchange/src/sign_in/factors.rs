//! Where the exchange demands a second factor, a session that began with a password alone can do nothing but prove one.

use std::collections::BTreeSet;

use hansa_model::participant::Role;
use hansa_model::sign_in::Proof;

use crate::authorization::{Operation, Reach};
use crate::principal::{Credential, Principal};
use crate::settings::SecondFactor;
use crate::{Error, Exchange, Result};

/// Whether somebody who acts in these roles must prove more than they did.
pub(super) fn is_missing(exchange: &Exchange, proof: Proof, roles: &BTreeSet<Role>) -> bool {
    proof == Proof::Password
        && match exchange.settings().second_factor {
            SecondFactor::Chosen => false,
            SecondFactor::Operators => roles.contains(&Role::Operator),
            SecondFactor::Everybody => true,
        }
}

/// Whether the caller must prove more than it did. Tokens have no factors.
fn is_weak(exchange: &Exchange, caller: &Principal) -> bool {
    match caller.credential {
        Credential::Session { proof, .. } => is_missing(exchange, proof, &caller.roles),
        Credential::Token(_) => false,
    }
}

/// Who asks for an operation in a browser: where a second factor is missing, nobody in particular for what is public.
/// The own account, with all that gives it a second factor, stays within reach; letting a device in does not.
///
/// # Errors
/// [`Error::FactorNeeded`].
pub fn admit(exchange: &Exchange, caller: Principal, operation: Operation) -> Result<Option<Principal>> {
    if !is_weak(exchange, &caller) {
        return Ok(Some(caller));
    }
    match operation.rule().reach {
        Reach::Account if operation != Operation::ApproveDevice => Ok(Some(caller)),
        // An identity provider can be linked, which is another way to prove more.
        Reach::Public if operation.is_sign_in() => Ok(Some(caller)),
        Reach::Public => Ok(None),
        _ => Err(Error::FactorNeeded),
    }
}
