use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn levels(gaia_x: Option<&str>, seal: Option<u8>, cada: Option<u8>, end: Option<i64>) -> Levels {
    Levels { gaia_x: gaia_x.map(str::to_owned), seal, cada, valid_until: end.map(at) }
}

#[test]
fn levels_stand_until_their_end_and_unknown_labels_are_none() {
    let mut assurance = Assurance { seal: Some(2), cada: Some(1), valid_until: Some(at(10)), ..Assurance::default() };
    assurance.labels.insert(GAIA_X.to_owned(), "L2".to_owned());
    assert_eq!(Levels::of(&assurance, at(9)), levels(Some("L2"), Some(2), Some(1), Some(10)));
    assert_eq!(Levels::of(&assurance, at(10)), Levels::default());
    assurance.labels.insert(GAIA_X.to_owned(), "L9".to_owned());
    assert_eq!(Levels::of(&assurance, at(0)).gaia_x, None);
    let nothing = Assurance { valid_until: Some(at(10)), ..Assurance::default() };
    assert_eq!(Levels::of(&nothing, at(0)), Levels::default());
}

#[test]
fn a_whole_is_as_strong_as_its_weakest_part_and_stands_no_longer() {
    let one = levels(Some("L3"), Some(2), Some(4), Some(90));
    let other = levels(Some("SC"), Some(3), None, Some(40));
    assert_eq!(Levels::weakest([&one, &other]), levels(Some("SC"), Some(2), None, Some(40)));
    assert_eq!(Levels::weakest([&one]), one);
    assert_eq!(Levels::weakest([&one, &Levels::default()]), Levels::default());
    assert_eq!(Levels::weakest([]), Levels::default());
    let open = levels(Some("L1"), Some(0), None, None);
    assert_eq!(Levels::weakest([&open, &other]), levels(Some("SC"), Some(0), None, Some(40)));
    assert_eq!(serde_json::to_value(&other).unwrap()["gaia-x"], "SC");
}
