//! Forms of statements that lock, and whether the lock is still held after them, or
//! inside the block that belongs to them.

use std::sync::Mutex;

type Jobs = Mutex<Vec<u32>>;

/// Prints a line for each form.
pub fn print_all() {
    let jobs = Jobs::new(vec![1, 2, 3, 4, 5]); // as many as are taken out below
    after_let(&jobs);
    inside_a_block(&jobs);
    argument(&jobs, jobs.lock().unwrap().pop());
}

fn after_let(jobs: &Jobs) {
    let job = jobs.lock().unwrap().pop();
    look(jobs, "after   let job = jobs.lock().unwrap().pop();");
    run(job);

    let Some(next_job) = jobs.lock().unwrap().pop() else {
        return;
    };
    look(
        jobs,
        "after   let Some(job) = jobs.lock().unwrap().pop() else { .. };",
    );
    run(Some(next_job));

    #[expect(let_underscore_lock, reason = "the compiler refuses it otherwise")]
    let _ = jobs.lock().unwrap();
    look(jobs, "after   let _ = jobs.lock().unwrap();");

    let guard = jobs.lock().unwrap();
    look(jobs, "after   let guard = jobs.lock().unwrap();");
    drop(guard);
    look(jobs, "after   drop(guard);");
}

fn inside_a_block(jobs: &Jobs) {
    if jobs.lock().unwrap().len() == 3 {
        look(jobs, "inside  if jobs.lock().unwrap().len() == 3");
    }

    if let Some(job) = jobs.lock().unwrap().pop() {
        look(
            jobs,
            "inside  if let Some(job) = jobs.lock().unwrap().pop()",
        );
        run(Some(job));
    }

    match jobs.lock().unwrap().pop() {
        Some(job) => {
            look(jobs, "inside  match jobs.lock().unwrap().pop()");
            run(Some(job));
        }
        None => println!("no job"),
    }

    while let Some(job) = jobs.lock().unwrap().pop() {
        look(
            jobs,
            "inside  while let Some(job) = jobs.lock().unwrap().pop()",
        );
        run(Some(job));
    }

    if let Some(job) = jobs.lock().unwrap().pop() {
        run(Some(job));
    } else {
        look(jobs, "inside  the else of such an if let");
    }
}

fn argument(jobs: &Jobs, job: Option<u32>) {
    look(jobs, "inside  argument(jobs.lock().unwrap().pop())");
    run(job);
}

/// Prints whether a thread that wants the lock now would get it.
fn look(jobs: &Jobs, form: &str) {
    let state = if jobs.try_lock().is_ok() {
        "free"
    } else {
        "held"
    };
    println!("{state} {form}");
}

fn run(_job: Option<u32>) {} // your work
