//! Draws a timeline with letters, for a terminal.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use crate::layout::{self, CommonParts, Sign, text_width};
use crate::{Span, Timeline};

const WORK: char = '█';
/// The first cell of a span: leaves a gap to what is before.
const WORK_BEGINS: char = '▐';
/// Work that takes less than half a cell.
const SHORT: char = '▏';
const WAIT: char = '░';
const TORN: char = '╌';
/// The last cell of a span that is torn or that a panic ended.
const CUT: char = '✗';

/// How many colours there are for groups of spans: green to cyan. Red is for those
/// that ended badly.
const COLOURS: usize = 5;

/// Columns that the names of the lanes take at the most.
const LONGEST_LABEL: usize = 24;
/// Columns behind the last event of a process whose end is not known.
const FADE: f64 = 4.0;
/// Columns of the drawing at the least, however narrow the terminal is.
const NARROWEST: usize = 20;
/// Columns of a name that is cut, at the least.
const SHORTEST: usize = 4;
/// Columns between two marks of the axis at the least.
const MARK: usize = 12;

/// What a cell shows.
#[derive(Clone, Copy, PartialEq)]
enum Paint {
    Nothing,
    Bar(Sign),
    Name(Sign),
}

/// Draws the lanes, `width` columns wide, and a time axis below.
#[must_use]
pub fn draw(timeline: &Timeline, width: usize, colour: bool) -> String {
    let rows = layout::rows(timeline);
    let label = rows
        .iter()
        .map(|row| text_width(&row.label))
        .max()
        .unwrap_or(0);
    let width = width.max(NARROWEST);
    let label = label.min(LONGEST_LABEL).min(width / 3);
    let width = width - label - 3; // of the lanes

    let mut out = String::new();
    let names = CommonParts::of(timeline);
    for row in rows {
        let mut name = layout::shortened_inside(&row.label, label);
        let mut add = |cells: &str| {
            let gap = " ".repeat(label - text_width(&name));
            let _ = writeln!(out, "{name}{gap} │{cells}│");
            name.clear();
        };
        let Some(lane) = row.lane else {
            add(&" ".repeat(width));
            continue;
        };
        let (depths, left_out) = layout::drawn_rows(lane);
        let mut spans: Vec<Vec<&Span>> = vec![Vec::new(); depths];
        for span in lane.spans.iter().filter(|span| span.depth < depths) {
            spans[span.depth].push(span);
        }
        for spans in spans {
            let cells = cells(&spans, &names, timeline.duration, width);
            add(&painted(&cells, colour));
        }
        if left_out > 0 {
            let words = layout::shortened(&layout::left_out(left_out), width);
            add(&format!(
                "{words}{}",
                " ".repeat(width - text_width(&words))
            ));
        }
    }
    axis(&mut out, timeline.duration, label, width);
    legend(&mut out, timeline, label, width, colour);
    out
}

/// The cells of spans that do not overlap.
fn cells(
    spans: &[&Span],
    names: &CommonParts,
    duration: u64,
    width: usize,
) -> Vec<(char, Paint)> {
    let scale = width as f64 / duration.max(1) as f64;
    let columns = |span: &Span| {
        let fade = if span.fades { FADE } else { 0.0 };
        let end = (span.end as f64 * scale + fade).min(width as f64);
        (span.begin as f64 * scale, end)
    };

    // How much of each cell is work, how much is waiting, and the sign of each.
    let mut shares = vec![[(0.0, Sign::Wait); 2]; width];
    for span in spans {
        let (from, to) = columns(span);
        let first = (from as usize).min(width - 1);
        let last = (to.ceil() as usize).clamp(first + 1, width);
        for (cell, shares) in (first..last).zip(&mut shares[first..]) {
            let share = &mut shares[usize::from(span.wait)];
            share.0 += to.min(cell as f64 + 1.0) - from.max(cell as f64);
            share.1 = span.sign();
        }
    }
    let cell = |[work, wait]: [(f64, Sign); 2]| {
        if work.0 + wait.0 < 0.5 {
            return (' ', Paint::Nothing);
        }
        let sign = if wait.0 > work.0 { wait.1 } else { work.1 };
        (letter(sign), Paint::Bar(sign))
    };
    let mut cells: Vec<_> = shares.into_iter().map(cell).collect();
    for span in spans {
        let (from, to) = columns(span);
        let (first, last) = (from.round() as usize, to.round() as usize);
        let sign = span.sign();
        if first == last {
            // Something that was there is seen, however short.
            let cell = &mut cells[(from as usize).min(width - 1)];
            if let Sign::Torn | Sign::Fades = sign {
                *cell = (CUT, Paint::Bar(sign));
                put_behind(&span.name, &mut cells, from as usize + 2);
            } else if cell.1 == Paint::Nothing && sign != Sign::Wait {
                *cell = (SHORT, Paint::Bar(sign));
            }
            continue;
        }
        let (mut begin, mut end) = (first, last);
        if let Sign::Work(_) | Sign::Panicked = sign {
            cells[first] = (WORK_BEGINS, Paint::Bar(sign));
        }
        if let Sign::Panicked | Sign::Torn | Sign::Fades = sign {
            end -= 1;
            cells[end] = (CUT, Paint::Bar(sign));
        }
        // The first cell stays as it is, to tell it from what is before.
        begin += 1;
        let room = end.saturating_sub(begin);
        if matches!(sign, Sign::Torn | Sign::Fades)
            && text_width(&span.name) > room
            && put_behind(&span.name, &mut cells, end + 2)
        {
            continue;
        }
        if room > 0 && (text_width(&span.name) <= room || room >= SHORTEST) {
            let name = names.shortened(span, room);
            put(&name, &mut cells[begin..end], Paint::Name(sign));
        }
    }
    cells
}

