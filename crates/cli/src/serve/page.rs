//! The page itself, compiled in by the feature `embedded-ui`.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::response::Response;
use axum::routing::get;

use super::{Service, door};

/// Whether this build has the page.
pub const IS_EMBEDDED: bool = cfg!(feature = "embedded-ui");

/// Fluent writes its styles into the document.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// What a page may load and do.
pub fn page_policy() -> [(HeaderName, &'static str); 1] {
    [(CONTENT_SECURITY_POLICY, POLICY)]
}

/// Whether a link elsewhere may lead to this path: it holds nothing about anybody.
pub fn is_entrance(path: &str) -> bool {
    path == "/" || path == door::PATH
}

#[cfg(feature = "embedded-ui")]
mod bundle {
    use axum::extract::Path;
    use axum::http::header::CACHE_CONTROL;
    use axum::response::IntoResponse;
    use rust_embed::Embed;

    use super::*;
    use crate::serve::api::nothing_here;

    #[derive(Embed)]
    #[folder = "../../ui/dist"]
    struct Bundle;

    /// The bundler puts a digest of the content into these names.
    const FOREVER: &str = "public, max-age=31536000, immutable";
    const ASK_AGAIN: &str = "no-cache";

    pub fn routes() -> Router<Arc<Service>> {
        Router::new().route("/", get(async || answer("index.html", ASK_AGAIN).await)).route(
            "/assets/{*name}",
            get(async |Path(name): Path<String>| answer(&format!("assets/{name}"), FOREVER).await),
        )
    }

    async fn answer(name: &str, cache: &'static str) -> Response {
        let Some(file) = Bundle::get(name) else { return nothing_here().await };
        let kind = file.metadata.mimetype().to_owned();
        (page_policy(), [(CONTENT_TYPE, kind), (CACHE_CONTROL, cache.to_owned())], file.data).into_response()
    }
}

#[cfg(not(feature = "embedded-ui"))]
mod bundle {
    use axum::extract::State;
    use axum::http::StatusCode;

    use super::*;
    use crate::serve::api::refused;
    use crate::text::text;

    pub fn routes() -> Router<Arc<Service>> {
        Router::new().route("/", get(no_page))
    }

    async fn no_page(State(service): State<Arc<Service>>) -> Response {
        refused(StatusCode::NOT_FOUND, &text(service.language(), "serve_no_page"))
    }
}

const ICON: &[u8] = include_bytes!("../../../../icons/32x32.png");

pub fn open_routes() -> Router<Arc<Service>> {
    bundle::routes().route("/favicon.ico", get(async || ([(CONTENT_TYPE, "image/png")], ICON)))
}
