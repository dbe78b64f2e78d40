//! `ReceiveMF`

use std::time::Duration;

use super::{Detector, Digits, Ear, MOST};
use crate::applications::hearing;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets, leading_integer};
use crate::media::Frame;
use crate::media::mf::MfDetector;

/// Reads digits of the multi-frequency signalling R1 into a variable, up to ST or one of its variants.
///
/// What comes before KP is not taken. Without a timeout, in seconds, it waits without end. The call is not answered for it.
pub static RECEIVE_MF: Application = Application {
    name: "ReceiveMF",
    synopsis: "Reads multi-frequency digits",
    arguments: &[
        Argument::required("variable", Kind::Variable),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('d', "delays the audio, so that less of the digits is heard: nobody hears them here"),
        Letter::plain('k', "leaves KP out of the variable"),
        Letter::plain('l', "takes digits also before KP"),
        Letter::plain('m', "mutes the conference: the caller is in none here"),
        Letter::with('n', "digits", "takes no more digits than this"),
        Letter::plain('o', "a further KP begins anew"),
        Letter::plain('q', "keeps the digits from others: nobody hears them here"),
        Letter::plain('r', "takes less exact digits: there is one way here"),
        Letter::plain('s', "leaves ST out of the variable"),
    ],
    sets: &[Sets { variable: "RECEIVEMFSTATUS", values: &["START", "ERROR", "HANGUP", "MAXDIGITS", "TIMEOUT"] }],
    run: Run::Wait(|call, arguments| Box::pin(receive_mf(call, arguments))),
};

impl Detector for MfDetector {
    fn process(&mut self, frame: &Frame) -> Option<char> {
        MfDetector::process(self, frame)
    }
}

async fn receive_mf(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(variable) = arguments.given(0) else {
        call.context().warn("ReceiveMF needs a variable: ReceiveMF(variable[,timeout[,options]])");
        return Outcome::Hangup;
    };
    let options = arguments.options(2);
    let limit = arguments.seconds(1).filter(|seconds| *seconds > 0.0).map(Duration::from_secs_f64);
    let wanted = options.argument('n').and_then(leading_integer).and_then(|most| usize::try_from(most).ok());
    let most = wanted.filter(|most| *most > 0).unwrap_or(MOST);
    let (ear, mut heard) = Ear::new(MfDetector::default());
    let _listening = call.channel.listen(ear);
    let mut read = Digits { call, variable, digits: String::new() };
    let digits = async {
        let mut has_begun = options.has('l');
        while let Some(digit) = heard.recv().await {
            if digit == '*' {
                if options.has('o') && has_begun {
                    read.digits.clear();
                }
                has_begun = true;
            }
            let ends = matches!(digit, '#' | 'A' | 'B' | 'C');
            let is_left_out = (digit == '*' && options.has('k')) || (ends && options.has('s'));
            if has_begun && !is_left_out {
                read.digits.push(digit);
            }
            if has_begun && ends {
                return "START";
            }
            if read.digits.len() >= most {
                return "MAXDIGITS";
            }
        }
        "ERROR"
    };
    hearing::wait_for(call, "RECEIVEMFSTATUS", limit, digits).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    fn read(options: &str, sent: &str) -> (Option<String>, Option<String>) {
        let told = Trial::of(&format!(
            "Originate(Local/200@default,app,SendMF,www{sent},,,a)
             NoOp(on)
             exten => 200,1,Answer()
             exten => 200,2,ReceiveMF(DIGITS,4,{options})"
        ))
        .run();
        (told.value("DIGITS").map(str::to_owned), told.value("RECEIVEMFSTATUS").map(str::to_owned))
    }

    #[test]
    fn options_say_what_is_taken() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("", "12*34A"), (some("*34A"), some("START")));
        assert_eq!(read("lks", "12*34#"), (some("1234"), some("START")));
        assert_eq!(read("o", "*12*34#"), (some("*34#"), some("START")));
        assert_eq!(read("n(2)", "*123#"), (some("*1"), some("MAXDIGITS")));
        assert_eq!(read("", "*12"), (some("*12"), some("HANGUP")));
    }

    #[test]
    fn it_needs_a_variable() {
        assert!(Trial::of("ReceiveMF()\nNoOp(no)").run().has("warning ReceiveMF needs a variable"));
        let told = Trial::of("ReceiveMF(D)").hang_up(2.0).run();
        assert_eq!((told.value("RECEIVEMFSTATUS"), told.value("D")), (Some("HANGUP"), Some("")));
    }
}
