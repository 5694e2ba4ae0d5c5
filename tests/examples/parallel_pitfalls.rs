//! What parallel-pitfalls alone promises.

use libtest_mimic::{Failed, Trial};
use support::{Checked, Example, Language, Program};
use support::{common_run, ensure, many_runs, rounds, trial};

use crate::common_form::common_form;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "parallel-pitfalls",
    own_output: Some("Python's pools do not run other jobs while a thread waits"),
    random: Some(
        r"^( *\d+ (?:cheap|costly)|Rule:|Waits in (?:the pool|threads):).*",
    ),
    trials,
    ..Special::NOTHING
};

/// Release figures, for the chapter.
const RESULTS: &str = "results.txt";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("parallel-pitfalls: the same in many runs", always_stuck),
        trial("parallel-pitfalls: the rule follows from the rows", rules),
        trial(
            "parallel-pitfalls: results.txt has the form of a run",
            results,
        ),
    ]
}

fn example() -> Example {
    Example::named(SPECIAL.name)
}

/// Under the lock both requests are stuck, and with a copy both are done.
fn always_stuck() -> Checked {
    let lines = "\nLock held around par_iter: Err(Timeout)\
        \nLock held for a copy: [3, 3]\n";
    many_runs(
        rounds(),
        1,
        || Program::rust(&example()),
        |run| ensure(run.output.contains(lines), || run.output.clone()),
    )
}

/// Also in the release figures.
fn rules() -> Checked {
    let run = common_run(&example(), Language::Rust, &[])?.output;
    let results = example().read(RESULTS);
    ensure(results.contains("\nRule: slower up to "), || {
        results.clone()
    })?;
    for printed in [run, results] {
        let follows = follows(&printed)?;
        ensure(follows, || printed)?;
    }
    Ok(())
}

/// Whether the printed rule is the one that follows from the printed rows.
fn follows(printed: &str) -> Result<bool, Failed> {
    let (table, rule) = printed.split_once("Rule: ").ok_or("no rule")?;
    let (rule, _) = rule.split_once('\n').ok_or("no end")?;
    if rule.starts_with("none ") {
        return Ok(true);
    }
    let numbers = rule.split(' ').filter_map(|word| word.parse::<f64>().ok());
    let [slower, faster] = numbers.collect::<Vec<_>>()[..] else {
        return Err(format!("not two numbers: {rule}").into());
    };
    let rows = table.lines().skip(1).map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        Some((
            words.get(2)?.parse::<f64>().ok()?,
            words.get(4)?.parse::<f64>().ok()?,
        ))
    });
    let rows = rows.collect::<Option<Vec<_>>>().ok_or("no table")?;
    ensure(rows.len() == 6, || "not six rows".into())?;
    Ok(slower < faster
        && rows.iter().any(|(iter, par_iter)| iter / par_iter > 1.45)
        && rows.iter().all(|(iter, par_iter)| {
            // A row is rounded to a tenth, and the rule is cut to whole numbers: of
            // 1311.97, they say 1312.0 and 1311.
            (iter.floor() <= slower + 1.0 && par_iter >= iter)
                || (iter.floor() >= faster && par_iter <= iter)
        }))
}

fn results() -> Checked {
    let run = common_run(&example(), Language::Rust, &[])?.output;
    let form = |text: &str| common_form(SPECIAL.name, text);
    let committed = form(&example().read(RESULTS));
    ensure(form(&run) == committed, || {
        format!("{committed}not:\n{run}")
    })
}
