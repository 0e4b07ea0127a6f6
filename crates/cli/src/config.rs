//! `config`.

use hunter_engine::{Engine, ErrorCode, HunterError, Setting, SettingSource};
use serde_json::json;

use crate::args::ConfigCommand;
use crate::checklist::ask_under_no_go;
use crate::import::import;
use crate::output::{Output, printable};
use crate::text::text;

pub async fn config(engine: &Engine, command: ConfigCommand, output: &Output) -> Result<u8, HunterError> {
    match command {
        ConfigCommand::List => list(engine, output),
        ConfigCommand::Get { key } => tell(engine, named(&key)?, output),
        ConfigCommand::Set { key, value } => change(engine, named(&key)?, Some(&value), output).await,
        ConfigCommand::Unset { key } => change(engine, named(&key)?, None, output).await,
        ConfigCommand::Import { file, dry_run } => import(engine, &file, dry_run, output),
    }
}

fn named(key: &str) -> Result<Setting, HunterError> {
    Setting::by_key(key)
        .ok_or_else(|| HunterError::new(ErrorCode::UnknownSetting).with("key", printable(key)))
}

async fn change(
    engine: &Engine,
    setting: Setting,
    value: Option<&str>,
    output: &Output,
) -> Result<u8, HunterError> {
    let turns_on = value.and_then(|value| setting.kept_as(value)).is_some_and(|kept| kept == "true");
    if setting == Setting::Enabled && turns_on && !engine.settings()?.enabled {
        ask_under_no_go(engine, output).await?;
    }
    engine.change_setting(setting, value)?;
    tell(engine, setting, output)
}

fn tell(engine: &Engine, setting: Setting, output: &Output) -> Result<u8, HunterError> {
    let settings = engine.settings()?;
    let view = settings.view(setting);
    if output.json {
        output.document(view);
    } else {
        output.line(view.value.as_deref().unwrap_or_default());
    }
    Ok(0)
}

fn list(engine: &Engine, output: &Output) -> Result<u8, HunterError> {
    let settings = engine.settings()?;
    if output.json {
        output.document(&json!({"settings": settings.views()}));
        return Ok(0);
    }
    let rows = settings.views().iter().map(|view| {
        let source = match view.source {
            SettingSource::Environment => view.variable.clone(),
            SettingSource::Policy => text(output.language, "source_policy"),
            SettingSource::Flag => text(output.language, "source_flag"),
            SettingSource::File => "settings.toml".to_owned(),
            SettingSource::Default => text(output.language, "source_default"),
        };
        vec![view.key.clone(), view.value.clone().unwrap_or_default(), source]
    });
    output.table(&["setting", "current_value", "source"], rows);
    Ok(0)
}
