//! How people sign in: accounts with their proofs, sessions in browsers, and devices that are let in by a code.
//!
//! An account is a person. It has members: one for each participant that the person acts for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::id::{AccountId, IdentityId, MemberId, PasskeyId, SessionId, TenantId};
use crate::participant::{Member, Participant, Role, Scope, Tenant};
use crate::time::Timestamp;

/// By what somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SignInProof)]
pub enum Proof {
    /// A password.
    Password,
    /// A password, and a one-time code of an app.
    OneTimeCode,
    /// A password, and a code that was kept for when the app is lost.
    RecoveryCode,
    /// A passkey, which verified its user.
    Passkey,
    /// The word of an identity provider.
    Provider,
}

/// What signing in can be done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInOptions {
    /// Whether passkeys can be used: the exchange has an address with a name, and encryption.
    pub passkeys: bool,
    /// The identity providers whose word is taken.
    pub providers: Vec<IdentityProvider>,
}

/// An identity provider whose word is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// What it is called in requests.
    pub id: String,
    /// What people see.
    pub title: String,
}

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// What the person signs in as; absent for those who only come from an identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// What the person is called.
    pub name: String,
    /// Whether there is a password.
    pub has_password: bool,
    /// Since when a password needs a one-time code beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_codes_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// Its passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
    /// As whom identity providers know the person.
    pub identities: Vec<LinkedIdentity>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A passkey, without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// Its identifier.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

/// As whom an identity provider knows a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkedIdentity {
    /// Its identifier.
    pub id: IdentityId,
    /// The provider's address.
    pub issuer: String,
    /// What it calls the person.
    pub subject: String,
    /// When it was linked.
    pub linked_at: Timestamp,
}

/// Somebody signed in, in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// The member that acts.
    pub member: MemberId,
    /// The roles it acts in, where they are fewer than the member's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<BTreeSet<Role>>,
    /// The tenant it acts for, where it is one of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// By what the person proved who they are.
    pub proof: Proof,
    /// When they did so last.
    pub proven_at: Timestamp,
    /// What the browser calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The address it came from.
    pub address: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last, to within some minutes.
    pub seen_at: Timestamp,
    /// When it ends if it is not used.
    pub idle_at: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// One of those for whom a person acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The member.
    pub member: Member,
    /// Its participant.
    pub participant: Participant,
    /// The participant's tenants.
    pub tenants: Vec<Tenant>,
}

/// Who is signed in, and for whom they can act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The person.
    pub account: Account,
    /// Everybody for whom the person can act.
    pub memberships: Vec<Membership>,
    /// Whether the session can do nothing yet but prove a second factor, because the exchange demands one.
    pub second_factor_needed: bool,
}

/// What became of a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SignInOutcome {
    /// The browser has a session now.
    SignedIn(Box<SignedIn>),
    /// A code is needed as well.
    CodeNeeded {
        /// What to send the code with; works for some minutes.
        attempt: String,
    },
}

/// A password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordSignIn {
    /// What the person signs in as.
    pub login: String,
    /// The password.
    pub password: String,
}

/// A code beside a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeSignIn {
    /// What the password was answered with.
    pub attempt: String,
    /// Six digits of the app, or a recovery code.
    pub code: String,
}

/// What a browser needs to make or use a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyChallenge {
    /// What to send the passkey's answer with; works for some minutes, once.
    pub attempt: String,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A passkey's answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyAnswer {
    /// What the challenge came with.
    pub attempt: String,
    /// What `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// Another name for a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenamePasskey {
    /// What its owner calls it from now on.
    pub name: String,
}

/// A new passkey.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// What the challenge came with.
    pub attempt: String,
    /// What `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// Who wants to sign up with a passkey. For the code of a reset the names are those that the account has.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUpChallenge {
    /// The code of the invitation.
    pub code: String,
    /// What the person will sign in as.
    pub login: String,
    /// What the person is called.
    pub name: String,
}

