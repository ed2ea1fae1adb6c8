//! Pages of A4 that are written from top to bottom.

use krilla::Document;
use krilla::color::rgb;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::text::TextDirection;

use crate::PrintError;
use crate::fonts::{Fonts, Typeface};

const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 56.0;
const BOTTOM: f32 = HEIGHT - 64.0;
const INK: (u8, u8, u8) = (17, 24, 39);
const PALE: (u8, u8, u8) = (75, 85, 99);
/// How far apart the lines of a text are, in sizes of its font.
const LEADING: f32 = 1.4;

/// A column of a table: where it begins and ends, in points from the left margin, and whether it holds numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) from: f32,
    pub(crate) to: f32,
    pub(crate) is_number: bool,
}

enum Mark {
    Text { at: (f32, f32), text: String, size: f32, is_bold: bool, colour: (u8, u8, u8) },
    Line { y: f32 },
}

/// What is on the pages so far.
pub(crate) struct Paper {
    fonts: Fonts,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Paper {
    pub(crate) fn new() -> Result<Self, PrintError> {
        Ok(Self { fonts: Fonts::embedded()?, pages: vec![Vec::new()], y: MARGIN })
    }

    /// How wide the space between the margins is.
    pub(crate) const fn width() -> f32 {
        WIDTH - 2.0 * MARGIN
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Goes on below; on a new page when fewer than `needed` points are left.
    fn make_room(&mut self, needed: f32) {
        if self.y + needed > BOTTOM {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    pub(crate) fn space(&mut self, points: f32) {
        self.y += points;
    }

    pub(crate) fn title(&mut self, text: &str) {
        self.write(text, 20.0, true, INK);
        self.space(4.0);
    }

    /// A heading stays with what follows it.
    pub(crate) fn heading(&mut self, text: &str) {
        self.make_room(70.0);
        self.space(14.0);
        self.write(text, 12.0, true, INK);
        self.space(2.0);
    }

    pub(crate) fn paragraph(&mut self, text: &str) {
        self.write(text, 9.5, false, INK);
    }

    pub(crate) fn note(&mut self, text: &str) {
        self.write(text, 8.0, false, PALE);
    }

    fn face(&self, is_bold: bool) -> &Typeface {
        if is_bold { &self.fonts.bold } else { &self.fonts.regular }
    }

    fn write(&mut self, text: &str, size: f32, is_bold: bool, colour: (u8, u8, u8)) {
        for line in self.face(is_bold).lines(text, size, Self::width()) {
            self.make_room(size * LEADING);
            self.y += size * LEADING;
            self.put(Mark::Text { at: (MARGIN, self.y), text: line, size, is_bold, colour });
        }
    }

    /// The heads of a table, with a line below.
    pub(crate) fn heads(&mut self, columns: &[Column], cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        self.cells(columns, &cells, 8.0, true, PALE);
        self.rule();
    }

    /// One row of a table; its cells grow downwards.
    pub(crate) fn row(&mut self, columns: &[Column], cells: &[String]) {
        self.cells(columns, cells, 9.0, false, INK);
    }

    /// The last row of a table, with a line above.
    pub(crate) fn total(&mut self, columns: &[Column], cells: &[String]) {
        self.rule();
        self.cells(columns, cells, 9.5, true, INK);
    }

    fn rule(&mut self) {
        self.space(4.0);
        let y = self.y;
        self.put(Mark::Line { y });
    }

    fn cells(&mut self, columns: &[Column], cells: &[String], size: f32, is_bold: bool, colour: (u8, u8, u8)) {
        let face = self.face(is_bold);
        let wrapped: Vec<(f32, String, usize)> = columns
            .iter()
            .zip(cells)
            .flat_map(|(column, cell)| {
                let lines = face.lines(cell, size, column.to - column.from);
                lines.into_iter().enumerate().map(|(number, line)| {
                    let start = if column.is_number { column.to - face.width(&line, size) } else { column.from };
                    (MARGIN + start, line, number)
                })
            })
            .collect();
        let rows = wrapped.iter().map(|(_, _, number)| number + 1).max().unwrap_or(0);
        let mut height = 4.0;
        for _ in 0..rows {
            height += size * LEADING;
        }
        self.make_room(height);
        let mut baselines = Vec::with_capacity(rows);
        self.y += 4.0;
        for _ in 0..rows {
            self.y += size * LEADING;
            baselines.push(self.y);
        }
        for (x, text, number) in wrapped {
            let Some(y) = baselines.get(number) else { continue };
            self.put(Mark::Text { at: (x, *y), text, size, is_bold, colour });
        }
    }

    /// The document, with a foot on every page, and a file attached to it.
    pub(crate) fn finish(self, title: &str, foot: &str, attached: (&str, &str)) -> Result<Vec<u8>, PrintError> {
        let broken = |what: &str| PrintError::Document(what.to_owned());
        let mut document = Document::new();
        let count = self.pages.len();
        for (number, marks) in self.pages.iter().enumerate() {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("the page has no size"))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            let foot = format!("{foot}  ·  {} / {count}", number + 1);
            let foot = Mark::Text { at: (MARGIN, HEIGHT - 36.0), text: foot, size: 7.5, is_bold: false, colour: PALE };
            for mark in marks.iter().chain([&foot]) {
                match mark {
                    Mark::Text { at: (x, y), text, size, is_bold, colour } => {
                        let font = self.face(*is_bold).font.clone();
                        surface.set_fill(Some(fill(*colour)));
                        surface.draw_text(Point::from_xy(*x, *y), font, *size, text, false, TextDirection::Auto);
                    }
                    Mark::Line { y } => {
                        let mut line = PathBuilder::new();
                        line.move_to(MARGIN, *y);
                        line.line_to(WIDTH - MARGIN, *y);
                        surface.set_fill(None);
                        surface.set_stroke(Some(Stroke { width: 0.5, paint: paint(PALE), ..Stroke::default() }));
                        surface.draw_path(&line.finish().ok_or_else(|| broken("a line has no length"))?);
                        surface.set_stroke(None);
                    }
                }
            }
            surface.finish();
            page.finish();
        }
        let (name, content) = attached;
        let file = EmbeddedFile {
            path: name.to_owned(),
            mime_type: MimeType::new("application/jose"),
            description: Some("The same, signed, for programs".to_owned()),
            association_kind: AssociationKind::Source,
            data: content.as_bytes().to_vec().into(),
            modification_date: None,
            // It is short, and whoever looks into the file sees it.
            compress: Some(false),
            location: None,
        };
        document.embed_file(file).ok_or_else(|| broken("the signature is attached twice"))?;
        document.set_metadata(Metadata::new().title(title.to_owned()).creator("Hansa".to_owned()));
        document.finish().map_err(|error| PrintError::Document(format!("{error:?}")))
    }
}

fn paint((red, green, blue): (u8, u8, u8)) -> krilla::paint::Paint {
    rgb::Color::new(red, green, blue).into()
}

fn fill(colour: (u8, u8, u8)) -> Fill {
    Fill { paint: paint(colour), opacity: NormalizedF32::ONE, rule: krilla::paint::FillRule::default() }
}
