//! JSON that means one thing: no member twice, no endless nesting.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why a text is not taken as JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is no JSON (RFC 8259), or more than one value.
    #[error("it is not JSON: {0}")]
    Syntax(String),
    /// An object has a member twice; readers would differ on which one counts.
    #[error("the member `{0}` appears twice in one object")]
    Twice(String),
    /// It is nested deeper than is read.
    #[error("it is nested deeper than {0} levels")]
    TooDeep(usize),
}

/// Reads JSON nested `depth` levels deep at most; a scalar has none, `[1]` has one.
pub(crate) fn parse(bytes: &[u8], depth: usize) -> Result<Value, JsonError> {
    let fault = RefCell::new(None);
    let seed = Strict { left: depth, depth, fault: &fault };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| fault.take().unwrap_or_else(|| JsonError::Syntax(error.to_string())))
}

struct Strict<'a> {
    left: usize,
    depth: usize,
    fault: &'a RefCell<Option<JsonError>>,
}

impl Strict<'_> {
    fn fail<E: de::Error>(&self, fault: JsonError) -> E {
        let error = E::custom(&fault);
        self.fault.replace(Some(fault));
        error
    }

    fn inner<E: de::Error>(&self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, depth: self.depth, fault: self.fault }),
            None => Err(self.fail(JsonError::TooDeep(self.depth))),
        }
    }
}

impl Copy for Strict<'_> {}

impl Clone for Strict<'_> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                return Err(self.fail(JsonError::Twice(name)));
            }
            let value = members.next_value_seed(inner)?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{JsonError, parse};

    #[test]
    fn what_means_one_thing_is_read_as_it_stands() {
        let value = parse(br#"{"a":[1,-2,0.5,"x",null,true],"b":{}}"#, 2);
        assert_eq!(value, Ok(json!({"a": [1, -2, 0.5, "x", null, true], "b": {}})));
    }

    #[test]
    fn a_member_twice_is_refused_however_it_is_spelled() {
        assert_eq!(parse(br#"{"a":1,"\u0061":2}"#, 4), Err(JsonError::Twice("a".into())));
        assert_eq!(parse(br#"[{"b":{"a":1,"a":1}}]"#, 4), Err(JsonError::Twice("a".into())));
    }

    #[test]
    fn nesting_ends_where_it_is_told_to() {
        assert!(parse(b"[[1]]", 2).is_ok());
        assert_eq!(parse(b"[[1]]", 1), Err(JsonError::TooDeep(1)));
        assert_eq!(parse("[".repeat(100_000).as_bytes(), 8), Err(JsonError::TooDeep(8)));
    }

    #[test]
    fn two_values_or_none_are_refused() {
        assert!(matches!(parse(b"{}{}", 2), Err(JsonError::Syntax(_))));
        assert!(matches!(parse(b"", 2), Err(JsonError::Syntax(_))));
        assert!(matches!(parse(b"\xff", 2), Err(JsonError::Syntax(_))));
    }
}
