use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::{Running, answer, command, run};
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

    let demo = Demo::start(screen)?;
    if screen { demo.in_a_window() } else { demo.in_the_terminal() }
}

struct Demo {
    sandbox: Sandbox,
    data: PathBuf,
    keyring: bool,
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
    fn start(screen: bool) -> Result<Self> {
        let data = project::target()?.join("demo");
        let keyring = screen && (!cfg!(target_os = "linux") || has_secret_service());
        if data.exists() {
            if keyring {
                forget_key(&data);
            }
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

        if !keyring {
            println!(
                "There is no keyring here, so the demo chooses HUNTER_SECRET_STORE=file: the key \
                 of the token file lies in a file that only you can read, in {}",
                data.display()
            );
        }
        Ok(Self { sandbox, data, keyring, _server: server })
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
            .env("HUNTER_SECRET_STORE", if self.keyring { "keyring" } else { "file" })
            .env("HUNTER_PARTNER_CENTER_ENABLED", "true")
            .env("HUNTER_PARTNER_CENTER_API_URL", &self.sandbox.url)
            .env("HUNTER_PARTNER_CENTER_AUTHORITY_URL", &self.sandbox.url)
            .env("HUNTER_PARTNER_CENTER_CLIENT_ID", &self.sandbox.client_id)
            .env("HUNTER_PARTNER_CENTER_TENANT_ID", &self.sandbox.tenant_id);
        command
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if self.keyring {
            forget_key(&self.data);
        }
    }
}

/// The key must not stay in the keyring when its token file is gone, nor when the demo was stopped.
fn forget_key(data: &Path) {
    let logout = |hunter| {
        let mut logout = command(hunter);
        logout.arg("logout").env("HUNTER_DATA_DIR", data).env("HUNTER_SECRET_STORE", "keyring");
        logout.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if !program("hunter").is_ok_and(logout) {
        println!("The key of the demo's token file could not be removed from the keyring.");
    }
}

fn has_screen() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// A service that holds secrets is running on the session bus, or starts when it is asked.
fn has_secret_service() -> bool {
    ["ListNames", "ListActivatableNames"].iter().any(|question| {
        let method = format!("org.freedesktop.DBus.{question}");
        let bus = ["--session", "--print-reply", "--dest=org.freedesktop.DBus"];
        let question = [&bus[..], &["/org/freedesktop/DBus", &method]].concat();
        answer("dbus-send", &question).is_some_and(|names| names.contains("\"org.freedesktop.secrets\""))
    })
}
