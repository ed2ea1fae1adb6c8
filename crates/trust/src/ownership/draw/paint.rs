//! The picture, from the plan of where things are.

use std::fmt::Write;

use super::super::upstream::Party;
use super::labels::Labels;
use super::plan::{Arrow, BOX, What};
use super::svg::{Area, Svg, class_of};
use super::words::{access, description, shortened, tone, words};
use super::{Scene, Tone};

const MARGIN: i32 = 36;
const HEIGHT: i32 = 60;
/// From the top of one layer to the top of the next.
const STEP: i32 = 158;
const HEADER: i32 = 196;
const LEGEND: i32 = 92;
/// Width of the column of subcontractors with the room before it.
const SIDE: i32 = 262;
const WORKER_HEIGHT: i32 = 68;
const LEAST_WIDTH: i32 = 860;
/// How far round the side the arrows of circles go.
const ROUND: i32 = 60;
/// Letters that fit on one line of a box.
const LETTERS: usize = 25;

/// A picture that says that nothing is known.
pub(super) fn nothing(entity: &str) -> String {
    let mut svg = Svg::page(LEAST_WIDTH, 140, &format!("Nothing is known about {entity}"));
    svg.text("title", MARGIN, 52, &shortened(entity, 60));
    svg.text("quiet", MARGIN, 80, "Nothing is known about its owners.");
    svg.finish()
}

/// The whole picture.
pub(super) fn paint(scene: &Scene<'_>) -> String {
    let layers = i32::try_from(scene.plan.layers).unwrap_or(1).max(1);
    let tree = scene.plan.width.max(LEAST_WIDTH - 2 * MARGIN - SIDE);
    let width = 2 * MARGIN + tree + SIDE;
    let column = worker_rows(scene) * WORKER_HEIGHT + 40;
    let height = HEADER + ((layers - 1) * STEP + HEIGHT).max(column) + LEGEND + 24;
    let name = &scene.upstream.parties[0].name;
    let mut canvas = Canvas {
        svg: Svg::page(width, height, &format!("Who owns and controls {name}")),
        left: MARGIN + (tree - scene.plan.width) / 2,
        bottom: height - LEGEND - 24 - HEIGHT,
        column: width - MARGIN - BOX,
        height,
    };
    canvas.header(scene, name);
    canvas.arrows(scene);
    for (number, item) in scene.plan.items.iter().enumerate() {
        let at = canvas.at(scene, number);
        match item.what {
            What::Party(place) => canvas.party(at, &scene.upstream.parties[place], place == 0),
            What::Rest { .. } => canvas.framed("rest", "not known", at, "unknown box", "no holder is stated"),
            What::Others { count, outside, .. } => {
                let below =
                    if outside > 0 { format!("{outside} from third countries") } else { "summed up".to_owned() };
                canvas.framed("others", &format!("{count} more holders"), at, "unknown box", &below);
            }
            What::Bend => {}
        }
    }
    canvas.workers(scene);
    canvas.legend();
    canvas.svg.finish()
}

struct Canvas {
    svg: Svg,
    left: i32,
    /// The top of the lowest layer.
    bottom: i32,
    /// The left edge of the column of subcontractors.
    column: i32,
    height: i32,
}

impl Canvas {
    /// The middle of the upper edge of a thing.
    fn at(&self, scene: &Scene<'_>, item: usize) -> (i32, i32) {
        let item = &scene.plan.items[item];
        let layer = i32::try_from(item.layer).unwrap_or_default();
        (self.left + item.x, self.bottom - layer * STEP)
    }

