//! How a command is told to end.

/// Hears from now on whether somebody ends the program, and waits for that.
pub fn until_stopped() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        let heard = kinds.map(signal);
        async move {
            if let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = heard {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                    _ = hangup.recv() => {}
                }
            }
        }
    }
    #[cfg(not(unix))]
    async {
        let _stopped = tokio::signal::ctrl_c().await;
    }
}
