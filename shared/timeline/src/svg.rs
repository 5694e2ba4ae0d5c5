//! Draws a timeline as a picture for a page, light or dark: it stands on a card of
//! its own.

use std::fmt::Write;

use crate::layout::{self, Row, Sign, text_width};
use crate::{Process, Span, Timeline};

// All lengths are in pixels.
const WIDTH: f64 = 840.0;
const MARGIN: f64 = 16.0;
const TITLE: f64 = 28.0;
const BAR: f64 = 20.0;
const GAP: f64 = 6.0; // between lanes
const HEADING: f64 = 20.0;
const AXIS: f64 = 24.0;
const LEGEND: f64 = 22.0;
const LETTER: f64 = 6.9; // wider than most, in 12 pixels' sans-serif
const LONGEST_LABEL: f64 = 220.0;

/// Fills for groups of spans: light, so that black names can be read, and told apart
/// by people who do not see all colours. After Paul Tol's scheme "light",
/// <https://personal.sron.nl/~pault/>.
const COLOURS: [&str; 6] =
    ["#77aadd", "#eedd88", "#44bb99", "#ee8866", "#bbcc33", "#ffaabb"];

const STYLE: &str = r##"<style>
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-size: 14px; font-weight: 600 }
.heading { font-weight: 600 }
.quiet { fill: #59636e }
.wait { font-style: italic; paint-order: stroke; stroke: #fff; stroke-width: 3px }
</style>
<defs>
<pattern id="timeline-wait" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#fff"/><rect width="2" height="6" fill="#c4ccd4"/></pattern>
<linearGradient id="timeline-torn"><stop stop-color="#cf222e" stop-opacity=".55"/><stop offset="1" stop-color="#cf222e" stop-opacity=".05"/></linearGradient>
</defs>
"##;

/// The picture, an SVG file. `title` stands above the lanes.
pub fn draw(timeline: &Timeline, title: &str) -> String {
    let rows = layout::rows(timeline);
    let longest = rows.iter().map(|row| text_width(&row.label)).max().unwrap_or(0);
    let label = (longest as f64 * LETTER).min(LONGEST_LABEL);
    let left = MARGIN + label + 10.0;
    let plot = Plot {
        left,
        scale: (WIDTH - MARGIN - left) / timeline.duration.max(1) as f64,
    };
    let top = MARGIN + TITLE;
    let lanes: f64 = rows.iter().map(height).sum();
    let bottom = top + lanes;
    let entries = layout::legend(timeline);
    let (_, legend_height) = legend_places(&entries, left);
    let whole = bottom + AXIS + legend_height + MARGIN / 2.0;

    let summary = layout::summary(timeline);
    let title = escaped(title);
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" width="{WIDTH}" height="{whole}" role="img" aria-label="Timeline of {title}: {summary}">"#
    );
    let _ = writeln!(out, "\n{STYLE}{}", card(whole));
    let _ = writeln!(
        out,
        r#"<text x="{MARGIN}" y="{:.0}"><tspan class="title">{title}</tspan><tspan class="quiet" dx="10">{summary}</tspan></text>"#,
        MARGIN + 12.0
    );
    bands(&mut out, &rows, top);
    marks(&mut out, timeline, &plot, top, bottom);
    let mut y = top;
    for row in &rows {
        let (class, baseline) = match row.lane {
            Some(_) => ("", y + 14.5),
            None => (r#" class="heading""#, y + 14.5),
        };
        let indent = if row.label.starts_with(' ') { 12.0 } else { 0.0 };
        let _ = writeln!(
            out,
            r#"<text x="{}" y="{baseline}"{class}>{}<title>{}</title></text>"#,
            MARGIN + indent,
            escaped(&shortened(row.label.trim_start(), label - indent)),
            escaped(&command(&timeline.processes[row.process]))
        );
        for span in row.lane.iter().flat_map(|lane| &lane.spans) {
            bar(&mut out, span, &plot, y + span.depth as f64 * BAR);
        }
        y += height(row);
    }
    legend(&mut out, &entries, left, bottom + AXIS);
    out + "</svg>\n"
}

/// Which process it was.
fn command(process: &Process) -> String {
    format!("process {}: {}", process.id, process.command)
}

/// Where times stand.
struct Plot {
    left: f64,
    /// Pixels a nanosecond.
    scale: f64,
}

impl Plot {
    fn x(&self, time: u64) -> f64 {
        self.left + time as f64 * self.scale
    }
}

fn height(row: &Row) -> f64 {
    row.lane.map_or(HEADING, |lane| lane.depth() as f64 * BAR + GAP)
}

fn card(height: f64) -> String {
    let (width, height) = (WIDTH - 1.0, height - 1.0);
    format!(
        r##"<rect x=".5" y=".5" width="{width}" height="{height}" rx="6" fill="#fff" stroke="#d1d9e0"/>"##
    )
}

/// A grey band behind every second process.
fn bands(out: &mut String, rows: &[Row], top: f64) {
    let mut y = top;
    for rows in rows.chunk_by(|a, b| a.process == b.process) {
        let height: f64 = rows.iter().map(height).sum();
        if rows[0].process % 2 == 1 {
            let (y, x, width) = (y - GAP / 2.0, MARGIN / 2.0, WIDTH - MARGIN);
            let _ = writeln!(
                out,
                r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#f0f3f6"/>"##
            );
        }
        y += height;
    }
}

/// The time axis and its vertical lines.
fn marks(
    out: &mut String,
    timeline: &Timeline,
    plot: &Plot,
    top: f64,
    bottom: f64,
) {
    for (at, text) in layout::marks(timeline.duration, 8) {
        let x = plot.x(at);
        let anchor = if at == 0 {
            "start"
        } else if x > WIDTH - 3.0 * MARGIN {
            "end"
        } else {
            "middle"
        };
        let _ = writeln!(
            out,
            r##"<path d="M{x:.1} {:.0}V{bottom:.0}" stroke="#d1d9e0"/><text class="quiet" x="{x:.1}" y="{:.0}" text-anchor="{anchor}">{text}</text>"##,
            top - 4.0,
            bottom + 14.0
        );
    }
}

/// One span, with its name where there is room, and a tooltip.
fn bar(out: &mut String, span: &Span, plot: &Plot, y: f64) {
    let x = plot.x(span.begin);
    let width = (plot.x(span.end) - x).max(1.0);
    let height = BAR - 1.0;
    let name = escaped(&span.name);
    let took = layout::time(span.end - span.begin);
    let sign = span.sign();
    let fill = fill(sign);
    let tooltip = match sign {
        Sign::Work(_) => format!("{name}: {took}"),
        Sign::Wait => format!("waits for {name}: {took}"),
        Sign::Torn => format!("{name}: cut off, its process ended here or before"),
    };
    let begin = layout::time(span.begin);
    let _ = write!(
        out,
        r#"<g><title>{tooltip}, from {begin}</title><rect x="{x:.2}" y="{y:.1}" width="{width:.2}" height="{height}" fill="{fill}"/>"#
    );
    if width > 3.0 {
        // Where a span begins, also if the one before it has the same colour.
        let stroke = if span.torn { "#cf222e" } else { "#59636e" };
        let _ =
            write!(out, r#"<path d="M{x:.2} {y:.1}v{height}" stroke="{stroke}"/>"#);
    }
    if span.torn && width > 14.0 {
        let (x, y) = (x + width - 12.0, y + 5.0);
        let _ = write!(
            out,
            r##"<path d="M{x:.1} {y:.1}l9 9m0-9l-9 9" stroke="#cf222e" stroke-width="2"/>"##
        );
    }
    if text_width(&span.name) as f64 * LETTER + 8.0 < width {
        let class = if span.wait || span.torn { r#" class="wait""# } else { "" };
        let (x, y) = (x + 5.0, y + 14.0);
        let _ = write!(out, r#"<text x="{x:.1}" y="{y:.1}"{class}>{name}</text>"#);
    }
    out.push_str("</g>\n");
}

/// Where each entry of the legend stands, and the height of all.
fn legend_places(words: &[(Sign, String)], left: f64) -> (Vec<(f64, f64)>, f64) {
    let (mut x, mut y) = (left, 0.0);
    let places = words.iter().map(|(_, words)| {
        let width = 28.0 + text_width(words) as f64 * LETTER + 14.0;
        if x > left && x + width > WIDTH {
            (x, y) = (left, y + LEGEND);
        }
        x += width;
        (x - width, y)
    });
    let places: Vec<_> = places.collect();
    let height = places.last().map_or(0.0, |last| last.1 + LEGEND);
    (places, height)
}

fn legend(out: &mut String, entries: &[(Sign, String)], left: f64, top: f64) {
    let (places, _) = legend_places(entries, left);
    for ((sign, words), (x, y)) in entries.iter().zip(places) {
        let y = top + y;
        let (fill, words) = (fill(*sign), escaped(words));
        let _ = writeln!(
            out,
            r##"<rect x="{x:.1}" y="{y:.1}" width="22" height="12" fill="{fill}" stroke="#d1d9e0"/><text class="quiet" x="{:.1}" y="{:.1}">{words}</text>"##,
            x + 28.0,
            y + 10.5
        );
    }
}

fn fill(sign: Sign) -> &'static str {
    match sign {
        Sign::Work(group) => COLOURS[group % COLOURS.len()],
        Sign::Wait => "url(#timeline-wait)",
        Sign::Torn => "url(#timeline-torn)",
    }
}

/// The text, cut with `…` if it takes more than `width` pixels.
fn shortened(text: &str, width: f64) -> String {
    let most = (width / LETTER).round() as usize;
    if text_width(text) <= most {
        return text.into();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// The text as XML writes it. What XML does not have at all becomes a space.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}