fn letter(sign: Sign) -> char {
    match sign {
        Sign::Work(_) | Sign::Panicked => WORK,
        Sign::Wait => WAIT,
        Sign::Torn | Sign::Fades => TORN,
    }
}

/// Writes the name of a span that is cut off behind its cross, if there is room.
/// Returns whether there was.
fn put_behind(name: &str, cells: &mut [(char, Paint)], begin: usize) -> bool {
    let Some(cells) = cells.get_mut(begin..begin + text_width(name)) else {
        return false;
    };
    let free = cells.iter().all(|cell| cell.1 == Paint::Nothing);
    if free {
        put(name, cells, Paint::Nothing);
    }
    free
}

/// Writes a text, one letter a cell; some letters take two.
fn put(text: &str, cells: &mut [(char, Paint)], paint: Paint) {
    let mut cell = 0;
    for letter in text.chars() {
        let width = letter.width().unwrap_or(0);
        if width == 0 {
            continue; // an accent on the letter before
        }
        cells[cell] = (letter, paint);
        if width == 2 {
            cells[cell + 1] = ('\0', paint); // nothing is printed for it
        }
        cell += width;
    }
}

/// The text of the cells, with the terminal's commands for colours around them.
fn painted(row: &[(char, Paint)], colour: bool) -> String {
    let mut out = String::new();
    for cells in row.chunk_by(|a, b| a.1 == b.1) {
        let text = cells
            .iter()
            .map(|cell| cell.0)
            .filter(|&letter| letter != '\0');
        let text: String = text.collect();
        let _ = match cells[0].1 {
            Paint::Bar(sign) if colour => {
                write!(out, "\x1b[{}m{text}\x1b[0m", code(sign, false))
            }
            Paint::Name(sign) if colour => {
                write!(out, "\x1b[{}m{text}\x1b[0m", code(sign, true))
            }
            _ => write!(out, "{text}"),
        };
    }
    out
}

/// The terminal's command for a colour.
fn code(sign: Sign, name: bool) -> String {
    match sign {
        Sign::Work(group) if name => format!("30;4{}", group % COLOURS + 2),
        Sign::Work(group) => format!("3{}", group % COLOURS + 2),
        Sign::Wait => "2".into(), // dim
        Sign::Panicked if name => "30;41".into(),
        Sign::Panicked | Sign::Torn | Sign::Fades => "31".into(),
    }
}

fn axis(out: &mut String, duration: u64, label: usize, width: usize) {
    let mut line = vec!['─'; width];
    let mut texts = String::new();
    for (at, text) in layout::marks(duration, (width / MARK) as u64) {
        let column = (at as f64 * width as f64 / duration.max(1) as f64) as usize;
        line[column.min(width - 1)] = '┴';
        // The text ends under its mark, or begins there where there is no room.
        let begin = (column + 1).saturating_sub(text_width(&text));
        let gap = begin.saturating_sub(text_width(&texts));
        let _ = write!(texts, "{}{text}", " ".repeat(gap));
    }
    let _ = writeln!(out, "{} └{}┘", " ".repeat(label), String::from_iter(line));
    let _ = writeln!(out, "{}  {texts}", " ".repeat(label));
}

/// The meaning of the signs, in as many lines as it needs.
fn legend(
    out: &mut String,
    timeline: &Timeline,
    label: usize,
    width: usize,
    colour: bool,
) {
    let mut taken = usize::MAX; // columns of the line
    for (sign, words) in layout::legend(timeline, if colour { COLOURS } else { 0 })
    {
        let letters = match sign {
            Sign::Work(_) => [WORK; 2],
            Sign::Wait => [WAIT; 2],
            Sign::Panicked => [WORK, CUT],
            Sign::Torn | Sign::Fades => [TORN, CUT],
        };
        let letters = painted(&letters.map(|l| (l, Paint::Bar(sign))), colour);
        let columns = 3 + text_width(&words);
        if taken.saturating_add(3 + columns) > width {
            let end = if taken == usize::MAX { "" } else { "\n" };
            let _ = write!(out, "{end}{}  {letters} {words}", " ".repeat(label));
            taken = columns;
        } else {
            let _ = write!(out, "   {letters} {words}");
            taken += 3 + columns;
        }
    }
    if taken != usize::MAX {
        out.push('\n');
    }
}
