use std::collections::HashMap;
use std::fmt::Write;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::layout::{self, CommonParts, text_width};
use crate::{Lane, Load, Run, Span, Timeline, svg, terminal, trace};

/// A log from its lines, written with spaces for tabs. Times are small, process 1
/// is the first.
fn read(lines: &[&str]) -> Timeline {
    let lines = lines.iter().map(|line| {
        let mut fields = line.splitn(6, ' ');
        let mut field = || fields.next().unwrap_or_default();
        let line = [field(), field(), field(), field(), field(), field()];
        line.join("\t") + "\n"
    });
    let run = Some(Run { root: 1, end: 0 });
    Timeline::read(lines.collect::<String>().as_bytes(), run)
}

fn only_lane(timeline: &Timeline) -> &Lane {
    let mut lanes = timeline.lanes();
    let lane = lanes.next().expect("there is a lane");
    assert!(lanes.next().is_none(), "there is one lane");
    lane
}

/// Name, begin, end and depth of each span.
fn spans(lane: &Lane) -> Vec<(&str, u64, u64, usize)> {
    let span = |span: &'_ Span| (span.begin, span.end, span.depth);
    let spans = lane.spans.iter().map(|s| (&*s.name, span(s)));
    spans
        .map(|(name, (begin, end, depth))| (name, begin, end, depth))
        .collect()
}

/// A run of two processes: nested spans, waits, several threads, and a kill.
const RUN: &[&str] = &[
    "process 1000 1 0 0 shop",
    "thread 1000 1 1 0 main",
    "wait 1000 1 1 0 children",
    "process 1100 2 0 0 shop --clerk 7",
    "thread 1100 2 1 0 worker-10",
    "begin 1100 2 1 0 sell",
    "begin 1200 2 1 1 count 12",
    "thread 1300 2 2 0 worker-9",
    "wait 1300 2 2 0 lock",
    "end 1400 2 1 1 ",
    "wait 1400 2 1 1 lock",
    "end 1500 2 1 0 ",
    "begin 1600 2 2 0 sell",
    "exit 1700 2 1 0 ",
    "end 1800 1 1 7 ",
    "exit 1900 1 1 0 ",
];

#[test]
fn a_span_may_end_after_the_one_around_it() {
    let timeline = read(&[
        "begin 0 1 1 1 one",
        "begin 2 1 1 2 two",
        "end 2 1 1 1 ",
        "begin 4 1 1 3 three",
        "end 4 1 1 2 ",
        "begin 5 1 1 4 four",
        "end 6 1 1 4 ",
        "end 7 1 1 3 ",
    ]);
    assert_eq!(
        spans(only_lane(&timeline)),
        [
            ("one", 0, 2, 0),
            ("two", 2, 4, 1),
            ("three", 4, 7, 0), // the first row that is free
            ("four", 5, 6, 1),
        ]
    );
    assert!(timeline.unreadable.is_empty() && timeline.spans().all(|s| !s.torn));
}

#[test]
fn a_process_that_exits_inside_a_span_cuts_it_off_there() {
    let timeline = read(&[
        "begin 0 1 1 1 work",
        "wait 5 1 1 0 lock",
        "exit 7 1 1 0 ",
        "wait 9 1 2 0 other",
    ]);
    let lane = &timeline.processes[0].lanes[0];
    assert_eq!(spans(lane), [("work", 0, 7, 0), ("lock", 5, 7, 1)]);
    assert!(lane.spans[0].torn && !lane.spans[1].torn);
}

#[test]
fn a_wait_whose_end_is_lost_at_the_exit_ends_with_the_process() {
    // A scope does not wait until its threads have said that they end.
    let timeline = read(&[
        "wait 0 1 1 0 threads",
        "wait 1 1 2 0 job",
        "exit 5 1 1 0 ",
        "wait 6 1 3 0 never",
        "wait 9 2 1 0 other",
    ]);
    let lane = |thread: usize| &timeline.processes[0].lanes[thread - 1];
    assert_eq!(spans(lane(2)), [("job", 1, 5, 0)]);
    assert!(!lane(2).spans[0].torn && lane(3).spans[0].torn);
}

#[test]
fn the_end_of_the_run_may_be_later_than_its_last_event() {
    let log = b"begin\t100\t1\t1\t1\twork\n";
    let run = Run { root: 1, end: 600 };
    let timeline = Timeline::read(log, Some(run));
    assert_eq!(timeline.duration, 500);
    assert_eq!(spans(only_lane(&timeline)), [("work", 0, 0, 0)]);
}

