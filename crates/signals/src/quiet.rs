use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use hickory_resolver::net::runtime::{RuntimeProvider, Spawn, TokioHandle, TokioRuntimeProvider};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

/// Tokio, but what the resolver does in the background logs nothing: it would name what is asked for.
#[derive(Clone, Default)]
pub(crate) struct Quiet(TokioRuntimeProvider);

#[derive(Clone)]
pub(crate) struct QuietHandle(TokioHandle);

impl Spawn for QuietHandle {
    fn spawn_bg(&mut self, future: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn_bg(future.with_subscriber(NoSubscriber::new()));
    }
}

type Opening<T> = Pin<Box<dyn Send + Future<Output = Result<T, io::Error>>>>;

impl RuntimeProvider for Quiet {
    type Handle = QuietHandle;
    type Timer = <TokioRuntimeProvider as RuntimeProvider>::Timer;
    type Udp = <TokioRuntimeProvider as RuntimeProvider>::Udp;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        QuietHandle(self.0.create_handle())
    }

    fn connect_tcp(
        &self,
        server: SocketAddr,
        local: Option<SocketAddr>,
        limit: Option<Duration>,
    ) -> Opening<Self::Tcp> {
        self.0.connect_tcp(server, local, limit)
    }

    fn bind_udp(&self, local: SocketAddr, server: SocketAddr) -> Opening<Self::Udp> {
        self.0.bind_udp(local, server)
    }
}
