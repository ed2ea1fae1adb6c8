//! Filling in what a configuration says of linked components: `${archive.url}`.

use std::collections::BTreeMap;

use hansa_model::application::Config;
use hansa_model::name::Name;
use hansa_model::service::Connection;

/// A name in a configuration that stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unresolved {
    /// There is no link to the component.
    #[error("`${{{0}.{1}}}` can't be filled in: there is no connection to `{0}`; add a link to it")]
    Component(String, String),
    /// The component's connection has no such field.
    #[error(
        "`${{{0}.{1}}}` can't be filled in: the connection to `{0}` has no `{1}`; \
         use url, host, port, user, password, database or the name of a port"
    )]
    Field(String, String),
}

/// The configuration with everything filled in. Hosts are changed by `reach` first.
pub(crate) fn fill(
    config: &Config,
    connections: &BTreeMap<String, Connection>,
    reach: impl Fn(&str) -> String,
) -> Result<Config, Unresolved> {
    let reachable: BTreeMap<&str, Connection> = connections
        .iter()
        .map(|(name, connection)| (name.as_str(), Connection { host: reach(&connection.host), ..connection.clone() }))
        .collect();
    let all = |texts: &BTreeMap<String, String>| -> Result<BTreeMap<String, String>, Unresolved> {
        texts.iter().map(|(name, text)| Ok((name.clone(), fill_text(text, &reachable)?))).collect()
    };
    Ok(Config {
        env: all(&config.env)?,
        files: all(&config.files)?,
        run: config.run.as_deref().map(|text| fill_text(text, &reachable)).transpose()?,
        ports: config.ports.clone(),
        ssh_keys: config.ssh_keys.clone(),
    })
}

/// Reads the text as [`hansa_model::application::references`] does: `$${` is an escaped `${`, and what is
/// not of the form `component.field` (a shell's `${HOME}`) is left as it is.
fn fill_text(text: &str, connections: &BTreeMap<&str, Connection>) -> Result<String, Unresolved> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, after) = (&rest[..start], &rest[start + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            filled.push_str(before);
            filled.push_str("${");
            rest = after;
            continue;
        }
        filled.push_str(before);
        let Some(end) = after.find('}') else {
            filled.push_str("${");
            rest = after;
            break;
        };
        match reference(&after[..end]) {
            Some((component, field)) => filled.push_str(&value(component, field, connections)?),
            None => filled.push_str(&rest[start..start + 2 + end + 1]),
        }
        rest = &after[end + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

fn reference(inner: &str) -> Option<(&str, &str)> {
    let (component, field) = inner.split_once('.')?;
    let well_formed = component.parse::<Name>().is_ok()
        && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    well_formed.then_some((component, field))
}

fn value(component: &str, field: &str, connections: &BTreeMap<&str, Connection>) -> Result<String, Unresolved> {
    let connection =
        connections.get(component).ok_or_else(|| Unresolved::Component(component.to_owned(), field.to_owned()))?;
    connection.field(field).ok_or_else(|| Unresolved::Field(component.to_owned(), field.to_owned()))
}

#[cfg(test)]
mod tests {
    use hansa_model::application::references;
    use proptest::prelude::*;

    use super::*;

    fn archive() -> BTreeMap<String, Connection> {
        let connection = Connection {
            scheme: "postgres".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: 5432,
            user: Some("u".to_owned()),
            password: Some("p".to_owned()),
            database: Some("d".to_owned()),
            ports: BTreeMap::from([("admin".to_owned(), 8080)]),
        };
        BTreeMap::from([("archive".to_owned(), connection)])
    }

    fn filled(text: &str) -> Result<String, Unresolved> {
        let config = Config { run: Some(text.to_owned()), ..Config::default() };
        fill(&config, &archive(), |_| "10.0.2.2".to_owned()).map(|config| config.run.unwrap())
    }

    #[test]
    fn connections_are_filled_in_as_seen_from_inside() {
        assert_eq!(filled("psql ${archive.url}").unwrap(), "psql postgres://u:p@10.0.2.2:5432/d");
        assert_eq!(filled("${archive.host}:${archive.admin}").unwrap(), "10.0.2.2:8080");
    }

    #[test]
    fn escapes_and_shell_variables_are_left_alone() {
        assert_eq!(filled("$${archive.url} ${HOME} $HOME ${x").unwrap(), "${archive.url} ${HOME} $HOME ${x");
        assert_eq!(filled("${HOME}${archive.port}$").unwrap(), "${HOME}5432$");
    }

    #[test]
    fn what_stands_for_nothing_is_named() {
        let message = filled("${archiv.url}").unwrap_err().to_string();
        assert!(message.starts_with("`${archiv.url}` can't be filled in: there is no connection"), "{message}");
        let message = filled("${archive.adress}").unwrap_err().to_string();
        assert!(message.contains("has no `adress`"), "{message}");
    }

    proptest! {
        #[test]
        fn the_same_references_are_found_as_when_the_application_was_checked(
            parts in prop::collection::vec(prop::sample::select(vec![
                "$", "{", "}", "${", "$${", "a", ".", "url", "${a.b}", "${archive.port}", " ", "é",
            ]), 0..12),
        ) {
            let text = parts.concat();
            let unknown = references(&text).any(|reference| reference.component != "archive"
                || archive()["archive"].field(&reference.field).is_none());
            prop_assert_eq!(filled(&text).is_err(), unknown, "{}", text);
        }
    }
}