#[test]
fn spans_nest_and_a_wait_ends_with_the_next_event() {
    let timeline = read(RUN);
    assert_eq!(timeline.duration, 900);
    assert_eq!(timeline.unreadable, [15], "an end without a beginning");
    let [first, second] = &timeline.processes[..] else {
        panic!("two processes")
    };
    assert_eq!(spans(&first.lanes[0]), [("children", 0, 900, 0)]);
    assert_eq!(
        spans(&second.lanes[0]),
        [
            ("sell", 100, 500, 0),
            ("count 12", 200, 400, 1),
            ("lock", 400, 500, 1)
        ]
    );
    let waits: Vec<bool> = second.lanes[0].spans.iter().map(|s| s.wait).collect();
    assert_eq!(waits, [false, false, true]);
    // `sell` twice and `count` once: two groups.
    let groups: Vec<usize> =
        second.lanes[0].spans[..2].iter().map(|s| s.group).collect();
    assert_eq!(groups, [0, 1]);
}

#[test]
fn what_has_no_end_is_torn_at_the_end_of_its_process() {
    let gone = [RUN, &["gone 1850 2 0 0 "]].concat();
    // Where that is not known, the bar fades after the last event of its process.
    for (log, end, fades) in [(RUN, 700, true), (&gone, 850, false)] {
        let timeline = read(log);
        let killed = &timeline.processes[1].lanes[1];
        assert_eq!(
            spans(killed),
            [("lock", 300, 600, 0), ("sell", 600, end, 0)]
        );
        let torn: Vec<(&str, bool)> = timeline
            .spans()
            .filter(|span| span.torn)
            .map(|span| (&*span.name, span.fades))
            .collect();
        assert_eq!(torn, [("sell", fades)]);
    }
}

#[test]
fn waits_and_spans_of_all_threads_end_with_their_process() {
    let timeline = read(&[
        "begin 0 1 1 1 outer",
        "begin 2 1 1 2 inner",
        "wait 3 1 1 0 lock",
        "wait 4 1 2 0 job",
        "gone 8 1 0 0 ",
        "begin 20 2 1 1 other",
        "end 30 2 1 1 ",
    ]);
    let lanes = &timeline.processes[0].lanes;
    assert_eq!(
        spans(&lanes[0]),
        [("outer", 0, 8, 0), ("inner", 2, 8, 1), ("lock", 3, 8, 2)]
    );
    assert_eq!(spans(&lanes[1]), [("job", 4, 8, 0)]);
    let cut = lanes.iter().flat_map(|lane| &lane.spans);
    assert!(cut.clone().all(|span| span.torn && !span.fades));
}

#[test]
fn the_end_of_a_run_is_not_before_what_its_processes_wrote() {
    // The clock of the watcher is behind the one of the process.
    let timeline = read(&["begin 5 1 1 1 a", "wait 9 1 1 0 b", "gone 7 1 0 0 "]);
    assert_eq!(
        spans(only_lane(&timeline)),
        [("a", 0, 4, 0), ("b", 4, 4, 1)]
    );
}

#[test]
fn lanes_stand_in_the_order_of_their_first_events() {
    let timeline = read(RUN);
    let names: Vec<(&str, Vec<&str>)> = timeline
        .processes
        .iter()
        .map(|p| (&*p.label, p.lanes.iter().map(|lane| &*lane.label).collect()))
        .collect();
    assert_eq!(
        names,
        [
            ("shop", vec!["main"]),
            ("clerk", vec!["worker-10", "worker-9"])
        ]
    );
}

