//! Finding out whether the host can really run guests.

use std::io::{self, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hansa_agent::driver::DriverError;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::images::Image;
use crate::options::{Accel, Machine, Options};
use crate::tool;

/// A guest that has not said a word after that long never will.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Whether QEMU can set up a processor with KVM here. `/dev/kvm` may be there and still be unable to.
///
/// # Errors
/// When QEMU can't be started; it is the Debian package `qemu-system-x86`.
pub fn has_kvm(binary: &Path) -> io::Result<bool> {
    let mut command = std::process::Command::new(binary);
    command.args(["-nodefaults", "-no-user-config", "-display", "none", "-monitor", "stdio", "-S"]);
    command.args(["-M", "pc", "-accel", "kvm", "-cpu", "host", "-m", "16"]);
    let mut tried = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    if let Some(mut monitor) = tried.stdin.take() {
        // It may have given up already.
        _ = monitor.write_all(b"quit\n");
    }
    Ok(tried.wait()?.success())
}

/// What was found out about the host.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    done: OnceCell<()>,
}

impl Probe {
    /// Tries QEMU once, with KVM by starting a kernel; a failure is tried again the next time.
    pub(crate) async fn host(&self, options: &Options, image: Option<&Image>) -> Result<(), DriverError> {
        let attempt = async {
            tool::run(Command::new(&options.binary).arg("--version")).await?;
            match options.accel {
                Accel::Tcg => Ok(()),
                Accel::Kvm => kvm(options, image).await,
            }
        };
        self.done.get_or_try_init(|| attempt).await.copied()
    }
}

/// Starts a kernel with KVM and waits for its first words.
async fn kvm(options: &Options, image: Option<&Image>) -> Result<(), DriverError> {
    let failed = |what: &str| {
        DriverError::Unavailable(format!("KVM is configured, but {what}; configure `accel: tcg` or repair KVM"))
    };
    let image = image.ok_or_else(|| {
        let missing = "there is no image to start machines from, nor to try KVM with: `hansa image build` makes one";
        DriverError::Unavailable(missing.to_owned())
    })?;
    let scratch = tempfile::tempdir().map_err(|error| failed(&format!("it can't be tried out ({error})")))?;
    let console = scratch.path().join("console");
    let machine = match options.machine {
        Machine::Pc => "pc",
        Machine::Microvm => "microvm,acpi=on,rtc=on",
    };
    let mut command = Command::new(&options.binary);
    command.args(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]);
    command.args(["-M", machine, "-accel", "kvm", "-cpu", "host", "-m", "128", "-append", "console=ttyS0 panic=1"]);
    command.arg("-kernel").arg(image.kernel()).arg("-initrd").arg(image.initrd());
    command.arg("-serial").arg(format!("file:{}", console.display()));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut guest = command.spawn().map_err(|error| tool::cannot_run(&options.binary.to_string_lossy(), &error))?;
    let deadline = Instant::now() + PATIENCE;
    let spoke = loop {
        if std::fs::read_to_string(&console).is_ok_and(|text| text.contains("Linux version")) {
            break true;
        }
        if Instant::now() >= deadline || !matches!(guest.try_wait(), Ok(None)) {
            break false;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    // It may have ended by itself.
    let _ = guest.kill().await;
    if spoke { Ok(()) } else { Err(failed("a guest did not start with it")) }
}