/// A new person, let in by an invitation, with a password, a passkey, or both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUp {
    /// The code of the invitation.
    pub code: String,
    /// What the person will sign in as: an e-mail address, or a name of 3 to 64 characters.
    pub login: String,
    /// What the person is called; also the name of the new member.
    pub name: String,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The passkey, made for a challenge of `startSignUpPasskey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<NewPasskey>,
}

/// New proofs for an account, by the code of a reset: a password, a passkey, or both. Those from before stop working.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetAccount {
    /// The code.
    pub code: String,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The passkey, made for a challenge of `startSignUpPasskey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<NewPasskey>,
}

/// A journey to an identity provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderSignIn {
    /// Which provider.
    pub provider: String,
    /// Where in the console to go on: a path that begins with one `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
    /// The code of an invitation, for those who are not members yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
    /// Whether the provider's word shall count for the account that is signed in from now on.
    #[serde(default)]
    pub link: bool,
}

/// Where a browser goes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Departure {
    /// The address at the identity provider.
    pub url: String,
}

/// For whom a session acts from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SwitchSession {
    /// One of the account's members.
    pub member: MemberId,
    /// Some of the member's roles; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<BTreeSet<Role>>,
    /// One of the participant's tenants; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
}

/// A proof, again, before something weighty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProveAgain {
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Six digits of the app, or a recovery code, where the account has those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A passkey's answer to a challenge of `startPasskeySignIn`, instead of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyAnswer>,
}

/// Another password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPassword {
    /// What it shall be.
    pub password: String,
}

/// A secret for an app that makes one-time codes. It counts once a code of it was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OneTimeSecret {
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same as `otpauth://…`, to be shown as a QR code.
    pub uri: String,
}

/// A code of the app.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OneTimeCode {
    /// Six digits.
    pub code: String,
}

/// Codes for when the app is lost, each good for once. They are shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}

/// An invitation that somebody who has an account takes up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JoinParticipant {
    /// The code of the invitation.
    pub code: String,
    /// What the new member is called; as the account when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A device that asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDevice {
    /// What its token will be called: `anna's laptop`.
    pub name: String,
    /// What the token shall be good for; everything when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<BTreeSet<Scope>>,
}

/// What a device shows, and what it asks with (RFC 8628).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceCode {
    /// What the device asks with; a secret.
    pub device_code: String,
    /// What its user types in the browser: `BCDF-GHJK`.
    pub user_code: String,
    /// Where they type it.
    pub verification_uri: String,
    /// The same with the code.
    pub verification_uri_complete: String,
    /// How long the codes work, in seconds.
    pub expires_in: u64,
    /// How long the device waits between two questions, in seconds.
    pub interval: u64,
}

/// A device asks whether it was let in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceQuestion {
    /// What it was given.
    pub device_code: String,
}

/// A device that asks to be let in, as the one sees it who may let it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceRequest {
    /// The code that it shows.
    pub user_code: String,
    /// What its token will be called.
    pub name: String,
    /// What the token will be good for.
    pub scopes: BTreeSet<Scope>,
    /// The address it asked from.
    pub address: String,
    /// What became of it.
    pub state: DeviceState,
    /// When it asked.
    pub created_at: Timestamp,
    /// Until when it can be let in.
    pub expires_at: Timestamp,
}

/// What becomes of a device that asks to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceState {
    /// Nobody has answered.
    Pending,
    /// It was let in, and has not asked since.
    Approved,
    /// It was turned away.
    Denied,
    /// It has its token.
    Done,
}

macro_rules! never_printed {
    ($($name:ident)+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), " { … }"))
            }
        }
    )+};
}

never_printed! {
    PasswordSignIn CodeSignIn PasskeyAnswer NewPasskey SignUpChallenge SignUp ResetAccount ProviderSignIn ProveAgain
    NewPassword OneTimeSecret OneTimeCode RecoveryCodes JoinParticipant DeviceCode DeviceQuestion
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let sent = PasswordSignIn { login: "anna".to_owned(), password: "canary".to_owned() };
        assert_eq!(format!("{sent:?}"), "PasswordSignIn { … }");
    }

    #[test]
    fn the_outcome_names_its_state() {
        let needed = SignInOutcome::CodeNeeded { attempt: "x".to_owned() };
        assert_eq!(serde_json::to_value(needed).unwrap(), serde_json::json!({"state": "code-needed", "attempt": "x"}));
    }
}