#[test]
fn where_first_events_look_the_same_names_and_ids_give_the_order() {
    const MS: u64 = 1_000_000;
    let mut log = String::new();
    let mut add = |time: u64, process: u32, thread: usize, name: &str| {
        let _ = writeln!(log, "thread\t{time}\t{process}\t{thread}\t0\t{name}");
        let _ = writeln!(log, "wait\t{time}\t{process}\t{thread}\t0\tx");
    };
    add(0, 9, 1, "b-10");
    add(2 * MS, 9, 2, "b-9");
    add(3 * MS, 9, 3, "main");
    add(5 * MS, 9, 4, "a"); // 4 ms are a pixel
    add(6 * MS, 1, 1, "main");
    add(14 * MS, 7, 1, "main"); // started together, but this one was quick
    add(16 * MS, 6, 1, "main");
    add(40 * MS, 3, 1, "main");
    let run = Run {
        root: 1,
        end: 2000 * MS,
    };
    let timeline = Timeline::read(log.as_bytes(), Some(run));
    let ids: Vec<u32> = timeline.processes.iter().map(|p| p.id).collect();
    assert_eq!(ids, [9, 1, 6, 7, 3]);
    let lanes = timeline.processes[0].lanes.iter();
    let labels: Vec<&str> = lanes.map(|lane| &*lane.label).collect();
    assert_eq!(labels, ["main", "b-9", "b-10", "a"]);
}

#[test]
fn equal_names_get_numbers() {
    let timeline = read(&[
        "process 1 1 0 0 pool",
        "process 1 2 0 0 pool",
        "process 1 3 0 0 pool",
        "thread 1 2 1 0 worker",
        "thread 1 2 2 0 worker",
        "thread 1 2 3 0 ",
        "wait 1 2 1 0 job",
        "wait 1 2 2 0 job",
        "wait 1 2 3 0 job",
        "wait 1 3 1 0 job",
    ]);
    let labels: Vec<&str> = timeline.processes.iter().map(|p| &*p.label).collect();
    assert_eq!(labels, ["child 1", "child 2"], "process 1 recorded nothing");
    let labels: Vec<&str> = timeline.processes[0]
        .lanes
        .iter()
        .map(|lane| &*lane.label)
        .collect();
    assert_eq!(labels, ["thread 3", "worker 1", "worker 2"]);
}

#[test]
fn a_process_id_may_come_again() {
    let timeline = read(&[
        "process 1 1 0 0 first",
        "begin 1 1 1 0 a",
        "exit 2 1 1 0 ",
        "process 3 1 0 0 second",
        "begin 3 1 1 0 b",
        "exit 4 1 1 0 ",
    ]);
    let all: Vec<_> = timeline.lanes().map(spans).collect();
    assert_eq!(all, [[("a", 0, 1, 0)], [("b", 2, 3, 0)]]);

    // Each has an end of its own.
    let timeline = read(&[
        "process 1 1 0 0 first",
        "begin 1 1 1 1 a",
        "gone 4 1 0 0 ",
        "process 5 1 0 0 second",
        "begin 5 1 1 2 b",
        "gone 9 1 0 0 ",
    ]);
    let all: Vec<_> = timeline.lanes().map(spans).collect();
    assert_eq!(all, [[("a", 0, 3, 0)], [("b", 4, 8, 0)]]);
}

#[test]
fn one_lost_line_costs_one_end() {
    // The end of the inner span is lost: it ends with the outer one.
    let timeline = read(&[
        "begin 0 1 1 0 outer",
        "begin 1 1 1 1 inner",
        "end 2 1 1 0 ",
        "begin 3 1 1 0 next",
        "end 4 1 1 0 ",
    ]);
    assert_eq!(
        spans(only_lane(&timeline)),
        [("outer", 0, 2, 0), ("inner", 1, 2, 1), ("next", 3, 4, 0)]
    );
    // The beginning of the outer span is lost.
    let timeline = read(&[
        "begin 1 1 1 1 inner",
        "end 2 1 1 1 ",
        "end 3 1 1 0 ",
        "begin 4 1 1 0 next",
        "end 5 1 1 0 ",
    ]);
    assert_eq!(timeline.unreadable, [3]);
    assert_eq!(
        spans(only_lane(&timeline)),
        [("inner", 0, 1, 0), ("next", 3, 4, 0)]
    );
    assert!(timeline.spans().all(|span| !span.torn));
}

#[test]
fn a_line_is_cut_foreign_or_whole() {
    for (lines, unreadable) in [
        ("begin\t1\t1\t1\t0\tjob\n", vec![]),
        ("begin\t1\t1\t1\t0\tjo", vec![1]),
        ("begin\t1\t1\t1\t0\n", vec![1]),
        ("\n", vec![1]),
        ("hello\n\nbegin\t1\t1\t1\t0\tjob\n", vec![1, 2]),
        ("sleep\t1\t1\t1\t0\tjob\n", vec![1]),
        ("begin\t-1\t1\t1\t0\tjob\n", vec![1]),
        ("begin\t1\t99999999999\t1\t0\tjob\n", vec![1]),
    ] {
        let timeline = Timeline::read(lines.as_bytes(), None);
        assert_eq!(timeline.unreadable, unreadable, "{lines:?}");
        let readable = lines.lines().count() - unreadable.len();
        assert_eq!(timeline.spans().count(), readable, "{lines:?}");
    }
}

