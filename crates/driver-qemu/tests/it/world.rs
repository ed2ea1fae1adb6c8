//! A back end of its own for each test. What a test leaves running is ended, also when it fails.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use hansa_agent::driver::{Driver, Instance, Power, Spec, Tag};
use hansa_driver_qemu::{Capacity, Options, QemuDriver, images};
use hansa_model::id::ServiceId;
use hansa_model::quantity::{Number, Size};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a machine may take on a busy host.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct World {
    state: TempDir,
    pub(crate) options: Options,
}

impl World {
    pub(crate) fn new() -> Self {
        let state = tempfile::Builder::new().prefix("hansa-qemu-").tempdir().unwrap();
        let capacity = Capacity { cpu: Number::whole(4), memory: Size::gib(2), storage: Size::gib(20), instances: 8 };
        // The driver is given the path in full, so that processes can be found by it.
        let directory = state.path().canonicalize().unwrap().join("state");
        let options = Options::new(directory, images().to_owned(), capacity);
        Self { state, options }
    }

    pub(crate) fn driver(&self) -> QemuDriver {
        QemuDriver::new(self.options.clone()).unwrap()
    }

    pub(crate) fn directory(&self, service: ServiceId) -> PathBuf {
        self.options.state.join(service.to_string())
    }

    /// The machines' directories and the directories of running processes.
    pub(crate) fn objects(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.options.state).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let homes = self.processes().into_iter().map(|(_, home)| home.file_name().unwrap().to_owned());
        names.extend(homes.map(|name| name.to_string_lossy().into_owned()));
        names.sort();
        names.dedup();
        names
    }

    /// The running QEMUs of this world with their machines' directories, found without the driver.
    pub(crate) fn processes(&self) -> Vec<(Pid, PathBuf)> {
        let pids =
            std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter_map(|pid: i32| {
            let line = String::from_utf8(std::fs::read(format!("/proc/{pid}/cmdline")).ok()?).ok()?;
            let pidfile = line.split('\0').skip_while(|argument| *argument != "-pidfile").nth(1)?;
            let home = Path::new(pidfile).parent()?;
            home.starts_with(self.state.path()).then(|| (Pid::from_raw(pid), home.to_owned()))
        })
        .collect()
    }

    /// Ends the machine as a power cut does.
    pub(crate) async fn kill(&self, service: ServiceId) {
        let home = self.directory(service);
        let (pid, _) = self.processes().into_iter().find(|(_, of)| *of == home).expect("the machine runs");
        kill(pid, Signal::SIGKILL).unwrap();
        let gone = || self.processes().iter().all(|(other, _)| *other != pid).then_some(());
        eventually("the process to end", || std::future::ready(gone())).await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for (pid, _) in self.processes() {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

/// The directory of images, built once for all tests and all runs.
pub(crate) fn images() -> &'static Path {
    static IMAGES: OnceLock<PathBuf> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("qemu-images");
        std::fs::create_dir_all(&directory).unwrap();
        let lock = std::fs::File::create(directory.join(".lock")).unwrap();
        lock.lock().unwrap();
        images::micro::build(&directory).unwrap_or_else(|error| panic!("the micro image can't be built: {error}"));
        directory
    })
}

/// A specification for a small machine, changed by `properties`.
pub(crate) fn spec(service: ServiceId, generation: u64, properties: Value, config: Value) -> Spec {
    let mut all = json!({"cpu": 1, "memory": "112 MiB", "disk": "256 MiB", "image": "debian-12-micro"});
    for (name, value) in properties.as_object().unwrap() {
        all[name] = value.clone();
    }
    Spec {
        tag: Tag { service, generation },
        label: "web".to_owned(),
        properties: serde_json::from_value(all).unwrap(),
        config: serde_json::from_value(config).unwrap(),
    }
}

/// A web server with a script `mark` that keeps its query on the data disk and shows what was kept.
pub(crate) fn web_server() -> Value {
    json!({
        "ports": {"http": 80},
        "env": {"GREETING": "it's me"},
        "files": {
            "/www/cgi-bin/mark": "#!/bin/sh\nif [ -n \"$QUERY_STRING\" ]; then echo \"$QUERY_STRING\" >/data/mark; sync; fi\n\
                                  printf 'Content-Type: text/plain\\n\\n'\ncat /data/mark\n",
            "/www/page": "a page\n",
        },
        "run": "echo \"$GREETING on $(hostname)\" >/www/greeting\nexec httpd -f -p 80 -h /www\n",
    })
}

/// Tries until there is an answer.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, attempt: impl FnMut() -> F) -> T {
    eventually_within(PATIENCE, what, attempt).await
}

/// Tries until there is an answer, for so long.
pub(crate) async fn eventually_within<T, F>(limit: Duration, what: &str, mut attempt: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = attempt().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The machine, as soon as it runs.
pub(crate) async fn running(driver: &QemuDriver, service: ServiceId) -> Instance {
    let look = async || driver.find(service).await.unwrap().filter(|instance| instance.power == Power::Running);
    eventually("the machine to run", look).await
}

/// What the machine's web server answers; `None` while it does not.
pub(crate) async fn get(instance: &Instance, path: &str, limit: Duration) -> Option<String> {
    let connection = instance.connection.as_ref().expect("the machine has a published port");
    let exchange = async {
        let mut stream = TcpStream::connect((connection.host.as_str(), connection.port)).await.ok()?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n").or_else(|| answer.split_once("\n\n"))?;
        head.contains(" 200 ").then(|| body.to_owned())
    };
    tokio::time::timeout(limit, exchange).await.ok().flatten()
}

/// What the machine's web server answers, as soon as it does.
pub(crate) async fn page(instance: &Instance, path: &str) -> String {
    // Short at first, since a question that comes before the guest is up is never answered.
    let mut limit = Duration::from_millis(500);
    let attempt = || {
        limit = (limit * 2).min(Duration::from_secs(16));
        get(instance, path, limit)
    };
    eventually(path, attempt).await
}

/// What a program of the Debian package dropbear-bin says.
pub(crate) fn run(command: &mut std::process::Command) -> String {
    let output = command.output().expect("the Debian package dropbear-bin is needed");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
