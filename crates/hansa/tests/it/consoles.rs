//! The consoles of services, from the command line through processes of their own.

use crate::killed_agent::{configure, exchange, order, traders};
use crate::program::User;

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_reads_the_log_and_types_at_the_console() {
    let operator = User::new();
    let (_serve, address) = exchange(&operator).await;
    let (provider, buyer) = traders(&operator, &address).await;
    configure(&provider, &address, 0);
    let mut agent = provider.start(&["agent", "run", "--config", "agent.yaml"]);
    let id = order(&buyer).await;
    buyer.run(&["order", "wait", &id]).await.well();

    let shown = buyer.run(&["service", "show", "web", "-o", "json"]).await.well().json();
    assert_eq!(shown["console"], "terminal");
    let log = buyer.run(&["service", "log", "web"]).await.well().stdout;
    assert!(log.starts_with("run 1 began at ") && log.lines().count() == 2, "{log}");
    let last = buyer.run(&["service", "log", "web", "-n", "1", "-o", "json"]).await.well().json();
    assert_eq!(last["text"], "this is a simulation: nothing runs\n");

    let typed = buyer.run_with(&["service", "console", "web"], "echo hello\nexit\n").await.well();
    assert!(typed.stdout.contains("\r\nhello\r\n"), "{typed}");
    let left = buyer.run_with(&["service", "console", "web"], "echo before\n\u{1d}echo after\n").await.well();
    assert!(!left.stdout.contains("after"), "{left}");

    agent.kill().await.unwrap();
    let away = buyer.run(&["service", "log", "web", "-o", "json"]).await;
    assert_eq!((away.code, away.error()["code"].as_str()), (6, Some("agent-away")), "{away}");
}
