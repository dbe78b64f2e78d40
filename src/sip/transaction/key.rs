//! What two messages of one transaction have in common (RFC 3261 §17.1.3, §17.2.3).

use crate::sip::wire::{Method, Request, Response};

/// The key of a client transaction: our branch is unique.
pub(super) fn of_response(response: &Response) -> Option<String> {
    Some(client(response.via.first()?.branch(), &response.cseq.method))
}

pub(super) fn client(branch: &str, method: &Method) -> String {
    format!("{branch} {method}")
}

/// The key of the server transaction that a request belongs to; an ACK and a CANCEL belong to their INVITE with
/// `method` INVITE.
///
/// A branch with the magic cookie identifies the transaction together with sent-by. Without it (RFC 2543 peers) the
/// fields that those peers keep do; the To tag is left out, as an ACK has one where its INVITE had none.
pub(super) fn of_request(request: &Request, method: &Method) -> Option<String> {
    let via = request.via.first()?;
    let sent_by = format!("{}:{}", via.host, via.port.unwrap_or(5060)).to_ascii_lowercase();
    if via.has_magic_cookie() {
        return Some(format!("{} {sent_by} {method}", via.branch()));
    }
    let (uri, tag) = (&request.uri, request.from.tag().unwrap_or(""));
    Some(format!("{} {tag} {} {uri} {sent_by} {} {method}", request.call_id, request.cseq, via.branch()))
}

/// What the ACK of a 2xx has in common with it: the dialog and the number.
pub(super) fn of_ack(call_id: &str, from_tag: Option<&str>, to_tag: Option<&str>, cseq: u32) -> String {
    format!("{call_id} {} {} {cseq}", from_tag.unwrap_or(""), to_tag.unwrap_or(""))
}
