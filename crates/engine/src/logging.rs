//! JSON lines in `logs/` of the data directory: bounded, private, and with Hunter's own events only.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Mutex;

use file_rotate::compression::Compression;
use file_rotate::suffix::AppendCount;
use file_rotate::{ContentLimit, FileRotate};
use hunter_store::private_dir;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::error::HunterError;
use crate::settings::{LOG_TARGETS, Setting, SettingSource, Settings};

const BYTES_PER_FILE: usize = 5 * 1024 * 1024;
const OLD_FILES: usize = 4;

/// Proof that logging was set up.
#[derive(Debug)]
pub struct Logging(());

/// Starts writing log events of this process to `logs/<program>.jsonl`, and to stderr where a person asked for it.
///
/// # Errors
/// The folder cannot be created.
pub fn start_logging(settings: &Settings, program: &str) -> Result<Logging, HunterError> {
    let folder = settings.data_dir.join("logs");
    private_dir(&folder)?;
    let file = json_layer(Mutex::new(rotating(&folder.join(format!("{program}.jsonl")))))
        .with_filter(filter(&settings.log));
    let asked = settings.view(Setting::Log).source != SettingSource::Default;
    let stderr = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(if asked {
        filter(&settings.log)
    } else {
        EnvFilter::default().add_directive(LevelFilter::OFF.into())
    });
    let _only_the_first_counts = tracing_subscriber::registry().with(file).with(stderr).try_init();
    Ok(Logging(()))
}

/// JSON lines, one for each event.
pub(crate) fn json_layer<S, W>(to: W) -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).with_writer(to)
}

fn rotating(path: &Path) -> FileRotate<AppendCount> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    FileRotate::new(
        path,
        AppendCount::new(OLD_FILES),
        ContentLimit::BytesSurpassed(BYTES_PER_FILE),
        Compression::None,
        Some(options),
    )
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
