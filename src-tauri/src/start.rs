use std::io::Write;
use std::process::ExitCode;

use hunter_engine::desk::Desk;
use hunter_engine::{Engine, HunterError, Language, Launch, Settings, start_logging};
use tauri::Manager;

use crate::commands::register;
use crate::host::PageHost;
use crate::window;

/// Runs the desktop program until its window is closed.
pub fn run() -> ExitCode {
    let launch = Launch::from_process();
    let language = Language::of_system(&launch.variables);
    match start(launch) {
        Ok(()) => ExitCode::SUCCESS,
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

fn start(launch: Launch) -> Result<(), Failure> {
    let settings = Settings::load(&launch)?;
    let engine = Engine::open(launch)?;
    start_logging(&settings, "hunter-desktop")?;
    tracing::info!(event = "desktop_started");
    let single_instance = tauri_plugin_single_instance::Builder::new()
        .dbus_id(bus_name(&engine))
        .callback(|app, _, _| {
            let _shown = window::show(app);
        })
        .build();
    register(tauri::Builder::default())
        .plugin(single_instance)
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .setup(move |app| {
            let handle = app.handle().clone();
            let desk = tauri::async_runtime::block_on(async { Desk::start(engine, PageHost::of(&handle)) });
            app.manage(desk);
            window::show(&handle)?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

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
