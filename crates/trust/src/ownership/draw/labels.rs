//! Labels of arrows, each where it covers no other, as far as that goes.

use super::svg::{Area, Svg};

/// From one line of a label to the next.
const LINE: i32 = 14;

#[derive(Default)]
pub(super) struct Labels {
    pub(super) svg: Svg,
    taken: Vec<Area>,
}

impl Labels {
    /// Adds lines, each with its class, at the first of the places that is free.
    pub(super) fn add(&mut self, places: &[(i32, i32)], lines: &[(&'static str, String)]) {
        let longest = lines.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0);
        let width = 10 + 13 * i32::try_from(longest).unwrap_or_default() / 2;
        let height = 4 + LINE * i32::try_from(lines.len()).unwrap_or_default();
        let area = |(x, y): (i32, i32)| Area { x: x - width / 2, y: y - 12, width, height };
        let is_free = |place: &&(i32, i32)| !self.taken.iter().any(|other| other.overlaps(&area(**place)));
        let Some((x, y)) = places.iter().find(is_free).or(places.first()).copied() else { return };
        self.taken.push(area((x, y)));
        self.svg.rect("paper", area((x, y)), 4);
        for (line, (class, words)) in (0..).zip(lines) {
            self.svg.text(&format!("{class} middle"), x, y + line * LINE, words);
        }
    }
}
