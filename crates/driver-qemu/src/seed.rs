//! What a guest is told: its name, environment, files, script and keys, in the form that it understands.

use std::fmt::Write;
use std::io;

use hansa_model::application::Config;
use serde_json::{Value, json};

use crate::cpio::Archive;
use crate::home::{Home, write_secret};
use crate::images::Manifest;
use crate::plan::Plan;

const ENVIRONMENT: &str = "/etc/hansa/env";
const SCRIPT: &str = "/etc/hansa/run";

/// Writes the drive of a micro guest. It takes it in at each start.
pub(crate) fn write_config_drive(home: &Home, plan: &Plan) -> io::Result<()> {
    write_secret(&home.config_drive(), &config_archive(plan).into_bytes())
}

fn config_archive(plan: &Plan) -> Archive {
    let config = &plan.config;
    let mut archive = Archive::default();
    for (path, contents) in &config.files {
        archive.file(path, mode_of(contents), contents.as_str());
    }
    archive.file("/etc/hansa/hostname", 0o644, format!("{}\n", plan.hostname));
    archive.file(ENVIRONMENT, 0o600, environment(config));
    if let Some(script) = &config.run {
        archive.file(SCRIPT, 0o700, script.as_str());
    }
    if !config.ssh_keys.is_empty() {
        archive.directory("/root/.ssh", 0o700);
        archive.file("/root/.ssh/authorized_keys", 0o600, config.ssh_keys.join("\n") + "\n");
    }
    archive
}

/// Writes the NoCloud seed of a cloud-init guest. It is taken in when it has changed since the last start.
pub(crate) fn write_seed(home: &Home, plan: &Plan, image: &Manifest) -> io::Result<()> {
    std::fs::create_dir_all(home.seed())?;
    let user_data = format!("#cloud-config\n{}\n", user_data(plan, image));
    // Cloud-init takes a machine with another instance-id for a new one, and does its work again.
    let meta_data = json!({"instance-id": &plan.fingerprint()[..16], "local-hostname": plan.hostname});
    write_secret(&home.seed().join("user-data"), user_data.as_bytes())?;
    write_secret(&home.seed().join("meta-data"), meta_data.to_string().as_bytes())
}

/// JSON is YAML too.
fn user_data(plan: &Plan, image: &Manifest) -> Value {
    const UNIT: &str = "\
[Unit]
Description=The script that this machine was ordered with
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/bin/sh -c '. /etc/hansa/env; exec /bin/sh /etc/hansa/run'
Restart=always
RestartSec=1
StandardOutput=journal+console
StandardError=journal+console

[Install]
WantedBy=multi-user.target
";
    let config = &plan.config;
    let file = |path: &str, mode: u32, contents: &str| json!({"path": path, "permissions": format!("0{mode:o}"), "content": contents});
    let mut files: Vec<_> =
        config.files.iter().map(|(path, contents)| file(path, mode_of(contents), contents)).collect();
    files.push(file(ENVIRONMENT, 0o600, &environment(config)));
    let mut commands = Vec::new();
    if let Some(script) = &config.run {
        files.push(file(SCRIPT, 0o700, script));
        files.push(file("/etc/systemd/system/hansa-run.service", 0o644, UNIT));
        commands.push(json!(["systemctl", "daemon-reload"]));
        commands.push(json!(["systemctl", "enable", "hansa-run.service"]));
        commands.push(json!(["systemctl", "restart", "--no-block", "hansa-run.service"]));
    }
    json!({
        "users": [{
            "name": image.user,
            "shell": "/bin/bash",
            "sudo": "ALL=(ALL) NOPASSWD:ALL",
            "lock_passwd": true,
            "ssh_authorized_keys": config.ssh_keys,
        }],
        "ssh_pwauth": false,
        "ssh_deletekeys": false,
        "write_files": files,
        "runcmd": commands,
    })
}

/// What begins like a program can be run.
fn mode_of(contents: &str) -> u32 {
    if contents.starts_with("#!") { 0o755 } else { 0o644 }
}

fn environment(config: &Config) -> String {
    config.env.iter().fold(String::new(), |mut lines, (name, value)| {
        let quoted = value.replace('\'', r"'\''");
        // Writing to a text can't fail.
        let _ = writeln!(lines, "export {name}='{quoted}'");
        lines
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;
    use crate::images::Guest;
    use crate::plan::tests::{image, spec};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_shell_reads_every_value_as_it_was_written(values in prop::collection::vec("[^\0]{0,40}", 1..4)) {
            let names = ["A", "_b", "C3"];
            let env: BTreeMap<_, _> = names.iter().map(|name| (*name).to_owned()).zip(values).collect();
            let config = Config { env: env.clone(), ..Config::default() };
            let print = "\nfor name in \"$@\"; do eval \"printf '%s\\\\0' \\\"\\$$name\\\"\"; done";
            let script = environment(&config) + print;
            let output = Command::new("sh").arg("-c").arg(script).arg("sh").args(env.keys()).output().unwrap();
            let seen: Vec<_> = output.stdout.split(|byte| *byte == 0).take(env.len()).map(<[u8]>::to_vec).collect();
            let given: Vec<_> = env.values().map(|value| value.as_bytes().to_vec()).collect();
            prop_assert_eq!(seen, given);
        }
    }

    #[test]
    fn cloud_init_is_given_all_of_the_configuration() {
        let spec = spec(
            json!({"cpu": 1, "memory": "512 MiB"}),
            json!({"env": {"A": "it's"}, "files": {"/srv/tool": "#!/bin/sh\n"}, "run": "tool", "sshKeys": ["key"]}),
        );
        let image = image(Guest::CloudInit);
        let plan = Plan::new(&spec, &image).unwrap();
        let data = user_data(&plan, &image);
        let file = |path: &str| {
            let files = data["write_files"].as_array().unwrap();
            files.iter().find(|file| file["path"] == path).cloned().unwrap_or_default()
        };
        assert_eq!(file("/srv/tool")["permissions"], "0755");
        assert_eq!(file("/etc/hansa/env")["content"], "export A='it'\\''s'\n");
        assert_eq!(file("/etc/hansa/run")["content"], "tool");
        assert!(file("/etc/systemd/system/hansa-run.service")["content"].is_string());
        assert_eq!(data["users"][0]["ssh_authorized_keys"], json!(["key"]));
    }
}
