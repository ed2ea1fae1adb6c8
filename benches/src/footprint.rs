//! What an idle exchange takes, and how soon it answers.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use hansa_client::{Client, Credentials};
use serde_json::Value;

use crate::process::{cpu, resident};
use crate::quantiles::Quantiles;

const RUNS: usize = 10;
const IDLE: Duration = Duration::from_secs(30);

pub(crate) async fn measure(program: &str) -> anyhow::Result<()> {
    let mut starts = Vec::new();
    for run in 0..RUNS {
        let directory = std::env::temp_dir().join(format!("hansa-footprint-{}-{run}", std::process::id()));
        std::fs::create_dir_all(&directory)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let listen = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let mut child = tokio::process::Command::new(program)
            .args(["serve", "--listen", &listen, "--data"])
            .arg(&directory)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{program} can't be started"))?;
        let client = Client::new(&format!("http://{listen}"), Credentials::None)?;
        loop {
            if tokio::net::TcpStream::connect(&listen).await.is_ok() && client.get::<Value>("/readyz").await.is_ok() {
                break;
            }
            if begun.elapsed() > Duration::from_secs(20) {
                bail!("{program} does not answer");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        starts.push(begun.elapsed());
        if run + 1 == RUNS {
            let pid = child.id().context("it ended")?;
            let used = cpu(pid)?;
            tokio::time::sleep(IDLE).await;
            let share = (cpu(pid)? - used).as_secs_f64() / IDLE.as_secs_f64() * 100.0;
            println!("exchange on SQLite, idle for {} s", IDLE.as_secs());
            println!("  memory            {:.1} MiB resident", resident(pid)?);
            println!("  processor         {share:.1} % of one core");
        }
        child.kill().await?;
        std::fs::remove_dir_all(&directory)?;
    }
    println!("  start to answer   {} of {RUNS} starts with a fresh database", Quantiles::new(starts));
    Ok(())
}
