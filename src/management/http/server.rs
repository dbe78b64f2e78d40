//! Listening, and the way of a request to what answers it.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};

use super::files;
use super::settings::Settings;
use crate::management::ami::Manager;
use crate::management::ami::web::{Asking, PAGES, Web};
use crate::management::metrics;
use crate::management::pbx::Pbx;
use crate::tls::Certificate;

/// The largest body that is taken.
const LARGEST: usize = 256 * 1024;

/// The type of what monitoring programs read.
const METRICS: &str = "text/plain; version=0.0.4";

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error(
        "cannot listen for HTTP on {address}: {error}; stop the program that listens there, or choose another address \
         (bindaddr and bindport, or tlsbindaddr, in http.conf)"
    )]
    Bind { address: SocketAddr, error: io::Error },
    /// The certificate cannot be used.
    #[error("the certificate of http.conf cannot be used: {0}")]
    Certificate(io::Error),
}

/// The HTTP server.
pub struct Http {
    settings: ArcSwap<Settings>,
    certificate: Option<Arc<Certificate>>,
    pbx: Arc<Pbx>,
    web: Web,
    /// Where files to give away are.
    folder: PathBuf,
    connections: AtomicUsize,
    addresses: Mutex<Vec<(SocketAddr, bool)>>,
}

type Page = Response<Full<Bytes>>;

impl Http {
    /// Listens where the settings say, if they enable it.
    ///
    /// # Errors
    /// Where an address cannot be listened on, or the certificate cannot be used.
    pub async fn start(manager: &Arc<Manager>, settings: Settings) -> Result<Arc<Self>, StartError> {
        let tls = settings.tls.clone().filter(|_| settings.is_enabled);
        let certificate = tls.as_ref().map(|tls| Certificate::read(&tls.certificate, &tls.key)).transpose();
        let certificate = certificate.map_err(StartError::Certificate)?;
        let http = Arc::new(Self {
            pbx: Arc::clone(&manager.pbx),
            web: Web::new(manager),
            folder: manager.pbx.exchange.directories.data.join("static-http"),
            certificate,
            settings: ArcSwap::from_pointee(settings),
            connections: AtomicUsize::default(),
            addresses: Mutex::default(),
        });
        manager.pbx.set_http(&http);
        let settings = http.settings.load_full();
        if settings.is_enabled {
            http.listen(settings.bind, false).await?;
        }
        if let Some(tls) = tls {
            http.listen(tls.bind, true).await?;
        }
        Ok(http)
    }

    /// Takes new settings and the certificate as it is now; addresses stay as they were at the start.
    pub fn reload(&self, settings: Settings) {
        let before = self.settings.load();
        let address = |settings: &Settings| settings.tls.as_ref().map(|tls| tls.bind);
        if before.is_enabled != settings.is_enabled
            || settings.is_enabled && (before.bind != settings.bind || address(&before) != address(&settings))
        {
            tracing::warn!("HTTP is served where it was before: changed addresses take effect at the next start");
        }
        if let Some((certificate, tls)) = self.certificate.as_ref().zip(settings.tls.as_ref()) {
            certificate.renew(&tls.certificate, &tls.key);
        }
        drop(before);
        self.settings.store(Arc::new(settings));
    }

