//! What a call file says.

use std::time::Duration;

use crate::applications::originating::{Origination, Then};
use crate::channel::Position;
use crate::channel::caller_id::{self, Party};
use crate::conf::is_true;

/// A call file, read.
#[derive(Clone, Debug)]
pub(super) struct CallFile {
    pub wish: Origination,
    pub max_retries: u32,
    pub retry_time: Duration,
    /// It is deleted when it is done even if it was touched meanwhile.
    pub is_deleted: bool,
    pub is_archived: bool,
    /// How often the call was tried, also by a process that is gone.
    pub attempts: u32,
    /// The last attempt was not ended: its process was.
    pub is_open: bool,
}

/// A file that makes no call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Useless {
    pub why: &'static str,
    pub is_archived: bool,
}

/// How long the called party may take, and the pause between two attempts, unless the file says otherwise.
const WAIT_TIME: Duration = Duration::from_secs(45);
const RETRY_TIME: Duration = Duration::from_secs(300);

impl CallFile {
    /// Reads a file. What is wrong in a line is warned of, and the line left out.
    ///
    /// # Errors
    /// Where it makes no call.
    pub fn parse(text: &str) -> Result<Self, Useless> {
        let (mut destination, mut application, mut data) = (None, None, String::new());
        let (mut context, mut extension, mut priority) = (None, "s".to_owned(), 1);
        let mut wish = Origination::new("", Then::Place(Position::default()));
        wish.timeout = WAIT_TIME;
        let mut file = Self {
            wish,
            max_retries: 0,
            retry_time: RETRY_TIME,
            is_deleted: true,
            is_archived: false,
            attempts: 0,
            is_open: false,
        };
        for (at, line) in text.lines().enumerate() {
            let line = without_comment(line).trim();
            if line.is_empty() {
                continue;
            }
            let Some((key, value)) = line.split_once(':') else {
                tracing::warn!("line {} of a call file has no colon", at + 1);
                continue;
            };
            let value = value.trim();
            let number = |usual: u32| {
                value.parse::<u32>().unwrap_or_else(|_| {
                    tracing::warn!("line {} of a call file: `{value}` is no number", at + 1);
                    usual
                })
            };
            match key.trim().to_ascii_lowercase().as_str() {
                "channel" => destination = Some(value.to_owned()),
                "callerid" => file.wish.caller = caller(value),
                "application" => application = Some(value.to_owned()),
                "data" => value.clone_into(&mut data),
                "context" => context = Some(value.to_owned()),
                "extension" => value.clone_into(&mut extension),
                "priority" => priority = i32::try_from(number(1)).unwrap_or(1),
                "maxretries" => file.max_retries = number(0),
                "retrytime" => file.retry_time = Duration::from_secs(number(300).max(1).into()),
                "waittime" => file.wish.timeout = Duration::from_secs(number(45).max(1).into()),
                "account" => value.clone_into(&mut file.wish.account),
                "set" | "setvar" => match value.split_once('=') {
                    Some((name, value)) => file.wish.variables.push((name.trim().to_owned(), value.to_owned())),
                    None => tracing::warn!("line {} of a call file has no `=`", at + 1),
                },
                "alwaysdelete" => file.is_deleted = is_true(value),
                "archive" => file.is_archived = is_true(value),
                "early_media" => file.wish.takes_early_media = is_true(value),
                "startretry" => (file.attempts, file.is_open) = (file.attempts + 1, true),
                "endretry" | "abortretry" => file.is_open = false,
                // The codecs are agreed on with the called party.
                "codecs" | "delayedretry" | "status" => {}
                other => tracing::warn!("call files have no `{other}`"),
            }
        }
        let useless = |why| Useless { why, is_archived: file.is_archived };
        let destination = destination.filter(|name| name.contains('/'));
        file.wish.destination = destination.ok_or_else(|| useless("there is no Channel"))?;
        file.wish.then = match (application, context) {
            (Some(name), _) if !name.is_empty() => Then::Application { name, arguments: data },
            (_, Some(context)) => Then::Place(Position::new(&context, &extension, priority)),
            _ => return Err(useless("there is neither an Application nor a Context")),
        };
        Ok(file)
    }
}

fn caller(text: &str) -> Party {
    let (name, number) = caller_id::parse(text);
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Party { name: given(name), number: given(number), ..Party::default() }
}

/// A line up to a `#` or `;` that begins it or stands behind a blank; a backslash protects one.
fn without_comment(line: &str) -> &str {
    let begins = |at: usize, letter: char| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        (letter == '#' && at == 0) || (letter == ';' && before.is_none_or(char::is_whitespace))
    };
    let at = line.char_indices().find(|(at, letter)| begins(*at, *letter)).map_or(line.len(), |(at, _)| at);
    line.get(..at).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_a_file_may_say() {
        let file = CallFile::parse(
            "# wake-up\nChannel: SIP/2001\nCallerID: \"Desk\" <100>\nContext: wake\nExtension: 7\nPriority: 2 ; the second\n\
             MaxRetries: 3\nRetryTime: 60\nWaitTime: 20\nAccount: hotel\nSet: ROOM=7\nSetvar: __A=b=c\nAlwaysDelete: No\n\
             Archive: yes\nStartRetry: 12 1 (1)\nEndRetry: 12 1 (2)\nStartRetry: 12 2 (3)\n",
        )
        .unwrap();
        assert!(matches!(&file.wish.then, Then::Place(place) if place.to_string() == "7@wake:2"));
        assert_eq!((file.wish.destination.as_str(), file.wish.account.as_str()), ("SIP/2001", "hotel"));
        assert_eq!((file.wish.caller.name(), file.wish.caller.number()), ("Desk", "100"));
        let variables: Vec<_> = file.wish.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(variables, ["ROOM=7", "__A=b=c"]);
        assert_eq!((file.max_retries, file.retry_time.as_secs(), file.wish.timeout.as_secs()), (3, 60, 20));
        assert_eq!((file.is_deleted, file.is_archived, file.attempts, file.is_open), (false, true, 2, true));
    }

    #[test]
    fn what_makes_no_call_says_why() {
        assert!(CallFile::parse("Application: Playback\n").unwrap_err().why.contains("Channel"));
        let useless = CallFile::parse("Channel: SIP/1\nArchive: yes\n").unwrap_err();
        assert!(useless.why.contains("Context") && useless.is_archived);
        let lenient = CallFile::parse("hello\nChannel: SIP/1\nContext: a\nMaxRetries: many\nSet: x\n").unwrap();
        assert_eq!((lenient.max_retries, lenient.wish.variables.len()), (0, 0));
        let file = CallFile::parse("Channel: SIP/1\nApplication: Playback\nData: a,b\n").unwrap();
        assert!(matches!(file.wish.then, Then::Application { arguments, .. } if arguments == "a,b"));
    }
}
