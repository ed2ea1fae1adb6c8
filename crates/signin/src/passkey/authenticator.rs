//! What the authenticator says (section 6.1 of the standard): flags, a counter, and a new key where one was made.

use ciborium::Value as Cbor;

use super::{PasskeyError, PublicKey};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const CREDENTIAL_INCLUDED: u8 = 0x40;
const EXTENSIONS_INCLUDED: u8 = 0x80;
const AAGUID: usize = 16;

/// A key that was made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) id: Vec<u8>,
    pub(super) key: PublicKey,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct AuthenticatorData {
    /// SHA-256 of the domain that it was made for.
    pub(super) party: Vec<u8>,
    pub(super) present: bool,
    pub(super) verified: bool,
    pub(super) counter: u32,
    pub(super) made: Option<Made>,
}

/// Takes so many bytes off the front.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], PasskeyError> {
    let (front, back) = rest.split_at_checked(count).ok_or(PasskeyError::Malformed("the authenticator data"))?;
    *rest = back;
    Ok(front)
}

fn number<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], PasskeyError> {
    take(rest, N)?.try_into().map_err(|_| PasskeyError::Malformed("the authenticator data"))
}

impl AuthenticatorData {
    pub(super) fn read(mut rest: &[u8]) -> Result<Self, PasskeyError> {
        let party = take(&mut rest, 32)?.to_vec();
        let [flags] = number(&mut rest)?;
        let counter = u32::from_be_bytes(number(&mut rest)?);
        let has = |flag: u8| flags & flag != 0;
        let made = has(CREDENTIAL_INCLUDED).then(|| made(&mut rest)).transpose()?;
        if has(EXTENSIONS_INCLUDED) {
            let _: Cbor = ciborium::from_reader(&mut rest).map_err(|_| PasskeyError::Malformed("the extensions"))?;
        }
        if !rest.is_empty() {
            return Err(PasskeyError::Malformed("the authenticator data"));
        }
        Ok(Self { party, present: has(USER_PRESENT), verified: has(USER_VERIFIED), counter, made })
    }
}

fn made(rest: &mut &[u8]) -> Result<Made, PasskeyError> {
    let _model = take(rest, AAGUID)?;
    let length = u16::from_be_bytes(number(rest)?);
    let id = take(rest, usize::from(length))?.to_vec();
    let key: Cbor = ciborium::from_reader(&mut *rest).map_err(|_| PasskeyError::Malformed("the public key"))?;
    Ok(Made { id, key: PublicKey::read(&key)? })
}