    /// The settings at this moment.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.load_full()
    }

    /// Where it listens, with the ports that were given to port 0, and whether over TLS.
    pub fn addresses(&self) -> Vec<(SocketAddr, bool)> {
        self.addresses.lock().clone()
    }

    /// What is served: each path, and what it is.
    pub fn paths(&self) -> Vec<(String, &'static str)> {
        let settings = self.settings.load();
        let mut paths = Vec::new();
        if settings.has_status {
            paths.push((format!("{}/httpstatus", settings.prefix), "Asterisk HTTP General Status"));
        }
        if settings.has_files {
            paths.push((format!("{}/static/...", settings.prefix), "Asterisk HTTP Static Delivery"));
        }
        if settings.metrics.is_enabled {
            paths.push((format!("{}/{}", settings.prefix, settings.metrics.path), "Prometheus Metrics URI"));
        }
        let offered = PAGES.iter().filter(|page| self.web.page(page.name).is_some());
        paths.extend(offered.map(|page| (format!("{}/{}", settings.prefix, page.name), page.title)));
        paths
    }

    async fn listen(self: &Arc<Self>, address: SocketAddr, is_secure: bool) -> Result<(), StartError> {
        let bind = TcpListener::bind(address).await;
        let listener = bind.map_err(|error| StartError::Bind { address, error })?;
        let local = listener.local_addr().unwrap_or(address);
        tracing::info!("HTTP{} is served at {local}", if is_secure { "S" } else { "" });
        self.addresses.lock().push((local, is_secure));
        tokio::spawn(Arc::clone(self).accept(listener, is_secure));
        Ok(())
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, is_secure: bool) {
        loop {
            match listener.accept().await {
                Ok((stream, remote)) => {
                    tokio::spawn(Arc::clone(&self).greet(stream, remote, is_secure));
                }
                Err(error) => {
                    // Too many open files, for instance: they may become fewer.
                    tracing::warn!("an HTTP connection could not be taken: {error}");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn greet(self: Arc<Self>, stream: TcpStream, remote: SocketAddr, is_secure: bool) {
        let settings = self.settings.load_full();
        let Some(_place) = Place::take(&self, settings.most_connections) else {
            tracing::warn!("the HTTP connection of {remote} is closed: there are too many (sessionlimit)");
            return;
        };
        let Ok(local) = stream.local_addr() else { return };
        let ends = Ends { local, remote, is_secure };
        // Answers are short and programs wait for them.
        let _ = stream.set_nodelay(true);
        match self.certificate.as_ref().filter(|_| is_secure) {
            None => self.converse(TokioIo::new(stream), ends, &settings).await,
            Some(certificate) => {
                let accepting = tokio::time::timeout(settings.inactivity, certificate.acceptor().accept(stream));
                match accepting.await {
                    Ok(Ok(stream)) => self.converse(TokioIo::new(stream), ends, &settings).await,
                    Ok(Err(error)) => tracing::warn!("the HTTPS connection of {remote} failed: {error}"),
                    Err(_) => tracing::debug!("the HTTPS connection of {remote} did not come about in time"),
                }
            }
        }
    }

    async fn converse(
        self: &Arc<Self>,
        stream: impl hyper::rt::Read + hyper::rt::Write + Unpin,
        ends: Ends,
        settings: &Settings,
    ) {
        let service = service_fn(|request| {
            let http = Arc::clone(self);
            async move { Ok::<_, Infallible>(http.answer(request, ends).await) }
        });
        let mut builder = http1::Builder::new();
        // Programs look for `Set-Cookie` as it is usually written.
        builder.title_case_headers(true);
        builder.timer(TokioTimer::new()).keep_alive(!settings.keep_alive.is_zero()).max_buf_size(64 * 1024);
        builder.header_read_timeout(settings.inactivity.max(settings.keep_alive));
        if let Err(error) = builder.serve_connection(stream, service).await {
            tracing::debug!("the HTTP connection of {} ended: {error}", ends.remote);
        }
    }

    async fn answer(&self, request: Request<Incoming>, ends: Ends) -> Page {
        let settings = self.settings.load_full();
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        if let Some((_, to)) = settings.redirects.iter().find(|(from, _)| from == path) {
            return page(&settings, StatusCode::FOUND, "text/plain", vec![("Location", to.clone())], Bytes::new());
        }
        let below = path.strip_prefix(settings.prefix.as_str()).and_then(|path| path.strip_prefix('/'));
        let Some(below) = below else { return missing(&settings) };
        if below == "httpstatus" && settings.has_status {
            let body = self.status().into();
            return page(&settings, StatusCode::OK, "text/html", Vec::new(), body);
        }
        if let Some(name) = below.strip_prefix("static/").filter(|_| settings.has_files) {
            return match files::read(&self.folder, name).await {
                Ok((kind, bytes)) => page(&settings, StatusCode::OK, kind, Vec::new(), bytes.into()),
                Err(_) => missing(&settings),
            };
        }
        if settings.metrics.is_enabled && below == settings.metrics.path {
            let authorization = text(&parts.headers, header::AUTHORIZATION);
            return match metrics::answer(&self.pbx, &settings.metrics, authorization) {
                metrics::Answer::Text(text) => page(&settings, StatusCode::OK, METRICS, Vec::new(), text.into()),
                metrics::Answer::Unauthorized(realm) => {
                    let challenge = vec![("WWW-Authenticate", format!("Basic realm=\"{realm}\""))];
                    page(&settings, StatusCode::UNAUTHORIZED, "text/plain", challenge, Bytes::new())
                }
            };
        }
        let Some(found) = self.web.page(below) else { return missing(&settings) };
        if !["GET", "POST", "HEAD"].contains(&parts.method.as_str()) {
            return refusal(
                &settings,
                StatusCode::NOT_IMPLEMENTED,
                "Attempt to use unimplemented / unsupported method",
            );
        }
        let query = parts.uri.query().unwrap_or_default().as_bytes().to_vec();
        let mut fields: Vec<(String, String)> = form_urlencoded::parse(&query).into_owned().collect();
        if parts.method == hyper::Method::POST {
            let body = tokio::time::timeout(settings.inactivity, Limited::new(body, LARGEST).collect()).await;
            let Ok(Ok(body)) = body else {
                return refusal(
                    &settings,
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "The body is too long, or did not come in time",
                );
            };
            let body = body.to_bytes();
            fields.extend(form_urlencoded::parse(&body).into_owned());
        }
        let asking = Asking {
            local: ends.local,
            remote: ends.remote,
            is_secure: ends.is_secure,
            method: parts.method.to_string(),
            cookies: cookies(&parts.headers),
            authorization: text(&parts.headers, header::AUTHORIZATION).map(str::to_owned),
            fields,
        };
        let answer = self.web.answer(found, asking).await;
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        page(&settings, status, answer.kind, answer.headers, answer.body.into())
    }

    fn status(&self) -> String {
        let settings = self.settings.load();
        let mut rows = format!("<tr><td>Server</td><td>{}</td></tr>\n", plain(&settings.name));
        rows.push_str(&format!("<tr><td>Prefix</td><td>{}</td></tr>\n", plain(&settings.prefix)));
        for (address, is_secure) in self.addresses() {
            let name = if is_secure { "SSL Bind Address" } else { "Bind Address" };
            rows.push_str(&format!("<tr><td>{name}</td><td>{address}</td></tr>\n"));
        }
        for (path, title) in self.paths() {
            rows.push_str(&format!("<tr><td>{}</td><td>{title}</td></tr>\n", plain(&path)));
        }
        format!(
            "<!DOCTYPE html>\n<html><head><title>HTTP Status</title></head><body>\n<table>\n{rows}</table>\n</body></html>\n"
        )
    }
}

/// A text without what means something to HTML.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The ends of a connection.
#[derive(Clone, Copy)]
struct Ends {
    local: SocketAddr,
    remote: SocketAddr,
    is_secure: bool,
}

/// A connection's place among those that there may be.
struct Place(Arc<Http>);

impl Place {
    fn take(http: &Arc<Http>, most: usize) -> Option<Self> {
        let there = http.connections.fetch_add(1, Ordering::Relaxed);
        let place = Self(Arc::clone(http));
        (there < most).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The manager's cookies; the value may stand in quotes.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let ours = pairs.filter(|(name, _)| *name == crate::management::ami::web::COOKIE);
    ours.map(|(_, value)| value.trim_matches('"').to_owned()).collect()
}

fn missing(settings: &Settings) -> Page {
    refusal(settings, StatusCode::NOT_FOUND, "The requested URL was not found on this server.")
}

fn refusal(settings: &Settings, status: StatusCode, text: &'static str) -> Page {
    page(settings, status, "text/plain", Vec::new(), Bytes::from_static(text.as_bytes()))
}

fn page(
    settings: &Settings,
    status: StatusCode,
    kind: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
) -> Page {
    let mut builder = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    builder = builder.header(header::SERVER, settings.name.as_str());
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    // A name or a value that HTTP cannot carry, of `servername` for instance.
    builder.body(Full::new(body)).unwrap_or_default()
}
