//! A temporary folder that is removed when the program ends, however it ends.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use anyhow::{Context, Result, ensure};

pub struct TemporaryFolder {
    pub path: PathBuf,
    cleaner: Child,
}

impl TemporaryFolder {
    /// Makes the folder. With the role "cleaner", this program has to call
    /// [`clean`].
    pub fn new() -> Result<Self> {
        let number = RandomState::new().hash_one(()); // a random number
        let path = path(number);
        let mut command = Command::new(env::current_exe()?);
        command.args(["cleaner", &number.to_string()]);
        command.stdin(Stdio::piped());
        // A terminal sends Ctrl-C to our group. The cleaner has to survive it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let cleaner = command.spawn().context("cannot start the cleaner")?;
        fs::create_dir(&path).context("cannot make a temporary folder")?;
        Ok(Self { path, cleaner })
    }

    /// Removes the folder now. Otherwise that is done when this process is gone.
    pub fn remove(mut self) -> Result<()> {
        drop(self.cleaner.stdin.take());
        let status = self.cleaner.wait()?;
        ensure!(status.success(), "the cleaner ended with {status}");
        Ok(())
    }
}

/// The work of the cleaner. Nothing is written into its standard input, so `read`
/// returns when the system closes the other end: the parent is gone, or done.
pub fn clean() -> Result<()> {
    let number = env::args().nth(2).context("expected a number")?;
    let path = path(number.parse()?);
    io::stdin().read_to_end(&mut Vec::new())?;
    let mut removed = fs::remove_dir_all(&path);
    for _ in 0..100 {
        // Another child may be about to end, and still use the folder.
        if removed.is_ok() || !path.exists() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(10));
        removed = fs::remove_dir_all(&path);
    }
    Ok(removed?)
}

fn path(number: u64) -> PathBuf {
    env::temp_dir().join(format!("database-queries-{number}"))
}
