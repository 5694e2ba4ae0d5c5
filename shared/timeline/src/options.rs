//! What the reader may type.

use std::ffi::{OsStr, OsString};
use std::fmt::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use lexopt::{Arg, Parser, ValueExt};

/// The answer to `--help`.
pub const HELP: &str = "\
Runs an example and draws what its threads and processes did.

cargo timeline                                        lists the examples
cargo timeline [OPTIONS] NAME [OPTIONS] [-- ARGS...]  runs one
cargo timeline [OPTIONS] --log FILE                   draws a log
cargo timeline --all [--busy PERCENT]                 draws all pictures again

Options:
  --svg FILE      also write the picture
  --trace FILE    also write a trace for ui.perfetto.dev or chrome://tracing
  --release       run the release build
  --log FILE      draw what is in a log instead of running an example
  --all           run each example whose chapter has a picture, and write it
  --busy PERCENT  with --all: how much of the cores other programs may use [5]
  -h, --help      print this

Examples:
  cargo timeline bank-account
  cargo timeline bank-account --svg run.svg
  cargo timeline parallel-sum --release -- 20000000
  cargo timeline --log /tmp/run.log --trace run.json
";

/// What is to be done, and how.
#[derive(Debug)]
pub struct Options {
    /// What is to be done.
    pub task: Task,
    /// Whether the example is built in the release profile.
    pub release: bool,
    /// The file for the picture.
    pub svg: Option<PathBuf>,
    /// The file for the trace.
    pub trace: Option<PathBuf>,
}

/// What is to be done.
#[derive(Debug)]
pub enum Task {
    /// Say how to use it.
    Help,
    /// List the examples.
    List,
    /// Run all examples and write their pictures, while other programs use at most
    /// this share of the cores, in percent.
    All(f64),
    /// Draw a log that is there.
    Read(PathBuf),
    /// Run one example with these arguments.
    Run(String, Vec<OsString>),
}

/// The share of the cores that other programs may use while pictures are drawn, in
/// percent.
const BUSY: f64 = 5.0;

/// The command line makes no sense.
#[derive(Debug)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// Reads the arguments of this process. Fails with [`UsageError`].
pub fn parse() -> Result<Options> {
    read(Parser::from_env()).map_err(|error| {
        let help = "`cargo timeline --help` explains the options";
        UsageError(format!("{error}; {help}")).into()
    })
}

fn read(mut args: Parser) -> Result<Options, lexopt::Error> {
    let (mut svg, mut trace, mut release) = (None, None, false);
    let (mut log, mut all, mut busy) = (None, false, None);
    let mut name: Option<String> = None;
    let mut example_args = None;
    loop {
        if let Some(mut rest) = args.try_raw_args()
            && rest.peek() == Some(OsStr::new("--"))
        {
            rest.next();
            example_args = Some(rest.collect());
            break;
        }
        let Some(arg) = args.next()? else { break };
        match arg {
            Arg::Long("help") | Arg::Short('h') => {
                return Ok(Options {
                    task: Task::Help,
                    release,
                    svg,
                    trace,
                });
            }
            Arg::Long("all") => all = true,
            Arg::Long("busy") => busy = Some(args.value()?.parse()?),
            Arg::Long("log") => log = Some(PathBuf::from(args.value()?)),
            Arg::Long("release") => release = true,
            Arg::Long("svg") => svg = Some(args.value()?.into()),
            Arg::Long("trace") => trace = Some(args.value()?.into()),
            Arg::Value(value) => {
                if let Some(name) = name {
                    let rest = args.raw_args()?.collect();
                    return Err(misplaced(&name, value, rest).into());
                }
                name = Some(value.string()?);
            }
            Arg::Long(_) | Arg::Short(_) if name.is_some() => {
                let option = match arg {
                    Arg::Short(letter) => format!("-{letter}"),
                    Arg::Long(option) => format!("--{option}"),
                    Arg::Value(_) => unreachable!("it is an option"),
                };
                let name = name.unwrap_or_default();
                return Err(format!(
                    "{option} is no option of cargo timeline; if it is for {name}, \
                     it goes after --: cargo timeline {name} -- {option}"
                )
                .into());
            }
            _ => return Err(arg.unexpected()),
        }
    }

    if usize::from(name.is_some()) + usize::from(log.is_some()) + usize::from(all)
        > 1
    {
        return Err("only one of NAME, --log and --all".into());
    }
    let draws = svg.is_some() || trace.is_some();
    if all && (draws || release || example_args.is_some()) {
        return Err("--all takes no option but --busy".into());
    }
    if busy.is_some() && !all {
        return Err("--busy makes sense with --all alone".into());
    }
    if log.is_some() && (release || example_args.is_some()) {
        return Err("--log runs nothing: --release and -- make no sense".into());
    }
    let task = if all {
        Task::All(busy.unwrap_or(BUSY))
    } else if let Some(log) = log {
        Task::Read(log)
    } else if let Some(name) = name {
        Task::Run(name, example_args.unwrap_or_default())
    } else if draws || release || example_args.is_some() {
        return Err("NAME is missing".into());
    } else {
        Task::List
    };
    Ok(Options {
        task,
        release,
        svg,
        trace,
    })
}

/// Says where arguments of the example go, with the line that the reader meant.
fn misplaced(name: &str, first: OsString, rest: Vec<OsString>) -> String {
    let mut line = format!("cargo timeline {name} --");
    for arg in [first].into_iter().chain(rest) {
        let arg = arg.to_string_lossy();
        line.push(' ');
        if arg.is_empty() || arg.contains(|c: char| c.is_whitespace()) {
            let _ = write!(line, "{arg:?}");
        } else {
            line += &arg;
        }
    }
    format!("arguments of {name} go after --: {line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Options, lexopt::Error> {
        read(Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn options_stand_before_and_after_the_name() {
        for line in [
            "--release --svg a.svg bank-account --trace b.json -- x --release --",
            "bank-account --trace=b.json --svg=a.svg --release -- x --release --",
            "--trace b.json --svg a.svg --release bank-account -- x --release --",
        ] {
            let options = read_line(line).unwrap();
            assert!(options.release, "{line}");
            assert_eq!(options.svg, Some("a.svg".into()), "{line}");
            assert_eq!(options.trace, Some("b.json".into()), "{line}");
            let Task::Run(name, args) = options.task else {
                panic!("{line}: {:?}", options.task)
            };
            assert_eq!(name, "bank-account");
            assert_eq!(args, ["x", "--release", "--"]);
        }
    }

    #[test]
    fn the_line_that_was_meant_is_shown() {
        for (line, meant) in [
            (
                "fibonacci-thread 12",
                "cargo timeline fibonacci-thread -- 12",
            ),
            (
                "image-processing a.jpg b.jpg --out x",
                "cargo timeline image-processing -- a.jpg b.jpg --out x",
            ),
            ("pipes --size", "cargo timeline pipes -- --size"),
        ] {
            let error = read_line(line).unwrap_err().to_string();
            assert!(error.ends_with(meant), "{error}");
        }
    }
}
