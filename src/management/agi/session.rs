//! The conversation with a program: its commands, our answers, and what a hang-up in between does.

use std::process::ExitStatus;
use std::time::Duration;

use super::command::{Command, Run};
use super::link::{LONGEST, Line, Link};
use super::reply::{DEAD, Reply, UNKNOWN};
use super::script::Script;
use crate::channel::Happening;
use crate::conf::{is_false, is_true};
use crate::interpreter::Call;

/// What AGISTATUS tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Success,
    Failure,
    NotFound,
    Hangup,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Status::Success => "SUCCESS",
            Status::Failure => "FAILURE",
            Status::NotFound => "NOTFOUND",
            Status::Hangup => "HANGUP",
        }
    }
}

/// A program that reads nothing gets so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// A conversation with a program that steers a call.
pub struct Session {
    /// How warnings name the program.
    name: String,
    link: Link,
    /// None for a server.
    script: Option<Script>,
    /// The caller is gone; only what needs none may still be asked.
    is_dead: bool,
    status: Status,
    has_warned: bool,
    /// How many commands it has given.
    commands: u32,
    /// It does not read.
    is_deaf: bool,
    /// A command that fails is the last.
    ends_with_failure: bool,
}

impl Session {
    pub fn new(name: &str, link: Link, script: Option<Script>) -> Self {
        let name = name.to_owned();
        Self {
            name,
            link,
            script,
            is_dead: false,
            status: Status::Success,
            has_warned: false,
            commands: 0,
            is_deaf: false,
            ends_with_failure: false,
        }
    }

    /// A command that fails ends the conversation.
    #[must_use]
    pub fn ending_with_failure(self) -> Self {
        Self { ends_with_failure: true, ..self }
    }

    /// Tells the program about the call and does what it asks until it has nothing more to ask.
    pub async fn run(mut self, call: &mut Call, environment: &str) -> Status {
        self.is_dead = call.is_ending() || call.channel.hangup_cause().is_some();
        let (signals, exits) = {
            let mut context = call.context();
            let mut setting = |name: &str| context.get(name).unwrap_or_default();
            (!is_false(&setting("AGISIGHUP")), is_true(&setting("AGIEXITONHANGUP")))
        };
        self.send(call, environment).await;
        loop {
            self.notice_hangup(call, signals).await;
            if exits && self.status == Status::Hangup {
                break;
            }
            let line = tokio::select! {
                biased;
                () = call.cut_short(), if !self.is_dead => continue,
                line = call.exchange.clock.outside(self.link.next()) => line,
            };
            // Keys that were pressed while nobody asked for any are lost.
            call.channel.discard_digits();
            match line {
                Ok(Some(Line::Text(line))) if begins_with_failure(&line) => {
                    self.status = Status::Failure;
                    break;
                }
                Ok(Some(line)) => {
                    if let Line::Text(line) = &line {
                        show(call, "Rx <<", line);
                    }
                    let answer = self.answer(call, line).await;
                    // A script that does not survive the signal must not go on with the answer; a server reads that first.
                    if self.script.is_some() {
                        self.notice_hangup(call, signals).await;
                    }
                    self.send(call, &answer).await;
                    if self.ends_with_failure && self.status == Status::Failure {
                        break;
                    }
                }
                Ok(None) | Err(_) => {
                    self.collect(call).await;
                    break;
                }
            }
        }
        self.status
    }

    /// Sends lines, as long as the call lasts; a program that is gone is noticed where it is read. One that reads
    /// nothing, and writes on, gets no more answers: both would wait for each other for ever.
    async fn send(&mut self, call: &Call, text: &str) {
        if self.is_deaf {
            return;
        }
        show(call, "Tx >>", text);
        tokio::select! {
            biased;
            _ = call.exchange.clock.outside(self.link.send(text)) => {}
            () = tokio::time::sleep(PATIENCE) => {
                self.is_deaf = true;
                call.context().warn(&format!("AGI: {}: it does not read its answers, and gets no more", self.name));
            }
            () = call.cut_short(), if !self.is_dead => {}
        }
    }

