//! What a span costs: off, on, and on while `cargo timeline` watches the run:
//! `cargo bench -p shared`.

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use timeline::Signals;

/// Each side is measured so often, by turns with the others, in a process of its
/// own.
const ROUNDS: usize = 20;
/// A round is the median of so many batches: few of them lose their core to another
/// program.
const BATCHES: usize = 51;
const SPANS: u32 = 400; // a batch

/// The variable that makes this program measure a round and write it into a file.
const ROUND: &str = "SPAN_ROUND";

fn main() {
    if let Some(file) = env::var_os(ROUND) {
        let mut batches: Vec<Duration> = (0..BATCHES).map(|_| batch()).collect();
        batches.sort();
        let nanoseconds = batches[BATCHES / 2].as_nanos().to_string();
        fs::write(file, nanoseconds).expect("the folder is there");
        return;
    }
    let signals = Signals::handle().expect("signals can be handled");
    let folder = env::temp_dir().join(format!("span-{}", process::id()));
    fs::create_dir(&folder).expect("the folder is new");
    let (result, log) = (folder.join("round"), folder.join("log"));

    let sides = ["off", "on", "on, watched"];
    let mut rounds: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (side, rounds) in sides.iter().zip(&mut rounds) {
            let mut command =
                Command::new(env::current_exe().expect("it has a path"));
            command
                .env(ROUND, &result)
                .env_remove("TIMELINE_LOG")
                .stdin(Stdio::null());
            let ended_well = match *side {
                "off" => command.status().expect("it starts").success(),
                "on" => {
                    let _ = fs::remove_file(&log);
                    command.env("TIMELINE_LOG", &log);
                    command.status().expect("it starts").success()
                }
                _ => timeline::record(&mut command, &signals)
                    .expect("it can be recorded")
                    .is_some_and(|recorded| recorded.status.success()),
            };
            assert!(ended_well, "{side} failed");
            let nanoseconds = fs::read_to_string(&result).expect("it was written");
            let nanoseconds: f64 = nanoseconds.parse().expect("it is a number");
            rounds.push(nanoseconds / f64::from(SPANS));
        }
    }
    let _ = fs::remove_dir_all(folder);
    for (side, rounds) in sides.iter().zip(&mut rounds) {
        rounds.sort_by(f64::total_cmp);
        println!(
            "{side:11}: {:7.1} ns a span (median of {ROUNDS}, {:.1} to {:.1})",
            rounds[ROUNDS / 2],
            rounds[0],
            rounds[ROUNDS - 1],
        );
    }
}

fn batch() -> Duration {
    let start = Instant::now();
    for number in 0..SPANS {
        let _span = shared::span(format_args!("job {}", black_box(number)));
    }
    start.elapsed()
}
