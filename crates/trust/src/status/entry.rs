//! Where a credential says that its status is.

use serde_json::{Map, Value, json};

/// The type of an entry.
const KIND: &str = "BitstringStatusListEntry";
/// The most entries of one credential; each may have to be fetched.
const ENTRY_LIMIT: usize = 4;

/// What a set bit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusPurpose {
    /// The credential never counts again.
    Revocation,
    /// The credential does not count for now.
    Suspension,
}

impl StatusPurpose {
    /// Its name in the standard.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }
}

/// One place in one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// What the bit means.
    pub purpose: StatusPurpose,
    /// Which bit it is.
    pub index: usize,
    /// Where the list is published, as a credential.
    pub list: String,
}

impl StatusEntry {
    /// The entries of a credential's `credentialStatus`: an object or a list of objects. Entries that say nothing
    /// about whether the credential counts (`message`, `refresh`) are passed over.
    ///
    /// # Errors
    /// The name of what can't be read, so that the credential's status can't be known.
    pub fn read(value: &Value) -> Result<Vec<Self>, &'static str> {
        let entries = match value {
            Value::Array(entries) => entries.as_slice(),
            single => std::slice::from_ref(single),
        };
        if entries.len() > ENTRY_LIMIT {
            return Err("credentialStatus");
        }
        let entries: Result<Vec<_>, _> = entries.iter().map(Self::read_one).collect();
        Ok(entries?.into_iter().flatten().collect())
    }

    fn read_one(value: &Value) -> Result<Option<Self>, &'static str> {
        let members = value.as_object().ok_or("credentialStatus")?;
        let text = |name: &'static str| members.get(name).and_then(Value::as_str).ok_or(name);
        if text("type")? != KIND {
            return Err("credentialStatus.type");
        }
        let purpose = match text("statusPurpose")? {
            "revocation" => StatusPurpose::Revocation,
            "suspension" => StatusPurpose::Suspension,
            "message" | "refresh" => return Ok(None),
            _ => return Err("statusPurpose"),
        };
        if members.get("statusSize").is_some_and(|size| size.as_u64() != Some(1)) {
            return Err("statusSize");
        }
        let index = text("statusListIndex")?;
        let digits = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
        let index = index.parse().ok().filter(|_| digits).ok_or("statusListIndex")?;
        Ok(Some(Self { purpose, index, list: text("statusListCredential")?.to_owned() }))
    }

    /// The entry as a credential carries it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("id".to_owned(), format!("{}#{}", self.list, self.index).into());
        members.insert("type".to_owned(), KIND.into());
        members.insert("statusPurpose".to_owned(), self.purpose.name().into());
        members.insert("statusListIndex".to_owned(), self.index.to_string().into());
        members.insert("statusListCredential".to_owned(), json!(self.list));
        Value::Object(members)
    }
}
