//! Draws a timeline as a picture for a page, light or dark: it stands on a card of
//! its own.

use std::fmt::{self, Write};

use crate::layout::{self, CommonParts, Row, Sign, text_width};
use crate::{Span, Timeline};

// All lengths are in pixels.
const WIDTH: f64 = 960.0;
const MARGIN: f64 = 16.0;
const TITLE: f64 = 28.0;
const HEADING: f64 = 20.0;
const BAR: f64 = 20.0;
const GAP: f64 = 6.0; // between lanes, and around text in bars
const BASELINE: f64 = 14.5; // of a text, below the top of its row
const AXIS: f64 = 24.0;
const LEGEND: f64 = 22.0;
const LETTER: f64 = 7.2; // wider than most, in a sans-serif of 12 pixels
const LONGEST_LABEL: f64 = 220.0;
const CUT: f64 = 14.0; // the cross at the end of what failed
const FADE: f64 = 40.0; // behind the last event of a process whose end is not known
/// What is finer cannot be told apart.
const FINEST: f64 = 1.0;

/// Letters of a name that is cut, at the least.
const SHORTEST: f64 = 4.0;

/// Fills for groups of spans: light, so that black names can be read, and told
/// apart by people who do not see all colours. After Paul Tol's scheme "light",
/// <https://personal.sron.nl/~pault/>.
const COLOURS: [&str; 6] = [
    "#77aadd", "#eedd88", "#44bb99", "#ee8866", "#bbcc33", "#ffaabb",
];

/// How the classes below look, and the fills of waiting and of torn spans.
const HEAD: &str = include_str!("svg-head.xml");

/// The picture, an SVG file. `title` stands above the lanes.
#[must_use]
pub fn draw(timeline: &Timeline, title: &str) -> String {
    let rows = layout::rows(timeline);
    let longest = rows
        .iter()
        .map(|row| text_width(&row.label))
        .max()
        .unwrap_or(0);
    let label = (longest as f64 * LETTER).min(LONGEST_LABEL);
    let left = 2.0 * MARGIN + label;
    let scale = (WIDTH - MARGIN - left) / timeline.duration.max(1) as f64;
    let mut picture = Picture {
        text: String::new(),
        left,
        scale,
        names: CommonParts::of(timeline),
    };

    let legend = legend(timeline, left);
    let lines = legend.last().map_or(0.0, |last| last.y + LEGEND);
    let top = MARGIN + TITLE;
    let bottom = top + rows.iter().map(height).sum::<f64>();
    let whole = bottom + AXIS + lines + MARGIN / 2.0;

    picture.add_card(title, &layout::summary(timeline), whole);
    picture.add_bands(&rows, top);
    picture.add_axis(timeline.duration, top, bottom);
    let mut y = top;
    for row in &rows {
        picture.add_label(timeline, row, label, y);
        picture.add_lane(row, y);
        y += height(row);
    }
    for entry in &legend {
        picture.add_to_legend(entry, bottom + AXIS);
    }
    picture.add_printed(timeline);
    picture.text + "</svg>\n"
}

fn height(row: &Row) -> f64 {
    let Some(lane) = row.lane else { return HEADING };
    let (rows, left_out) = layout::drawn_rows(lane);
    let rows = rows + usize::from(left_out > 0);
    rows as f64 * BAR + GAP
}

/// The file as far as it is written, and where times stand in it.
struct Picture<'a> {
    text: String,
    left: f64,
    /// Pixels a nanosecond.
    scale: f64,
    names: CommonParts<'a>,
}

