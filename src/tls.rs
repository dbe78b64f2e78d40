//! Certificates and keys of what is spoken over TLS.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::{ResolvesServerCert, ResolvesServerCertUsingSni};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
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

/// Takes connections with the certificate and key of these PEM files, which may be the same.
///
/// # Errors
/// Where a file cannot be read, or is no certificate or key.
pub fn acceptor(certificate: &Path, key: &Path) -> io::Result<TlsAcceptor> {
    let chain = certificates(certificate)?;
    let pem = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let key = ring::sign::any_supported_type(&pem).map_err(|error| wrong(key, &error))?;
    let certified = CertifiedKey::new(chain, key);
    // Old certificates cannot be looked into; telephones take them all the same.
    if certified.keys_match() == Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) {
        return Err(wrong(certificate, &"certificate and key do not belong together"));
    }
    accepting(Arc::new(SingleCertAndKey::from(certified)))
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
