use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::layout::{self, text_width};
use crate::{Lane, Run, Span, Timeline, svg, terminal, trace};

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
            ("two", 2, 2, 1), // its part inside `one`, and the rest
            ("two", 2, 4, 0),
            ("three", 4, 4, 1),
            ("three", 4, 7, 0),
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
    assert_eq!(
        spans(only_lane(&Timeline::read(log, Some(run)))),
        [("work", 0, 500, 0)]
    );
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
        spans(&second.lanes[1]),
        [
            ("sell", 100, 500, 0),
            ("count 12", 200, 400, 1),
            ("lock", 400, 500, 1)
        ]
    );
    let waits: Vec<bool> = second.lanes[1].spans.iter().map(|s| s.wait).collect();
    assert_eq!(waits, [false, false, true]);
    // `sell` twice and `count` once: two groups.
    let groups: Vec<usize> =
        second.lanes[1].spans[..2].iter().map(|s| s.group).collect();
    assert_eq!(groups, [0, 1]);
}

#[test]
fn what_has_no_end_is_torn_and_reaches_to_the_end_of_the_run() {
    let timeline = read(RUN);
    let killed = &timeline.processes[1].lanes[0];
    assert_eq!(
        spans(killed),
        [("lock", 300, 600, 0), ("sell", 600, 900, 0)]
    );
    let torn: Vec<&str> = timeline
        .spans()
        .filter(|span| span.torn)
        .map(|span| &*span.name)
        .collect();
    assert_eq!(torn, ["sell"]);
}

#[test]
fn lanes_have_names_in_their_natural_order() {
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
            ("clerk", vec!["worker-9", "worker-10"])
        ]
    );
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
    let spans: Vec<_> = timeline.lanes().map(spans).collect();
    assert_eq!(spans, [[("a", 0, 1, 0)], [("b", 2, 3, 0)]]);
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

/// Reads and draws whatever the log holds; the spans of a lane always nest.
fn draw_all(log: &[u8]) {
    let timeline = Timeline::read(log, None);
    for lane in timeline.lanes() {
        let mut around: Vec<&Span> = Vec::new();
        for span in &lane.spans {
            assert!(span.begin <= span.end && span.end <= timeline.duration);
            around.truncate(span.depth);
            assert_eq!(around.len(), span.depth, "{span:?}");
            if let Some(outer) = around.last() {
                assert!(outer.begin <= span.begin && span.end <= outer.end);
            }
            around.push(span);
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
    serde_json::from_str::<Value>(&trace).expect("the trace is JSON");
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
    let drawn = terminal::draw(&read(RUN), 60, false);
    let lines: Vec<&str> = drawn.lines().map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "shop        │░children░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░│",
            "clerk       │                                              │",
            "  worker-9  │               ░lock░░░░░░░░░░░╌sell╌╌╌╌╌╌╌╌╌✗│",
            "  worker-10 │     ▐sell████████████████                    │",
            "            │          ▐count 12█░lock░                    │",
            "            └┴────────────────────────┴────────────────────┘",
            "             0                   500 ns",
            "             ██ works   ░░ may wait",
            "             ╌✗ cut off: its process ended here or before",
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
    assert!(
        drawn.contains("others") && drawn.contains("resize"),
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
    assert_eq!(named("thread_name"), ["main", "worker-9", "worker-10"]);
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