    /// Tells the program once that the caller is gone.
    async fn notice_hangup(&mut self, call: &Call, signals: bool) {
        if self.is_dead || !call.is_cut_short() {
            return;
        }
        self.is_dead = true;
        if self.status == Status::Success {
            self.status = Status::Hangup;
        }
        match &self.script {
            _ if !signals => {}
            Some(script) => script.hang_up(),
            None => self.send(call, "HANGUP\n").await,
        }
    }

    /// Does what a line asks, and gives the lines of the answer.
    async fn answer(&mut self, call: &mut Call, line: Line) -> String {
        let Line::Text(line) = line else {
            self.warn_once(call, &format!("a line of more than {LONGEST} characters was left out"));
            return format!("{UNKNOWN}\n");
        };
        let Some((command, words)) = Command::find(&line) else {
            self.warn_once(call, &format!("`{}` is no command", line.chars().take(60).collect::<String>()));
            let number = self.tell_begin(call, &line);
            tell_end(call, &line, number, 510, "Invalid or unknown command");
            return format!("{UNKNOWN}\n");
        };
        let number = self.tell_begin(call, &line);
        if self.is_dead && !command.works_dead {
            tell_end(call, &line, number, 511, "Command not permitted on dead channel or intercept routine");
            return format!("{DEAD}\n");
        }
        let reply = match command.run {
            Run::Compute(run) => run(&mut call.context(), &words),
            Run::Wait(run) => run(call, words).await,
        };
        match &reply {
            Reply::Usage => tell_end(call, &line, number, 520, "Usage"),
            Reply::Done { has_failed: true, .. } => tell_end(call, &line, number, -1, "Failure"),
            Reply::Done { .. } => tell_end(call, &line, number, 200, "Success"),
        }
        if matches!(reply, Reply::Done { has_failed: true, .. }) && (self.is_dead || !call.is_cut_short()) {
            self.status = Status::Failure;
        }
        reply.lines(command)
    }

    /// Tells manager programs that a command begins; gives the number that its end has too.
    fn tell_begin(&mut self, call: &Call, line: &str) -> u32 {
        self.commands = self.commands.wrapping_add(1);
        let number = self.commands;
        tell(call, "AGIExecStart", &[("CommandId", &number.to_string()), ("Command", line)]);
        number
    }

    /// A program that talks nonsense says the same many times over.
    fn warn_once(&mut self, call: &Call, text: &str) {
        if !std::mem::replace(&mut self.has_warned, true) {
            call.context().warn(&format!("AGI: {}: {text}", self.name));
        }
    }

    /// The program writes no more: a script's end tells how it went.
    async fn collect(&mut self, call: &Call) {
        let Some(script) = &mut self.script else { return };
        let ended = tokio::select! {
            biased;
            ended = call.exchange.clock.outside(script.wait()) => ended,
            () = call.cut_short(), if !self.is_dead => {
                self.status = Status::Hangup;
                return;
            }
        };
        let trouble = match &ended {
            Ok(status) if status.success() => return,
            Ok(status) => ending(*status),
            Err(error) => error.to_string(),
        };
        if self.status == Status::Success {
            self.status = Status::Failure;
            self.warn_once(call, &trouble);
        }
    }
}

/// Tells what was said, where `agi set debug` asks for it.
fn show(call: &Call, way: &str, text: &str) {
    if call.exchange.remote.is_shown() {
        for line in text.lines() {
            tracing::info!(verbose = 0_i64, "<{}>AGI {way} {line}", call.channel.name());
        }
    }
}

fn tell_end(call: &Call, line: &str, number: u32, code: i16, result: &str) {
    let (number, code) = (number.to_string(), code.to_string());
    let fields = [("CommandId", number.as_str()), ("Command", line), ("ResultCode", &code), ("Result", result)];
    tell(call, "AGIExecEnd", &fields);
}

fn tell(call: &Call, event: &str, fields: &[(&str, &str)]) {
    let channel = Some(&*call.channel);
    call.exchange.channels.publish(&Happening::Manager { channel, event, privilege: "agi", fields });
}

/// What Asterisk's children write when they cannot begin.
fn begins_with_failure(line: &str) -> bool {
    line.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("failure"))
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended with the code {code}"),
        None => format!("it was killed ({status})"),
    }
}
