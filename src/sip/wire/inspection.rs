//! What a server looks at before it serves a request (RFC 3261 §8.2.1 to §8.2.3).

use rsip::StatusCode;

use super::{Method, Request, Response};

/// What a server understands. [`Inspection::inspect`] holds a request against it.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The methods that are served.
    pub methods: Vec<Method>,
    /// The option tags that Require may name.
    pub extensions: Vec<String>,
    /// The media types that a body may have, in lower case: `application/sdp`, or `text/*`.
    pub content_types: Vec<String>,
}

/// Why a well-formed request is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// A header field that tells the peer what would be served: Allow, Unsupported, Accept, Accept-Encoding.
    pub field: Option<(&'static str, String)>,
}

impl Refusal {
    /// The answer.
    pub fn response(&self, request: &Request, to_tag: &str) -> Response {
        let mut response = request.response(self.status.clone(), Some(to_tag));
        if let Some((name, value)) = &self.field {
            response.headers.push(name, value.as_str());
        }
        response
    }
}

impl Inspection {
    /// The value of Allow.
    pub fn allow(&self) -> String {
        self.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Checks method, URI scheme, required extensions and the kind of body, in this order. How far a request may still
    /// travel is a proxy's business.
    ///
    /// # Errors
    ///
    /// 405 or 501 for the method, 416 for the scheme, 420 for an extension, 415 for a body.
    pub fn inspect(&self, request: &Request) -> Result<(), Refusal> {
        if !self.methods.contains(&request.method) {
            let status = match request.method {
                Method::Known(_) => StatusCode::MethodNotAllowed,
                Method::Extension(_) => StatusCode::NotImplemented,
            };
            return Err(Refusal { status, field: Some(("Allow", self.allow())) });
        }
        if !matches!(request.uri.scheme(), "sip" | "sips" | "tel") {
            return Err(Refusal { status: StatusCode::UnsupportedUriScheme, field: None });
        }
        if matches!(request.method, Method::ACK | Method::CANCEL) {
            return Ok(());
        }
        let knows = |extension: &&str| !self.extensions.iter().any(|known| known.eq_ignore_ascii_case(extension));
        let unknown: Vec<_> = request.headers.list("Require").filter(knows).collect();
        if !unknown.is_empty() {
            return Err(Refusal { status: StatusCode::BadExtension, field: Some(("Unsupported", unknown.join(", "))) });
        }
        self.inspect_body(request)
    }

    fn inspect_body(&self, request: &Request) -> Result<(), Refusal> {
        let optional = request.headers.get("Content-Disposition").is_some_and(|value| {
            value.split(';').any(|p| p.replace([' ', '\t'], "").eq_ignore_ascii_case("handling=optional"))
        });
        if request.body.is_empty() || optional {
            return Ok(());
        }
        let refuse = |name, value: &str| {
            Err(Refusal { status: StatusCode::UnsupportedMediaType, field: Some((name, value.to_owned())) })
        };
        if request.headers.list("Content-Encoding").any(|coding| !coding.eq_ignore_ascii_case("identity")) {
            return refuse("Accept-Encoding", "identity");
        }
        let Some(kind) = request.headers.content_type() else { return Ok(()) };
        let accepted = self.content_types.iter().any(|accepted| match accepted.strip_suffix('*') {
            Some(family) => kind.starts_with(family),
            None => *accepted == kind,
        });
        if accepted { Ok(()) } else { refuse("Accept", &self.content_types.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::wire::{NameAddr, Uri};

    fn server() -> Inspection {
        Inspection {
            methods: vec![Method::INVITE, Method::ACK, Method::OPTIONS],
            extensions: vec!["timer".into()],
            content_types: vec!["application/sdp".into(), "text/*".into()],
        }
    }

    fn request(method: Method) -> Request {
        let address = || NameAddr::new(Uri::parse("sip:a@b").unwrap());
        Request::new(method, address().uri, address(), address(), "c", 1)
    }

    fn status(request: &Request) -> u16 {
        server().inspect(request).map_or_else(|refusal| refusal.status.code(), |()| 200)
    }

    #[test]
    fn each_check_has_its_answer() {
        assert_eq!(status(&request(Method::INVITE)), 200);
        assert_eq!(status(&request(Method::BYE)), 405);
        assert_eq!(status(&request(Method::Extension("NEW".into()))), 501);
        let mut strange = request(Method::OPTIONS);
        strange.uri = Uri::parse("soap.beep://192.0.2.103:3002").unwrap();
        assert_eq!(status(&strange), 416);
        let mut far = request(Method::INVITE);
        far.headers.set("Max-Forwards", "0");
        assert_eq!(status(&far), 200);
    }

    #[test]
    fn unsupported_extensions_are_listed() {
        let mut request = request(Method::INVITE);
        request.headers.push("Require", "timer, one");
        request.headers.push("Require", "two");
        let refusal = server().inspect(&request).unwrap_err();
        let response = refusal.response(&request, "t");
        assert_eq!((response.code(), response.headers.get("Unsupported")), (420, Some("one, two")));
    }

    #[test]
    fn bodies_are_known_or_optional() {
        let mut request = request(Method::INVITE);
        request.set_body("application/SDP", "v=0");
        assert_eq!(status(&request), 200);
        request.set_body("text/plain;charset=utf-8", "x");
        assert_eq!(status(&request), 200);
        request.set_body("application/unknown", "x");
        assert_eq!(status(&request), 415);
        request.headers.push("Content-Disposition", "session; handling = optional");
        assert_eq!(status(&request), 200);
    }
}
