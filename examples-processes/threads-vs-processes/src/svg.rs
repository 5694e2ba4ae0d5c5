//! Two pictures, each on a card of its own, for a light or a dark page.

use std::fmt::{self, Write};

use crate::measure::Samples;
use crate::report::Report;
use crate::rows::{Row, Unit};
use crate::table::figure;

// All lengths are in pixels.
const MARGIN: f64 = 16.0;
const TITLE: f64 = 44.0;
const LINE: f64 = 30.0;
/// Threads stand this much above the middle of a line, processes below it.
const APART: f64 = 5.0;

/// How the two sides look, also to those who do not see all colours.
const SIDES: [(&str, &str); 2] = [("threads", "#4477aa"), ("processes", "#cc3311")];

const STYLE: &str = "<style>
text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif;
  fill: #1f2328; }
.title { font-size: 14px; font-weight: 600; }
.quiet { fill: #59636e; }
.card { fill: #fff; stroke: #d1d9e0; }
.grid { stroke: #d1d9e0; fill: none; }
.ideal { stroke: #59636e; stroke-dasharray: 4 4; fill: none; }
</style>";

/// All costs on one axis, each step of it ten times the one before.
pub fn costs(report: &Report) -> String {
    const LEFT: f64 = 330.0;
    const WIDTH: f64 = 960.0;
    let pythons = report.python.iter().map(Some);
    let pythons = pythons.chain(std::iter::repeat(None));
    let pairs = report.rows.iter().zip(pythons);
    let rows: Vec<(&Row, Option<&Row>)> =
        pairs.filter(|(row, _)| row.unit == Unit::Seconds).collect();
    let all = rows
        .iter()
        .flat_map(|(row, python)| [Some(*row), *python])
        .flatten();
    let all: Vec<f64> = all
        .flat_map(Row::sides)
        .flatten()
        .flat_map(Samples::quartiles)
        .map(f64::log10)
        .collect();
    let least = all.iter().copied().fold(0.0, f64::min).floor();
    let most = all.iter().copied().fold(-9.0, f64::max).ceil();
    let x = |seconds: f64| {
        let share = (seconds.log10() - least) / (most - least);
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - MARGIN - 16.0 - LEFT)
    };

    let bottom = TITLE + 20.0 + rows.len() as f64 * LINE;
    let title = "What threads and processes cost";
    let mut picture = Picture::new(WIDTH, bottom + 56.0, title, report);
    for power in least as i32..=most as i32 {
        let (seconds, top) = (10_f64.powi(power), TITLE + 12.0);
        let text = figure(seconds, Unit::Seconds)
            .replace(".00", "")
            .replace(".0", "");
        let x = x(seconds);
        picture.add(format_args!(
            "<path class='grid' d='M{x:.1} {top}V{bottom}'/><text class='quiet' \
             x='{x:.1}' y='{}' text-anchor='middle'>{text}</text>",
            bottom + 16.0
        ));
    }
    for (place, (row, python)) in rows.iter().enumerate() {
        let y = TITLE + 32.0 + place as f64 * LINE;
        let (name, below) = (escaped(&row.name), y + 4.0);
        picture.add(format_args!("<text x='{MARGIN}' y='{below}'>{name}</text>"));
        if let Some(python) = python {
            picture.add_pair(python, false, &x, y);
        }
        picture.add_pair(row, true, &x, y);
    }
    picture.add_legend(LEFT, bottom + 38.0, !report.python.is_empty());
    picture.text + "</svg>\n"
}

/// How many times as fast more workers are.
pub fn speed_up(report: &Report) -> String {
    const LEFT: f64 = 56.0;
    const SIZE: f64 = 380.0;
    let curves = [(&report.rows, true), (&report.python, false)];
    let curves = curves.map(|(rows, rust)| (Report::curve(rows), rust));
    let most = curves[0]
        .0
        .iter()
        .filter_map(|row| row.workers)
        .max()
        .unwrap_or(2);
    let at = |value: f64| (value / most as f64).clamp(0.0, 1.15) * SIZE;
    let bottom = TITLE + 30.0 + SIZE;
    let (x, y_of) = (|workers| LEFT + at(workers), |times| bottom - at(times));

    let title = "Speed-up of a CPU-bound batch";
    let mut picture =
        Picture::new(LEFT + SIZE + 250.0, bottom + 86.0, title, report);
    for row in &curves[0].0 {
        let workers = row.workers.unwrap_or(0);
        let (right, down) = (x(workers as f64), y_of(workers as f64));
        picture.add(format_args!(
            "<path class='grid' d='M{right:.1} {bottom}V{}M{LEFT} {down:.1}H{}'/>\
             <text class='quiet' x='{right:.1}' y='{}' text-anchor='middle'>\
             {workers}</text>\
             <text class='quiet' x='{}' y='{}' text-anchor='end'>{workers}×</text>",
            bottom - SIZE,
            LEFT + SIZE,
            bottom + 18.0,
            LEFT - 8.0,
            down + 4.0
        ));
    }
    let (right, top) = (LEFT + SIZE, bottom - SIZE);
    picture.add(format_args!(
        "<path class='ideal' d='M{LEFT} {bottom}L{right} {top}'/>\
         <text class='quiet' x='{}' y='{}'>ideal</text>\
         <text class='quiet' x='{}' y='{}' text-anchor='middle'>workers</text>",
        right + 6.0,
        top + 4.0,
        LEFT + SIZE / 2.0,
        bottom + 36.0
    ));
    for (curve, rust) in &curves {
        for (side, (words, colour)) in SIDES.iter().enumerate() {
            let alone = curve.first().and_then(|row| row.sides()[side]);
            let Some(alone) = alone.map(Samples::median) else {
                continue;
            };
            let (mut line, mut bars) = (String::new(), String::new());
            let mut marks = Vec::new();
            for row in curve {
                let (Some(samples), Some(workers)) =
                    (row.sides()[side], row.workers)
                else {
                    continue;
                };
                let times = alone / samples.median();
                let (x, y) = (x(workers as f64), y_of(times));
                let _ = write!(
                    line,
                    "{}{x:.1} {y:.1}",
                    if line.is_empty() { 'M' } else { 'L' }
                );
                let tip =
                    format!("{words}, {workers} workers: {times:.2} times as fast");
                let [low, high] =
                    samples.quartiles().map(|time| y_of(alone / time));
                let _ = write!(bars, "M{x:.1} {low:.1}V{high:.1}");
                marks.push((x, y, tip));
            }
            let dashes = if *rust { "none" } else { "2 3" };
            picture.add(format_args!(
                "<path d='{line}' fill='none' stroke='{colour}' stroke-width='2' \
                 stroke-dasharray='{dashes}'/>\
                 <path d='{bars}' fill='none' stroke='{colour}' stroke-width='2'/>"
            ));
            for (x, y, tip) in marks {
                picture.add_mark(side, *rust, x, y, &tip);
            }
        }
    }
    picture.add_legend(LEFT, bottom + 64.0, !report.python.is_empty());
    picture.text + "</svg>\n"
}

/// The file as far as it is written.
struct Picture {
    text: String,
}

impl Picture {
    fn new(width: f64, height: f64, title: &str, report: &Report) -> Self {
        let mut picture = Self {
            text: String::new(),
        };
        let about = escaped(&report.about());
        picture.add(format_args!(
            "<svg xmlns='http://www.w3.org/2000/svg' \
             viewBox='0 0 {width} {height}' width='{width}' height='{height}' \
             role='img' aria-label='{title}'>\n{STYLE}\n\
             <rect class='card' x='.5' y='.5' width='{}' height='{}' rx='6'/>\n\
             <text class='title' x='{MARGIN}' y='26'>{title}</text>\n\
             <text class='quiet' x='{MARGIN}' y='44'>{about}</text>",
            width - 1.0,
            height - 1.0
        ));
        picture
    }

    fn add(&mut self, markup: fmt::Arguments) {
        let _ = writeln!(self.text, "{markup}"); // a string takes everything
    }

    /// Both sides of a row, with a line from quartile to quartile.
    fn add_pair(&mut self, row: &Row, rust: bool, x: &impl Fn(f64) -> f64, y: f64) {
        for (side, samples) in row.sides().into_iter().enumerate() {
            let Some(samples) = samples else { continue };
            let y = y + [-APART, APART][side];
            let [low, high] = samples.quartiles().map(x);
            let (words, colour) = SIDES[side];
            let language = if rust { "Rust" } else { "Python" };
            self.add(format_args!(
                "<path d='M{low:.1} {y}H{high:.1}' stroke='{colour}' \
                 stroke-width='2'/>"
            ));
            let median = samples.median();
            let tip = format!(
                "{}, {words} in {language}: {} ± {:.0} %",
                row.name,
                figure(median, row.unit),
                100.0 * samples.spread()
            );
            self.add_mark(side, rust, x(median), y, &tip);
        }
    }

    /// A circle for threads, a square for processes; Python's are hollow.
    fn add_mark(&mut self, side: usize, rust: bool, x: f64, y: f64, tip: &str) {
        let colour = SIDES[side].1;
        let fill = if rust { colour } else { "#fff" };
        let shape = if side == 0 {
            format!("circle cx='{x:.1}' cy='{y:.1}' r='5'")
        } else {
            format!(
                "rect x='{:.1}' y='{:.1}' width='9' height='9'",
                x - 4.5,
                y - 4.5
            )
        };
        self.add(format_args!(
            "<g><title>{}</title><{shape} fill='{fill}' stroke='{colour}' \
             stroke-width='2' fill-opacity='.85'/></g>",
            escaped(tip)
        ));
    }

    fn add_legend(&mut self, mut x: f64, y: f64, python: bool) {
        let languages: &[_] = if python { &[true, false] } else { &[true] };
        for &rust in languages {
            for (side, (words, _)) in SIDES.iter().enumerate() {
                let language = match rust {
                    false => " in Python",
                    true if python => " in Rust",
                    true => "",
                };
                let text = format!("{words}{language}");
                self.add_mark(side, rust, x + 6.0, y, &text);
                self.add(format_args!(
                    "<text class='quiet' x='{}' y='{}'>{text}</text>",
                    x + 16.0,
                    y + 4.0
                ));
                x += 36.0 + 7.0 * text.len() as f64;
            }
        }
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('\'', "&apos;")
}
