//! What only one example promises, and what the promises for all examples have to
//! know about it: a file each, `examples/NAME.rs`. An example with nothing of its
//! own needs none.

mod actor;
mod async_downloads;
mod bank_account;
mod barrier;
mod bounded_buffer;
mod child_timeout;
mod crash_isolation;
mod database_queries;
mod deadlock;
mod download_pool;
mod download_sites;
mod downloads;
mod event;
mod file_lock;
mod gil;
mod global_state;
mod graceful_shutdown;
mod hybrid;
mod image_processing;
mod ipc_compared;
mod job_queue;
mod lock_held_too_long;
mod locked_counter;
mod lost_update;
mod manager;
mod mixed_workload;
mod parallel_pitfalls;
mod parallel_sum;
mod pipe_deadlock;
mod pipes;
mod poisoned_lock;
mod print_numbers_process;
pub mod process_pool;
mod producer_consumer;
mod publish;
mod reader_writer;
mod responsive_prompt;
mod semaphore;
mod sentinel_queue;
mod shared_memory;
mod stop_thread;
mod sum_of_squares;
mod task_granularity;
mod tcp_server;
mod thread_queue;
mod threads_vs_processes;
mod unix_socket;
mod word_count;

use libtest_mimic::Trial;

/// What is special about an example.
pub struct Special {
    pub name: &'static str,
    /// Arguments that the program refuses: the exit code, and what its one line
    /// names.
    pub refused: &'static [(&'static [&'static str], i32, &'static str)],
    /// Arguments with which the Rust and the Python program are compared, too.
    pub compared: &'static [&'static [&'static str]],
    /// Why the Python program cannot print the same. Then the chapter has a console
    /// fence for each of them.
    pub own_output: Option<&'static str>,
    /// What differs from run to run, as a regular expression: random values, or how
    /// many cores there are and what they are worth. Its first group stays.
    pub random: Option<&'static str>,
    /// Actors that take from one queue, or put into it: which of them does what
    /// differs from run to run. Their lines count as those of one, in any order.
    pub interchangeable: Option<&'static str>,
    /// Without `shared` there is no local web site: the program needs URLs.
    pub needs_urls: bool,
    /// Its files have names that others have to find, so a temporary folder stays
    /// when it is killed with SIGKILL.
    pub leaves_files_when_killed: bool,
    /// What only this example promises.
    pub trials: fn() -> Vec<Trial>,
}

impl Special {
    /// Nothing is.
    const NOTHING: Self = Self {
        name: "",
        refused: &[],
        compared: &[],
        own_output: None,
        random: None,
        interchangeable: None,
        needs_urls: false,
        leaves_files_when_killed: false,
        trials: Vec::new,
    };
}

/// All that there is, in the order in which the trials begin: what takes longest
/// first.
pub const ALL: &[Special] = &[
    threads_vs_processes::SPECIAL,
    process_pool::SPECIAL,
    actor::SPECIAL,
    async_downloads::SPECIAL,
    bank_account::SPECIAL,
    barrier::SPECIAL,
    bounded_buffer::SPECIAL,
    child_timeout::SPECIAL,
    crash_isolation::SPECIAL,
    database_queries::SPECIAL,
    deadlock::SPECIAL,
    download_pool::SPECIAL,
    download_sites::SPECIAL,
    event::SPECIAL,
    file_lock::SPECIAL,
    gil::SPECIAL,
    global_state::SPECIAL,
    graceful_shutdown::SPECIAL,
    hybrid::SPECIAL,
    image_processing::SPECIAL,
    ipc_compared::SPECIAL,
    job_queue::SPECIAL,
    lock_held_too_long::SPECIAL,
    locked_counter::SPECIAL,
    lost_update::SPECIAL,
    manager::SPECIAL,
    mixed_workload::SPECIAL,
    parallel_pitfalls::SPECIAL,
    parallel_sum::SPECIAL,
    pipe_deadlock::SPECIAL,
    pipes::SPECIAL,
    poisoned_lock::SPECIAL,
    print_numbers_process::SPECIAL,
    producer_consumer::SPECIAL,
    publish::SPECIAL,
    reader_writer::SPECIAL,
    responsive_prompt::SPECIAL,
    semaphore::SPECIAL,
    sentinel_queue::SPECIAL,
    shared_memory::SPECIAL,
    stop_thread::SPECIAL,
    sum_of_squares::SPECIAL,
    task_granularity::SPECIAL,
    tcp_server::SPECIAL,
    thread_queue::SPECIAL,
    unix_socket::SPECIAL,
    word_count::SPECIAL,
];

/// What is special about the example with this name.
pub fn special(name: &str) -> &'static Special {
    let found = ALL.iter().find(|special| special.name == name);
    found.unwrap_or(&Special::NOTHING)
}

/// All trials that are about one example.
pub fn trials() -> Vec<Trial> {
    ALL.iter().flat_map(|special| (special.trials)()).collect()
}
