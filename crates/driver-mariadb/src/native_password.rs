//! The form in which MariaDB keeps passwords (`mysql_native_password`). Computing it here keeps the password
//! itself out of statements, and thereby out of the server's log.

use hansa_database_kit::secret::Secret;
use sha1::{Digest, Sha1};

/// What MariaDB takes in the place of the password: a star and 40 hexadecimal digits.
pub(crate) fn hash(password: &Secret) -> String {
    let twice = Sha1::digest(Sha1::digest(password.reveal()));
    format!("*{}", hex::encode_upper(twice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_function_password_of_mariadb() {
        let hashed = hash(&Secret::from("password".to_owned()));
        assert_eq!(hashed, "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    }
}
