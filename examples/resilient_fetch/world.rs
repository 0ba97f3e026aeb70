//! The servers, and what the workflow asks of them.

use std::io;

use orchestrated::{Context, StepFailure};

use crate::{
    error::FetchError,
    ledger::Ledger,
    schedule::{mirror, office, weather},
    server::Server,
};

/// All that there is outside of the workflow.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) weather: Server,
    pub(crate) mirror: Server,
    pub(crate) office: Server,
    pub(crate) ledger: Ledger,
}

impl World {
    /// Servers on free ports of this machine.
    pub(crate) async fn on_loopback(has_mirror: bool) -> io::Result<Self> {
        let world = Self {
            weather: Server::on_loopback("weather", weather).await?,
            mirror: Server::on_loopback("mirror", mirror).await?,
            office: Server::on_loopback("office", office).await?,
            ledger: Ledger::default(),
        };
        if !has_mirror {
            world.mirror.shut_down();
        }
        Ok(world)
    }

    /// The same without sockets.
    #[cfg(test)]
    pub(crate) fn in_memory(has_mirror: bool) -> Self {
        let world = Self {
            weather: Server::in_memory("weather", weather),
            mirror: Server::in_memory("mirror", mirror),
            office: Server::in_memory("office", office),
            ledger: Ledger::default(),
        };
        if !has_mirror {
            world.mirror.shut_down();
        }
        world
    }

    /// Asks a server, and notes what comes of it.
    pub(crate) async fn fetch(
        &self,
        cx: &Context<'_>,
        server: &Server,
        path: &str,
    ) -> Result<String, FetchError> {
        let attempt = self.ledger.attempt(cx.step(), cx.attempt());
        let answer = server.client.get(path).await;
        attempt.ended(answer.is_ok());
        answer
    }

    /// Asks the mirror instead.
    pub(crate) async fn mirrored(
        &self,
        cx: &Context<'_>,
        path: &str,
    ) -> Result<String, FetchError> {
        self.ledger.mirrored(cx.step());
        self.mirror.client.get(path).await
    }

    /// Notes that a run goes on without a step, and with this.
    pub(crate) fn without<T>(&self, failure: &StepFailure, instead: impl Into<T>) -> T {
        self.ledger.without(failure);
        instead.into()
    }
}
