use std::collections::BTreeSet;
use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use wait4::Wait4;

static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Passes Ctrl+C and a termination on to the children; xtask then ends by itself and tidies up.
///
/// # Errors
/// When the system refuses the handler.
pub fn stop_children_on_signal() -> Result<()> {
    ctrlc::set_handler(|| {
        STOPPED.store(true, Ordering::SeqCst);
        terminate(&running());
    })
    .context("cannot listen for Ctrl+C")
}

/// A command without the `HUNTER_*` settings of the caller's shell.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("HUNTER_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end on this terminal.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let mut child = Running::start(command)?;
    finish(command, child.wait()?)
}

/// Runs a command to its end, shows its output and returns the lines that `keep` wants.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run_keeping(command: &mut Command, keep: fn(&str) -> bool) -> Result<Vec<String>> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = Running::start(command)?;
    // The command holds the pipe's write end; reading ends only when all of them are closed.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut kept = Vec::new();
    let mut out = io::stdout().lock();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        writeln!(out, "{text}")?;
        if keep(&text) {
            kept.push(text.trim().to_owned());
        }
    }
    finish(command, child.wait()?)?;
    Ok(kept)
}

/// What one run of a program took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub wall: Duration,
    /// Of the program and the system for it.
    pub cpu: Duration,
    /// Most memory that was resident at once, in bytes.
    pub memory: u64,
}

/// Runs a command to its end and returns what it printed and what it took.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run_measured(command: &mut Command) -> Result<(String, Cost)> {
    let begun = Instant::now();
    let mut running = Running::start(command.stdout(Stdio::piped()))?;
    let mut printed = String::new();
    running.child.stdout.take().context("the output is not a pipe")?.read_to_string(&mut printed)?;
    let used = running.wait_measured()?;
    let wall = begun.elapsed();
    finish(command, used.status).with_context(|| printed.trim().to_owned())?;
    Ok((printed, Cost { wall, cpu: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss }))
}

/// What a command prints, or nothing when it is missing or fails.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A child that never outlives its owner.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// # Errors
    /// When the program cannot be started, or the person has just stopped everything.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut ids = running();
        if STOPPED.load(Ordering::SeqCst) {
            bail!("stopped");
        }
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("cannot start `{name}`"))?;
        ids.insert(child.id());
        Ok(Self { child })
    }

    /// The first line of the child's standard output, which has to be a pipe.
    ///
    /// # Errors
    /// When the child ends without printing one.
    pub fn first_line(&mut self) -> Result<String> {
        let output = self.child.stdout.take().context("the output is not a pipe")?;
        let mut reader = BufReader::new(output);
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            bail!("it ended at once ({})", self.wait()?);
        }
        // The pipe stays open and is drained, so that the child can go on printing.
        std::thread::spawn(move || io::copy(&mut reader, &mut io::sink()));
        Ok(line)
    }

    fn wait_measured(&mut self) -> Result<wait4::ResUse> {
        loop {
            if let Some(used) = self.child.try_wait4()? {
                running().remove(&self.child.id());
                return Ok(used);
            }
            // Its output is closed already: it ends within moments.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// # Errors
    /// When the system cannot tell how the child ended.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait()?;
        running().remove(&self.child.id());
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut ids = running();
        if ids.remove(&self.child.id()) {
            terminate(&BTreeSet::from([self.child.id()]));
            if cfg!(windows) {
                self.child.kill().ok();
            }
            drop(ids);
            self.child.wait().ok();
        }
    }
}

fn finish(command: &Command, status: ExitStatus) -> Result<()> {
    if STOPPED.load(Ordering::SeqCst) {
        bail!("stopped");
    }
    if status.success() {
        return Ok(());
    }
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    bail!("`{}` failed ({status})", words.join(" "))
}

/// On Windows a console hands Ctrl+C to all of its processes.
fn terminate(ids: &BTreeSet<u32>) {
    if cfg!(unix) && !ids.is_empty() {
        let ids = ids.iter().map(u32::to_string);
        Command::new("kill").arg("-TERM").args(ids).stderr(Stdio::null()).status().ok();
    }
}

fn running() -> MutexGuard<'static, BTreeSet<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
