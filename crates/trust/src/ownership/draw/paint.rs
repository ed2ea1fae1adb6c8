//! The picture itself, in SVG.

use std::collections::BTreeSet;
use std::fmt::Write;

use hansa_model::country::Country;
use hansa_model::evidence::{Access, EntityKind, Right};

use super::super::facts::Settled;
use super::super::upstream::{Party, Stake};
use super::plan::{Arrow, BOX, What};
use super::{Helper, Scene, Tone, tone_of};

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

const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif;\
fill:#1f2933}.title{font-size:20px;font-weight:600}.quiet{font-size:12px;fill:#616e7c}.name{font-size:13px;\
font-weight:600}.part{font-size:11.5px;font-weight:600}.right{font-size:10.5px;fill:#7b341e}.open{font-size:10.5px;\
fill:#9a6700;font-style:italic}.arrow{fill:none;stroke:#9aa5b1;stroke-width:1.4}.control{stroke:#323f4b;\
stroke-width:2.4}.guess{stroke-dasharray:5 4}.round{stroke:#b7791f;stroke-dasharray:7 3}";

/// A picture that says that nothing is known.
pub(super) fn nothing(entity: &str) -> String {
    let mut svg = open(LEAST_WIDTH, 140, &format!("Nothing is known about {}", text(entity)));
    let _ = write!(svg, r#"<text class="title" x="{MARGIN}" y="52">{}</text>"#, text(&shortened(entity, 60)));
    let _ = write!(svg, r#"<text class="quiet" x="{MARGIN}" y="80">Nothing is known about its owners.</text></svg>"#);
    svg
}

pub(super) fn paint(scene: &Scene<'_>) -> String {
    let layers = i32::try_from(scene.plan.layers).unwrap_or(1).max(1);
    let tree = scene.plan.width.max(LEAST_WIDTH - 2 * MARGIN - SIDE);
    let width = 2 * MARGIN + tree + SIDE;
    let column = worker_rows(scene) * WORKER_HEIGHT + 40;
    let height = HEADER + ((layers - 1) * STEP + HEIGHT).max(column) + LEGEND + 24;
    let mut canvas = Canvas {
        svg: String::new(),
        left: MARGIN + (tree - scene.plan.width) / 2,
        bottom: height - LEGEND - 24 - HEIGHT,
        column: width - MARGIN - BOX,
        height,
    };
    let name = &scene.upstream.parties[0].name;
    canvas.svg = open(width, height, &format!("Who owns and controls {}", text(name)));
    canvas.header(scene, name);
    canvas.arrows(scene);
    for (number, item) in scene.plan.items.iter().enumerate() {
        match item.what {
            What::Party(place) => canvas.party(scene, number, &scene.upstream.parties[place], place == 0),
            What::Rest { .. } => canvas.extra(scene, number, "rest", "not known", "no holder is stated"),
            What::Others { count, outside, .. } => {
                let below =
                    if outside > 0 { format!("{outside} from third countries") } else { "summed up".to_owned() };
                canvas.extra(scene, number, "others", &format!("{count} more holders"), &below);
            }
            What::Bend => {}
        }
    }
    canvas.workers(scene);
    canvas.legend();
    canvas.svg.push_str("</svg>");
    canvas.svg
}

fn open(width: i32, height: i32, title: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"><title>{title}</title><style>{STYLE}</style><defs>{}{}{}</defs><rect width="100%" height="100%" fill="#ffffff"/>"##,
        marker("tip", "#9aa5b1"),
        marker("tip-control", "#323f4b"),
        marker("tip-round", "#b7791f"),
    )
}

fn marker(id: &str, colour: &str) -> String {
    format!(
        r#"<marker id="{id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>"#
    )
}

struct Canvas {
    svg: String,
    left: i32,
    /// The top of the lowest layer.
    bottom: i32,
    /// The left edge of the column of subcontractors.
    column: i32,
    height: i32,
}

impl Canvas {
    fn at(&self, scene: &Scene<'_>, item: usize) -> (i32, i32) {
        let item = &scene.plan.items[item];
        let layer = i32::try_from(item.layer).unwrap_or_default();
        (self.left + item.x, self.bottom - layer * STEP)
    }

    fn header(&mut self, scene: &Scene<'_>, name: &str) {
        let title = text(&shortened(name, 56));
        let _ = write!(self.svg, r#"<text class="title" x="{MARGIN}" y="46">Who owns and controls {title}</text>"#);
        let mut facts = format!("as evidenced on {}", scene.at);
        if scene.plan.left_out > 0 {
            let _ = write!(facts, " · {} smaller or further entities are summed up or left out", scene.plan.left_out);
        }
        let _ = write!(self.svg, r#"<text class="quiet" x="{MARGIN}" y="68">{}</text>"#, text(&facts));
        for (line, (title, outcome, tone)) in (0..).zip(&scene.findings) {
            let y = 94 + line * 19;
            let (fill, stroke) = colours(*tone);
            let _ = write!(
                self.svg,
                r#"<g class="finding"><circle cx="{}" cy="{}" r="5" fill="{fill}" stroke="{stroke}" stroke-width="2"/><text class="quiet" x="{}" y="{y}">{}</text><text class="part" x="{}" y="{y}">{}</text></g>"#,
                MARGIN + 6,
                y - 4,
                MARGIN + 20,
                text(title),
                MARGIN + 282,
                text(outcome),
            );
        }
    }

    fn arrows(&mut self, scene: &Scene<'_>) {
        let mut labels = Labels::default();
        let mut in_front = String::new();
        for arrow in &scene.plan.arrows {
            let stake = arrow.stake.map(|(owned, number)| (owned, &scene.upstream.parties[owned].stakes[number]));
            let controls = stake.is_some_and(|(owned, stake)| (scene.controls)(stake.owner, owned));
            let (class, tip) = match (arrow.back, controls, stake.is_none()) {
                (true, ..) => ("arrow round", "tip-round"),
                (_, true, _) => ("arrow control", "tip-control"),
                (_, _, true) => ("arrow guess", "tip"),
                _ => ("arrow", "tip"),
            };
            let (path, places) = if arrow.back { self.around(scene, arrow) } else { self.down(scene, arrow) };
            let svg = if controls { &mut in_front } else { &mut self.svg };
            let _ = write!(svg, r#"<path class="{class}" d="{path}" marker-end="url(#{tip})"/>"#);
            labels.add(&places, &words(scene, arrow, stake.map(|(_, stake)| stake)));
        }
        // Labels come last, so that no line crosses a text.
        self.svg.push_str(&in_front);
        self.svg.push_str(&labels.svg);
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

    fn frame(&mut self, class: &str, name: &str, (x, y): (i32, i32), tone: Tone, extra: &str) {
        let (fill, stroke) = colours(tone);
        let dashes = if tone == Tone::Unknown { r#" stroke-dasharray="5 4""# } else { "" };
        let _ = write!(
            self.svg,
            r#"<g class="{class}" data-name="{name}"><title>{name}</title><rect x="{}" y="{y}" width="{BOX}" height="{HEIGHT}" rx="9" fill="{fill}" stroke="{stroke}"{dashes}{extra}/>"#,
            x - BOX / 2,
            name = text(name),
        );
    }

    fn lines(&mut self, (x, y): (i32, i32), name: &str, below: &str) {
        let _ = write!(
            self.svg,
            r#"<text class="name" x="{x}" y="{}" text-anchor="middle">{}</text><text class="quiet" x="{x}" y="{}" text-anchor="middle">{}</text>"#,
            y + 26,
            text(&shortened(name, LETTERS)),
            y + 45,
            text(&shortened(below, LETTERS + 4)),
        );
    }

    fn party(&mut self, scene: &Scene<'_>, item: usize, party: &Party, is_subject: bool) {
        let at = self.at(scene, item);
        let border = if is_subject { r#" stroke-width="3""# } else { r#" stroke-width="1.6""# };
        self.frame("party", &party.name, at, tone(party), border);
        self.lines(at, &party.name, &description(party));
        self.svg.push_str("</g>");
    }

    /// A box that stands for no party.
    fn extra(&mut self, scene: &Scene<'_>, item: usize, class: &str, title: &str, below: &str) {
        let at = self.at(scene, item);
        self.frame(class, title, at, Tone::Unknown, r#" stroke-width="1.4""#);
        self.lines(at, title, below);
        self.svg.push_str("</g>");
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
        let _ = write!(self.svg, r#"<text class="part" x="{x}" y="{}">{title}</text>"#, top - 12);
        let rail = x - 22;
        let subject_x = self.left + scene.plan.items[0].x + BOX / 2;
        let middle = self.bottom + HEIGHT / 2;
        let workers = scene.workers.as_deref().unwrap_or_default();
        if !workers.is_empty() {
            let first = top + HEIGHT / 2;
            let _ = write!(self.svg, r#"<path class="arrow" d="M{subject_x} {middle}H{rail}V{first}"/>"#);
        }
        for (row, helper) in (0..).zip(workers) {
            let worker = &helper.worker;
            let y = top + row * WORKER_HEIGHT;
            let _ = write!(
                self.svg,
                r#"<path class="arrow" d="M{rail} {}H{}" marker-end="url(#tip)"/>"#,
                y + HEIGHT / 2,
                x - 2
            );
            let purpose = worker.purpose.as_ref().map(|purpose| format!(": {purpose}")).unwrap_or_default();
            self.frame(
                "subcontractor",
                &format!("{}{purpose}", worker.name),
                (x + BOX / 2, y),
                helper.tone,
                r#" stroke-width="1.6""#,
            );
            self.lines((x + BOX / 2, y), &worker.name, &access(helper));
            self.svg.push_str("</g>");
        }
        if scene.workers_left_out > 0 {
            let y = top + (rows - 1) * WORKER_HEIGHT + 24;
            let _ =
                write!(self.svg, r#"<text class="quiet" x="{x}" y="{y}">and {} more</text>"#, scene.workers_left_out);
        }
    }

    fn legend(&mut self) {
        let y = self.height - 58;
        let _ = write!(self.svg, r##"<path d="M{MARGIN} {}H{}" stroke="#e4e7eb"/>"##, y - 22, self.column + BOX);
        let boxes = [
            (Tone::Home, "European Union"),
            (Tone::Area, "Iceland, Liechtenstein, Norway"),
            (Tone::Third, "third country"),
            (Tone::Dispersed, "dispersed holders"),
            (Tone::Unknown, "not known"),
        ];
        let mut x = MARGIN;
        for (tone, words) in boxes {
            let (fill, stroke) = colours(tone);
            let dashes = if tone == Tone::Unknown { r#" stroke-dasharray="3 2""# } else { "" };
            let _ = write!(
                self.svg,
                r#"<rect x="{x}" y="{}" width="16" height="12" rx="3" fill="{fill}" stroke="{stroke}"{dashes}/><text class="quiet" x="{}" y="{y}">{words}</text>"#,
                y - 10,
                x + 22,
            );
            x += 44 + 6 * i32::try_from(words.len()).unwrap_or_default();
        }
        let lines = [("arrow control", "controls"), ("arrow", "holds a part"), ("arrow round", "closes a circle")];
        let y = y + 26;
        let mut x = MARGIN;
        for (class, words) in lines {
            let _ = write!(
                self.svg,
                r#"<path class="{class}" d="M{x} {}h30"/><text class="quiet" x="{}" y="{y}">{words}</text>"#,
                y - 4,
                x + 38,
            );
            x += 64 + 6 * i32::try_from(words.len()).unwrap_or_default();
        }
        let _ = write!(
            self.svg,
            r#"<text class="quiet" x="{x}" y="{y}">Percentages are of votes, and of capital where it differs.</text>"#
        );
    }
}

fn worker_rows(scene: &Scene<'_>) -> i32 {
    let rows = scene.workers.as_ref().map_or(0, Vec::len) + usize::from(scene.workers_left_out > 0);
    i32::try_from(rows).unwrap_or_default()
}

/// What a label says: lines, each with its class.
fn words(scene: &Scene<'_>, arrow: &Arrow, stake: Option<&Stake>) -> Vec<(&'static str, String)> {
    let Some(stake) = stake else {
        return match scene.plan.items[arrow.way[0]].what {
            What::Rest { votes, capital } | What::Others { votes, capital, .. } => parts(Some(votes), Some(capital)),
            What::Party(_) | What::Bend => Vec::new(),
        };
    };
    let mut lines = parts(stake.votes, stake.capital);
    if scene.upstream.is_dispersed(stake) {
        return lines;
    }
    match &stake.rights {
        None => lines.push(("open", "rights not stated".to_owned())),
        Some(rights) => lines.extend(rights.iter().map(|right| ("right", right_words(*right).to_owned()))),
    }
    if let Some(group) = &stake.group {
        lines.push(("right", format!("votes with {}", shortened(group, 16))));
    }
    if stake.disputed {
        lines.push(("open", "evidence differs".to_owned()));
    }
    lines
}

fn parts(votes: Option<u64>, capital: Option<u64>) -> Vec<(&'static str, String)> {
    let line = |share: u64, of: &str| ("part", format!("{}{of}", plain_percent(share)));
    match (votes, capital) {
        (Some(votes), Some(capital)) if votes == capital => vec![line(votes, "")],
        (Some(votes), Some(capital)) => vec![line(votes, " votes"), line(capital, " capital")],
        (Some(votes), None) => vec![line(votes, " votes")],
        (None, Some(capital)) => vec![line(capital, " capital")],
        (None, None) => vec![("part", "part not stated".to_owned())],
    }
}

/// A percentage without zeros behind it.
fn plain_percent(hundredths: u64) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => format!("{whole} %"),
        _ if part % 10 == 0 => format!("{whole}.{} %", part / 10),
        _ => format!("{whole}.{part:02} %"),
    }
}

fn right_words(right: Right) -> &'static str {
    match right {
        Right::AppointBoardMajority => "appoints the board",
        Right::VetoBudget => "veto: budget",
        Right::VetoBusinessPlan => "veto: business plan",
        Right::VetoSeniorManagement => "veto: management",
        Right::ContractualControl => "controls by contract",
        Right::DeFacto => "controls in fact",
    }
}

/// Labels of arrows, each where it covers no other, as far as that goes.
#[derive(Default)]
struct Labels {
    svg: String,
    /// Left, top, right and bottom of those that are there.
    taken: Vec<(i32, i32, i32, i32)>,
}

impl Labels {
    fn add(&mut self, places: &[(i32, i32)], lines: &[(&'static str, String)]) {
        let longest = lines.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0);
        let width = 10 + 13 * i32::try_from(longest).unwrap_or_default() / 2;
        let height = 4 + 14 * i32::try_from(lines.len()).unwrap_or_default();
        let area = |(x, y): (i32, i32)| (x - width / 2, y - 12, x + width / 2, y - 12 + height);
        let is_free = |(left, top, right, bottom): (i32, i32, i32, i32)| {
            self.taken.iter().all(|other| right <= other.0 || other.2 <= left || bottom <= other.1 || other.3 <= top)
        };
        let Some(first) = places.first() else { return };
        let (x, y) = *places.iter().find(|place| is_free(area(**place))).unwrap_or(first);
        self.taken.push(area((x, y)));
        let (left, top, ..) = area((x, y));
        let _ = write!(
            self.svg,
            r##"<g class="label"><rect x="{left}" y="{top}" width="{width}" height="{height}" rx="4" fill="#ffffff" fill-opacity="0.9"/>"##,
        );
        for (line, (class, words)) in (0..).zip(lines) {
            let y = y + line * 14;
            let _ = write!(
                self.svg,
                r#"<text class="{class}" x="{x}" y="{y}" text-anchor="middle">{}</text>"#,
                text(words)
            );
        }
        self.svg.push_str("</g>");
    }
}

fn tone(party: &Party) -> Tone {
    if party.kind == EntityKind::Dispersed {
        return Tone::Dispersed;
    }
    let worst = party.seats().map(tone_of).max_by_key(|tone| *tone as u8);
    match worst {
        Some(Tone::Third) => Tone::Third,
        _ if party.kind == EntityKind::Unknown || !party.is_seated() => Tone::Unknown,
        other => other.unwrap_or(Tone::Unknown),
    }
}

fn description(party: &Party) -> String {
    let kind = match party.kind {
        EntityKind::Company => "company",
        EntityKind::Person => "person",
        EntityKind::State => "state",
        EntityKind::Fund => "fund",
        EntityKind::Foundation => "foundation",
        EntityKind::Dispersed => return "each below disclosure".to_owned(),
        EntityKind::Unknown => "kind not known",
    };
    let all: BTreeSet<Country> = party.seats().collect();
    let seat = |settled: Settled<Country>| match settled {
        Settled::Stated(country, _) => country.to_string(),
        Settled::Unstated => "?".to_owned(),
        Settled::Disputed => "disputed".to_owned(),
    };
    match all.len() {
        0 => format!("{kind} · country not known"),
        1 => format!("{kind} · {}", all.iter().map(Country::code).collect::<String>()),
        _ => format!("{kind} · {}, head office {}", seat(party.incorporated_in), seat(party.headquarters_in)),
    }
}

fn access(helper: &Helper) -> String {
    let countries = helper.countries.iter().map(Country::code).collect::<Vec<_>>().join(", ");
    let reach = match &helper.worker.access {
        None => "access not stated".to_owned(),
        Some(access) if access.is_empty() => "no access".to_owned(),
        Some(access) => {
            let word = |access: &Access| match access {
                Access::Data => "data",
                Access::Identities => "identities",
            };
            access.iter().map(word).collect::<Vec<_>>().join(", ")
        }
    };
    if countries.is_empty() { reach } else { format!("{countries} · {reach}") }
}

/// What fills a box and what frames it.
fn colours(tone: Tone) -> (&'static str, &'static str) {
    match tone {
        Tone::Home => ("#e6f4ea", "#2f855a"),
        Tone::Area => ("#e3f2f6", "#2b7a92"),
        Tone::Third => ("#fde8e6", "#c53030"),
        Tone::Unknown => ("#f5f7fa", "#7b8794"),
        Tone::Dispersed => ("#f0ecf8", "#6b5ba5"),
    }
}

fn shortened(words: &str, letters: usize) -> String {
    if words.chars().nth(letters).is_none() {
        return words.to_owned();
    }
    let kept: String = words.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A text as it may stand in SVG, without signs that can't, or that turn the direction of writing round.
fn text(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
