//! Digits in INFO requests: `application/dtmf-relay` and `application/dtmf`.

use std::time::Duration;

use crate::sip::wire::Request;

/// The digit that an INFO carries; `None` if it carries none.
pub(super) fn digit(request: &Request) -> Option<char> {
    let text = std::str::from_utf8(&request.body).ok()?;
    let word = match request.headers.content_type()?.as_str() {
        "application/dtmf-relay" | "application/vnd.nortelnetworks.digits" => text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            let key = key.trim();
            (key.eq_ignore_ascii_case("signal") || key.eq_ignore_ascii_case("d")).then(|| value.trim())
        })?,
        "application/dtmf" => text.trim(),
        _ => return None,
    };
    match word {
        "10" => Some('*'),
        "11" => Some('#'),
        "16" | "flash" | "Flash" => Some('!'),
        _ => {
            let mut letters = word.chars();
            let digit = letters.next()?.to_ascii_uppercase();
            let is_digit = digit.is_ascii_digit() || "*#ABCD!".contains(digit);
            (is_digit && letters.next().is_none()).then_some(digit)
        }
    }
}

/// The body of an INFO that sends a digit, in `application/dtmf-relay`.
pub(super) fn body(digit: char, length: Duration) -> String {
    let signal = if digit == '!' { "16".to_owned() } else { digit.to_string() };
    format!("Signal={signal}\r\nDuration={}\r\n", length.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::wire::{Method, NameAddr, Uri};

    fn info(content_type: &str, body: &str) -> Option<char> {
        let address = || NameAddr::new(Uri::parse("sip:a@b").unwrap());
        let mut request = Request::new(Method::INFO, address().uri, address(), address(), "1", 1);
        request.set_body(content_type, body);
        digit(&request)
    }

    #[test]
    fn digits_are_read_in_every_spelling() {
        assert_eq!(info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"), Some('5'));
        assert_eq!(info("application/dtmf-relay", "signal= #\n"), Some('#'));
        assert_eq!(info("application/dtmf-relay", "Signal=10"), Some('*'));
        assert_eq!(info("application/dtmf", "d"), Some('D'));
        assert_eq!(info("application/dtmf", "16"), Some('!'));
    }

    #[test]
    fn what_is_no_digit_is_none() {
        assert_eq!(info("application/dtmf-relay", "Duration=160"), None);
        assert_eq!(info("application/dtmf", ""), None);
        assert_eq!(info("application/dtmf", "x"), None);
        assert_eq!(info("text/plain", "1"), None);
    }

    #[test]
    fn a_digit_comes_back_as_it_was_sent() {
        let sent = body('#', Duration::from_millis(100));
        assert_eq!(info("application/dtmf-relay", &sent), Some('#'));
    }
}
