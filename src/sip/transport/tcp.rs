//! Connections over TCP and TLS: each has a task that reads and writes it; they are found again by the peer's address.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsip::Transport;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::ServerName;

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

/// A listener, and what takes its connections if they are over TLS.
pub(super) type Listener = (TcpListener, Option<TlsAcceptor>);

/// Starts the task that accepts connections.
pub(super) fn serve(listener: Listener, shared: Arc<Shared>) {
    tokio::spawn(async move {
        let mut stopped = shared.stopped();
        tokio::select! {
            () = accept(listener, &shared) => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
}

pub(super) fn transport(listener: &Listener) -> Transport {
    if listener.1.is_some() { Transport::Tls } else { Transport::Tcp }
}

async fn accept(listener: Listener, shared: &Arc<Shared>) {
    let transport = transport(&listener);
    let (listener, acceptor) = listener;
    loop {
        let Ok((stream, remote)) = listener.accept().await else {
            // Out of file descriptors, most likely: they come back when calls end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(local) = stream.local_addr() else { continue };
        let flow = Flow { transport, local, remote };
        if let Some((number, queue)) = shared.adopt(flow, Connection::new) {
            let (shared, acceptor) = (Arc::clone(shared), acceptor.clone());
            tokio::spawn(async move {
                if let Err(error) = greet(stream, acceptor, flow, queue, &shared).await {
                    tracing::debug!(peer = %remote, %error, "connection closed");
                }
                shared.closed(flow, number);
            });
        }
    }
}

async fn greet(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    flow: Flow,
    queue: mpsc::Receiver<Arc<[u8]>>,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else { return drive(stream, flow, queue, shared).await };
    let accepted = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await?;
    let stream = accepted.inspect_err(|error| {
        tracing::warn!("the TLS connection of {} for SIP failed: {error}", flow.remote);
    })?;
    drive(stream, flow, queue, shared).await
}

/// Opens a connection in a task of its own. What is queued meanwhile is sent once it is open. Over TLS `name` is whom
/// the certificate has to be of; the peer's address where it was called by that.
pub(super) fn connect(flow: Flow, name: Option<ServerName<'static>>, number: u64, shared: &Arc<Shared>) -> Connection {
    let (connection, queue) = Connection::new(number);
    let task = Arc::clone(shared);
    shared.runtime().spawn(async move {
        if let Err(error) = open(flow, name, queue, &task).await {
            tracing::debug!(peer = %flow.remote, %error, "connection closed");
        }
        task.closed(flow, number);
    });
    connection
}

async fn open(
    flow: Flow,
    name: Option<ServerName<'static>>,
    queue: mpsc::Receiver<Arc<[u8]>>,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    let stream = tokio::time::timeout(PATIENCE, TcpStream::connect(flow.remote)).await??;
    _ = stream.set_nodelay(true);
    if flow.transport != Transport::Tls {
        return drive(stream, flow, queue, shared).await;
    }
    let connector = shared.connector().ok_or_else(|| io::Error::other("TLS is not spoken"))?;
    let name = name.unwrap_or_else(|| ServerName::from(flow.remote.ip().to_canonical()));
    let opened = tokio::time::timeout(PATIENCE, connector.connect(name, stream)).await?;
    let stream = opened.inspect_err(|error| {
        tracing::warn!("a TLS connection to {} for SIP failed: {error}", flow.remote);
    })?;
    drive(stream, flow, queue, shared).await
}

async fn drive(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    flow: Flow,
    queue: mpsc::Receiver<Arc<[u8]>>,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    let mut stopped = shared.stopped();
    tokio::select! {
        end = exchange(stream, flow, queue, shared) => end,
        _ = stopped.wait_for(|stopped| *stopped) => Ok(()),
    }
}

/// Reads and writes until the peer closes, keeps silent for too long, or breaks the framing.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    flow: Flow,
    mut queue: mpsc::Receiver<Arc<[u8]>>,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
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
                Some(bytes) => write(&mut writer, &bytes).await?,
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
            write(&mut writer, &answer).await?;
        }
        if framer.is_broken() {
            return writer.shutdown().await;
        }
    }
}

async fn write(writer: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    let written = async {
        writer.write_all(bytes).await?;
        writer.flush().await
    };
    tokio::time::timeout(PATIENCE, written).await?
}

/// What a connection is found again by.
pub(super) fn key(flow: &Flow) -> (Transport, SocketAddr) {
    (flow.transport, flow.remote)
}
