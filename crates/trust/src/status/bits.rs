//! The bits of a list, and the text they travel as: multibase base64url of their gzip.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::list::StatusError;
use crate::jose::base64url;

/// The fewest bits of a list, so that an index tells little about whose it is: 16 KiB.
pub const MINIMUM_BITS: usize = 131_072;
/// The most bytes that are unpacked: 8 388 608 bits.
const UNPACKED_LIMIT: usize = 1024 * 1024;
/// The multibase letter of base64url without padding.
const MULTIBASE: char = 'u';

/// A row of bits, the first one in the highest bit of the first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitstring {
    bytes: Vec<u8>,
}

impl Bitstring {
    /// So many bits, none of them set; never fewer than [`MINIMUM_BITS`].
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { bytes: vec![0; length.max(MINIMUM_BITS).div_ceil(8)] }
    }

    /// How many bits there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len() * 8
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bit at an index; nothing past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<bool> {
        self.bytes.get(index / 8).map(|byte| byte & mask(index) != 0)
    }

    /// Sets or clears the bit at an index.
    ///
    /// # Errors
    /// [`StatusError::OutOfRange`].
    pub fn set(&mut self, index: usize, value: bool) -> Result<(), StatusError> {
        let length = self.len();
        let byte = self.bytes.get_mut(index / 8).ok_or(StatusError::OutOfRange { index, length })?;
        if value {
            *byte |= mask(index);
        } else {
            *byte &= !mask(index);
        }
        Ok(())
    }

    /// The list as text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to memory can't fail.
        let packed = packer.write_all(&self.bytes).and_then(|()| packer.finish()).unwrap_or_default();
        format!("{MULTIBASE}{}", base64url::encode(&packed))
    }

    /// Reads a list from text.
    ///
    /// # Errors
    /// [`StatusError::Encoding`], [`StatusError::TooLarge`], [`StatusError::TooSmall`].
    pub fn decode(text: &str) -> Result<Self, StatusError> {
        let packed = text.strip_prefix(MULTIBASE).and_then(base64url::decode).ok_or(StatusError::Encoding)?;
        let mut bytes = Vec::new();
        let mut unpacker = GzDecoder::new(packed.as_slice()).take(UNPACKED_LIMIT as u64 + 1);
        unpacker.read_to_end(&mut bytes).map_err(|_| StatusError::Encoding)?;
        if bytes.len() > UNPACKED_LIMIT {
            return Err(StatusError::TooLarge);
        }
        let list = Self { bytes };
        if list.len() < MINIMUM_BITS { Err(StatusError::TooSmall(list.len())) } else { Ok(list) }
    }
}

const fn mask(index: usize) -> u8 {
    0x80 >> (index % 8)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Bitstring, MINIMUM_BITS};
    use crate::status::StatusError;

    /// The list of the standard's example 11: nothing set.
    #[test]
    fn the_empty_list_of_the_standard() {
        let text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
        let list = Bitstring::decode(text).expect("the standard's example");
        assert_eq!(list, Bitstring::new(MINIMUM_BITS));
    }

    #[test]
    fn the_first_bit_is_the_leftmost() {
        let mut list = Bitstring::new(0);
        list.set(0, true).expect("a bit that exists");
        assert_eq!(list.bytes[0], 0x80);
        assert_eq!(
            list.set(MINIMUM_BITS, true),
            Err(StatusError::OutOfRange { index: MINIMUM_BITS, length: MINIMUM_BITS })
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_was_set_is_read_again(set in proptest::collection::btree_set(0..MINIMUM_BITS, 0..50)) {
            let mut list = Bitstring::new(MINIMUM_BITS);
            for index in &set {
                list.set(*index, true).expect("a bit that exists");
            }
            let read = Bitstring::decode(&list.encode()).expect("an own list");
            let found: BTreeSet<_> = (0..MINIMUM_BITS).filter(|at| read.get(*at) == Some(true)).collect();
            prop_assert_eq!(found, set);
            prop_assert_eq!(read.get(MINIMUM_BITS), None);
        }
    }
}
