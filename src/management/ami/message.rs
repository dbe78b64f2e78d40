//! Bytes from a manager program to its actions: lines `Key: value`, ended by an empty line.
//!
//! Everything is bounded. A line or an action beyond the bounds is passed over to its end and comes out as
//! [`Message::TooLong`], so that the conversation goes on behind it.

/// The longest line that is taken.
pub const LONGEST_LINE: usize = 16 * 1024;

/// The most lines of an action, and the most bytes.
const MOST_LINES: usize = 1024;
const LARGEST: usize = 256 * 1024;

/// One action as it came: its lines in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Request {
    lines: Vec<Line>,
}

/// A line `Key: value`.
#[derive(Clone, PartialEq, Eq)]
struct Line {
    text: String,
    /// How many bytes of it are the key.
    key: usize,
}

impl Line {
    fn read(text: String) -> Option<Self> {
        let key = text.find(':')?;
        Some(Self { text, key })
    }

    fn parts(&self) -> (&str, &str) {
        let (key, value) = self.text.split_at_checked(self.key).unwrap_or_default();
        (key, value.trim_start_matches(':').trim_start())
    }
}

impl Request {
    /// The first value of a key, in any case; `None` where it is not there or empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        let mut known = self.headers().filter(|(name, _)| name.eq_ignore_ascii_case(key));
        known.next().map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// Every value of a key, in order.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers().filter(move |(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// All keys and values, in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().map(Line::parts)
    }

    /// Every key with its whole line as it came, in order.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().map(|line| (line.parts().0, line.text.as_str()))
    }

    /// An action of these keys and values, with line ends taken out.
    pub fn new(headers: impl Iterator<Item = (String, String)>) -> Self {
        let line = |(key, value): (String, String)| Line::read(format!("{key}: {value}").replace(['\r', '\n'], " "));
        Self { lines: headers.take(MOST_LINES).filter_map(line).collect() }
    }

    /// An action of these lines.
    #[cfg(test)]
    pub fn of(lines: &str) -> Self {
        let mut parser = Parser::default();
        parser.feed(lines.as_bytes());
        parser.feed(b"\n\n");
        match parser.pop() {
            Some(Message::Request(request)) => request,
            _ => Self::default(),
        }
    }
}

/// Keys only: values may hold passwords.
impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.headers().map(|(name, _)| name)).finish()
    }
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    Request(Request),
    /// An action with a line, or with more lines, than is taken; its `ActionID`, where that was readable.
    TooLong(Option<String>),
}

/// Gathers bytes to actions.
#[derive(Default)]
pub struct Parser {
    line: Vec<u8>,
    request: Request,
    size: usize,
    is_line_too_long: bool,
    is_too_long: bool,
    ready: std::collections::VecDeque<Message>,
}

impl Parser {
    /// Takes what was read.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            self.append(line);
            self.end_line();
            bytes = rest.get(1..).unwrap_or_default();
        }
        self.append(bytes);
    }

    /// The next action that is complete.
    pub fn pop(&mut self) -> Option<Message> {
        self.ready.pop_front()
    }

    fn append(&mut self, part: &[u8]) {
        let room = LONGEST_LINE.saturating_sub(self.line.len());
        self.is_line_too_long |= part.len() > room;
        self.line.extend(part.iter().take(room));
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        self.is_too_long |= std::mem::take(&mut self.is_line_too_long);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if !line.is_empty() {
            self.size += line.len();
            self.take(&String::from_utf8_lossy(&line));
            line.clear();
            self.line = line;
        } else {
            // An empty line alone asks for nothing, which Asterisk answers as well.
            self.end_request();
        }
    }

    fn take(&mut self, line: &str) {
        // What is no `Key: value` says nothing; Asterisk passes it over as well.
        let Some(line) = Line::read(line.to_owned()) else { return };
        if self.request.lines.len() >= MOST_LINES || self.size > LARGEST {
            self.is_too_long = true;
            return;
        }
        self.request.lines.push(line);
    }

    fn end_request(&mut self) {
        let request = std::mem::take(&mut self.request);
        self.size = 0;
        self.ready.push_back(match std::mem::take(&mut self.is_too_long) {
            true => Message::TooLong(request.get("ActionID").map(str::to_owned)),
            false => Message::Request(request),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8], step: usize) -> Vec<Message> {
        let mut parser = Parser::default();
        bytes.chunks(step).for_each(|chunk| parser.feed(chunk));
        std::iter::from_fn(|| parser.pop()).collect()
    }

    fn request(message: &Message) -> Vec<(&str, &str)> {
        match message {
            Message::Request(request) => request.headers().collect(),
            Message::TooLong(_) => Vec::new(),
        }
    }

    #[test]
    fn lines_become_actions_however_the_bytes_come() {
        let text = b"Action: Ping\r\nActionID:7\r\n\r\naction: Setvar\nVariable: A\nValue:  b: c \n\n";
        for step in [1, 2, 7, 1000] {
            let messages = parsed(text, step);
            assert_eq!(messages.len(), 2, "{step}");
            assert_eq!(request(&messages[0]), [("Action", "Ping"), ("ActionID", "7")]);
            assert_eq!(request(&messages[1]), [("action", "Setvar"), ("Variable", "A"), ("Value", "b: c ")]);
        }
    }

    #[test]
    fn keys_are_found_in_any_case_and_in_order() {
        let request = Request::of("Variable: A=1\nVARIABLE: B=2\nEmpty:\nnonsense\n None: a\nNone : b");
        assert_eq!(request.all("variable").collect::<Vec<_>>(), ["A=1", "B=2"]);
        assert_eq!((request.get("Variable"), request.get("empty"), request.get("none")), (Some("A=1"), None, None));
    }

    #[test]
    fn an_empty_line_alone_is_an_action_of_nothing() {
        let messages = parsed(b"\r\nAction: Ping\r\n\r\n\r\n", 3);
        let lengths: Vec<_> = messages.iter().map(|message| request(message).len()).collect();
        assert_eq!(lengths, [0, 1, 0]);
    }

    #[test]
    fn a_line_can_be_had_as_it_came() {
        let request = Request::of("A:1\nSp:  x  y \nEmpty:");
        assert_eq!(request.lines().collect::<Vec<_>>(), [("A", "A:1"), ("Sp", "Sp:  x  y "), ("Empty", "Empty:")]);
    }

    #[test]
    fn what_is_too_long_is_told_and_the_next_is_heard() {
        let mut bytes = b"Action: Login\nActionID: 3\nSecret: ".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', 1_000_000));
        bytes.extend(b"\n\nAction: Ping\n\n");
        let messages = parsed(&bytes, 4096);
        assert_eq!(messages[0], Message::TooLong(Some("3".to_owned())));
        assert_eq!(request(&messages[1]), [("Action", "Ping")]);
        let many = "A: b\n".repeat(5000) + "\n";
        assert_eq!(parsed(many.as_bytes(), 4096), [Message::TooLong(None)]);
    }

    #[test]
    fn a_password_does_not_show() {
        let shown = format!("{:?}", Request::of("Action: Login\nSecret: sesame"));
        assert!(shown.contains("Secret") && !shown.contains("sesame"), "{shown}");
    }
}
