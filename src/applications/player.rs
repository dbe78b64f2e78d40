//! `MP3Player`, `NBScat`: programs outside whose sound the caller hears.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::channel::Event;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};
use crate::media::frame::SAMPLES;
use crate::media::{FRAME, Frame};

/// Plays an MP3 file or stream by the program `mpg123` until a key is pressed.
pub static MP3_PLAYER: Application = Application {
    name: "MP3Player",
    synopsis: "Plays an MP3 file or stream by mpg123",
    arguments: &[Argument::required("file or address", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(mp3_player(call, arguments))),
};

/// Plays what the program `nbscat8k` gives, 8 kHz signed linear audio, until a key is pressed.
pub static NBS_CAT: Application = Application {
    name: "NBScat",
    synopsis: "Plays the stream of nbscat8k",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, _| Box::pin(nbs_cat(call))),
};

async fn mp3_player(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.is_empty() {
        call.context().warn("MP3Player needs a file or an address");
        return Outcome::Hangup;
    }
    let source = arguments.text().to_owned();
    play(call, "mpg123", &["-q", "-s", "--mono", "-r", "8000", "--", &source]).await
}

async fn nbs_cat(call: &mut Call) -> Outcome {
    play(call, "nbscat8k", &[]).await
}

/// A program that gives nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(8);

/// Plays the standard output of a program until it ends or the party presses a key.
async fn play(call: &mut Call, program: &str, arguments: &[&str]) -> Outcome {
    call.background = None;
    let mut child = match start(call, program, arguments) {
        Ok(child) => child,
        Err(error) => {
            call.context().warn(&format!("{program} cannot be run: {error}"));
            return Outcome::Continue;
        }
    };
    let Some(mut output) = child.stdout.take() else { return Outcome::Continue };
    let channel = std::sync::Arc::clone(&call.channel);
    let _playing = channel.begin_playing();
    let mut ticks = tokio::time::interval(FRAME);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut bytes = [0; SAMPLES * 2];
    loop {
        let read = async {
            let whole = call.exchange.clock.outside(output.read_exact(&mut bytes));
            matches!(tokio::time::timeout(PATIENCE, whole).await, Ok(Ok(_)))
        };
        tokio::select! {
            biased;
            event = channel.event() => {
                if matches!(event, Event::Digit(_)) {
                    return Outcome::Continue;
                }
            }
            is_whole = read => {
                if !is_whole {
                    return Outcome::Continue;
                }
                let mut samples = [0; SAMPLES];
                for (sample, pair) in samples.iter_mut().zip(bytes.chunks_exact(2)) {
                    *sample = pair.try_into().map_or(0, i16::from_le_bytes);
                }
                channel.write(&Frame::linear(samples));
                ticks.tick().await;
            }
        }
    }
}

fn start(call: &Call, program: &str, arguments: &[&str]) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    for (name, value) in call.exchange.environment.lock().iter() {
        command.env(name, value);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use crate::applications::testing::Trial;

    #[test]
    fn what_a_program_plays_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        for (name, script) in [("mpg123", "head -c 3200 /dev/zero | tr '\\0' '@'"), ("nbscat8k", "exit 0")] {
            let program = folder.path().join(name);
            std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let told = Trial::of(&format!("Set(ENV(PATH)={path})\nMP3Player(http://x.example/a)\nNBScat\nNoOp(on)"))
            .listen()
            .run();
        assert!(told.has("100@default:5 NoOp on"), "{:?}", told.lines);
        assert!(told.heard.contains(&0x4040), "nothing was heard");
    }

    #[test]
    fn a_program_that_is_not_there_is_told_of() {
        let told = Trial::of("Set(ENV(PATH)=/nowhere)\nMP3Player(a.mp3)\nNoOp(on)").run();
        assert!(told.has("warning mpg123 cannot be run") && told.has("100@default:4 NoOp on"), "{:?}", told.lines);
    }
}
