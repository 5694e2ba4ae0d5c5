//! What the drawings share: which lane stands in which row, times as people read
//! them, and the marks of the time axis.

use std::collections::{BTreeMap, HashMap};

use unicode_width::UnicodeWidthChar;

use crate::log::first_word;
use crate::{Lane, Span, Timeline};

/// Rows of a lane that are drawn. Where spans are nested more deeply, the drawing
/// says so.
const MAX_ROWS: usize = 12;

/// A row of the drawing: a lane, or the heading above the lanes of a process.
pub struct Row<'a> {
    /// What stands before the lane.
    pub label: String,
    /// The lane; `None` in a heading.
    pub lane: Option<&'a Lane>,
    /// The place of the process in the timeline.
    pub process: usize,
}

/// A row for each lane. A process has a heading where it has several lanes and is
/// not the only one.
pub fn rows(timeline: &Timeline) -> Vec<Row<'_>> {
    let alone = timeline.processes.len() == 1;
    let mut rows = Vec::new();
    for (number, process) in timeline.processes.iter().enumerate() {
        let mut add = |label, lane| {
            rows.push(Row {
                label,
                lane,
                process: number,
            });
        };
        match &process.lanes[..] {
            [lane] if !alone && lane.label == "main" => {
                add(process.label.clone(), Some(lane));
            }
            [lane] if !alone => {
                add(format!("{}: {}", process.label, lane.label), Some(lane));
            }
            lanes => {
                if !alone {
                    add(process.label.clone(), None);
                }
                let indent = if alone { "" } else { "  " };
                for lane in lanes {
                    add(format!("{indent}{}", lane.label), Some(lane));
                }
            }
        }
    }
    rows
}

/// How many rows of a lane are drawn, and how many are not.
pub fn drawn_rows(lane: &Lane) -> (usize, usize) {
    let rows = lane.depth();
    (rows.min(MAX_ROWS), rows.saturating_sub(MAX_ROWS))
}

/// Says how many rows are not drawn.
pub fn left_out(rows: usize) -> String {
    let levels = if rows == 1 { "level" } else { "levels" };
    format!("… {rows} more {levels}, not drawn")
}

/// How many columns of a terminal the text takes: letters of some scripts take two.
pub fn text_width(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

/// The text, cut with `…` if it takes more than `width` columns.
pub fn shortened(text: &str, width: usize) -> String {
    if text_width(text) <= width {
        return text.into();
    }
    let mut room = width.saturating_sub(1); // for the dots
    let fits = |letter: &char| {
        let width = letter.width().unwrap_or(0);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    };
    let text: String = text.chars().take_while(fits).collect();
    text.trim_end().to_owned() + "…"
}

/// The text, cut with `…` in its middle if it takes more than `width` columns:
/// names of lanes differ at their beginning or at their end.
pub fn shortened_inside(text: &str, width: usize) -> String {
    if text_width(text) <= width || width < 5 {
        return shortened(text, width);
    }
    let end = tail(text, (width - 1) / 2);
    let begin = shortened(text, width - text_width(end));
    begin + end
}

/// As much of the end of a text as fits into `width` columns.
fn tail(text: &str, width: usize) -> &str {
    let mut room = width;
    let mut from = text.len();
    for (place, letter) in text.char_indices().rev() {
        let width = letter.width().unwrap_or(0);
        if width > room {
            break;
        }
        room -= width;
        from = place;
    }
    &text[from..]
}

/// The part that the names of all spans of a kind begin with: of those that work,
/// or wait, and whose names have the same first word, digits aside.
pub struct CommonParts<'a>(HashMap<(bool, String), Names<'a>>);

/// The names of a kind.
struct Names<'a> {
    common: &'a str,
    /// Whether there is more than one.
    differ: bool,
}

impl<'a> CommonParts<'a> {
    pub fn of(timeline: &'a Timeline) -> Self {
        let mut kinds: HashMap<(bool, String), Names> = HashMap::new();
        for span in timeline.spans() {
            let kind = (span.wait, first_word(&span.name));
            let names = kinds.entry(kind).or_insert(Names {
                common: &span.name,
                differ: false,
            });
            if span.name != names.common {
                names.common = common_prefix(names.common, &span.name);
                names.differ = true;
            }
        }
        Self(kinds)
    }

    /// The span's name in `width` columns. What is the same in all names of its
    /// kind goes first, so that the part in which they differ stays.
    pub fn shortened(&self, span: &Span, width: usize) -> String {
        let name = &span.name;
        let names = self.0.get(&(span.wait, first_word(name)));
        let common = names
            .filter(|names| names.differ)
            .map_or(0, |names| names.common.len());
        let saved = text_width(&name[..common]);
        if text_width(name) <= width || saved < 2 || width < 2 {
            return shortened(name, width);
        }
        // From the beginning of a word, or else of a letter, as far to the left as
        // there is room.
        let rest = |from: usize| name[from..].trim_start();
        let fits = |from: &usize| text_width(rest(*from)) < width;
        let letters = || (1..=common).filter(|from| name.is_char_boundary(*from));
        let begins_word =
            |from: &usize| name[..*from].ends_with(|c: char| !c.is_alphanumeric());
        let from = letters()
            .filter(begins_word)
            .find(fits)
            .or_else(|| letters().find(fits))
            .unwrap_or(common);
        shortened(&format!("…{}", rest(from)), width)
    }
}

