//! `ReceiveSF`

use std::time::Duration;

use super::{Detector, Digits, Ear, MOST};
use crate::applications::hearing;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets, leading_number};
use crate::media::Frame;
use crate::media::dtmf::tone_level;

/// Reads digits that come as pulses of a single frequency into a variable: as many as are wanted, or until the time is over.
///
/// Without a timeout, in seconds, it waits without end. The call is not answered for it.
pub static RECEIVE_SF: Application = Application {
    name: "ReceiveSF",
    synopsis: "Reads digits that come as pulses of a single frequency",
    arguments: &[
        Argument::required("variable", Kind::Variable),
        Argument::optional("digits", Kind::Number),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("frequency", Kind::Number),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('d', "delays the audio, so that less of the pulses is heard: nobody hears them here"),
        Letter::plain('e', "lets others hear the frequency: nobody else listens here"),
        Letter::plain('m', "mutes the conference: the caller is in none here"),
        Letter::plain('q', "keeps the pulses from others: nobody hears them here"),
        Letter::plain('r', "takes less exact pulses: there is one way here"),
        Letter::with('t', "seconds", "ends so long after the last digit, 0.8 where no number is given"),
    ],
    sets: &[Sets { variable: "RECEIVESFSTATUS", values: &["START", "ERROR", "HANGUP", "MAXDIGITS", "TIMEOUT"] }],
    run: Run::Wait(|call, arguments| Box::pin(receive_sf(call, arguments))),
};

/// What is quieter than this, in dBov, is no pulse; the frequency is not further below everything together.
const QUIET: f32 = -38.0;
const BELOW: f32 = 6.0;
/// Looked at in pieces of 10 ms: a pulse has at least three, a digit is over after thirty without one.
/// The longest digit takes this long.
const DIGIT: Duration = Duration::from_secs(1);
const PIECE: usize = 80;
const LEAST: u32 = 3;
const OVER: u32 = 30;

struct Pulses {
    frequency: f64,
    count: u32,
    sounding: u32,
    silent: u32,
}

impl Detector for Pulses {
    fn process(&mut self, frame: &Frame) -> Option<char> {
        let samples = frame.narrow();
        let mut digit = None;
        for piece in samples.chunks(PIECE) {
            let (all, tone) = (Frame::from_samples(piece).level(), tone_level(piece, self.frequency, 8000));
            // A sine's level is 3 dB below what it is counted from.
            if tone > QUIET && tone > all - BELOW {
                self.sounding += 1;
                self.silent = 0;
                continue;
            }
            if std::mem::take(&mut self.sounding) >= LEAST {
                self.count += 1;
            }
            self.silent += 1;
            if self.silent == OVER && (1..=10).contains(&self.count) {
                digit = char::from_digit(self.count % 10, 10);
            }
            if self.silent >= OVER {
                self.count = 0;
            }
        }
        digit
    }
}

async fn receive_sf(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(variable) = arguments.given(0) else {
        call.context().warn("ReceiveSF needs a variable: ReceiveSF(variable[,digits[,timeout]])");
        return Outcome::Hangup;
    };
    let positive = |at: usize| arguments.seconds(at).filter(|number| *number > 0.0);
    let most = positive(1).map_or(MOST, |digits| digits as usize).min(MOST);
    let frequency = positive(3).unwrap_or(2600.0);
    let (ear, mut heard) = Ear::new(Pulses { frequency, count: 0, sounding: 0, silent: 0 });
    let _listening = call.channel.listen(ear);
    let mut read = Digits { call, variable, digits: String::new() };
    let options = arguments.options(4);
    let pause = options.has('t').then(|| options.argument('t').map(leading_number).filter(|pause| *pause >= 0.6));
    let pause = pause.map(|pause| Duration::from_secs_f64(pause.unwrap_or(0.8)));
    let digits = async {
        loop {
            let next = match pause.filter(|_| !read.digits.is_empty()) {
                // A digit is told of when the pause behind it has begun.
                Some(pause) => match tokio::time::timeout(pause + DIGIT, heard.recv()).await {
                    Ok(next) => next,
                    Err(_) => return "TIMEOUT",
                },
                None => heard.recv().await,
            };
            let Some(digit) = next else { return "ERROR" };
            read.digits.push(digit);
            if read.digits.len() >= most {
                return "MAXDIGITS";
            }
        }
    };
    hearing::wait_for(call, "RECEIVESFSTATUS", positive(2).map(Duration::from_secs_f64), digits).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_time_may_run_out() {
        let told = Trial::of("ReceiveSF(D,,2)").run();
        assert_eq!((told.value("RECEIVESFSTATUS"), told.value("D")), (Some("TIMEOUT"), Some("")));
        let told = Trial::of(
            "Originate(Local/200@default/n,app,SendSF,www12wwwwwwwwww,,,a)
             NoOp(on)
             exten => 200,1,Answer()
             exten => 200,2,ReceiveSF(DIGITS,,,,t(1))
             exten => 200,3,NoOp(soon)",
        )
        .run();
        assert_eq!((told.value("DIGITS"), told.value("RECEIVESFSTATUS")), (Some("12"), Some("TIMEOUT")));
        assert!(told.has("200@default:3 NoOp soon"));
        assert!(Trial::of("ReceiveSF()\nNoOp(no)").run().has("warning ReceiveSF needs a variable"));
    }
}
