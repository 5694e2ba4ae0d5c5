//! Writes a timeline as a trace that Perfetto and `chrome://tracing` open.
//!
//! Source: "Trace Event Format", the document linked from
//! <https://perfetto.dev/docs/faq>: `X` is a complete event, with its begin and its
//! duration in microseconds, `M` gives a process or a thread its name.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::layout::Sign;
use crate::{Lane, Timeline};

/// The trace, a JSON text.
#[must_use]
pub fn write(timeline: &Timeline) -> String {
    let microseconds = |nanoseconds: u64| nanoseconds as f64 / 1000.0;
    let mut trace = String::from("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    let mut add = |event: Value| {
        let _ = writeln!(trace, "{event},");
    };
    for process in &timeline.processes {
        let pid = process.id;
        let name = |what: &str, tid: usize, name: &str| {
            json!({ "ph": "M", "name": what, "pid": pid, "tid": tid,
                    "args": { "name": name } })
        };
        add(name("process_name", 0, &process.label));
        let threads = process.lanes.iter().map(|lane| lane.thread);
        let mut last_track = threads.max().unwrap_or(0);
        for lane in &process.lanes {
            add(name("thread_name", lane.thread, &lane.label));
            // The tracks of this lane's rows that need one of their own.
            let mut tracks = HashMap::new();
            for (span, nests) in lane.spans.iter().zip(nesting(lane)) {
                let mut tid = lane.thread;
                if !nests {
                    tid = *tracks.entry(span.depth).or_insert_with(|| {
                        last_track = last_track.saturating_add(1);
                        let row = format!("{} ({})", lane.label, span.depth + 1);
                        add(name("thread_name", last_track, &row));
                        last_track
                    });
                }
                let (begin, duration) = (span.begin, span.end - span.begin);
                let name = &span.name;
                add(json!({
                    "ph": "X",
                    "name": if span.wait { format!("wait: {name}") }
                            else { name.clone() },
                    "cat": if span.wait { "wait" } else { "work" },
                    "ts": microseconds(begin), "dur": microseconds(duration),
                    "pid": pid, "tid": tid,
                    "args": match span.sign() {
                        Sign::Torn | Sign::Fades => json!({ "ended": "cut off" }),
                        Sign::Panicked => json!({ "ended": "by a panic" }),
                        Sign::Work(_) | Sign::Wait => json!({}),
                    },
                }));
            }
        }
    }
    trace.truncate(trace.trim_end_matches(",\n").len());
    trace + "\n]}\n"
}

/// For each span of a lane, whether it may stand in the lane's track, where spans must
/// nest: two that overlap in part stand in two tracks.
fn nesting(lane: &Lane) -> Vec<bool> {
    let mut around: Vec<u64> = Vec::new(); // the ends of the spans around this moment
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
