//! `SendImage`, `SendURL`: what the telephones of this server cannot show.

use crate::interpreter::{Application, Argument, Context, Kind, Letter, Outcome, Run, Sets};

/// Sends an image to the caller. No telephone here shows images: the status is always `UNSUPPORTED`.
pub static SEND_IMAGE: Application = Application {
    name: "SendImage",
    synopsis: "Sends an image, where the telephone shows images",
    arguments: &[Argument::required("file", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "SENDIMAGESTATUS", values: &["UNSUPPORTED"] }],
    run: Run::Compute(|context, _| refuse(context, "SENDIMAGESTATUS")),
};

/// Sends an address of the web to the caller. No telephone here takes one: the status is always `UNSUPPORTED`.
pub static SEND_URL: Application = Application {
    name: "SendURL",
    synopsis: "Sends an address of the web, where the telephone takes one",
    arguments: &[Argument::required("address", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('w', "waits until the address was loaded")],
    sets: &[Sets { variable: "SENDURLSTATUS", values: &["UNSUPPORTED"] }],
    run: Run::Compute(|context, _| refuse(context, "SENDURLSTATUS")),
};

fn refuse(context: &mut Context<'_>, status: &str) -> Outcome {
    context.set(status, "UNSUPPORTED");
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn it_is_said_that_it_cannot() {
        let told = Trial::of("SendImage(logo)\nSendURL(http://x.example,w)\nNoOp(on)").run();
        assert_eq!(told.value("SENDIMAGESTATUS"), Some("UNSUPPORTED"));
        assert!(told.value("SENDURLSTATUS") == Some("UNSUPPORTED") && told.has("100@default:4 NoOp on"));
    }
}