/// A log as long as a small run's, in bytes.
fn log() -> Vec<u8> {
    let lines = RUN.iter().map(|line| {
        let mut line = line.replacen(' ', "\t", 5);
        line.push('\n');
        line.into_bytes()
    });
    lines.collect::<Vec<_>>().concat()
}

/// Reads and draws whatever the log holds; the spans of a row never overlap, and
/// those of a track of the trace nest.
fn draw_all(log: &[u8]) {
    let timeline = Timeline::read(log, None);
    for lane in timeline.lanes() {
        for span in &lane.spans {
            assert!(span.begin <= span.end && span.end <= timeline.duration);
        }
        for depth in 0..lane.depth() {
            let row = lane.spans.iter().filter(|span| span.depth == depth);
            assert!(row.is_sorted_by(|a, b| a.end <= b.begin), "{lane:?}");
        }
    }
    for (width, colour) in [(0, false), (80, true), (250, false)] {
        let _ = terminal::draw(&timeline, width, colour);
    }
    let picture = svg::draw(&timeline, "a <run> & \"more\" of 'it'");
    roxmltree::Document::parse(&picture).expect("the picture is XML");
    let trace = trace::write(&timeline);
    let trace: Value = serde_json::from_str(&trace).expect("the trace is JSON");
    assert_tracks_nest(&trace, timeline.spans().count());
}

/// Fails unless the trace has so many spans and those of each track nest.
fn assert_tracks_nest(trace: &Value, count: usize) {
    let mut tracks: HashMap<(u64, u64), Vec<(f64, f64)>> = HashMap::new();
    let mut seen = 0;
    for event in trace["traceEvents"].as_array().expect("there are events") {
        if event["name"] == "process_name" {
            // In a broken log an id may belong to two processes at once.
            tracks.clear();
        }
        if event["ph"] != "X" {
            continue;
        }
        seen += 1;
        let id = |field: &str| event[field].as_u64().expect("it is a number");
        let time = |field: &str| event[field].as_f64().expect("it is a time");
        let (begin, end) = (time("ts"), time("ts") + time("dur"));
        let around = tracks.entry((id("pid"), id("tid"))).or_default();
        // Far less than a nanosecond, or as exact as the numbers of JSON.
        let exact = 1e-6 + 1e-12 * end;
        while around.pop_if(|outer| outer.1 <= begin + exact).is_some() {}
        let inside = around.last().is_none_or(|outer| end <= outer.1 + exact);
        assert!(inside, "{event} is not inside {around:?}");
        around.push((begin, end));
    }
    assert_eq!(seen, count);
}

#[test]
fn a_log_cut_anywhere_is_drawn_as_far_as_it_goes() {
    let log = log();
    for end in 0..=log.len() {
        draw_all(&log[..end]);
        draw_all(&log[end..]);
    }
}

#[test]
fn a_log_broken_anyhow_is_drawn_as_far_as_it_goes() {
    let log = log();
    let mut random = StdRng::seed_from_u64(1);
    for _ in 0..3_000 {
        let mut broken = log.clone();
        for _ in 0..random.random_range(1..20) {
            let at = random.random_range(0..broken.len());
            match random.random_range(0..5) {
                0 => broken[at] = random.random(),
                1 => broken[at] = b'0' + random.random_range(0..10),
                2 => drop(broken.remove(at)),
                3 => broken.insert(at, b"\t\n97"[at % 4]),
                _ => {
                    let mut lines: Vec<&[u8]> =
                        broken.split_inclusive(|&b| b == b'\n').collect();
                    lines.shuffle(&mut random);
                    broken = lines.concat();
                }
            }
        }
        draw_all(&broken);
    }
    let noise: Vec<u8> = (0..100_000).map(|_| random.random()).collect();
    draw_all(&noise);
}