    fn header(&mut self, scene: &Scene<'_>, name: &str) {
        self.svg.text("title", MARGIN, 46, &format!("Who owns and controls {}", shortened(name, 56)));
        let mut facts = format!("as evidenced on {}", scene.at);
        if scene.plan.left_out > 0 {
            let _ = write!(facts, " · {} smaller or further entities are summed up or left out", scene.plan.left_out);
        }
        self.svg.text("quiet", MARGIN, 68, &facts);
        for (line, (title, outcome, tone)) in (0..).zip(&scene.findings) {
            let y = 94 + line * 19;
            self.svg.dot(&format!("{} box", class_of(*tone)), MARGIN + 6, y - 4);
            self.svg.text("quiet", MARGIN + 20, y, title);
            self.svg.text("part", MARGIN + 282, y, outcome);
        }
    }

    fn arrows(&mut self, scene: &Scene<'_>) {
        let mut labels = Labels::default();
        let mut in_front = Svg::default();
        for arrow in &scene.plan.arrows {
            let stake = arrow.stake.map(|(owned, number)| (owned, &scene.upstream.parties[owned].stakes[number]));
            let controls = stake.is_some_and(|(owned, stake)| (scene.controls)(stake.owner, owned));
            let (class, tip) = match (arrow.back, controls, stake.is_none()) {
                (true, ..) => ("arrow round", "tip-round"),
                (_, true, _) => ("arrow control", "tip-control"),
                (_, _, true) => ("arrow guess", "tip"),
                _ => ("arrow", "tip"),
            };
            let (way, places) = if arrow.back { self.around(scene, arrow) } else { self.down(scene, arrow) };
            let svg = if controls { &mut in_front } else { &mut self.svg };
            svg.path(class, &way, Some(tip));
            labels.add(&places, &words(scene, arrow, stake.map(|(_, stake)| stake)));
        }
        // Labels come last, so that no line crosses a text.
        self.svg.append(&in_front);
        self.svg.append(&labels.svg);
    }

    /// An arrow from layer to layer, and where its label may stand, best first.
    fn down(&self, scene: &Scene<'_>, arrow: &Arrow) -> (String, Vec<(i32, i32)>) {
        let points: Vec<(i32, i32)> = arrow.way.iter().map(|item| self.at(scene, *item)).collect();
        let (x, y) = points[0];
        let mut path = format!("M{x} {}", y + HEIGHT);
        let (mut from_x, mut from_y) = (x, y + HEIGHT);
        for (step, (to_x, to_y)) in points.iter().enumerate().skip(1) {
            let to_y = if step + 1 == points.len() { *to_y - 2 } else { *to_y };
            let half = (to_y - from_y) / 2;
            let _ = write!(path, "C{from_x} {} {to_x} {} {to_x} {to_y}", from_y + half, to_y - half);
            (from_x, from_y) = (*to_x, to_y);
            if step + 1 < points.len() {
                let _ = write!(path, "V{}", to_y + HEIGHT);
                from_y = to_y + HEIGHT;
            }
        }
        // Near the holder, where arrows to the same thing are still apart: points of the curve, in parts of 64.
        let (next_x, gap) = (points[1].0, STEP - HEIGHT);
        let on_curve = [(10, 19), (17, 25), (25, 29), (32, 32), (5, 14)];
        let places = on_curve.map(|(across, along)| (x + (next_x - x) * across / 64, y + HEIGHT + gap * along / 64));
        (path, places.to_vec())
    }

    /// An arrow that closes a circle, round the right side.
    fn around(&self, scene: &Scene<'_>, arrow: &Arrow) -> (String, Vec<(i32, i32)>) {
        let (from_x, from_y) = self.at(scene, arrow.way[0]);
        let (to_x, to_y) = self.at(scene, arrow.way[arrow.way.len() - 1]);
        let (from_x, to_x) = (from_x + BOX / 2, to_x + BOX / 2);
        let out = from_x.max(to_x) + ROUND;
        let (from_y, to_y) = (from_y + HEIGHT / 2, to_y + HEIGHT / 2 + if from_y == to_y { 14 } else { 0 });
        let path = format!("M{from_x} {from_y}C{out} {from_y} {out} {to_y} {} {to_y}", to_x + 2);
        let (x, y) = (out - ROUND / 4, from_y.midpoint(to_y));
        (path, vec![(x, y), (x, y + 30), (x, y - 30)])
    }

