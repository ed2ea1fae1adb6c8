//! Setting an agent up on a provider's machine.

use crate::program::User;

const CONFIGURE: [&str; 8] = [
    "agent",
    "configure",
    "--exchange",
    "http://127.0.0.1:1",
    "--directory",
    "hansa",
    "--driver",
    "leiden-1=simulated:compute.instance",
];

#[tokio::test]
async fn a_configuration_that_was_written_can_be_tried_out_at_once() {
    let user = User::new();
    let written = user.run(&[&CONFIGURE[..], &["-o", "json"]].concat()).await.well().json();
    let file = written["name"].as_str().unwrap();
    let tried = user.run(&["agent", "check", "--config", file, "-o", "json"]).await.well().json();
    assert_eq!(tried[0]["delivers"], "compute.instance (simulated)");
    assert_eq!(tried[0]["fault"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_configuration_is_replaced_only_on_purpose() {
    let user = User::new();
    user.run(&CONFIGURE).await.well();
    let file = user.home().join("hansa/agent.yaml");
    std::fs::write(&file, "mine").unwrap();
    let refused = user.run(&CONFIGURE).await;
    assert_eq!(refused.code, 2, "{refused}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    user.run(&[&CONFIGURE[..], &["--yes"]].concat()).await.well();
    assert_ne!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[tokio::test]
async fn two_drivers_never_share_a_directory() {
    let user = User::new();
    let again = [&CONFIGURE[..], &["--driver", "leiden-1=simulated:compute.instance", "-o", "json"]].concat();
    let refused = user.run(&again).await;
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.error()["message"].as_str().unwrap().contains("named twice"), "{refused}");
    let other = [&CONFIGURE[..], &["--driver", "leiden-2=simulated:compute.instance"]].concat();
    user.run(&other).await.well();
}

#[tokio::test]
async fn machines_without_qemu_are_told_what_to_install() {
    let user = User::new().with("PATH", "/nothing");
    let arguments = ["agent", "configure", "--directory", "hansa", "--driver", "leiden-1=qemu", "-o", "json"];
    let error = user.run(&arguments).await.error();
    assert_eq!(error["code"], "no-qemu");
    assert!(error["hint"].as_str().unwrap().contains("apt-get install qemu-system-x86"), "{error}");
    assert!(!user.home().join("hansa/agent.yaml").exists());
}

#[tokio::test]
async fn every_driver_that_can_not_deliver_says_why() {
    let user = User::new();
    user.file(
        "agent.yaml",
        "exchange: http://127.0.0.1:1\nstate: agent\ndrivers:\n\
         - {site: leiden-1, type: qemu, state: machines, images: images}\n\
         - {site: leiden-1, type: simulated, kind: database.postgresql}\n\
         - {site: leiden-1, type: vmware}\n",
    );
    let ran = user.run(&["agent", "check", "--config", "agent.yaml", "-o", "json"]).await;
    assert_eq!(ran.code, 4, "{ran}");
    let tried: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let fault = |at: usize| tried[at]["fault"].as_str().unwrap_or_default();
    assert!(fault(0).contains("the field `capacity` is missing"), "{ran}");
    assert_eq!(fault(1), "");
    assert!(fault(2).contains("there is no driver `vmware`"), "{ran}");
    assert_eq!(ran.error()["code"], "not-ready");
}

#[tokio::test]
async fn images_that_are_there_and_that_could_be_are_listed() {
    let user = User::new();
    std::fs::create_dir_all(user.home().join("images/ours")).unwrap();
    user.file("images/ours/manifest.json", "{}");
    let rows = user.run(&["image", "list", "--images", "images", "-o", "json"]).await.well().json();
    let states: Vec<_> = rows.as_array().unwrap().iter().map(|row| [&row["name"], &row["state"]]).collect();
    assert_eq!(states, [["ours", "damaged"], ["debian-12", "not built"], ["debian-12-micro", "not built"]]);
    let unknown = user.run(&["image", "build", "windows", "--images", "images", "-o", "json"]).await;
    assert_eq!(unknown.code, 3, "{unknown}");
    assert!(unknown.error()["hint"].as_str().unwrap().contains("debian-12-micro"), "{unknown}");
}