#[test]
fn strange_names_and_times_are_drawn() {
    for name in [
        "",
        " ",
        "\u{1b}[31m",
        "汉字汉字",
        "👩‍👩‍👧‍👦",
        "e\u{301}\u{301}",
        "\u{fffe}",
        "<&\">",
        "a\tb",
        "\u{202e}x",
        &"long ".repeat(1000),
    ] {
        let log = format!(
            "begin\t1\t1\t1\t0\t{name}\nbegin\t2\t1\t1\t1\t{name}\n\
             wait\t3\t1\t1\t2\t{name}\nend\t4\t1\t1\t1\t\nexit\t9\t1\t1\t0\t\n"
        );
        draw_all(log.as_bytes());
        let drawn =
            terminal::draw(&Timeline::read(log.as_bytes(), None), 100, false);
        assert!(!drawn.contains('\u{1b}'));
    }
    for [from, to] in [
        [0, 0],
        [0, u64::MAX],
        [u64::MAX, 0],
        [5, 6],
        [7, 1_000_000_007],
    ] {
        let log = format!(
            "begin\t{from}\t1\t1\t0\ta\nend\t{to}\t1\t1\t0\t\n\
             wait\t{to}\t1\t1\t0\tb\n"
        );
        draw_all(log.as_bytes());
    }
}

#[test]
fn every_line_is_as_wide_as_the_terminal() {
    let run = RUN.iter().map(|line| line.replace("sell", "汉字é"));
    let run: Vec<String> = run.collect();
    let timeline = read(&run.iter().map(String::as_str).collect::<Vec<_>>());
    for width in [20, 40, 79, 80, 200] {
        let drawn = terminal::draw(&timeline, width, false);
        let lanes = drawn.lines().filter(|line| line.ends_with(['│', '┘']));
        let widths: Vec<usize> = lanes.map(text_width).collect();
        assert!(widths.len() >= 6, "{drawn}");
        assert!(
            widths.iter().all(|&drawn| drawn == width),
            "{widths:?}\n{drawn}"
        );
    }
}

#[test]
fn a_drawing_shows_work_waiting_and_what_was_cut_off() {
    let run = [RUN, &["gone 1780 2 0 0 "]].concat();
    let drawn = terminal::draw(&read(&run), 60, false);
    let lines: Vec<&str> = drawn.lines().map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "shop        │░children░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░│",
            "clerk       │                                              │",
            "  worker-10 │     ▐sell████████████████                    │",
            "            │          ▐count 12█░lock░                    │",
            "  worker-9  │               ░lock░░░░░░░░░░░╌sell╌╌╌✗      │",
            "            └┴────────────────────────┴────────────────────┘",
            "             0                   500 ns",
            "             ██ works   ░░ may wait",
            "             ╌✗ cut off: its process ended here",
        ]
    );
}

#[test]
fn what_failed_keeps_its_cross_when_the_name_is_long() {
    let timeline = read(&[
        "begin 0 1 1 0 a",
        "end 40 1 1 0 ",
        "begin 40 1 1 0 a name that is too long",
        "end 70 1 1 0 panic",
        "begin 70 1 1 0 another that is too long",
        "wait 100 1 2 0 x",
        "gone 100 1 0 0 ",
    ]);
    let panicked: Vec<bool> = timeline.spans().map(|span| span.panicked).collect();
    assert_eq!(panicked, [false, true, false, false]);
    let drawn = terminal::draw(&timeline, 61, false);
    let lane = drawn.lines().next().unwrap();
    assert_eq!(
        lane,
        "thread 1 │▐a██████████████████▐a name that…█✗╌another that…✗│"
    );
    for text in ["██ works", "█✗ ended by a panic", "╌✗ cut off"] {
        assert!(drawn.contains(text), "no {text}:\n{drawn}");
    }
    let picture = svg::draw(&timeline, "run");
    assert_eq!(
        picture.matches("class='cut'").count(),
        3,
        "x is cut off, too"
    );
}

