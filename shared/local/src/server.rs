//! An HTTP server on a loopback port that counts its connections, can cut one, and stops when it is dropped.

use std::io::{self, IoSlice};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// A server with a thread and a runtime of its own, so that it answers whatever the caller's runtime is busy with, and
/// so that all its connections end with it.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the router on a free port of 127.0.0.1. Handlers find their connection's [`Wire`] in `ConnectInfo`.
    pub(crate) async fn start(name: &str, router: Router) -> io::Result<Self> {
        Self::start_on(0, name, router).await
    }

    /// The same on this port of 127.0.0.1.
    pub(crate) async fn start_on(port: u16, name: &str, router: Router) -> io::Result<Self> {
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let (started, bound) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || run(port, router, counter, started, stopped))?;
        Ok(Self {
            address: bound.await.map_err(io::Error::other)??,
            connections,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// TCP connections accepted so far, open or closed.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A handler that panicked has already closed its client's connection.
            let _ = thread.join();
        }
    }
}

fn run(
    port: u16,
    router: Router,
    connections: Arc<AtomicUsize>,
    started: oneshot::Sender<io::Result<SocketAddr>>,
    stopped: oneshot::Receiver<()>,
) {
    let served = tokio::runtime::Builder::new_current_thread().enable_all().build().and_then(|runtime| {
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
        let address = listener.local_addr()?;
        Ok((runtime, listener, address))
    });
    // Nobody waits for the address when the caller's `start` was cancelled; `stopped` then ends the server at once.
    let _ = match served {
        Err(error) => started.send(Err(error)),
        Ok((runtime, listener, address)) => {
            let sent = started.send(Ok(address));
            let listener = Counting { listener, connections };
            runtime.block_on(serve(router, listener, stopped));
            sent
        }
    };
}

async fn serve(router: Router, listener: Counting, stopped: oneshot::Receiver<()>) {
    let service = router.into_make_service_with_connect_info::<Wire>();
    tokio::select! {
        _ = stopped => (),
        _ = axum::serve(listener, service).into_future() => (),
    }
}

/// A handler's handle to the connection that its request came through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire(Arc<AtomicBool>);

impl Wire {
    /// Closes the connection as soon as anything is to be written to it: the client reads no byte of an answer.
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

impl Connected<IncomingStream<'_, Counting>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Counting>) -> Self {
        stream.io().wire.clone()
    }
}

struct Counting {
    listener: TcpListener,
    connections: Arc<AtomicUsize>,
}

impl Listener for Counting {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        self.connections.fetch_add(1, Ordering::SeqCst);
        // Only latency is at stake: without it a small answer may wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        let wire = Wire::default();
        (Connection { stream, wire }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

struct Connection {
    stream: TcpStream,
    wire: Wire,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.wire.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.wire.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::sync::Notify;

    use super::*;
    use crate::test_client::Client;

    #[tokio::test]
    async fn counts_connections_and_not_requests() {
        let server = Server::start("test", Router::new()).await.unwrap();
        assert_eq!(server.connections(), 0);
        let mut first = Client::connect(server.address()).await;
        first.get("/").await.unwrap();
        first.get("/").await.unwrap();
        assert_eq!(server.connections(), 1);
        Client::connect(server.address()).await.get("/").await.unwrap();
        assert_eq!(server.connections(), 2);
    }

    #[tokio::test]
    async fn stops_with_its_handle_even_amid_a_request() {
        let arrived = Arc::new(Notify::new());
        let arrival = Arc::clone(&arrived);
        let never_answer = || async move {
            arrival.notify_one();
            std::future::pending::<()>().await;
        };
        let router = Router::new().route("/", get(never_answer));
        let server = Server::start("test", router).await.unwrap();
        let mut client = Client::connect(server.address()).await;
        client.send("GET", "/", &[], "").await.unwrap();
        arrived.notified().await;
        drop(server);
        assert_eq!(client.receive().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
