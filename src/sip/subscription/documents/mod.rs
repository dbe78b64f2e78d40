//! What a NOTIFY carries.

pub mod chan_pjsip;
pub mod chan_sip;
pub mod resource_list;

use crate::channel::watching::Messages;

/// Escapes what XML would take for its own.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // XML has no others of these.
            control if control.is_control() && !"\t\r\n".contains(control) => {}
            other => out.push(other),
        }
    }
    out
}

/// How many messages wait (RFC 3842). `account` is the URI to call for them, if there is one.
pub fn message_summary(account: Option<&str>, messages: Messages) -> String {
    let waiting = if messages.new > 0 { "yes" } else { "no" };
    let account = account.map_or(String::new(), |account| format!("Message-Account: {account}\r\n"));
    let Messages { new, old } = messages;
    format!("Messages-Waiting: {waiting}\r\n{account}Voice-Message: {new}/{old} (0/0)\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_wait() {
        assert_eq!(
            message_summary(Some("sip:asterisk@pbx"), Messages { new: 2, old: 1 }),
            "Messages-Waiting: yes\r\nMessage-Account: sip:asterisk@pbx\r\nVoice-Message: 2/1 (0/0)\r\n"
        );
        assert_eq!(message_summary(None, Messages::default()), "Messages-Waiting: no\r\nVoice-Message: 0/0 (0/0)\r\n");
    }
}
