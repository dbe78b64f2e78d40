//! Certificates and keys of what is spoken over TLS.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, ResolvesServerCertUsingSni};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error, InconsistentKeys, RootCertStore, ServerConfig, SignatureScheme,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Where distributions keep the certificates of the world's authorities.
const WORLD: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// Whose certificates a client takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Anybody's.
    All,
    /// Those that these authorities have signed.
    Authorities(PathBuf),
    /// Those that the world's authorities have signed.
    World,
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}

fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|error| wrong(path, &error))?;
    if read.is_empty() { Err(wrong(path, &"there is no certificate in it")) } else { Ok(read) }
}

/// A certificate with its key, by which connections are taken. It can be read anew while they are.
pub struct Certificate {
    current: Arc<Current>,
    acceptor: TlsAcceptor,
}

/// The certificate that the next connection sees.
#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Certificate")
    }
}

impl Certificate {
    /// Reads the certificate and key of these PEM files, which may be the same.
    ///
    /// # Errors
    /// Where a file cannot be read, or is no certificate or key.
    pub fn read(certificate: &Path, key: &Path) -> io::Result<Arc<Self>> {
        let current = Arc::new(Current(ArcSwap::from_pointee(certified(certificate, key)?)));
        let acceptor = accepting(Arc::clone(&current) as Arc<dyn ResolvesServerCert>)?;
        Ok(Arc::new(Self { current, acceptor }))
    }

    /// Reads it anew, as a reload does: connections from now on see what the files hold now. Where they cannot be used the
    /// last good certificate stays, and the log says so.
    pub fn renew(&self, certificate: &Path, key: &Path) {
        match certified(certificate, key) {
            Ok(found) if found.cert == self.current.0.load().cert => {}
            Ok(found) => {
                self.current.0.store(Arc::new(found));
                tracing::info!("the certificate {} is in service", certificate.display());
            }
            Err(error) => tracing::error!("a certificate cannot be used, the one before stays in service: {error}"),
        }
    }

    /// Takes connections with it.
    pub fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

fn certified(certificate: &Path, key: &Path) -> io::Result<CertifiedKey> {
    let chain = certificates(certificate)?;
    let pem = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let key = ring::sign::any_supported_type(&pem).map_err(|error| wrong(key, &error))?;
    let certified = CertifiedKey::new(chain, key);
    // Old certificates cannot be looked into; telephones take them all the same.
    if certified.keys_match() == Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) {
        return Err(wrong(certificate, &"certificate and key do not belong together"));
    }
    Ok(certified)
}

/// Refuses every connection, for want of a certificate.
///
/// # Errors
/// None that is known of.
pub fn refuser() -> io::Result<TlsAcceptor> {
    accepting(Arc::new(ResolvesServerCertUsingSni::new()))
}

fn accepting(resolver: Arc<dyn ResolvesServerCert>) -> io::Result<TlsAcceptor> {
    let builder = ServerConfig::builder_with_provider(provider());
    let builder = builder.with_safe_default_protocol_versions().map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(builder.with_no_client_auth().with_cert_resolver(resolver))))
}

/// Opens connections to whom it trusts.
///
/// # Errors
/// Where the file of the authorities cannot be read.
pub fn connector(trust: &Trust) -> io::Result<TlsConnector> {
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let config = match trust {
        Trust::All => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider()))).with_no_client_auth()
        }
        Trust::Authorities(path) => builder.with_root_certificates(roots(path)?).with_no_client_auth(),
        Trust::World => {
            let found = WORLD.iter().map(Path::new).find(|path| path.exists());
            builder.with_root_certificates(found.map_or(Ok(RootCertStore::empty()), roots)?).with_no_client_auth()
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(path: &Path) -> io::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    // The world's bundles hold some that are too old to be read: the others count.
    roots.add_parsable_certificates(certificates(path)?);
    Ok(roots)
}

/// Takes the certificate of whoever answers, as long as it has the key to it.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path) -> PathBuf {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let path = folder.join("exten.pem");
        std::fs::write(&path, made.cert.pem() + &made.signing_key.serialize_pem()).unwrap();
        path
    }

    /// The certificate that somebody who connects sees.
    async fn seen(certificate: &Certificate) -> Vec<u8> {
        let (near, far) = tokio::io::duplex(16 * 1024);
        let name = ServerName::try_from("localhost").unwrap();
        let connector = connector(&Trust::All).unwrap();
        let (client, server) = tokio::join!(connector.connect(name, near), certificate.acceptor().accept(far));
        server.unwrap();
        client.unwrap().get_ref().1.peer_certificates().unwrap()[0].to_vec()
    }

    #[tokio::test]
    async fn a_new_certificate_is_seen_at_once_and_a_broken_one_never() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path());
        let certificate = Certificate::read(&path, &path).unwrap();
        let first = seen(&certificate).await;
        write(folder.path());
        assert_eq!(seen(&certificate).await, first, "nobody read it anew");
        certificate.renew(&path, &path);
        let second = seen(&certificate).await;
        assert_ne!(second, first);
        std::fs::write(&path, "half a cert").unwrap();
        certificate.renew(&path, &path);
        assert_eq!(seen(&certificate).await, second);
    }
}
