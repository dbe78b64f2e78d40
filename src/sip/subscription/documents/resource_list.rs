//! The state of a list of resources in one body (RFC 4662).

use super::escape;

/// One resource that the body tells of.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    pub name: &'a str,
    pub uri: &'a str,
    /// The type of its document.
    pub kind: &'a str,
    pub document: String,
}

/// What is said of the list itself.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    pub name: &'a str,
    pub uri: &'a str,
    pub version: u32,
    /// Every resource is told of.
    pub is_full: bool,
    /// The subscription is over.
    pub is_over: bool,
    /// What the identifiers of the parts end in.
    pub host: &'a str,
}

/// The content type and the body. `mark` makes its identifiers like no others.
pub fn body(list: List<'_>, parts: &[Part<'_>], mark: u32) -> (String, String) {
    let boundary = format!("list{mark:08x}");
    let host = list.host;
    let state = if list.is_over { "terminated" } else { "active" };
    let mut resources = String::new();
    let mut documents = String::new();
    for (at, part) in parts.iter().enumerate() {
        let (name, uri, document) = (escape(part.name), escape(part.uri), &part.document);
        resources.push_str(&format!(
            " <resource uri=\"{uri}\">\n  <name>{name}</name>\n  <instance id=\"{mark:x}i{at}\" state=\"{state}\" \
             cid=\"{mark:x}p{at}@{host}\" />\n </resource>\n"
        ));
        documents.push_str(&piece(&boundary, &format!("{mark:x}p{at}@{host}"), part.kind, document));
    }
    let (name, uri, version, is_full) = (escape(list.name), escape(list.uri), list.version, list.is_full);
    let rlmi = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"{uri}\" \
         version=\"{version}\" fullState=\"{is_full}\">\n <name>{name}</name>\n{resources}</list>\n"
    );
    let meta = piece(&boundary, &format!("{mark:x}l@{host}"), "application/rlmi+xml", &rlmi);
    (
        format!("multipart/related;type=\"application/rlmi+xml\";boundary={boundary}"),
        format!("{meta}{documents}\r\n--{boundary}--\r\n"),
    )
}

fn piece(boundary: &str, id: &str, kind: &str, document: &str) -> String {
    let length = document.len();
    format!(
        "\r\n--{boundary}\r\nContent-ID: <{id}>\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{document}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_resource_has_its_part() {
        let list = List { name: "team", uri: "sip:team@pbx", version: 2, is_full: false, is_over: false, host: "pbx" };
        let part = Part { name: "501", uri: "sip:501@pbx", kind: "text/plain", document: "free".to_owned() };
        let (kind, text) = body(list, &[part], 7);
        assert_eq!(kind, "multipart/related;type=\"application/rlmi+xml\";boundary=list00000007");
        assert!(text.contains("uri=\"sip:team@pbx\" version=\"2\" fullState=\"false\">\n <name>team</name>"), "{text}");
        assert!(text.contains("<instance id=\"7i0\" state=\"active\" cid=\"7p0@pbx\" />"), "{text}");
        let end = "Content-ID: <7p0@pbx>\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nfree\r\n--list00000007--\r\n";
        assert!(text.ends_with(end), "{text}");
    }
}
