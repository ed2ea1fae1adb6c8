#[test]
fn every_dependency_has_a_permissive_licence() {
    let survey = xtask::licences::survey().unwrap();
    assert!(survey.packages > 50, "only {} packages were found", survey.packages);
    assert!(survey.refused.is_empty(), "{}", survey.refused.join("\n"));
}