impl Picture<'_> {
    fn add(&mut self, markup: fmt::Arguments) {
        let _ = writeln!(self.text, "{markup}"); // a string takes everything
    }

    fn x(&self, time: u64) -> f64 {
        self.left + time as f64 * self.scale
    }

    /// The beginning of the file, the card, and its title.
    fn add_card(&mut self, title: &str, summary: &str, height: f64) {
        let title = escaped(title);
        self.add(format_args!(
            "<svg xmlns='http://www.w3.org/2000/svg' \
             viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}' \
             role='img' aria-label='Timeline of {title}: {summary}'>\n{HEAD}\
             <rect class='card' x='.5' y='.5' width='{}' height='{}' rx='6'/>\n\
             <text x='{MARGIN}' y='{}'><tspan class='title'>{title}</tspan>\
             <tspan class='quiet' dx='10'>{summary}</tspan></text>",
            WIDTH - 1.0,
            height - 1.0,
            MARGIN + 12.0
        ));
    }

    /// What the run printed, for the book: a line a line, after its time in
    /// nanoseconds. The attributes say where on the axis a time stands.
    fn add_printed(&mut self, timeline: &Timeline) {
        if timeline.printed.is_empty() {
            return;
        }
        let (begin, end) = (self.left, self.x(timeline.duration));
        let duration = timeline.duration;
        self.add(format_args!(
            "<metadata data-begin='{begin:.1}' data-end='{end:.1}' \
             data-duration='{duration}'>"
        ));
        for line in &timeline.printed {
            self.add(format_args!("{} {}", line.time, escaped(&line.text)));
        }
        self.add(format_args!("</metadata>"));
    }

    /// A grey band behind every second process.
    fn add_bands(&mut self, rows: &[Row], top: f64) {
        let mut y = top - GAP / 2.0;
        for rows in rows.chunk_by(|a, b| a.process == b.process) {
            let height: f64 = rows.iter().map(height).sum();
            if rows[0].process % 2 == 1 {
                let (x, width) = (MARGIN / 2.0, WIDTH - MARGIN);
                self.add(format_args!(
                    "<rect class='band' x='{x}' y='{y}' \
                     width='{width}' height='{height}'/>"
                ));
            }
            y += height;
        }
    }

    /// The time axis and its vertical lines.
    fn add_axis(&mut self, duration: u64, top: f64, bottom: f64) {
        for (at, text) in layout::marks(duration, 8) {
            let x = self.x(at);
            let anchor = match x {
                _ if at == 0 => "start",
                ..910.0 => "middle",
                _ => "end",
            };
            self.add(format_args!(
                "<path class='mark' d='M{x:.1} {}V{bottom}'/>\
                 <text class='quiet' x='{x:.1}' y='{}' text-anchor='{anchor}'>\
                 {text}</text>",
                top - 4.0,
                bottom + BASELINE
            ));
        }
    }

    /// The name of a lane or process, with its command as a tooltip.
    fn add_label(&mut self, timeline: &Timeline, row: &Row, width: f64, y: f64) {
        let process = &timeline.processes[row.process];
        let class = if row.lane.is_none() {
            "heading"
        } else {
            "label"
        };
        let indent = if row.label.starts_with(' ') {
            12.0
        } else {
            0.0
        };
        self.add(format_args!(
            "<text class='{class}' x='{}' y='{}'>{}\
             <title>process {}: {}</title></text>",
            MARGIN + indent,
            y + BASELINE,
            escaped(&layout::shortened_inside(
                row.label.trim_start(),
                ((width - indent) / LETTER) as usize
            )),
            process.id,
            escaped(&process.command)
        ));
    }

    fn add_lane(&mut self, row: &Row, y: f64) {
        let Some(lane) = row.lane else { return };
        let fine = |from, to| self.x(to) - self.x(from) < FINEST;
        let (rows, left_out) = layout::drawn_rows(lane);
        let mut bars: Vec<Vec<(Span, usize)>> = vec![Vec::new(); rows];
        for span in lane.spans.iter().filter(|span| span.depth < rows) {
            let bars = &mut bars[span.depth];
            // Where thousands stand in one pixel, nobody can tell them apart: those
            // that look the same become one bar.
            if let Some((last, more)) = bars.last_mut()
                && (*more > 0 || fine(last.begin, last.end))
                && fine(last.end, span.begin)
                && fine(span.begin, span.end)
                && last.sign() == span.sign()
                && matches!(span.sign(), Sign::Work(_) | Sign::Wait)
            {
                (last.end, *more) = (span.end, *more + 1);
            } else {
                bars.push((span.clone(), 0));
            }
        }
        for (mut bar, more) in bars.into_iter().flatten() {
            if more > 0 {
                let _ = write!(bar.name, ", and {more} more");
            }
            self.add_bar(&bar, y + bar.depth as f64 * BAR);
        }
        if left_out > 0 {
            let (x, y) = (self.left, y + rows as f64 * BAR + BASELINE);
            let words = layout::left_out(left_out);
            self.add(format_args!(
                "<text class='quiet' x='{x}' y='{y}'>{words}</text>"
            ));
        }
    }

    /// One span, with its name where there is room, and a tooltip.
    fn add_bar(&mut self, span: &Span, y: f64) {
        let (sign, name) = (span.sign(), escaped(&span.name));
        let x = self.x(span.begin);
        let width = (self.x(span.end) - x).max(1.0);
        let height = BAR - 1.0;
        let begin = layout::time(span.begin);
        let took = layout::time(span.end - span.begin);
        let tooltip = match sign {
            Sign::Work(_) => format!("{name}: {took}, from {begin}"),
            Sign::Wait => format!("waits for {name}: {took}, from {begin}"),
            Sign::Panicked => format!("{name}: {took}, from {begin}, then a panic"),
            Sign::Torn => format!("{name}: {took}, from {begin}, then cut off"),
            Sign::Fades => {
                format!("{name}: {took} or more, from {begin}, then cut off")
            }
        };
        self.add(format_args!(
            "<g><title>{tooltip}</title><rect x='{x:.2}' y='{y}' \
             width='{width:.2}' height='{height}' fill='{}'/>",
            fill(sign)
        ));
        let mut width = width;
        if sign == Sign::Fades {
            let (x, fade) = (x + width, FADE.min(WIDTH - GAP - x - width).max(0.0));
            self.add(format_args!(
                "<rect x='{x:.2}' y='{y}' width='{fade:.2}' height='{height}' \
                 fill='url(#timeline-fade)'/>"
            ));
            width += fade;
        }
        if width > 3.0 {
            // Where a span begins, also if the one before it has the same colour.
            self.add(format_args!(
                "<path class='begin' d='M{x:.2} {y}v{height}'/>"
            ));
        }
        let mut room = width - 8.0;
        if let Sign::Panicked | Sign::Torn | Sign::Fades = sign {
            let (x, y) = ((x + width - 12.0).max(x - 4.0), y + 5.0);
            self.add(format_args!(
                "<path class='cut' d='M{x:.1} {y}l9 9m0-9l-9 9'/>"
            ));
            room -= CUT;
        }
        let name_width = text_width(&span.name) as f64 * LETTER;
        let fits = name_width < room;
        let after = (x + width).max(x + GAP) + GAP;
        if matches!(sign, Sign::Torn | Sign::Fades)
            && !fits
            && after + name_width < WIDTH - MARGIN
        {
            // Nothing follows in this row: its process has ended.
            let y = y + BASELINE;
            self.add(format_args!(
                "<text class='quiet' x='{after:.1}' y='{y}'>{name}</text>"
            ));
        } else if fits || room > SHORTEST * LETTER {
            let class = if sign == Sign::Wait { "in-bar" } else { "name" };
            let (x, y) = (x + 5.0, y + BASELINE);
            let name = self.names.shortened(span, (room / LETTER) as usize);
            let name = escaped(&name);
            self.add(format_args!(
                "<text class='{class}' x='{x:.1}' y='{y}'>{name}</text>"
            ));
        }
        self.add(format_args!("</g>"));
    }

    fn add_to_legend(&mut self, entry: &Entry, top: f64) {
        let (x, y) = (entry.x, top + entry.y);
        self.add(format_args!(
            "<rect x='{x}' y='{y}' width='22' height='12' fill='{}'/>\
             <text class='quiet' x='{}' y='{}'>{}</text>",
            fill(entry.sign),
            x + 28.0,
            y + 10.5,
            escaped(&entry.words)
        ));
    }
}

/// An entry of the legend and its place.
struct Entry {
    sign: Sign,
    words: String,
    x: f64,
    y: f64,
}

/// The entries, in as many lines as they need.
fn legend(timeline: &Timeline, left: f64) -> Vec<Entry> {
    let (mut next, mut y) = (left, 0.0);
    let entries =
        layout::legend(timeline, COLOURS.len())
            .into_iter()
            .map(|(sign, words)| {
                let width = 42.0 + text_width(&words) as f64 * LETTER;
                if next > left && next + width > WIDTH {
                    (next, y) = (left, y + LEGEND);
                }
                next += width;
                Entry {
                    sign,
                    words,
                    x: next - width,
                    y,
                }
            });
    entries.collect()
}

fn fill(sign: Sign) -> &'static str {
    match sign {
        Sign::Work(group) => COLOURS[group % COLOURS.len()],
        Sign::Wait => "url(#timeline-wait)",
        Sign::Panicked => "#f4b6b0",
        Sign::Torn | Sign::Fades => "url(#timeline-torn)",
    }
}

/// The text as XML writes it. What XML does not have at all becomes a space.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}
