//! Digest authentication (RFC 7616 and RFC 8760, with what remains of RFC 2617), both sides.
//!
//! [`Authenticator`] challenges those who call or register here and judges what they answer; [`Login`] answers the
//! challenges of a trunk. Header values come and go as text; which header they stand in is the caller's business
//! (`WWW-Authenticate` with 401, `Proxy-Authenticate` with 407).

mod digest;
mod header;
mod login;
mod server;

pub use digest::{Algorithm, Password, Secret};
pub use header::{Challenge, Credentials};
pub use login::Login;
pub use server::{Account, Authenticator, Verdict};
