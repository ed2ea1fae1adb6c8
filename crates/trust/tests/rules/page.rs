//! The page on adding a rule set: its examples are sound files.

use hansa_trust::rules::RuleSets;

const PAGE: &str = include_str!("../../../../docs/adding-a-rule-set.md");
const CERTIFICATES: &str = include_str!("../../../../data/rules/certificates.yaml");
/// The facts that the examples name.
const FACTS: &str = "
facts:
  backup.elsewhere: { type: flag, step: service, title: backups at another site }
  labels.c1: { type: flag, step: assessment, title: an assessment }
  data.countries: { type: countries, step: service, title: countries }
  keys.q1: { type: number, step: service, title: an answer }
  service.key-custody: { type: text, step: service, title: who holds the keys }
";

/// The examples of the page, as they stand under its list.
fn examples() -> Vec<String> {
    let blocks = PAGE.split("   ```yaml\n").skip(1).map(|rest| rest.split("   ```\n").next().unwrap());
    blocks
        .map(|block| block.lines().map(|line| line.strip_prefix("   ").unwrap_or(line)).collect::<Vec<_>>().join("\n"))
        .collect()
}

#[test]
fn both_examples_can_be_read_and_judged_by() {
    let blocks = examples();
    let [head, by_level, by_answer] = blocks.as_slice() else { panic!("three examples") };
    let read = |text: &str| RuleSets::read(("facts", FACTS), ("certificates", CERTIFICATES), &[("example", text)]);
    let labels = read(&format!("{head}\n{by_level}")).unwrap();
    assert_eq!(labels.all()[0].criteria()[0].asks.len(), 2);
    let answers = head.replace("aggregation: every-level", "aggregation: minimum");
    let answers = read(&format!("{answers}\n{by_answer}")).unwrap();
    assert_eq!(answers.all()[0].criteria()[0].answers.unwrap().1.len(), 2);
}

#[test]
fn every_rule_set_of_the_repository_is_named_with_its_origin() {
    let source = include_str!("../../../../data/rules/SOURCE.md");
    for set in RuleSets::embedded().unwrap().all() {
        let file = format!("`{}/{}.yaml`", set.about().id, set.about().version);
        assert!(source.contains(&file), "{file}");
    }
}
