//! Bodies of several parts (RFC 5621), as trunks from the telephone network send them.

use super::Headers;

/// Parts that are looked at.
const MOST: usize = 16;

/// The part of a body that has a media type: the whole body where it is of that type or says no type.
pub(super) fn part<'a>(headers: &Headers, body: &'a [u8], kind: &str) -> Option<&'a [u8]> {
    let Some(of_all) = headers.get("Content-Type") else { return Some(body) };
    match boundary(of_all) {
        None => (media_type(of_all) == kind).then_some(body),
        Some(boundary) => {
            let delimiter = format!("--{boundary}").into_bytes();
            let parts = split(body, &delimiter).skip(1).take(MOST);
            let mut found = parts
                .filter_map(headed)
                .filter(|(head, _)| content_type(head).is_some_and(|of| media_type(of) == kind));
            found.next().map(|(_, content)| content)
        }
    }
}

/// The `boundary` of a `multipart/…`.
fn boundary(value: &str) -> Option<&str> {
    media_type(value).strip_prefix("multipart/")?;
    let mut parameters = value.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, boundary) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    Some(boundary.trim().trim_matches('"')).filter(|boundary| !boundary.is_empty())
}

fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn split<'a, 'd>(body: &'a [u8], delimiter: &'d [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a, 'd> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.windows(delimiter.len()).position(|window| window == delimiter) {
            Some(at) => {
                rest = text.get(at + delimiter.len()..);
                text.get(..at)
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}

/// A part's header lines and what follows the empty line behind them, without the line end that belongs to the next
/// delimiter.
fn headed(part: &[u8]) -> Option<(String, &[u8])> {
    let (head, content) = ["\r\n\r\n", "\n\n"].iter().find_map(|gap| {
        let at = part.windows(gap.len()).position(|window| window == gap.as_bytes())?;
        Some((part.get(..at)?, part.get(at + gap.len()..)?))
    })?;
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    Some((String::from_utf8_lossy(head).into_owned(), content.strip_suffix(b"\r").unwrap_or(content)))
}

fn content_type(head: &str) -> Option<&str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields
        .find(|(name, _)| matches!(name.trim().to_ascii_lowercase().as_str(), "content-type" | "c"))
        .map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, body: &'static str) -> Option<String> {
        let mut headers = Headers::default();
        if !kind.is_empty() {
            headers.push("Content-Type", kind);
        }
        let found = part(&headers, body.as_bytes(), "application/sdp");
        found.map(|found| String::from_utf8_lossy(found).into_owned())
    }

    #[test]
    fn a_description_is_found_where_it_stands() {
        assert_eq!(of("application/sdp", "v=0").as_deref(), Some("v=0"));
        assert_eq!(of("", "v=0").as_deref(), Some("v=0"));
        assert_eq!(of("text/plain", "v=0"), None);
        let body = "--xx\r\nContent-Type: application/isup\r\n\r\nabc\r\n--xx\r\nContent-Type: Application/SDP\r\n\r\nv=0\r\ns=-\r\n\r\n--xx--\r\n";
        assert_eq!(of("multipart/mixed;boundary=\"xx\"", body).as_deref(), Some("v=0\r\ns=-\r\n"));
        assert_eq!(of("multipart/mixed", body), None);
        assert_eq!(of("multipart/mixed;boundary=yy", body), None);
    }
}
