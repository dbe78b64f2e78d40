//! TCP connections: each has a task that reads and writes it; they are found again by the peer's address.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsip::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::core::Shared;
use crate::sip::transaction::Flow;
use crate::sip::wire::{Framed, Framer};

/// How many messages may wait for a slow peer before the connection is given up.
const WRITE_QUEUE: usize = 256;
/// How long a connection may take to open, and one message to be written.
const PATIENCE: Duration = Duration::from_secs(10);

/// The writing end of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// Tells a connection from a later one to the same peer.
    pub(super) number: u64,
    pub(super) writer: mpsc::Sender<Arc<[u8]>>,
}

impl Connection {
    fn new(number: u64) -> (Connection, mpsc::Receiver<Arc<[u8]>>) {
        let (writer, queue) = mpsc::channel(WRITE_QUEUE);
        (Connection { number, writer }, queue)
    }
}

/// Starts the task that accepts connections.
pub(super) fn serve(listener: TcpListener, shared: Arc<Shared>) {
    tokio::spawn(async move {
        let mut stopped = shared.stopped();
        tokio::select! {
            () = accept(listener, &shared) => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
}

async fn accept(listener: TcpListener, shared: &Arc<Shared>) {
    loop {
        let Ok((stream, remote)) = listener.accept().await else {
            // Out of file descriptors, most likely: they come back when calls end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(local) = stream.local_addr() else { continue };
        let flow = Flow { transport: Transport::Tcp, local, remote };
        if let Some((number, queue)) = shared.adopt(flow, Connection::new) {
            let shared = Arc::clone(shared);
            tokio::spawn(async move { drive(stream, flow, number, queue, &shared).await });
        }
    }
}

/// Opens a connection in a task of its own. What is queued meanwhile is sent once it is open.
pub(super) fn connect(flow: Flow, number: u64, shared: &Arc<Shared>) -> Connection {
    let (connection, queue) = Connection::new(number);
    let task = Arc::clone(shared);
    shared.runtime().spawn(async move {
        match tokio::time::timeout(PATIENCE, TcpStream::connect(flow.remote)).await {
            Ok(Ok(stream)) => drive(stream, flow, number, queue, &task).await,
            _ => task.closed(flow, number),
        }
    });
    connection
}

async fn drive(stream: TcpStream, flow: Flow, number: u64, queue: mpsc::Receiver<Arc<[u8]>>, shared: &Arc<Shared>) {
    _ = stream.set_nodelay(true);
    let mut stopped = shared.stopped();
    tokio::select! {
        end = exchange(stream, flow, queue, shared) => tracing::debug!(peer = %flow.remote, ?end, "connection closed"),
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    shared.closed(flow, number);
}

/// Reads and writes until the peer closes, keeps silent for too long, or breaks the framing.
async fn exchange(
    mut stream: TcpStream,
    flow: Flow,
    mut queue: mpsc::Receiver<Arc<[u8]>>,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    let (mut reader, mut writer) = stream.split();
    let mut framer = Framer::default();
    let mut buffer = vec![0; 8192];
    loop {
        tokio::select! {
            read = tokio::time::timeout(shared.idle(), reader.read(&mut buffer)) => {
                let length = read??;
                if length == 0 {
                    return Ok(());
                }
                framer.push(buffer.get(..length).unwrap_or_default());
            }
            bytes = queue.recv() => match bytes {
                Some(bytes) => tokio::time::timeout(PATIENCE, writer.write_all(&bytes)).await??,
                None => return Ok(()),
            },
        }
        while let Some(framed) = framer.poll() {
            let refused = match framed {
                Framed::Message(message) => match *message {
                    Ok(message) => {
                        shared.receive(message, flow);
                        continue;
                    }
                    Err(malformed) => Some(malformed),
                },
                Framed::Ping => None,
            };
            let answer = match refused {
                None => b"\r\n".to_vec(),
                Some(malformed) => {
                    shared.refused(&malformed.fault, flow, None);
                    let Some(mut reply) = malformed.reply else { continue };
                    reply.stamp(flow.remote);
                    reply.to_bytes()
                }
            };
            tokio::time::timeout(PATIENCE, writer.write_all(&answer)).await??;
        }
        if framer.is_broken() {
            return writer.shutdown().await;
        }
    }
}

/// The address a connection is found again by.
pub(super) fn key(flow: &Flow) -> SocketAddr {
    flow.remote
}