#[test]
fn names_that_come_once_share_a_colour() {
    let names = ["cat.jpg", "resize", "dog.jpg", "resize"];
    let lines = names.iter().enumerate().flat_map(|(time, name)| {
        let begin = format!("begin {time} 1 1 {time} {name}");
        [begin, format!("end {} 1 1 {time} ", time + 1)]
    });
    let lines: Vec<String> = lines.collect();
    let timeline = read(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let groups: Vec<usize> = timeline.spans().map(|span| span.group).collect();
    assert_eq!(groups, [0, 1, 0, 1]);
    let drawn = terminal::draw(&timeline, 80, true);
    // They have no word in common that the legend could say.
    let legend = drawn.lines().last().unwrap();
    assert!(
        legend.contains("resize") && !legend.contains("jpg"),
        "{drawn}"
    );
}

#[test]
fn a_legend_of_one_colour_is_left_out() {
    let one = ["begin 0 1 1 0 count 1", "end 1 1 1 0 "];
    let wait = [&one[..], &["wait 2 1 1 0 lock", "exit 3 1 1 0 "]].concat();
    for (lines, entries) in [(&one[..], 0), (&wait, 2)] {
        let timeline = read(lines);
        for colours in [0, 6] {
            assert_eq!(layout::legend(&timeline, colours).len(), entries);
        }
        let drawn = terminal::draw(&timeline, 80, false);
        assert_eq!(drawn.lines().count(), if entries == 0 { 3 } else { 4 });
    }
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    assert!(!terminal::draw(&read(RUN), 80, false).contains('\u{1b}'));
    assert!(terminal::draw(&read(RUN), 80, true).contains("\u{1b}[31m"));
}

#[test]
fn many_short_spans_are_seen() {
    let mut lines =
        vec!["begin 0 1 1 0 first".to_owned(), "end 1 1 1 0 ".to_owned()];
    lines.push("begin 1000000 1 1 0 last".into());
    lines.push("end 1000001 1 1 0 ".into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let drawn = terminal::draw(&read(&lines), 80, false);
    assert_eq!(
        drawn.lines().next().unwrap().matches('▏').count(),
        2,
        "{drawn}"
    );
}

#[test]
fn times_have_three_digits_and_a_unit() {
    for (nanoseconds, text) in [
        (0, "0 ns"),
        (850, "850 ns"),
        (1_500, "1.50 µs"),
        (12_340, "12.3 µs"),
        (310_000_000, "310 ms"),
        (999_600_000, "1000 ms"),
        (1_254_000_000, "1.25 s"),
        (3_600_000_000_000, "3600 s"),
    ] {
        assert_eq!(layout::time(nanoseconds), text);
    }
}

#[test]
fn marks_are_round_and_not_too_many() {
    let marks = |duration, most| -> Vec<String> {
        layout::marks(duration, most)
            .into_iter()
            .map(|(_, text)| text)
            .collect()
    };
    assert_eq!(
        marks(1_004_000_000, 5),
        ["0", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1.0 s"]
    );
    assert_eq!(marks(120_000_000, 3), ["0", "50 ms", "100 ms"]);
    assert_eq!(marks(0, 5), ["0"]);
    let mut random = StdRng::seed_from_u64(2);
    for _ in 0..10_000 {
        let duration = random.random::<u64>() >> random.random_range(0..64);
        let most = random.random_range(1..20);
        let marks = layout::marks(duration, most);
        assert!(marks.len() as u64 <= most + 1);
        assert!(marks.iter().all(|(at, _)| *at <= duration));
        let mut texts: Vec<&String> = marks.iter().map(|(_, text)| text).collect();
        texts.dedup();
        assert_eq!(texts.len(), marks.len(), "{texts:?}");
    }
}

#[test]
fn the_picture_has_a_fill_for_each_sign() {
    let picture = svg::draw(&read(RUN), "run");
    let picture = roxmltree::Document::parse(&picture).unwrap();
    let mut fills: Vec<&str> = picture
        .descendants()
        .filter(|node| node.has_tag_name("g"))
        .filter_map(|bar| bar.children().find(|node| node.has_tag_name("rect")))
        .map(|bar| bar.attribute("fill").unwrap())
        .collect();
    fills.sort_unstable();
    let (wait, torn) = ("url(#timeline-wait)", "url(#timeline-torn)");
    assert_eq!(fills, ["#77aadd", "#eedd88", torn, wait, wait, wait]);
    let words = ["sell", "count 12", "may wait", "cut off: its process ended"];
    for words in words {
        let legend = picture.descendants().filter(|node| {
            node.attribute("class") == Some("quiet")
                && node.text().is_some_and(|text| text.starts_with(words))
        });
        assert_eq!(legend.count(), 1, "{words}");
    }
}

#[test]
fn thousands_in_a_pixel_are_one_bar() {
    let mut lines: Vec<String> = (0..20_000)
        .map(|n| {
            let name = if n % 2 == 0 { "queue" } else { "worker" };
            format!("wait {} 1 1 0 {name}", 10 * n)
        })
        .collect();
    lines.push("begin 200000 1 1 1 count".into());
    lines.push("end 400000 1 1 1 ".into());
    lines.push("begin 400000 1 1 2 count".into()); // cut off at once
    let timeline = read(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let picture = svg::draw(&timeline, "run");
    assert_eq!(picture.matches("<g>").count(), 3, "{picture}");
    assert!(
        picture.contains("waits for queue, and 19999 more: "),
        "{picture}"
    );
}

#[test]
fn the_trace_names_processes_and_threads() {
    let trace: Value = serde_json::from_str(&trace::write(&read(RUN))).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let named = |what: &str| -> Vec<&str> {
        let events = events.iter().filter(|event| event["name"] == what);
        events
            .filter_map(|event| event["args"]["name"].as_str())
            .collect()
    };
    assert_eq!(named("process_name"), ["shop", "clerk"]);
    assert_eq!(named("thread_name"), ["main", "worker-10", "worker-9"]);
    let cut = events
        .iter()
        .filter(|event| event["args"]["ended"] == "cut off");
    assert_eq!(cut.count(), 1);
    let count = events
        .iter()
        .find(|event| event["name"] == "count 12")
        .unwrap();
    assert_eq!(
        (count["ts"].as_f64(), count["dur"].as_f64()),
        (Some(0.2), Some(0.2))
    );
    assert_eq!(
        (count["pid"].as_u64(), count["tid"].as_u64()),
        (Some(2), Some(1))
    );
}

#[test]
fn a_bar_whose_end_is_not_known_fades() {
    let log = [
        "begin 0 1 1 1 short",
        "begin 900 2 1 1 late",
        "end 1000 2 1 1 ",
    ];
    let timeline = read(&log);
    let drawn = terminal::draw(&timeline, 60, false);
    assert!(drawn.contains("│╌╌╌✗ short  "), "{drawn}");
    assert!(drawn.contains("here or later"), "{drawn}");
    let picture = svg::draw(&timeline, "run");
    let width = "width='40.00' height='19' fill='url(#timeline-fade)'";
    assert!(picture.contains(width), "{picture}");
    // Also at the right edge.
    let timeline = read(&log[..2]);
    for picture in [
        svg::draw(&timeline, "run"),
        terminal::draw(&timeline, 60, false),
    ] {
        assert!(!picture.contains("-0"), "{picture}");
    }
}

#[test]
fn what_is_cut_off_at_once_has_its_name_behind_the_cross() {
    let timeline = read(&[
        "begin 0 1 1 1 a long name",
        "wait 0 1 1 0 lock",
        "gone 1 1 0 0 ",
        "wait 500 2 1 0 x",
        "gone 1000 2 0 0 ",
    ]);
    let drawn = terminal::draw(&timeline, 60, false);
    for name in ["✗ a long name   ", "✗ lock   "] {
        assert!(drawn.contains(name), "{drawn}");
    }
    let picture = svg::draw(&timeline, "run");
    for name in [">a long name</text>", ">lock</text>"] {
        assert!(picture.contains(name), "{picture}");
    }
}

#[test]
fn a_name_that_does_not_fit_keeps_the_part_in_which_it_differs() {
    for (names, width, shortened) in [
        (&["10000000", "10000001", "10000007"][..], 4, "…007"),
        (&["10000000", "10000001", "10000007"], 2, "…7"),
        (&["10000000", "10000001", "10000007"], 8, "10000007"),
        (&["resize photo 12", "resize photo 7"], 8, "…photo 7"),
        (&["resize photo 12", "resize photo 7"], 7, "…7"),
        (&["photo-001.jpg", "photo-002.jpg"], 8, "…002.jpg"),
        (&["photo-001.jpg", "photo-002.jpg"], 6, "…2.jpg"),
        (&["photo-001.jpg", "photo-002.jpg"], 5, "…2.j…"),
        (&["a b", "a b c", "a b d"], 2, "…d"),
        (&["count to 100", "count to 100"], 8, "count t…"),
        (&["load prices", "write results"], 6, "write…"),
        (&["字 汉一", "字 汉二"], 4, "…二"),
    ] {
        let lines = names.iter().zip(0..).flat_map(|(name, time)| {
            [
                format!("begin {time} 1 1 {time} {name}"),
                format!("end {time} 1 1 {time} "),
            ]
        });
        let lines: Vec<String> = lines.collect();
        let timeline = read(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let last = timeline.spans().last().unwrap();
        let short = CommonParts::of(&timeline).shortened(last, width);
        assert_eq!(short, shortened, "{names:?}");
    }
}

#[test]
fn names_of_lanes_are_cut_inside() {
    for (label, width, shortened) in [
        ("worker", 6, "worker"),
        ("a-very-long-name-12", 10, "a-ver…e-12"),
        ("a-very-long-name-12", 5, "a-…12"),
        ("a-very-long-name-12", 4, "a-v…"),
        ("汉字汉字汉字", 7, "汉字…字"),
    ] {
        let short = layout::shortened_inside(label, width);
        assert_eq!(short, shortened);
        assert!(text_width(&short) <= width);
    }
}

/// A log of a thread whose spans are all open at once.
fn open_at_once(count: usize, last_out_first: bool) -> String {
    let mut log = String::new();
    for span in 1..=count {
        let _ = writeln!(log, "begin\t{span}\t1\t1\t{span}\tspan {span}");
    }
    for end in 1..=count {
        let span = if last_out_first { count + 1 - end } else { end };
        let _ = writeln!(log, "end\t{}\t1\t1\t{span}\t", count + end);
    }
    log
}

#[test]
fn spans_that_are_open_at_once_are_one_span_each() {
    for (count, last_out_first) in [(2000, false), (100_000, true)] {
        let log = open_at_once(count, last_out_first);
        let timeline = Timeline::read(log.as_bytes(), None);
        assert_eq!(timeline.spans().count(), count);
        assert_eq!(only_lane(&timeline).depth(), count);
        let trace = trace::write(&timeline);
        assert!(trace.len() < 300 * count, "{} bytes", trace.len());
        assert_tracks_nest(&serde_json::from_str(&trace).unwrap(), count);
        // No more rows than a page has room for, and a word on the others.
        let words = format!("… {} more levels, not drawn", count - 12);
        let drawn = terminal::draw(&timeline, 80, false);
        assert!(
            drawn.contains(&words) && drawn.lines().count() < 20,
            "{drawn}"
        );
        let picture = svg::draw(&timeline, "run");
        assert!(
            picture.contains(&words) && picture.len() < 10_000,
            "{picture}"
        );
    }
}

#[test]
fn spans_that_overlap_one_after_the_other_take_two_rows() {
    let mut log = String::from("begin\t0\t1\t1\t0\tspan\n");
    for span in 1..100_000 {
        let _ = writeln!(log, "begin\t{span}\t1\t1\t{span}\tspan");
        let _ = writeln!(log, "end\t{span}\t1\t1\t{}\t", span - 1);
    }
    let timeline = Timeline::read(log.as_bytes(), None);
    assert_eq!(timeline.spans().count(), 100_000);
    assert_eq!(only_lane(&timeline).depth(), 2);
}

#[test]
fn the_load_of_others_is_what_is_neither_idle_nor_own() {
    let machine = |user, idle, steal| {
        format!("cpu  {user} 20 30 {idle} 5 1 2 {steal} 7 8\ncpu0 1 2 3\n")
    };
    let process =
        |own| format!("12 (a) b) S 1 2 3 4 5 6 7 8 9 10 {own} 3 20 1 9 9\n");
    let load =
        |machine: &str, process: &str| Load::parse(machine, process).unwrap();
    let before = load(&machine(1000, 5000, 0), &process("10 11 12"));
    for (user, idle, steal, own, others) in [
        (1100, 5100, 0, "60 31 42", 0.0), // all 100 ticks of 200 were own
        (1100, 5100, 0, "60 11 12", 25.0),
        (1100, 5000, 100, "10 11 112", 50.0), // stolen by another machine
        (1000, 5200, 0, "10 11 12", 0.0),
        (1000, 5200, 0, "10 11 92", 0.0), // counted late
        (1000, 5000, 0, "10 11 12", 0.0), // no time has passed
    ] {
        let after = load(&machine(user, idle, steal), &process(own));
        let measured = after.others_since(&before);
        assert!((measured - others).abs() < 1e-9, "{measured}, not {others}");
    }
    for (machine, process) in
        [("", ""), ("cpu 1 2 3", "1 (a) S 1"), ("intr 5", "x")]
    {
        assert_eq!(Load::parse(machine, process), None);
    }
}
