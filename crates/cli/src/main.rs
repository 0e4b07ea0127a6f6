//! Hunter's command line.

rust_i18n::i18n!("locales", fallback = "en");

mod args;
mod checklist;
mod companies;
mod config;
mod data;
mod db;
mod diagnostics;
mod export;
mod import;
mod logs;
mod output;
mod referrals;
mod runs;
mod sandbox;
mod serve;
mod sign_in;
mod status;
mod stop;
mod sync;
mod text;

use std::process::ExitCode;

use clap::Parser;
use hunter_engine::{Engine, ErrorCode, HunterError, Language, Launch, Settings};

use crate::args::{Arguments, Command, DbCommand, RunsCommand};
use crate::output::Output;
use crate::stop::until_stopped;

/// On Linux, where SQLite's memory comes from it too, a first sync takes a twentieth less processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse_usage(&error),
    };
    let launch = Launch { data_dir: arguments.data_dir.clone(), ..Launch::from_process() };
    let mut output = Output::new(arguments.json, Language::of_system(&launch.variables));
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return output.fail_to_start(&error),
    };
    let outcome = runtime.block_on(run(arguments.command, launch, &mut output));
    runtime.shutdown_background();
    match outcome {
        Ok(0) if output.lost_data() => ExitCode::from(ErrorCode::StorageIo.exit_code()),
        Ok(exit_code) => ExitCode::from(exit_code),
        Err(error) => output.fail(&error),
    }
}

async fn run(command: Command, launch: Launch, output: &mut Output) -> Result<u8, HunterError> {
    if let Command::Sandbox(arguments) = command {
        return sandbox::sandbox(&arguments, output).await;
    }
    let settings = Settings::load(&launch)?;
    output.speak(settings.language);
    let engine = Engine::open(launch)?;
    let program = if matches!(command, Command::Serve(_)) { "hunter-serve" } else { "hunter" };
    hunter_engine::start_logging(&settings, program)?.follow(&engine);
    let unfinished = match engine.undo_unfinished_enable() {
        Ok(undone) => undone.then(|| HunterError::new(ErrorCode::EnableInterrupted)),
        Err(error) => Some(error),
    };
    if let Some(error) = unfinished {
        output.note_error(&error.body(settings.language));
    }
    if !matches!(command, Command::Status) {
        output.warn(settings.warnings.iter().map(|warning| warning.text(settings.language)));
    }
    let takes_it_as_it_is = matches!(command, Command::Db(DbCommand::Check | DbCommand::Backup { .. }));
    let mut outcome = obey(command.clone(), &engine, output).await;
    if let Err(error) = &outcome
        && !takes_it_as_it_is
        && engine.mend(error).await?
    {
        outcome = obey(command.clone(), &engine, output).await;
    }
    if !matches!(command, Command::Status) {
        output.warn(engine.take_recovered(settings.language).into_iter());
    }
    if matches!(command, Command::Sync { .. }) && outcome.is_ok() {
        data::back_up_if_due(&engine, output).await;
    }
    engine.close().await;
    outcome
}

async fn obey(command: Command, engine: &Engine, output: &Output) -> Result<u8, HunterError> {
    match command {
        Command::Login { no_browser, browser_flow: false } => {
            sign_in::login(engine, no_browser, output).await
        }
        Command::Login { no_browser, browser_flow: true } => {
            sign_in::login_in_browser(engine, no_browser, output).await
        }
        Command::Logout => sign_in::logout(engine, output).await,
        Command::Sync { full } => sync::sync(engine, full, output).await,
        Command::List(filters) => referrals::list(engine, filters.into(), output).await,
        Command::Companies(command) => companies::companies(engine, command, output).await,
        Command::Export { file, filters } => export::export(engine, filters.into(), &file, output).await,
        Command::Show { id, raw: true } => referrals::raw(engine, &id, output).await,
        Command::Show { id, raw: false } => referrals::show(engine, &id, output).await,
        Command::Runs { limit, command: None } => runs::runs(engine, limit, output).await,
        Command::Runs { command: Some(RunsCommand::Show { run_id }), .. } => {
            runs::run(engine, &run_id, output).await
        }
        Command::Status => status::status(engine, output).await,
        Command::Serve(arguments) => serve::serve(engine, &arguments, output).await,
        Command::Checklist { command } => checklist::checklist(engine, command, output).await,
        Command::Enable { dry_run } => checklist::enable(engine, dry_run, output).await,
        Command::Logs(arguments) => logs::show(engine, &arguments, output).await,
        Command::Diagnostics { file, show } => {
            diagnostics::bundle(engine, file.as_deref(), show, output).await
        }
        Command::Config(command) => config::config(engine, command, output).await,
        Command::Db(command) => db::db(engine, command, output).await,
        Command::Data(command) => data::data(engine, command, output).await,
        Command::Sandbox(_) => Ok(0),
    }
}

/// Wrong words on the command line; help and version are no failure.
fn refuse_usage(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && wants_json {
        let rendered = error.render().to_string();
        let lines: Vec<&str> = rendered.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let message = lines.join(" ");
        return Output::new(true, Language::default()).refuse_usage(message.trim_start_matches("error: "));
    }
    let _nobody_reads = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
