//! `sandbox`.

use std::time::Duration;

use hunter_engine::{ErrorCode, HunterError};
use hunter_sandbox::Sandbox;
use serde_json::json;

use crate::args::SandboxArguments;
use crate::output::Output;
use crate::stop::until_stopped;
use crate::text::filled;

/// How long `sandbox --auto-approve` lets a person see the code.
const APPROVAL_DELAY: Duration = Duration::from_secs(3);

pub async fn sandbox(arguments: &SandboxArguments, output: &Output) -> Result<u8, HunterError> {
    let &SandboxArguments { port, referrals, latency, auto_approve } = arguments;
    let sandbox = Sandbox::builder()
        .port(port)
        .referrals(referrals)
        .latency(Duration::from_millis(latency))
        .auto_approve(auto_approve.then_some(APPROVAL_DELAY));
    let sandbox = sandbox.start().await.map_err(|error| {
        HunterError::new(ErrorCode::PortUnusable).with("port", port).with("detail", error)
    })?;
    let url = sandbox.base_url();
    let stopped = until_stopped();
    if output.json {
        output.document(&json!({
            "event": "listening",
            "url": url,
            "client_id": sandbox.client_id(),
            "tenant_id": sandbox.tenant_id(),
            "verification_uri": format!("{url}/device"),
        }));
    } else {
        output.note(filled(output.language, "sandbox_running", &[("url", &url)]));
        output.line(format!("HUNTER_PARTNER_CENTER_API_URL={url}"));
        output.line(format!("HUNTER_PARTNER_CENTER_AUTHORITY_URL={url}"));
        output.line(format!("HUNTER_PARTNER_CENTER_CLIENT_ID={}", sandbox.client_id()));
        output.line(format!("HUNTER_PARTNER_CENTER_TENANT_ID={}", sandbox.tenant_id()));
        output.line("HUNTER_PARTNER_CENTER_ENABLED=true");
    }
    stopped.await;
    sandbox.stop().await;
    Ok(0)
}
