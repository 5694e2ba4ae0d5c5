//! What the reader may type.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use anyhow::Result;
use lexopt::{Arg, Parser, ValueExt};

/// The answer to `--help`.
pub const HELP: &str = "\
Runs an example and draws what its threads and processes did.

cargo timeline                            lists the examples
cargo timeline [OPTION]... NAME [ARG]...  runs one, with its arguments
cargo timeline [OPTION]... --log FILE     draws what was recorded in FILE
cargo timeline --all                      runs all, and writes their timeline.svg

Options stand before NAME; what stands behind it goes to the example.
--svg FILE    also writes a picture
--trace FILE  also writes a trace for ui.perfetto.dev or chrome://tracing
--release     builds the example in the release profile
";

/// What is to be done, and how.
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
pub enum Task {
    /// Say how to use it.
    Help,
    /// List the examples.
    List,
    /// Run all examples and write their pictures.
    All,
    /// Draw a log that is there.
    Read(PathBuf),
    /// Run one example with these arguments.
    Run(String, Vec<OsString>),
}

/// An argument makes no sense.
#[derive(Debug)]
pub struct Wrong(pub String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

/// Reads the arguments of this process. Fails with [`Wrong`].
pub fn parse() -> Result<Options> {
    read(Parser::from_env()).map_err(|error| {
        Wrong(format!(
            "{error}: `cargo timeline --help` says what is expected"
        ))
        .into()
    })
}

fn read(mut args: Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options {
        task: Task::List,
        release: false,
        svg: None,
        trace: None,
    };
    let mut tasks = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("help") | Arg::Short('h') => {
                return Ok(Options {
                    task: Task::Help,
                    ..options
                });
            }
            Arg::Long("all") => tasks.push(Task::All),
            Arg::Long("log") => tasks.push(Task::Read(args.value()?.into())),
            Arg::Long("release") => options.release = true,
            Arg::Long("svg") => options.svg = Some(args.value()?.into()),
            Arg::Long("trace") => options.trace = Some(args.value()?.into()),
            Arg::Value(name) => {
                let rest = args.raw_args()?.collect();
                tasks.push(Task::Run(name.string()?, rest));
            }
            _ => return Err(arg.unexpected()),
        }
    }
    let draws = options.svg.is_some() || options.trace.is_some();
    options.task = match tasks.pop() {
        Some(_) if !tasks.is_empty() => {
            return Err("only one of NAME, --log and --all".into());
        }
        Some(Task::All) if draws || options.release => {
            return Err("--all takes no options".into());
        }
        Some(Task::Read(_)) if options.release => {
            return Err("--log runs nothing, so --release makes no sense".into());
        }
        None if draws || options.release => return Err("NAME is missing".into()),
        task => task.unwrap_or(Task::List),
    };
    Ok(options)
}
