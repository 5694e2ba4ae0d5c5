//! Writes a timeline as a trace that Perfetto and `chrome://tracing` open.
//!
//! Source: "Trace Event Format", the document linked from
//! <https://perfetto.dev/docs/faq>: `X` is a complete event, with its begin and its
//! duration in microseconds, `M` gives a process or a thread its name.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::layout::Sign;
use crate::{Lane, Span, Timeline};

/// The trace, a JSON text.
#[must_use]
pub fn write(timeline: &Timeline) -> String {
    let mut events = Vec::new();
    for process in &timeline.processes {
        let pid = process.id;
        events.push(named("process_name", pid, 0, &process.label));
        let threads = process.lanes.iter().map(|lane| lane.thread);
        let mut last_track = threads.max().unwrap_or(0);
        for lane in &process.lanes {
            events.push(named("thread_name", pid, lane.thread, &lane.label));
            // The tracks of this lane's rows that need one of their own.
            let mut tracks = HashMap::new();
            for (span, nests) in lane.spans.iter().zip(nesting(lane)) {
                let mut tid = lane.thread;
                if !nests {
                    tid = *tracks.entry(span.depth).or_insert_with(|| {
                        last_track = last_track.saturating_add(1);
                        let row = format!("{} ({})", lane.label, span.depth + 1);
                        events.push(named("thread_name", pid, last_track, &row));
                        last_track
                    });
                }
                events.push(complete(span, pid, tid));
            }
        }
    }
    let events = events.join(",\n");
    format!("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{events}\n]}}\n")
}

/// The event that names a process or a thread.
fn named(what: &str, pid: u32, tid: usize, name: &str) -> String {
    let event = json!({ "ph": "M", "name": what, "pid": pid, "tid": tid,
                        "args": { "name": name } });
    event.to_string()
}

/// The event of a span.
fn complete(span: &Span, pid: u32, tid: usize) -> String {
    let (cat, name) = if span.wait {
        ("wait", Value::from(format!("wait: {}", span.name)))
    } else {
        ("work", Value::from(&*span.name))
    };
    let args = match span.sign() {
        Sign::Torn | Sign::Fades => r#"{"ended":"cut off"}"#,
        Sign::Panicked => r#"{"ended":"by a panic"}"#,
        Sign::Work(_) | Sign::Wait => "{}",
    };
    // In microseconds, to the nanosecond.
    let time = |time: u64| format!("{}.{:03}", time / 1000, time % 1000);
    let (ts, dur) = (time(span.begin), time(span.end - span.begin));
    let times = format!(r#""ts":{ts},"dur":{dur}"#);
    let track = format!(r#""pid":{pid},"tid":{tid}"#);
    format!(
        r#"{{"ph":"X","name":{name},"cat":"{cat}",{times},{track},"args":{args}}}"#
    )
}

/// For each span of a lane, whether it may stand in the lane's track, where spans
/// must nest: two that overlap in part stand in two tracks.
fn nesting(lane: &Lane) -> Vec<bool> {
    // The ends of the spans around this moment.
    let mut around: Vec<u64> = Vec::new();
    let mut nests = Vec::with_capacity(lane.spans.len());
    for span in &lane.spans {
        while around.pop_if(|end| *end <= span.begin).is_some() {}
        let inside = around.last().is_none_or(|end| span.end <= *end);
        if inside {
            around.push(span.end);
        }
        nests.push(inside);
    }
    nests
}
