//! What database-queries alone promises.

use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use rusqlite::Connection;
use support::{Checked, Example, Program, ensure, many_runs, rounds, unix_trial};

use crate::faults::{moments_of, not_started, sigchld_ignored};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "database-queries",
    refused: &[(&["5"], 1, "no role \"5\"")],
    random: Some(r"^(Threads: _, ).*"),
    trials,
    ..Special::NOTHING
};

/// What is the same in every run.
const LINES: &[&str] = &[
    "Results match: true\n",
    "The shop has 20\n",
    "A second writer that does not wait: database is locked\n",
    "A write after a read, with another write between: database is locked\n",
    "A write during a read, journal mode delete: database is locked\n",
    "A write during a read, journal mode wal: done\n",
    "[writer] Transfer 4 half done\n",
    "Alice has 70, Bob has 130\n",
];

fn trials() -> Vec<Trial> {
    vec![
        unix_trial("database-queries: always locked, never lost", always),
        unix_trial("database-queries: writer killed", writer_killed),
        unix_trial("database-queries: writer killed in a transaction", || {
            (0..rounds()).try_for_each(|_| killed_in_a_transaction())
        }),
        unix_trial("database-queries: no child", || {
            not_started("database-queries")
        }),
        unix_trial("database-queries: SIGCHLD ignored", no_status),
    ]
}

fn always() -> Checked {
    many_runs(
        rounds(),
        3,
        || Program::rust(&Example::named("database-queries")),
        |run| {
            let mut lines = LINES.iter();
            ensure(lines.all(|line| run.output.contains(line)), || {
                run.output.clone()
            })
        },
    )
}

/// Whenever a writer is killed, what it committed is there, and nothing else.
fn writer_killed() -> Checked {
    for moment in moments_of(Duration::from_millis(20)) {
        let example = Example::named("database-queries");
        let mut run = Program::rust(&example).start();
        // Where main is quicker, it has killed the writer, and the same holds.
        if let Some(writer) = run.child(|command| command.contains(" writer ")) {
            thread::sleep(moment);
            run.kill(writer);
        }
        let run = run.finish()?;
        ensure(run.status.success(), || run.output.clone())?;
        let said = run.output.matches(" committed").count();
        let (alice, bob) = balances(&run.output).ok_or("no balances")?;
        ensure(alice + bob == 200, || run.output.clone())?;
        // It may have been killed between a commit and the line that tells it.
        let done = (100 - alice) / 10;
        ensure(done == said || done == said + 1, || run.output.clone())?;
        run.nothing_left()?;
    }
    Ok(())
}

/// The writer itself says that it is in its fourth transaction, and stays there
/// until it is killed. Three transfers are there, and nothing of the fourth.
fn killed_in_a_transaction() -> Checked {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bank.db");
    Connection::open(&path)?.execute_batch(
        "CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER NOT NULL);
         INSERT INTO accounts VALUES ('alice', 100), ('bob', 100);",
    )?;
    let (input, _lifeline) = io::pipe()?;
    let mut writer = Program::rust(&Example::named("database-queries"))
        .arg("writer")
        .arg(&path)
        .stdin(input)
        .start();
    let mut lines = Vec::new();
    while !lines
        .last()
        .is_some_and(|line: &String| line.contains("half done"))
    {
        lines.push(writer.next_line().ok_or_else(|| format!("{lines:?}"))?);
    }
    let committed = lines.iter().filter(|line| line.ends_with(" committed\n"));
    ensure(committed.count() == 3, || format!("{lines:?}"))?;

    // It is in a transaction: others see what is committed, and cannot write.
    let others = Connection::open(&path)?;
    others.busy_timeout(Duration::ZERO)?;
    three_transfers(&path)?;
    let refused = others.execute_batch("BEGIN IMMEDIATE").is_err();
    ensure(refused, || "the writer is in no transaction".into())?;

    writer.kill(writer.pid());
    let end = writer.finish()?;
    ensure(end.code().is_none(), || end.status.to_string())?;
    end.nothing_left()?;
    three_transfers(&path)?;
    others.execute_batch("BEGIN IMMEDIATE; COMMIT")?; // nothing holds the lock
    Ok(())
}

/// What a new connection reads.
fn three_transfers(path: &Path) -> Checked {
    let database = Connection::open(path)?;
    let sql = "SELECT group_concat(name || ' ' || balance) FROM accounts";
    let balances: String = database.query_row(sql, [], |row| row.get(0))?;
    ensure(balances == "alice 70,bob 130", || balances)?;
    let sql = "PRAGMA integrity_check";
    let sound: String = database.query_row(sql, [], |row| row.get(0))?;
    ensure(sound == "ok", || sound)
}

/// In `Alice has 70, Bob has 130`.
fn balances(output: &str) -> Option<(usize, usize)> {
    let (_, last) = output.split_once("Alice has ")?;
    let (alice, bob) = last.trim_end().split_once(", Bob has ")?;
    Some((alice.parse().ok()?, bob.parse().ok()?))
}

fn no_status() -> Checked {
    let run = sigchld_ignored("database-queries", &[]).run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let cure = "Then put `env --default-signal=CHLD` before the command";
    ensure(run.output.contains(cure), || run.output.clone())?;
    run.others_end()?;
    Ok(run.no_files_left()?)
}
