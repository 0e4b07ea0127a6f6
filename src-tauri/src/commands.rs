use hunter_engine::ErrorBody;
use hunter_engine::desk::Desk;
use serde_json::Value;
use tauri::{Builder, Runtime, State};

use crate::host::PageHost;

/// The page's one way in; what may be asked is declared at the desk.
#[tauri::command]
async fn call(desk: State<'_, Desk<PageHost>>, name: String, args: Value) -> Result<Value, ErrorBody> {
    desk.call(&name, args).await
}

/// Makes the page's way in known to an application of any runtime.
pub fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(tauri::generate_handler![call])
}
