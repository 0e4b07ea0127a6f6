//! Where the service may listen, and how: what leaves this computer is encrypted or was asked for in so many words.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hunter_engine::{ErrorCode, HunterError};
use hyper_util::rt::TokioTimer;

use super::LAST_ANSWERS;
use crate::args::{Auth, ServeArguments};

/// How long a caller may take to send the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// A port that is ours, with its certificate if it has one.
#[derive(Debug)]
pub struct Socket {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
}

impl Socket {
    pub async fn open(arguments: &ServeArguments) -> Result<Self, HunterError> {
        let asked = arguments.listen;
        let has_tls = arguments.tls_cert.is_some();
        let is_safe = arguments.auth == Auth::Token && (has_tls || arguments.insecure_http);
        if !asked.ip().is_loopback() && !is_safe {
            return Err(HunterError::new(ErrorCode::ListenUnsafe).with("address", asked));
        }
        let tls = match (&arguments.tls_cert, &arguments.tls_key) {
            (Some(certificate), Some(key)) => {
                let config = RustlsConfig::from_pem_file(certificate, key).await;
                Some(config.map_err(|error| HunterError::new(ErrorCode::TlsUnusable).with("detail", error))?)
            }
            _ => None,
        };
        let unusable = |error: std::io::Error| {
            HunterError::new(ErrorCode::PortUnusable).with("port", asked.port()).with("detail", error)
        };
        let listener = TcpListener::bind(asked).map_err(unusable)?;
        let address = listener.local_addr().map_err(unusable)?;
        Ok(Self { listener, address, tls })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// Where a browser on this computer finds it.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            let loopback = if address.is_ipv4() {
                IpAddr::V4(Ipv4Addr::LOCALHOST)
            } else {
                IpAddr::V6(Ipv6Addr::LOCALHOST)
            };
            address.set_ip(loopback);
        }
        format!("{}://{address}", if self.is_encrypted() { "https" } else { "http" })
    }

    /// Answers until `stop` comes; then what is under way may end, and nothing new begins.
    pub async fn serve(
        self,
        routes: Router,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), HunterError> {
        let port = self.address.port();
        let handle = Handle::new();
        let stopping = handle.clone();
        tokio::spawn(async move {
            stop.await;
            stopping.graceful_shutdown(Some(LAST_ANSWERS));
        });
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        let failed = |error: std::io::Error| {
            HunterError::new(ErrorCode::PortUnusable).with("port", port).with("detail", error)
        };
        macro_rules! serve {
            ($server:expr) => {{
                let mut server = $server.map_err(failed)?.handle(handle).first_request_timeout(HEAD_PATIENCE);
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
                server.serve(service).await.map_err(failed)
            }};
        }
        match self.tls {
            Some(tls) => serve!(axum_server::from_tcp_rustls(self.listener, tls)),
            None => serve!(axum_server::from_tcp(self.listener)),
        }
    }
}
