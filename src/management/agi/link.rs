//! Lines to and from the program outside.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

/// The longest command line that is taken.
pub const LONGEST: usize = 16 * 1024;

/// A line that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Without its end. Bytes that are no UTF-8 have become `?`.
    Text(String),
    /// It was longer than [`LONGEST`] and is gone.
    TooLong,
}

/// A program outside, reading and writing lines.
pub struct Link {
    reader: BufReader<Box<dyn AsyncRead + Send + Sync + Unpin>>,
    writer: Box<dyn AsyncWrite + Send + Sync + Unpin>,
    /// The beginning of the line that is on its way.
    partial: Vec<u8>,
    is_too_long: bool,
}

impl Link {
    pub fn new(
        reader: impl AsyncRead + Send + Sync + Unpin + 'static,
        writer: impl AsyncWrite + Send + Sync + Unpin + 'static,
    ) -> Self {
        Self {
            reader: BufReader::new(Box::new(reader)),
            writer: Box::new(writer),
            partial: Vec::new(),
            is_too_long: false,
        }
    }

    /// The next line; none when the program writes no more. What was read of a line is kept when this is dropped.
    ///
    /// # Errors
    /// Where the connection fails.
    pub async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let read = self.reader.fill_buf().await?;
            if read.is_empty() {
                let is_over = self.partial.is_empty() && !self.is_too_long;
                return Ok(if is_over { None } else { Some(self.take()) });
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let part = read.get(..end.unwrap_or(read.len())).unwrap_or(read);
            let room = LONGEST - self.partial.len();
            self.is_too_long |= part.len() > room;
            self.partial.extend(part.iter().take(room));
            let length = part.len() + usize::from(end.is_some());
            self.reader.consume(length);
            if end.is_some() {
                return Ok(Some(self.take()));
            }
        }
    }

    fn take(&mut self) -> Line {
        let mut line = std::mem::take(&mut self.partial);
        if std::mem::take(&mut self.is_too_long) {
            return Line::TooLong;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Line::Text(String::from_utf8_lossy(&line).replace(char::REPLACEMENT_CHARACTER, "?"))
    }

    /// Writes a text whole.
    ///
    /// # Errors
    /// Where the program is gone.
    pub async fn send(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes()).await?;
        self.writer.flush().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(bytes: Vec<u8>) -> Vec<Line> {
        let mut link = Link::new(io::Cursor::new(bytes), tokio::io::sink());
        let mut lines = Vec::new();
        while let Some(line) = link.next().await.unwrap() {
            lines.push(line);
        }
        lines
    }

    fn text(text: &str) -> Line {
        Line::Text(text.to_owned())
    }

    #[tokio::test]
    async fn lines_end_in_one_way_or_the_other() {
        assert_eq!(
            lines(b"NOOP\n\nANSWER\r\nlast".to_vec()).await,
            [text("NOOP"), text(""), text("ANSWER"), text("last")]
        );
        assert_eq!(lines(b"a\xffb\n".to_vec()).await, [text("a?b")]);
        assert_eq!(lines(Vec::new()).await, []);
    }

    #[tokio::test]
    async fn an_endless_line_is_not_kept() {
        let mut flood = vec![b'x'; LONGEST * 4];
        flood.extend(b"\nNOOP\n");
        assert_eq!(lines(flood).await, [Line::TooLong, text("NOOP")]);
        assert_eq!(lines(vec![b'x'; LONGEST]).await.len(), 1);
    }
}
