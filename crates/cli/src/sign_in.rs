//! `login` and `logout`.

use hunter_engine::{Account, Engine, HunterError};
use jiff::Timestamp;
use serde_json::json;

use crate::output::{Output, printable};
use crate::text::{filled, text};

pub async fn login(engine: &Engine, no_browser: bool, output: &Output) -> Result<u8, HunterError> {
    let sign_in = engine.sign_in().await?;
    let code = sign_in.code();
    if output.json {
        output.document(&json!({
            "event": "device_code",
            "verification_uri": code.verification_uri.as_str(),
            "user_code": code.user_code,
            "expires_in": seconds_until(code.expires_at),
        }));
    } else {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("url", &code.verification_uri), ("code", &code.user_code)];
        output.line(filled(output.language, "enter_code", &values));
    }
    if !no_browser {
        let _the_address_is_printed = open::that_detached(code.verification_uri.as_str());
    }
    await_sign_in(sign_in.finish(), output).await
}

pub async fn login_in_browser(engine: &Engine, no_browser: bool, output: &Output) -> Result<u8, HunterError> {
    let sign_in = engine.sign_in_in_browser().await?;
    let address = sign_in.address();
    if output.json {
        output.document(&json!({
            "event": "browser",
            "address": address.as_str(),
            "expires_in": seconds_until(sign_in.expires_at()),
        }));
    } else {
        output.line(filled(output.language, "open_address", &[("url", address)]));
    }
    if !no_browser {
        let _the_address_is_printed = open::that_detached(address.as_str());
    }
    await_sign_in(sign_in.finish(), output).await
}

async fn await_sign_in(
    end: impl Future<Output = Result<Account, HunterError>>,
    output: &Output,
) -> Result<u8, HunterError> {
    let progress = output.progress();
    progress.set_message(text(output.language, "waiting"));
    let account = end.await;
    progress.finish_and_clear();
    let account = account?;
    if output.json {
        output.document(&json!({"event": "signed_in", "account": account.username}));
    } else {
        output.line(filled(output.language, "signed_in", &[("account", &printable(called(&account)))]));
    }
    Ok(0)
}

fn seconds_until(time: Timestamp) -> u64 {
    time.duration_since(Timestamp::now()).as_secs_f64().round().max(0.0) as u64
}

fn called(account: &Account) -> &str {
    if account.username.is_empty() { &account.name } else { &account.username }
}

pub async fn logout(engine: &Engine, output: &Output) -> Result<u8, HunterError> {
    engine.sign_out().await?;
    if output.json {
        output.document(&json!({"signed_in": false}));
    } else {
        output.line(text(output.language, "signed_out"));
    }
    Ok(0)
}
