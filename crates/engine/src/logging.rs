//! JSON lines in `logs/` of the data directory: bounded, private, and with Hunter's own events only.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hunter_store::private_dir;
use tokio::sync::broadcast::error::RecvError;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, reload};

use crate::engine::Engine;
use crate::error::HunterError;
use crate::events::Event;
use crate::log_file::LogFile;
use crate::settings::{LOG_TARGETS, Setting, SettingSource, Settings};

const BYTES_PER_FILE: u64 = 5 * 1024 * 1024;

/// The folder of the logs in a data directory.
pub(crate) fn log_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("logs")
}

/// The logging of this process; its filter can be changed while it runs.
pub struct Logging {
    in_force: String,
    apply: Box<dyn Fn(&Settings) + Send>,
}

impl std::fmt::Debug for Logging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logging").field("in_force", &self.in_force).finish_non_exhaustive()
    }
}

/// Starts writing log events of this process to `logs/<program>.jsonl`, and to stderr where a person asked for it.
///
/// # Errors
/// The folder or the file cannot be created.
pub fn start_logging(settings: &Settings, program: &str) -> Result<Logging, HunterError> {
    let folder = log_folder(&settings.data_dir);
    private_dir(&folder)?;
    let writer = LogFile::open(folder.join(format!("{program}.jsonl")), BYTES_PER_FILE)?;
    let (file_filter, of_file) = reload::Layer::new(filter(&settings.log));
    let (stderr_filter, of_stderr) = reload::Layer::new(filter_of_stderr(settings));
    let file = json_layer(Mutex::new(writer)).with_filter(file_filter);
    let stderr = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(stderr_filter);
    let _only_the_first_counts = tracing_subscriber::registry().with(file).with(stderr).try_init();
    let apply = move |settings: &Settings| {
        let _the_subscriber_is_gone = of_file.reload(filter(&settings.log));
        let _the_subscriber_is_gone = of_stderr.reload(filter_of_stderr(settings));
    };
    Ok(Logging { in_force: settings.log.clone(), apply: Box::new(apply) })
}

/// JSON lines, one for each event.
pub(crate) fn json_layer<S, W>(to: W) -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).with_writer(to)
}

impl Logging {
    /// Heeds the setting `log` from now on, also where another program changes it; must be called within a Tokio
    /// runtime.
    pub fn follow(mut self, engine: &Engine) {
        let mut events = engine.subscribe();
        let engine = engine.clone();
        tokio::spawn(async move {
            loop {
                match events.recv().await {
                    Ok(Event::SettingsChanged | Event::TimePassed) | Err(RecvError::Lagged(_)) => {
                        self.heed(&engine);
                    }
                    Ok(_) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    fn heed(&mut self, engine: &Engine) {
        let Ok(settings) = engine.settings() else { return };
        if settings.log != self.in_force {
            (self.apply)(&settings);
            tracing::info!(event = "log_filter_changed", from = self.in_force, to = settings.log);
            self.in_force = settings.log;
        }
    }
}

fn filter_of_stderr(settings: &Settings) -> EnvFilter {
    if settings.view(Setting::Log).source == SettingSource::Default {
        EnvFilter::default().add_directive(LevelFilter::OFF.into())
    } else {
        filter(&settings.log)
    }
}

/// Dependencies never say more than warnings: at lower levels some of them print what they send.
fn filter(setting: &str) -> EnvFilter {
    let mut filter = EnvFilter::default().add_directive(LevelFilter::WARN.into());
    let (general, targeted): (Vec<&str>, Vec<&str>) =
        setting.split(',').map(str::trim).partition(|directive| !directive.contains('='));
    let general = general.last().copied().unwrap_or("info");
    let ours = LOG_TARGETS.iter().map(|target| format!("{target}={general}"));
    for directive in ours.chain(targeted.into_iter().map(str::to_owned)) {
        if let Ok(directive) = directive.parse() {
            filter = filter.add_directive(directive);
        }
    }
    filter
}
