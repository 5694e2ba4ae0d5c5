//! What the drawings share: which lane stands in which row, times as people read
//! them, and the marks of the time axis.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthChar;

use crate::{Lane, Span, Timeline};

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

/// What the signs mean: one entry for each sign that the run has. Groups have
/// entries of their own if there are no more than `colours`. Where all is work of
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
        for (group, names) in groups {
            let same = names.iter().all(|name| *name == names[0]);
            let word = names[0].split_whitespace().next().unwrap_or_default();
            let name = if same {
                names[0].into()
            } else if names.iter().all(|name| name.starts_with(word)) {
                format!("{word} …")
            } else {
                "others".into()
            };
            entries.push((Sign::Work(group), name));
        }
    }
    let signs = [
        (Sign::Wait, "may wait"),
        (Sign::Panicked, "ended by a panic"),
        (Sign::Torn, "cut off: its process ended here or before"),
    ];
    let seen = |sign| timeline.spans().any(|span| span.sign() == sign);
    let seen = signs.into_iter().filter(|(sign, _)| seen(*sign));
    entries.extend(seen.map(|(sign, words)| (sign, words.to_owned())));
    if let [(Sign::Work(_), _)] = entries[..] {
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
    /// As something without an end.
    Torn,
}

impl Span {
    /// How it is drawn.
    #[must_use]
    pub fn sign(&self) -> Sign {
        match self {
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
