//! Being asked to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Returns when the process is asked to stop: by Ctrl-C or SIGTERM.
pub async fn asked() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        // Without a handler for SIGTERM its default ends the process at once.
        Err(_) => _ = tokio::signal::ctrl_c().await,
    }
}
