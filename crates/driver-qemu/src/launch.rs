//! Starting QEMU: its command line, and what to do when it refuses.

use std::net::IpAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hansa_agent::driver::DriverError;
use tokio::process::Command;

use crate::home::{Home, Record};
use crate::images::{Guest, Image, last_lines};
use crate::options::{Accel, Machine, Options};
use crate::plan::Plan;
use crate::process::Process;
use crate::tool;

/// How long QEMU may take until it runs in the background. Guests start after that.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a start went.
pub(crate) enum Launched {
    Running,
    /// Somebody else took one of its ports meanwhile.
    PortTaken,
}

/// Starts QEMU in the background, where it stays when the agent ends.
pub(crate) async fn launch(
    home: &Home,
    record: &Record,
    plan: &Plan,
    image: &Image,
    options: &Options,
) -> Result<Launched, DriverError> {
    let mut command = Command::new(&options.binary);
    command.args(arguments(home, record, plan, image, options));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let Ok(output) = tokio::time::timeout(PATIENCE, command.output()).await else {
        Process::all_started_with(&home.pidfile()).into_iter().for_each(Process::kill);
        let seconds = PATIENCE.as_secs();
        return Err(DriverError::Unavailable(format!("QEMU did not start within {seconds} s")));
    };
    let output = output.map_err(|error| tool::cannot_run(&options.binary.to_string_lossy(), &error))?;
    if output.status.success() {
        return Ok(Launched::Running);
    }
    let reason = last_lines(&output);
    if reason.contains("host forwarding rule") {
        return Ok(Launched::PortTaken);
    }
    Err(DriverError::Unavailable(format!("QEMU did not start: {reason}")))
}

fn arguments(home: &Home, record: &Record, plan: &Plan, image: &Image, options: &Options) -> Vec<String> {
    let bus = Bus::of(options.machine);
    let mut line = Line::default();
    line.add("-name", format!("hansa-{}", record.spec.tag.service));
    line.add("-pidfile", home.pidfile().display());
    line.flags(&["-daemonize", "-nodefaults", "-no-user-config", "-no-reboot"]);
    line.add("-display", "none");
    // Its other restrictions keep QEMU from going into the background.
    line.add("-sandbox", "on,obsolete=deny,resourcecontrol=deny");
    line.machine(options);
    line.add("-m", plan.memory_mib);
    line.add("-smp", plan.vcpus);
    line.add("-kernel", image.kernel().display());
    line.add("-initrd", image.initrd().display());
    line.add("-append", kernel_arguments(plan, image, options));

    line.drive(bus, "data", &format!("format=qcow2,discard=unmap,file={}", escaped(&home.disk())));
    match image.manifest.guest {
        Guest::Micro => {
            line.drive(bus, "system", &format!("format=raw,readonly=on,file={}", escaped(&image.disk())));
            line.drive(bus, "config", &format!("format=raw,readonly=on,file={}", escaped(&home.config_drive())));
        }
        Guest::CloudInit => {
            let seed = format!("driver=vvfat,node-name=seed,read-only=on,label=cidata,dir={}", escaped(&home.seed()));
            line.add("-blockdev", seed);
            line.add("-device", format!("virtio-blk-{},drive=seed,serial=hansa-seed", bus.suffix()));
        }
    }

    line.add("-netdev", network(record, plan, options.address));
    line.add("-device", format!("virtio-net-{},netdev=net{}", bus.suffix(), bus.without_boot_rom()));
    line.add("-device", format!("virtio-serial-{}", bus.suffix()));
    line.add("-chardev", format!("socket,id=agent,server=on,wait=off,path={}", escaped(&home.agent())));
    line.add("-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0");
    // The log is written whether somebody sits at the terminal or not.
    let (terminal, log) = (escaped(&home.terminal()), escaped(&home.console()));
    let console = format!("socket,id=console,server=on,wait=off,path={terminal},logfile={log},logappend=on");
    line.add("-chardev", console);
    line.add("-serial", "chardev:console");
    line.add("-chardev", format!("socket,id=monitor,server=on,wait=off,path={}", escaped(&home.monitor())));
    line.add("-mon", "chardev=monitor,mode=control");
    line.0
}

/// What the kernel is told besides what its image wants.
fn kernel_arguments(plan: &Plan, image: &Image, options: &Options) -> String {
    let mut arguments = "console=ttyS0 quiet panic=1".to_owned();
    if options.accel == Accel::Tcg {
        // Nothing speculates here, and calibrating the clock takes long.
        arguments += " mitigations=off tsc=reliable";
        if options.machine == Machine::Microvm
            && let Some(khz) = clock_khz()
        {
            // Such a machine has no clock to calibrate by and would wait for one.
            arguments += &format!(" tsc_early_khz={khz}");
        }
        if image.manifest.guest == Guest::Micro && options.machine == Machine::Pc && plan.vcpus == 1 {
            // Interpreting the tables takes a quarter of the start. More processors are found only through them.
            arguments += " acpi=off pci=nomsi";
        }
    }
    if image.manifest.guest == Guest::Micro {
        // The quickest way to the reset that ends QEMU.
        arguments += " reboot=t";
    }
    format!("{arguments} {}", image.manifest.arguments).trim_end().to_owned()
}

/// How fast the host's time stamp counter runs, which guests see under TCG.
fn clock_khz() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("cpu MHz"))?;
    let (whole, part) = line.split_once(':')?.1.trim().split_once('.')?;
    Some(whole.parse::<u64>().ok()? * 1000 + part.get(..3)?.parse::<u64>().ok()?)
}

fn network(record: &Record, plan: &Plan, address: IpAddr) -> String {
    let mut network = "user,id=net,ipv6=off".to_owned();
    for (name, inside) in &plan.config.ports {
        if let Some(outside) = record.ports.get(name) {
            network += &format!(",hostfwd=tcp:{address}:{outside}-:{inside}");
        }
    }
    network
}

/// A path as the value of an option, where a comma is written twice.
fn escaped(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

/// How devices are attached.
#[derive(Debug, Clone, Copy)]
enum Bus {
    Pci,
    Mmio,
}

impl Bus {
    const fn of(machine: Machine) -> Self {
        match machine {
            Machine::Pc => Self::Pci,
            Machine::Microvm => Self::Mmio,
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Pci => "pci",
            Self::Mmio => "device",
        }
    }

    const fn without_boot_rom(self) -> &'static str {
        match self {
            Self::Pci => ",romfile=",
            Self::Mmio => "",
        }
    }
}

/// A command line in the making.
#[derive(Default)]
struct Line(Vec<String>);

impl Line {
    fn flags(&mut self, flags: &[&str]) {
        self.0.extend(flags.iter().map(|flag| (*flag).to_owned()));
    }

    fn add(&mut self, option: &str, value: impl ToString) {
        self.0.extend([option.to_owned(), value.to_string()]);
    }

    fn machine(&mut self, options: &Options) {
        self.add(
            "-M",
            match options.machine {
                Machine::Pc => "pc",
                Machine::Microvm => "microvm,acpi=on,rtc=on",
            },
        );
        match options.accel {
            Accel::Tcg => self.add("-accel", "tcg,thread=multi,tb-size=64"),
            Accel::Kvm => {
                self.add("-accel", "kvm");
                self.add("-cpu", "host");
            }
        }
    }

    fn drive(&mut self, bus: Bus, name: &str, drive: &str) {
        self.add("-drive", format!("if=none,id={name},{drive}"));
        self.add("-device", format!("virtio-blk-{},drive={name},serial=hansa-{name}", bus.suffix()));
    }
}
