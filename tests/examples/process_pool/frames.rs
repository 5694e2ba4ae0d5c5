//! What travels: frames that are too long, cut at any byte, or no frames at all. To
//! a pool they come from a job that writes into the channel; to a worker, from this
//! program, which starts it as a pool does.

use std::env;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{self, Child, Command};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Serialize;
use support::rounds;

use super::example::pool::{MAX_FRAME, Options, Pool};
use super::hostile::Hostile::{
    self, All, Answer, Echo, Exit, Long, Note, Park, Write as Raw,
};
use super::hostile::{
    PATIENCE, TIMEOUT, Trial, assert_nothing_left, echoed, echoes, is_noted, short,
    started, until,
};

pub const TRIALS: &[Trial] = &[
    ("a job may be so long, and no longer", long_job),
    ("a result may be so long, and no longer", long_result),
    ("a chunk that is too long is sent job by job", long_chunk),
    ("an answer that is cut at any byte", cut_answer),
    ("an answer that is garbage", garbage_answer),
    ("an answer that comes byte after byte, for ever", trickle),
    (
        "a worker whose question is cut at any byte ends",
        cut_question,
    ),
    ("a worker whose question is garbage ends", garbage_question),
    ("a worker that answers nobody ends", nobody_listens),
];

/// What travels with one long text: a byte each for the number of jobs and the
/// variant, and four for the length of the text.
const AROUND: usize = 6;

fn long_job() {
    let pool = Pool::new(1);
    let most = MAX_FRAME - AROUND;
    let result = pool.submit(Long("x".repeat(most))).wait();
    assert_eq!(short([result]), [most.to_string()]);
    let result = short([pool.submit(Long("x".repeat(most + 1))).wait()]).remove(0);
    assert!(result.starts_with("lost: cannot be sent: "), "{result}");
    assert_eq!(short(pool.map(echoes(5))), echoed(5));
}

fn long_result() {
    let pool = Pool::new(1);
    let most = MAX_FRAME - AROUND - 1; // all of them may be an error
    let result = pool.submit(Answer(most)).wait();
    assert!(result.is_ok_and(|text| text.len() == most));
    let result = short([pool.submit(Answer(most + 1)).wait()]).remove(0);
    assert!(result.starts_with("lost: cannot be sent: "), "{result}");
    assert_eq!(short(pool.map(echoes(5))), echoed(5));
}

/// Of two long jobs and two short ones.
fn long_chunk() {
    let half = MAX_FRAME / 2;
    let options = Options {
        workers: Some(1),
        chunk: Some(2),
        ..Options::default()
    };
    let pool = Pool::with(options);
    let long = Long("x".repeat(half));
    let results = pool.map([long.clone(), long, Echo(1), Echo(2)]);
    assert_eq!(
        short(results),
        [&half.to_string(), &half.to_string(), "1", "2"]
    );
    let results = pool.map([Answer(half), Answer(half), Echo(1), Echo(2)]);
    let lengths = results.into_iter().map(|result| result.unwrap().len());
    assert!(lengths.eq([half, half, 1, 1]));
    // A worker was lost for each of the two chunks that were too long.
    assert_eq!(started().len(), 1 + 2);
}

/// Allocating what four bytes can announce would fail here, and in the workers.
fn little_memory() {
    let limit = getrlimit(Resource::As);
    let little = Rlimit {
        current: Some(2 << 30),
        ..limit
    };
    let set = setrlimit(Resource::As, little);
    assert!(set.is_ok() || cfg!(not(target_os = "linux")), "{set:?}");
}

fn frame(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_le_bytes(), body].concat()
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap()
}

/// The first answer of a worker, if its only job returns this.
fn answer(text: &str) -> Vec<u8> {
    frame(&bytes(&Ok::<_, String>(vec![Ok::<_, String>(text)])))
}

/// The first question of a pool.
fn question(jobs: &[Hostile]) -> Vec<u8> {
    frame(&bytes(&jobs))
}

fn random(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..count).map(next).collect()
}

/// Each question is the first of its worker.
fn a_worker_each() -> Pool {
    let (workers, jobs_per_worker) = (Some(2), Some(1));
    Pool::with(Options {
        workers,
        jobs_per_worker,
        ..Options::default()
    })
}

fn cut_answer() {
    little_memory();
    let answer = answer("cut me");
    let cut = |length| All(vec![Raw(answer[..length].to_vec()), Exit(7)]);
    let jobs = (0..=answer.len()).flat_map(|length| [cut(length), Echo(1)]);
    let mut expected = ["died: code 7", "1"].repeat(answer.len());
    expected.extend(["cut me", "1"]); // this job forges its answer
    assert_eq!(short(a_worker_each().map(jobs)), expected);
}

