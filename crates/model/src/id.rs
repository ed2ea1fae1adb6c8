//! Typed identifiers: a UUID v7 behind a readable prefix, `ord_01h455vb4pex5vsknk084sn02q`.
//!
//! The 26 characters are the UUID in Crockford base 32 (the TypeID convention), so identifiers sort by
//! the time they were made, both in memory and as text in a database.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// Why a text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an identifier of the form {prefix}_<26 characters>")]
pub struct InvalidId {
    /// The text that was refused, cut to 64 characters.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn encode(id: Uuid) -> String {
    let bits = id.as_u128();
    (0..LENGTH)
        .rev()
        .map(|position| {
            let index = (bits >> (5 * position)) & 0x1f;
            char::from(ALPHABET[usize::try_from(index).unwrap_or_default()])
        })
        .collect()
}

fn decode(text: &str) -> Option<Uuid> {
    let symbols = text.as_bytes();
    if symbols.len() != LENGTH || symbols[0] > b'7' {
        return None;
    }
    symbols
        .iter()
        .try_fold(0u128, |bits, symbol| {
            let index = ALPHABET.iter().position(|known| known == symbol)?;
            Some((bits << 5) | u128::try_from(index).ok()?)
        })
        .map(Uuid::from_u128)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of this kind of identifier on the wire.
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier, ordered by the time of its making.
            #[allow(clippy::new_without_default, reason = "making an identifier is not a default")]
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The identifier with the given UUID, for names derived from other data.
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID without its prefix.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix($prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| InvalidId {
                        text: text.chars().take(64).collect(),
                        prefix: $prefix,
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

ids! {
    /// A legal person in the federation.
    ParticipantId = "prt";
    /// A participant's own space.
    TenantId = "ten";
    /// A part of a tenant with members, budget and services.
    ProjectId = "prj";
    /// A person or machine that acts for a participant.
    MemberId = "mbr";
    /// An API token; its secret is never stored.
    TokenId = "tok";
    /// A person who can sign in.
    AccountId = "acc";
    /// Somebody signed in, in one browser.
    SessionId = "ses";
    /// A key of a person's device to sign in with.
    PasskeyId = "pky";
    /// As whom an identity provider knows a person.
    IdentityId = "idt";
    /// A place where a provider has capacity.
    SiteId = "sit";
    /// A time in which a provider works on a site.
    MaintenanceId = "mnt";
    /// A provider's process that makes services real.
    AgentId = "agt";
    /// A priced promise to deliver a service kind at a site.
    OfferId = "off";
    /// A package with a price that holds until it expires.
    QuoteId = "quo";
    /// Capacity set aside for a quote or an order.
    HoldId = "hld";
    /// A buyer's acceptance of a quote, or a change to what is running.
    OrderId = "ord";
    /// One running (or intended) component of an order at one provider.
    ServiceId = "srv";
    /// A bounded transaction over several parties.
    SagaId = "sag";
    /// A measured quantity of one meter over one interval.
    UsageId = "use";
    /// Usage or a fixed term, rated by a price plan.
    ChargeId = "chg";
    /// A balanced ledger entry.
    EntryId = "ent";
    /// Something that happened, as the stream of events tells it.
    EventId = "evt";
    /// What could be better about services that run.
    ProposalId = "ppl";
    /// A signed credential about a participant, site or offer.
    EvidenceId = "evd";
    /// One request, for support and logs.
    RequestId = "req";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_form_round_trips_and_keeps_the_order(a: u128, b: u128) {
            let (first, second) = (OrderId(Uuid::from_u128(a)), OrderId(Uuid::from_u128(b)));
            prop_assert_eq!(first.to_string().parse::<OrderId>().unwrap(), first);
            prop_assert_eq!(first.cmp(&second), first.to_string().cmp(&second.to_string()));
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".*") {
            let _ = text.parse::<OrderId>();
        }
    }

    #[test]
    fn another_prefix_is_refused() {
        let order = OrderId::new().to_string();
        let refusal = order.parse::<QuoteId>().unwrap_err();
        assert_eq!(refusal.prefix, "quo");
    }
}
