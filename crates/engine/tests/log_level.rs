//! The level of the log changes while a program runs; alone in its program, as a process logs to one place.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use hunter_engine::{Engine, Launch, LogFilter, Setting, start_logging};

/// Waits until the last change is heeded: it says so itself, at a level that stays on.
async fn heeded(engine: &Engine, filter: &str) {
    let text = Some(format!("to={filter}"));
    let about_it = LogFilter { event: Some("log_filter_changed".to_owned()), text, ..LogFilter::default() };
    while engine.logs(about_it.clone(), None, 1).await.unwrap().lines.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

async fn events(engine: &Engine) -> Vec<String> {
    let page = engine.logs(LogFilter::default(), None, 100).await.unwrap();
    let spoken = page.lines.into_iter().rev().map(|line| line.event);
    spoken.filter(|event| event.starts_with("spoken")).collect()
}

#[tokio::test]
async fn a_change_is_heeded_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let launch = Launch { data_dir: Some(folder.path().join("data")), ..Launch::default() };
    let engine = Engine::open(launch).unwrap();
    start_logging(&engine.settings().unwrap(), "hunter").unwrap().follow(&engine);
    let speak = |number: u32| {
        tracing::debug!(target: "hunter_engine", event = format!("spoken_debug_{number}"));
        tracing::info!(target: "hunter_engine", event = format!("spoken_info_{number}"));
        tracing::debug!(target: "hyper", event = "spoken_by_a_dependency");
    };
    speak(1);
    engine.change_setting(Setting::Log, Some("debug")).unwrap();
    heeded(&engine, "debug").await;
    speak(2);
    engine.change_setting(Setting::Log, None).unwrap();
    heeded(&engine, "info").await;
    speak(3);
    assert_eq!(events(&engine).await, ["spoken_info_1", "spoken_debug_2", "spoken_info_2", "spoken_info_3"]);
}