/// None of these is an answer to a question of one job, and the end of the worker
/// does not say so either.
fn garbage_answer() {
    little_memory();
    let valid = answer("x");
    let body = &valid[4..];
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap();
    let mut garbage = vec![
        u32::MAX.to_le_bytes().to_vec(),
        too_long.to_le_bytes().to_vec(),
        frame(&[]),
        frame(&[0xFF; 30]),
        frame(&body[1..]),
        frame(&body[..body.len() - 1]),
        frame(&[body, &[0]].concat()),
        [&valid[..], &[0, 1, 2]].concat(),
        [&valid[..], &valid[..]].concat(),
        frame(&bytes(&Err::<(), _>("no reason"))),
        frame(&bytes(&Ok::<_, String>(
            Vec::<Result<String, String>>::new(),
        ))),
        frame(&bytes(&Ok::<_, String>(vec![
            Ok::<_, String>("x"),
            Ok("y"),
        ]))),
    ];
    for seed in 0..u64::from(4 * rounds()) {
        let seed = seed + u64::from(process::id()) * 1000; // others in each run
        let bytes = random(seed, 100);
        // A short length alone would be half a frame.
        let bytes = if bytes[3] >= 4 { bytes } else { frame(&bytes) };
        garbage.push(bytes);
    }
    let jobs = garbage
        .into_iter()
        .flat_map(|bytes| [All(vec![Raw(bytes), Park]), Echo(1)]);
    for results in short(a_worker_each().map(jobs)).chunks(2) {
        assert!(results[0].starts_with("lost: "), "{results:?}");
        assert_eq!(results[1], "1");
    }
    // The worker that is still there gets no other job.
    let pool = Pool::new(1);
    let garbage = All(vec![Raw(vec![0xFF; 4]), Park]);
    assert!(short([pool.submit(garbage).wait()])[0].starts_with("lost: "));
    assert_eq!(short([pool.submit(Echo(1)).wait()]), ["1"]);
}

fn trickle() {
    let options = Options {
        workers: Some(1),
        timeout: Some(TIMEOUT),
        ..Options::default()
    };
    let pool = Pool::with(options);
    assert_eq!(
        short(pool.map([Hostile::Trickle, Echo(1)])),
        ["timed out", "1"]
    );
    drop(pool);
    let pool = Pool::new(1);
    let handle = pool.submit(All(vec![Note("runs".into()), Hostile::Trickle]));
    until("it runs", || is_noted("runs"));
    drop(pool);
    assert_eq!(short([handle.wait()]), ["lost: the pool was dropped"]);
    assert_nothing_left();
}

/// A worker that this program talks to.
struct Worker {
    child: Child,
    channel: UnixStream,
}

fn worker() -> Worker {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command.arg("--pool-worker").arg(process::id().to_string());
    let child = command.stdin(OwnedFd::from(theirs)).spawn().unwrap();
    let mut worker = Worker {
        child,
        channel: ours,
    };
    worker.expect(&frame(&[]), "that it is ready");
    worker
}

impl Worker {
    fn send(&mut self, bytes: &[u8]) {
        self.channel.write_all(bytes).unwrap();
    }

    fn expect(&mut self, bytes: &[u8], what: &str) {
        self.channel.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut read = vec![0; bytes.len()];
        self.channel.read_exact(&mut read).expect(what);
        assert_eq!(read, bytes, "{what}");
    }

    /// The exit code, when it has ended.
    fn code(&mut self) -> Option<i32> {
        let mut status = None;
        until("the worker ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

fn cut_question() {
    let jobs = [Echo(1), Long("cut me".into()), Echo(1000)];
    let question = question(&jobs);
    for length in 0..question.len() {
        let mut worker = worker();
        worker.send(&question[..length]);
        worker.channel.shutdown(Shutdown::Write).unwrap();
        assert_eq!(worker.code(), Some(0), "cut after {length} bytes");
    }
    // Whole, byte by byte.
    let mut worker = worker();
    for byte in question {
        worker.send(&[byte]);
    }
    let answers = ["1", "6", "1000"].map(Ok::<_, String>).to_vec();
    worker.expect(&frame(&bytes(&Ok::<_, String>(answers))), "an answer");
    worker.channel.shutdown(Shutdown::Write).unwrap();
    assert_eq!(worker.code(), Some(0));
}

/// The channel stays open: the garbage itself makes it say so, and end.
fn garbage_question() {
    little_memory();
    let valid = question(&[Echo(1)]);
    let body = &valid[4..];
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap();
    let mut garbage = vec![
        u32::MAX.to_le_bytes().to_vec(),
        too_long.to_le_bytes().to_vec(),
        frame(&[]),
        frame(&[0xFF; 30]),
        frame(&body[..body.len() - 1]),
        frame(&[body, &[0]].concat()),
    ];
    for seed in 0..u64::from(rounds()) {
        let seed = seed + u64::from(process::id()) * 1000;
        // No length below 2^30, and no variant that exists.
        let high = random(seed, 100).into_iter().map(|byte| byte | 0x40);
        let bytes: Vec<u8> = high.collect();
        garbage.extend([frame(&bytes), bytes]);
    }
    for bytes in garbage {
        let mut worker = worker();
        worker.send(&bytes);
        assert_eq!(worker.code(), Some(0), "{bytes:?}");
    }
    let mut worker = worker();
    worker.send(&[&valid[..], &[0xFF; 4]].concat());
    worker.expect(&answer("1"), "the answer before the garbage");
    assert_eq!(worker.code(), Some(0));
}

fn nobody_listens() {
    let mut worker = worker();
    worker.send(&question(&[Answer(1 << 20)]));
    worker.channel.read_exact(&mut [0; 100]).unwrap(); // it is busy sending
    drop(std::mem::replace(
        &mut worker.channel,
        UnixStream::pair().unwrap().0,
    ));
    assert_eq!(worker.code(), Some(0));
}
