//! Writes a timeline as a trace that Perfetto and `chrome://tracing` open.
//!
//! Source: "Trace Event Format", the document linked from
//! <https://perfetto.dev/docs/faq>: `X` is a complete event, with its begin and its
//! duration in microseconds, `M` gives a process or a thread its name.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::Timeline;
use crate::layout::Sign;

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
        for lane in &process.lanes {
            let tid = lane.thread;
            add(name("thread_name", tid, &lane.label));
            for span in &lane.spans {
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
                        Sign::Torn => json!({ "ended": "cut off" }),
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
