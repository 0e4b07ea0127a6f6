use std::io::Write;
use std::process::ExitCode;

use hunter_engine::desk::Desk;
#[cfg(unix)]
use hunter_engine::desk::Leave;
use hunter_engine::{Engine, HunterError, Language, Launch, Settings, start_logging};
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

use crate::arguments::{self, Order};
use crate::autostart;
use crate::commands::register;
use crate::desktop::{self, Ending, Shell};
use crate::host::PageHost;
use crate::place::PlaceFile;
use crate::text::{filled, text};

/// What a program answers with that was started with arguments it does not understand.
const MISUSE: u8 = 2;

/// Runs the desktop program until it is told to end.
pub fn run() -> ExitCode {
    let launch = Launch::from_process();
    let language = Language::of_system(&launch.variables);
    let hidden = match arguments::read(std::env::args_os().skip(1)) {
        Ok(Order::Run { hidden }) => hidden,
        Ok(Order::Help) => return answer(&text(language, "usage")),
        Ok(Order::Version) => return answer(&format!("hunter-desktop {}\n", env!("CARGO_PKG_VERSION"))),
        Err(argument) => {
            let complaint = filled(language, "unknown_argument", &[("argument", &argument)]);
            let _nobody_reads = writeln!(std::io::stderr().lock(), "{complaint}");
            return ExitCode::from(MISUSE);
        }
    };
    #[cfg(target_os = "linux")]
    crate::graphics::fit();
    match start(launch, hidden) {
        Ok(code) => ExitCode::from(code),
        Err(Failure::Hunter(error)) => {
            let body = error.body(language);
            complain(&format!("{}\n\n{}", body.message, body.hint.unwrap_or_default()));
            ExitCode::from(error.code().exit_code())
        }
        Err(Failure::Window(error)) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn answer(text: &str) -> ExitCode {
    let _nobody_reads = write!(std::io::stdout().lock(), "{text}");
    ExitCode::SUCCESS
}

enum Failure {
    Hunter(HunterError),
    Window(tauri::Error),
}

impl From<HunterError> for Failure {
    fn from(error: HunterError) -> Self {
        Self::Hunter(error)
    }
}

impl From<tauri::Error> for Failure {
    fn from(error: tauri::Error) -> Self {
        Self::Window(error)
    }
}

fn start(launch: Launch, hidden: bool) -> Result<u8, Failure> {
    let settings = Settings::load(&launch)?;
    let engine = Engine::open(launch)?;
    let logging = start_logging(&settings, "hunter-desktop")?;
    tracing::info!(event = "desktop_started", hidden);
    let single_instance = tauri_plugin_single_instance::Builder::new()
        .dbus_id(bus_name(&engine))
        .callback(|app, arguments, _| {
            if !arguments.iter().any(|argument| argument == autostart::HIDDEN) {
                desktop::open(app, None);
            }
        })
        .build();
    let app = register(tauri::Builder::default())
        // A second launch may ask for a window before the first one is set up.
        .manage(PlaceFile::in_folder(engine.data_dir()))
        .manage(Ending::of(engine.clone()))
        .plugin(single_instance)
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(autostart::plugin())
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                desktop::close(window.app_handle());
            }
        })
        .setup(move |app| {
            let app = app.handle();
            autostart::follow(app, &engine, hidden);
            let host = PageHost::of(app, Shell::start(app));
            let desk = tauri::async_runtime::block_on(async {
                logging.follow(&engine);
                Desk::start(engine, host)
            });
            app.manage(desk);
            end_when_told(app);
            if !hidden {
                desktop::open(app, None);
            }
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let code = app.run_return(follow);
    Ok(u8::try_from(code).unwrap_or(1))
}

#[cfg_attr(not(target_os = "macos"), expect(unused_variables, reason = "there is no dock to click in"))]
fn follow(app: &AppHandle, event: RunEvent) {
    // The last window is closed: only the program's own exit has a code.
    if let RunEvent::ExitRequested { code: None, api, .. } = &event {
        api.prevent_exit();
    }
    #[cfg(target_os = "macos")]
    if let RunEvent::Reopen { .. } = event {
        desktop::open(app, None);
    }
}

/// Ends as from the menu when the system or a terminal asks for it.
#[cfg(unix)]
fn end_when_told(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match signalled().await {
            Ok(()) => desktop::leave(&app, Leave::Quit),
            Err(error) => tracing::warn!(event = "signals_not_heard", %error),
        }
    });
}

#[cfg(unix)]
async fn signalled() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
fn end_when_told(_app: &AppHandle) {}

/// One program for each data directory, so that a demo does not disturb the real one.
fn bus_name(engine: &Engine) -> String {
    format!("dev.hunter.desktop.on_{}", engine.data_dir_id())
}

/// There is no page yet that could tell it: stderr for whoever started Hunter there, and a message box for all others.
fn complain(text: &str) {
    let _nobody_reads = writeln!(std::io::stderr().lock(), "{text}");
    let has_screen = !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if has_screen {
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title("Hunter")
            .set_description(text)
            .show();
    }
}
