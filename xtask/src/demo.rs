use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::{Running, command, run};
use crate::project::{self, program};
use crate::setup::{self, Need};

/// Builds Hunter and shows it on the sandbox: in a window, or without a screen in the terminal.
///
/// # Errors
/// When something does not build, start or work.
pub fn run_demo() -> Result<()> {
    let screen = has_screen();
    setup::ensure(if screen { &[Need::Build] } else { &[Need::Build, Need::Window] })?;
    project::install_page()?;
    println!("Building the page");
    project::build_page()?;
    println!("Building Hunter (the first time takes a few minutes)");
    run(&mut project::build_programs())?;

    let demo = Demo::start()?;
    if screen { demo.in_a_window() } else { demo.in_the_terminal() }
}

struct Demo {
    sandbox: Sandbox,
    data: PathBuf,
    // Dropped, and so stopped, with the demo.
    _server: Running,
}

/// What `hunter sandbox --json` says when it listens.
#[derive(Deserialize)]
struct Sandbox {
    url: String,
    client_id: String,
    tenant_id: String,
}

impl Demo {
    fn start() -> Result<Self> {
        let data = project::target()?.join("demo");
        if data.exists() {
            fs::remove_dir_all(&data).context("the last demo's data cannot be removed")?;
        }
        let mut sandbox = command(program("hunter")?);
        sandbox.args(["sandbox", "--port", "0", "--auto-approve", "--json"]);
        sandbox.env("HUNTER_DATA_DIR", &data).stdout(Stdio::piped());
        let mut server = Running::start(&mut sandbox)?;
        let line = server.first_line().context("the sandbox did not start")?;
        let sandbox: Sandbox =
            serde_json::from_str(&line).with_context(|| format!("the sandbox said {line}"))?;
        println!("\nThe sandbox, a stand-in for Microsoft's services, listens at {}", sandbox.url);

        println!(
            "The demo leaves your keyring alone (HUNTER_SECRET_STORE=file): the key of its invented \
             tokens lies in a file that only you can read, in {}",
            data.display()
        );
        Ok(Self { sandbox, data, _server: server })
    }

    fn in_a_window(&self) -> Result<()> {
        println!(
            "Hunter opens now. Press \"Sign in with Microsoft\": the sandbox approves the code by \
             itself.\nClose the window to end the demo."
        );
        run(&mut self.command(&program("hunter-desktop")?))
    }

    fn in_the_terminal(&self) -> Result<()> {
        println!("There is no screen here, so Hunter is shown in the terminal.");
        self.hunter(&["login", "--no-browser"])?;
        self.hunter(&["sync"])?;
        self.hunter(&["list", "--limit", "12"])?;
        let picture = project::target()?.join("demo-window.png");
        println!("\nOpening the real window off-screen");
        let mut node = self.command(Path::new("node"));
        node.current_dir(project::root()).arg("tests/desktop/picture.mjs").arg(&picture);
        run(node.env("BINARIES", project::binaries()?))?;
        println!("This is what it shows: {}", picture.display());
        Ok(())
    }

    fn hunter(&self, arguments: &[&str]) -> Result<()> {
        println!("\n$ hunter {}", arguments.join(" "));
        run(self.command(&program("hunter")?).args(arguments))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = command(program);
        command
            .env("HUNTER_DATA_DIR", &self.data)
            .env("HUNTER_SECRET_STORE", "file")
            // Its sandbox ends with it, so it does not stay in the tray.
            .env("HUNTER_DESKTOP_ON_CLOSE", "quit")
            .env("HUNTER_PARTNER_CENTER_ENABLED", "true")
            .env("HUNTER_PARTNER_CENTER_API_URL", &self.sandbox.url)
            .env("HUNTER_PARTNER_CENTER_AUTHORITY_URL", &self.sandbox.url)
            .env("HUNTER_PARTNER_CENTER_CLIENT_ID", &self.sandbox.client_id)
            .env("HUNTER_PARTNER_CENTER_TENANT_ID", &self.sandbox.tenant_id);
        command
    }
}

fn has_screen() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