    fn party(&mut self, at: (i32, i32), party: &Party, is_subject: bool) {
        let border = if is_subject { "subject" } else { "box" };
        let class = format!("{} {border}", class_of(tone(party)));
        self.framed("party", &party.name, at, &class, &description(party));
    }

    /// A box with a name and what is said below it.
    fn framed(&mut self, group: &str, name: &str, (x, y): (i32, i32), class: &str, below: &str) {
        self.svg.open(group, name);
        self.svg.rect(class, Area { x: x - BOX / 2, y, width: BOX, height: HEIGHT }, 9);
        self.svg.text("name middle", x, y + 26, &shortened(name, LETTERS));
        self.svg.text("quiet middle", x, y + 45, &shortened(below, LETTERS + 4));
        self.svg.close();
    }

    fn workers(&mut self, scene: &Scene<'_>) {
        let x = self.column;
        let rows = worker_rows(scene);
        let top = self.bottom + HEIGHT - rows * WORKER_HEIGHT + (WORKER_HEIGHT - HEIGHT);
        let title = match scene.workers.as_deref() {
            None => "Subcontractors: not stated",
            Some([]) => "Subcontractors: none, as stated",
            Some(_) => "Subcontractors",
        };
        self.svg.text("part", x, top - 12, title);
        let rail = x - 22;
        let subject_x = self.left + scene.plan.items[0].x + BOX / 2;
        let middle = self.bottom + HEIGHT / 2;
        let workers = scene.workers.as_deref().unwrap_or_default();
        if !workers.is_empty() {
            self.svg.path("arrow", &format!("M{subject_x} {middle}H{rail}V{}", top + HEIGHT / 2), None);
        }
        for (row, helper) in (0..).zip(workers) {
            let y = top + row * WORKER_HEIGHT;
            self.svg.path("arrow", &format!("M{rail} {}H{}", y + HEIGHT / 2, x - 2), Some("tip"));
            let class = format!("{} box", class_of(helper.tone));
            self.framed("subcontractor", &helper.worker.name, (x + BOX / 2, y), &class, &access(helper));
        }
        if scene.workers_left_out > 0 {
            let y = top + (rows - 1) * WORKER_HEIGHT + 24;
            self.svg.text("quiet", x, y, &format!("and {} more", scene.workers_left_out));
        }
    }

    fn legend(&mut self) {
        let y = self.height - 58;
        self.svg.path("rule", &format!("M{MARGIN} {}H{}", y - 22, self.column + BOX), None);
        let boxes = [
            (Tone::Home, "European Union"),
            (Tone::Area, "Iceland, Liechtenstein, Norway"),
            (Tone::Third, "third country"),
            (Tone::Dispersed, "dispersed holders"),
            (Tone::Unknown, "not known"),
        ];
        let wide = |words: &str| 6 * i32::try_from(words.len()).unwrap_or_default();
        let mut x = MARGIN;
        for (tone, words) in boxes {
            self.svg.rect(class_of(tone), Area { x, y: y - 10, width: 16, height: 12 }, 3);
            self.svg.text("quiet", x + 22, y, words);
            x += 46 + wide(words);
        }
        let lines = [("arrow control", "controls"), ("arrow", "holds a part"), ("arrow round", "closes a circle")];
        let y = y + 26;
        let mut x = MARGIN;
        for (class, words) in lines {
            self.svg.path(class, &format!("M{x} {}h30", y - 4), None);
            self.svg.text("quiet", x + 38, y, words);
            x += 64 + wide(words);
        }
        self.svg.text("quiet", x, y, "Percentages are of votes, and of capital where it differs.");
    }
}

fn worker_rows(scene: &Scene<'_>) -> i32 {
    let rows = scene.workers.as_ref().map_or(0, Vec::len) + usize::from(scene.workers_left_out > 0);
    i32::try_from(rows).unwrap_or_default()
}