/// The longest text that both begin with.
fn common_prefix<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.char_indices().zip(b.chars()).find(|((_, a), b)| a != b);
    match same {
        Some(((place, _), _)) => &a[..place],
        None => &a[..a.len().min(b.len())],
    }
}

/// What the signs mean: one entry for each sign that the run has. Groups have
/// entries of their own if there are no more than `colours` and their names have a
/// word in common; otherwise the names in the bars have to do. Where all is work of
/// one group, there is nothing to tell apart and no entry.
pub fn legend(timeline: &Timeline, colours: usize) -> Vec<(Sign, String)> {
    let mut entries: Vec<(Sign, String)> = Vec::new();
    let mut groups: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for span in timeline.spans() {
        if let Sign::Work(group) = span.sign() {
            groups.entry(group).or_default().push(&span.name);
        }
    }
    if groups.len() > colours {
        entries.push((Sign::Work(0), "works".into()));
    } else {
        for (group, names) in &groups {
            let word = names[0].split_whitespace().next().unwrap_or_default();
            if names.iter().all(|name| name == &names[0]) {
                entries.push((Sign::Work(*group), names[0].into()));
            } else if names.iter().all(|name| name.starts_with(word)) {
                entries.push((Sign::Work(*group), format!("{word} …")));
            }
        }
    }
    let signs = [
        (Sign::Wait, "may wait"),
        (Sign::Panicked, "ended by a panic"),
        (Sign::Torn, "cut off: its process ended here"),
        (Sign::Fades, "cut off: its process ended here or later"),
    ];
    let seen = |sign| timeline.spans().any(|span| span.sign() == sign);
    let seen = signs.into_iter().filter(|(sign, _)| seen(*sign));
    entries.extend(seen.map(|(sign, words)| (sign, words.to_owned())));
    if let [(Sign::Work(_), _)] = entries[..]
        && (groups.len() == 1 || groups.len() > colours)
    {
        entries.clear();
    }
    entries
}

/// How a span is drawn.
#[derive(Clone, Copy, PartialEq)]
pub enum Sign {
    /// In the colour of its group.
    Work(usize),
    /// As waiting.
    Wait,
    /// As something that failed.
    Panicked,
    /// As something that the end of its process has cut off.
    Torn,
    /// As something that was cut off at a moment that is not known.
    Fades,
}

impl Span {
    /// How it is drawn.
    #[must_use]
    pub fn sign(&self) -> Sign {
        match self {
            Self { fades: true, .. } => Sign::Fades,
            Self { torn: true, .. } => Sign::Torn,
            Self { panicked: true, .. } => Sign::Panicked,
            Self { wait: true, .. } => Sign::Wait,
            Self { group, .. } => Sign::Work(*group),
        }
    }
}

/// `1 process, 6 threads, 1.00 s`.
#[must_use]
pub fn summary(timeline: &Timeline) -> String {
    let count = |number: usize, one: &str, several: &str| {
        format!("{number} {}", if number == 1 { one } else { several })
    };
    format!(
        "{}, {}, {}",
        count(timeline.processes.len(), "process", "processes"),
        count(timeline.lanes().count(), "thread", "threads"),
        time(timeline.duration)
    )
}

/// The units and how many nanoseconds they have.
const UNITS: [(&str, u64); 4] = [
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("µs", 1_000),
    ("ns", 1),
];

/// The largest unit of which there is at least one.
fn unit(nanoseconds: u64) -> (&'static str, u64) {
    *UNITS
        .iter()
        .find(|unit| unit.1 <= nanoseconds)
        .unwrap_or(&UNITS[3])
}

/// A time with three digits and its unit: `1.25 s`, `310 ms`.
pub fn time(nanoseconds: u64) -> String {
    let (name, size) = unit(nanoseconds);
    let value = nanoseconds as f64 / size as f64;
    let decimals = match value {
        _ if size == 1 => 0,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {name}")
}

/// Marks from 0 to `duration`, at most `most` beside the first: a round time, in
/// nanoseconds, and its text.
pub fn marks(duration: u64, most: u64) -> Vec<(u64, String)> {
    let mut steps =
        (0..19).flat_map(|power| [1, 2, 5].map(|d| d * 10_u64.pow(power)));
    let step = steps.find(|step| duration / step <= most.max(1));
    let step = step.unwrap_or(duration.max(1)); // after 150 years
    let (name, size) = unit(duration);
    let is_whole = |decimals: &u32| {
        let digits = step.checked_mul(10_u64.pow(*decimals));
        digits.is_none_or(|digits| digits.is_multiple_of(size))
    };
    let decimals = (0..9).find(is_whole).unwrap_or(9) as usize;
    let mark = |number: u64| {
        let at = number * step;
        (at, format!("{:.decimals$} {name}", at as f64 / size as f64))
    };
    let mut marks = vec![(0, "0".to_owned())];
    marks.extend((1..=duration / step).map(mark));
    marks
}
