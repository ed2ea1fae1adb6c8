//! Looks at the back ends themselves, past the exchange and the agents: what is really there?

use std::path::Path;

use hansa_model::id::ServiceId;

use crate::process::{self, Running};

/// The virtual machine of a service, as the operating system sees it.
pub(crate) fn machine(directory: &Path, service: ServiceId) -> Option<Running> {
    let id = service.to_string();
    process::that_name(directory)
        .into_iter()
        .find(|running| running.command.contains("qemu-system") && running.command.contains(&id))
}

/// Whatever is left of services: processes and directories that name one.
pub(crate) fn leftovers(directory: &Path) -> Vec<String> {
    let mut left: Vec<String> = process::that_name(directory)
        .into_iter()
        .filter(|running| running.command.contains("qemu-system"))
        .map(|running| format!("process {}: {}", running.pid, running.command.chars().take(80).collect::<String>()))
        .collect();
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("machines-")) {
        let homes = std::fs::read_dir(entry.path()).into_iter().flatten().flatten();
        left.extend(
            homes
                .filter(|home| home.file_name().to_string_lossy().contains(ServiceId::PREFIX))
                .map(|home| home.path().display().to_string()),
        );
    }
    left
}
