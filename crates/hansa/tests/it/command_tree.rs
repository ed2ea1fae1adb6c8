//! Every command has the same manners.

use clap::Command;

/// Words of the first level that are no nouns but do something themselves.
const ALONE: [&str; 12] = [
    "serve",
    "login",
    "logout",
    "console",
    "whoami",
    "validate",
    "match",
    "why",
    "events",
    "completion",
    "version",
    "demo",
];
/// What nouns can do.
const VERBS: [&str; 54] = [
    "build",
    "check",
    "configure",
    "work",
    "backup",
    "print",
    "log",
    "console",
    "set",
    "template",
    "submit",
    "return",
    "list",
    "show",
    "create",
    "use",
    "wait",
    "publish",
    "retire",
    "import",
    "export",
    "compare",
    "schema",
    "withdraw",
    "verify",
    "steps",
    "approve",
    "reject",
    "cancel",
    "dismiss",
    "stop",
    "start",
    "terminate",
    "resize",
    "connection",
    "metrics",
    "enrol",
    "run",
    "revoke",
    "admit",
    "invite",
    "limits",
    "trial-balance",
    "add",
    "remove",
    "declare",
    "attest",
    "check",
    "ownership",
    "rules",
    "label",
    "pack",
    "rotate-key",
    "reset",
];

fn leaves(command: &Command, path: &[String], found: &mut Vec<(Vec<String>, Command)>) {
    let mut children = command.get_subcommands().filter(|child| child.get_name() != "help").peekable();
    if children.peek().is_none() {
        found.push((path.to_vec(), command.clone()));
    }
    for child in children {
        let mut path = path.to_vec();
        path.push(child.get_name().to_owned());
        leaves(child, &path, found);
    }
}

fn every_leaf() -> Vec<(Vec<String>, Command)> {
    let mut tree = hansa::cli::tree();
    tree.build();
    let mut found = Vec::new();
    leaves(&tree, &[], &mut found);
    assert!(found.len() > 40, "{}", found.len());
    found
}

/// The words of a line as a shell would split it, up to a pipe or redirection.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for character in line.chars() {
        match (quote, character) {
            (Some(end), _) if character == end => quote = None,
            (None, '\'' | '"') => (quote, open) = (Some(character), true),
            (None, ' ') => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            (None, '>' | '|') if word.is_empty() => return words,
            _ => word.push(character),
        }
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    words
}

/// The examples of a command, each as arguments.
fn examples(command: &Command) -> Vec<Vec<String>> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (_, examples) = help.split_once("Examples:\n").unwrap_or_default();
    let call = |line: &str| {
        let start = line.find("hansa ")?;
        let line = line[start..].strip_suffix(")\"").unwrap_or(&line[start..]).to_owned();
        Some(words(&line))
    };
    examples.lines().filter_map(call).collect()
}

#[test]
fn commands_are_a_noun_and_a_verb() {
    for (path, _) in every_leaf() {
        match &path[..] {
            [alone] => assert!(ALONE.contains(&alone.as_str()), "{path:?}"),
            [_, verb] | [_, _, verb] => assert!(VERBS.contains(&verb.as_str()), "{path:?}"),
            _ => panic!("{path:?} is too deep"),
        }
    }
}

#[test]
fn every_command_has_two_examples_that_can_be_understood() {
    let tree = hansa::cli::tree();
    for (path, command) in every_leaf() {
        let examples = examples(&command);
        assert!(examples.len() >= 2, "{path:?} has too few examples");
        for example in examples {
            let called: Vec<_> =
                example.iter().skip(1).filter(|word| !word.starts_with('-')).take(path.len()).collect();
            assert_eq!(called, path.iter().collect::<Vec<_>>(), "{example:?} is an example of something else");
            if let Err(error) = tree.clone().try_get_matches_from(&example) {
                panic!("{example:?}: {error}");
            }
        }
    }
}

#[test]
fn every_command_and_option_is_explained_and_takes_a_form() {
    for (path, command) in every_leaf() {
        assert!(command.get_about().is_some(), "{path:?} says nothing about itself");
        for argument in
            command.get_arguments().filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version"))
        {
            assert!(argument.get_help().is_some(), "{path:?} does not explain {}", argument.get_id());
        }
        assert!(command.get_arguments().any(|argument| argument.get_id() == "output"), "{path:?} takes no -o");
    }
}
