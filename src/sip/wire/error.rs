//! What can be wrong with bytes that claim to be a SIP message.

use rsip::StatusCode;

use super::RawReply;

/// Why bytes are not an acceptable SIP message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The first line is neither a request line nor a status line.
    #[error("malformed start line")]
    StartLine,
    /// The version is not SIP/2.0.
    #[error("SIP version {0} is not supported")]
    Version(String),
    /// A header line without a colon, or with a name that is no token.
    #[error("malformed header line")]
    HeaderLine,
    /// A header field that must be there is missing.
    #[error("missing {0}")]
    Missing(&'static str),
    /// A header field that may occur once occurs again, with another value.
    #[error("more than one {0}")]
    Repeated(&'static str),
    /// The value of a header field cannot be understood.
    #[error("malformed {0}")]
    Value(&'static str),
    /// The method in CSeq is not the method of the request.
    #[error("the method in CSeq differs")]
    MethodMismatch,
    /// A URI cannot be understood.
    #[error("malformed URI")]
    Uri,
    /// The body is shorter than Content-Length says.
    #[error("the body is shorter than Content-Length")]
    Truncated,
    /// More bytes, header fields or a longer line than is accepted.
    #[error("the message is too large")]
    TooLarge,
}

impl Fault {
    /// The status that answers a request with this fault.
    pub fn status(&self) -> StatusCode {
        match self {
            Fault::Version(_) => StatusCode::VersionNotSupported,
            Fault::TooLarge => StatusCode::MessageTooLarge,
            _ => StatusCode::BadRequest,
        }
    }
}

/// A refused message: the fault and, for a request that can be answered at all, the answer.
///
/// There is no answer to a response, to an ACK, and to a request without a usable Via, From, To, Call-ID and CSeq.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{fault}")]
pub struct Malformed {
    /// What is wrong.
    pub fault: Fault,
    /// The answer to send back where the message came from.
    pub reply: Option<Box<RawReply>>,
}

impl From<Fault> for Malformed {
    fn from(fault: Fault) -> Self {
        Malformed { fault, reply: None }
    }
}
