//! Mistakes: each is told in one sentence, with what to do next and the exit code that is promised.

use hansa_model::participant::Role;
use hansa_testkit::{Engine, World};

use crate::against_an_exchange::member;
use crate::program::{User, hansa_snapshot};

/// Runs the program wrongly and gives what was told: exit code, message and hint.
async fn told(user: &User, arguments: &[&str]) -> (i32, String, String) {
    let ran = user.run(&[arguments, &["-o", "json"]].concat()).await;
    let error = ran.error();
    let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
    assert_eq!(ran.stdout, "", "{arguments:?}");
    (ran.code, text("message"), text("hint"))
}

#[tokio::test]
async fn files_that_are_no_documents() {
    let user = User::new();
    std::fs::create_dir(user.home().join("directory")).unwrap();
    std::fs::write(user.home().join("picture"), [0xff, 0xfe, 0x00]).unwrap();
    for (file, code, message) in [
        ("nothing", 3, "there is no file `nothing`"),
        ("directory", 1, "`directory` is a directory"),
        ("picture", 1, "`picture` is no text in UTF-8"),
    ] {
        let told = told(&user, &["validate", "-f", file]).await;
        assert_eq!((told.0, told.1.as_str(), told.2.is_empty()), (code, message, false), "{file}");
    }
}

#[tokio::test]
async fn documents_of_another_shape_show_the_line() {
    let user = User::new();
    user.file("site.yaml", "name: hamburg-1\ncountry: DE\ncty: Hamburg\n");
    hansa_snapshot!(user.run(&["site", "create", "-f", "site.yaml"]).await);
    user.file(
        "site.yaml",
        "name: hamburg-1\ncountry: DE\ncity: Hamburg\ncoordinates:\n  latitude: north\n  longitude: 9.99\n",
    );
    hansa_snapshot!(user.run(&["site", "create", "-f", "site.yaml"]).await);
}

#[tokio::test]
async fn words_that_are_not_known_come_with_those_that_are() {
    let user = User::new();
    let told = told(&user, &["order", "list", "--state", "opened"]).await;
    assert_eq!(told.0, 2);
    assert!(told.1.contains("known are submitted, approved"), "{told:?}");
}

#[tokio::test]
async fn an_order_of_nothing_and_a_context_that_is_none() {
    let user = User::new();
    let order = told(&user, &["order", "create"]).await;
    assert_eq!((order.0, order.1.as_str()), (2, "there is nothing to order"));
    assert!(order.2.contains("-f app.yaml"), "{order:?}");
    let context = told(&user, &["whoami", "--context", "work"]).await;
    assert_eq!((context.0, context.1.as_str()), (3, "there is no context `work`"));
    assert!(context.2.contains("hansa login"), "{context:?}");
}

#[tokio::test]
async fn an_exchange_that_is_not_there_comes_with_a_way_on() {
    let told = told(&User::new(), &["whoami", "--exchange", "http://127.0.0.1:1"]).await;
    assert_eq!(told.0, 6);
    assert!(told.2.contains("hansa serve") && told.2.contains("--exchange"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_told_where_to_log_in() {
    let world = World::start(Engine::Sqlite).await;
    let exchange = format!("http://{}", world.address);
    let login = format!("log in: `hansa login --exchange {exchange}`");
    let stranger = User::new().with("HANSA_EXCHANGE", &exchange);
    let unknown = told(&stranger, &["order", "list"]).await;
    assert_eq!(unknown, (5, format!("you are not logged in at {exchange}"), login.clone()));
    // A variable that is set to nothing says nothing.
    let stranger = stranger.with("HANSA_TOKEN", "");
    assert_eq!(told(&stranger, &["order", "list"]).await, unknown);
    let expired = told(&stranger.with("HANSA_TOKEN", "hansa_expired"), &["order", "list"]).await;
    assert_eq!((expired.0, expired.2), (5, login));
    let guest = User::new().with("HANSA_EXCHANGE", &exchange);
    let refused = told(&guest, &["login", "--invitation", "hansa-invite_none"]).await;
    assert_eq!(refused.0, 5);
    assert!(refused.2.contains("hansa participant invite"), "{refused:?}");
    let used = guest.with("HANSA_TOKEN", "hansa-enrol_used");
    let enrol = told(&used, &["agent", "enrol", "--state", "agent"]).await;
    assert_eq!((enrol.0, enrol.2.contains("hansa enrolment create")), (5, true), "{enrol:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_allowed_comes_with_where_to_look() {
    let world = World::start(Engine::Sqlite).await;
    let buyer = member(&world, "gridtown", &[Role::Buyer]).await;
    let provider = member(&world, "nordhafen", &[Role::Provider]).await;
    let site = "{name: hamburg-1, country: DE, city: Hamburg, coordinates: {latitude: 53.55, longitude: 9.99}}";
    provider.run_with(&["site", "create", "-f", "-"], site).await.well();
    let order = told(&buyer, &["order", "show", "ord_01h455vb4pex5vsknk084sn02q"]).await;
    assert_eq!((order.0, order.2.as_str()), (3, "`hansa order list` shows those that you may see"));
    let role = told(&buyer, &["system", "show"]).await;
    assert_eq!((role.0, role.1.as_str(), role.2.is_empty()), (5, "this needs the role operator or auditor", false));
    let month = told(&buyer, &["statement", "show", "--month", "2026-13"]).await;
    assert_eq!((month.0, month.1.as_str()), (1, "month: `2026-13` is not a month: write it like `2026-11`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_import_leaves_out_is_told() {
    let world = World::start(Engine::Sqlite).await;
    let provider = member(&world, "nordhafen", &[Role::Provider]).await;
    provider.file("catalogue.yaml", "providers:\n- name: nordhafen\n  legalName: Nordhafen\n  county: DE\n");
    hansa_snapshot!(provider.run(&["offer", "import", "-f", "catalogue.yaml"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_named() {
    let user = User::new();
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let ran = user.run(&["serve", "--data", "data", "--listen", &address]).await;
    assert_eq!(ran.code, 1, "{ran}");
    let message = format!("error: something listens on {address} already\n  hint: ");
    assert!(ran.stderr.contains(&message), "{ran}");
}
