//! Building the small image.

use hansa_driver_qemu::images::{Manifest, micro};

use crate::world::images;

/// Builds it in a directory of its own, with the packages that were downloaded before.
fn built_afresh() -> Manifest {
    let directory = tempfile::tempdir().unwrap();
    let cache = directory.path().join(".cache");
    std::fs::create_dir(&cache).unwrap();
    let packages = std::fs::read_dir(images().join(".cache")).unwrap().flatten();
    for package in packages.filter(|entry| entry.path().is_file()) {
        std::fs::copy(package.path(), cache.join(package.file_name())).unwrap();
    }
    micro::build(directory.path()).unwrap()
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (first, second) = (built_afresh(), built_afresh());
    assert_eq!(first, second);
    let again = micro::build(images()).unwrap();
    assert_eq!(again.digest(), first.digest(), "what is there already differs from what is built");
}
