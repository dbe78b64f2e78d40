//! `ReceiveFAX`, `SendFAX`

use std::time::Duration;

use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets};

/// Would receive a fax into a file. exten has no modem: it answers, says in `FAXSTATUS` and its like that the fax failed,
/// and ends the call, as an Asterisk without a fax technology does.
pub static RECEIVE_FAX: Application = Application {
    name: "ReceiveFAX",
    synopsis: "Fails to receive a fax: there is no modem",
    arguments: &[Argument::required("file", Kind::Text), Argument::optional("options", Kind::Options)],
    options: OPTIONS,
    sets: SETS,
    run: Run::Wait(|call, arguments| Box::pin(fail(call, arguments, "ReceiveFAX"))),
};

/// Would send files as a fax. exten has no modem: it answers, says in `FAXSTATUS` and its like that the fax failed, and
/// ends the call, as an Asterisk without a fax technology does.
pub static SEND_FAX: Application = Application {
    name: "SendFAX",
    synopsis: "Fails to send a fax: there is no modem",
    arguments: &[Argument::required("files", Kind::Text), Argument::optional("options", Kind::Options)],
    options: OPTIONS,
    sets: SETS,
    run: Run::Wait(|call, arguments| Box::pin(fail(call, arguments, "SendFAX"))),
};

const OPTIONS: &[Letter] = &[
    Letter::plain('d', "would debug the fax"),
    Letter::plain('f', "would allow audio where there is no T.38"),
    Letter::plain('F', "would use audio only"),
    Letter::plain('s', "would send progress events"),
    Letter::plain('z', "would ask for T.38 first"),
];

const SETS: &[Sets] = &[
    Sets { variable: "FAXSTATUS", values: &["FAILED"] },
    Sets { variable: "FAXERROR", values: &["INIT_ERROR", "INVALID_ARGUMENTS", "FILE_ERROR"] },
    Sets { variable: "FAXSTATUSSTRING", values: &[] },
    Sets { variable: "FAXPAGES", values: &["0"] },
    Sets { variable: "FAXBITRATE", values: &[] },
    Sets { variable: "FAXRESOLUTION", values: &[] },
    Sets { variable: "REMOTESTATIONID", values: &[] },
];

async fn fail(call: &mut Call, arguments: Arguments, name: &str) -> Outcome {
    let files = arguments.get(0);
    let is_there = |file: &str| call.exchange.folder.join(file).is_file();
    let (error, reason) = if files.is_empty() {
        ("INVALID_ARGUMENTS", "invalid arguments")
    } else if name == "SendFAX" && !files.split('&').all(is_there) {
        ("FILE_ERROR", "error reading file")
    } else {
        ("INIT_ERROR", "unable to reserve FAX session")
    };
    if error == "INIT_ERROR" {
        call.answer(Duration::ZERO).await;
    }
    let mut context = call.context();
    for variable in ["REMOTESTATIONID", "FAXBITRATE", "FAXRESOLUTION"] {
        context.unset(variable);
    }
    context.set("FAXPAGES", "0");
    context.set("FAXSTATUS", "FAILED");
    context.set("FAXERROR", error);
    context.set("FAXSTATUSSTRING", reason);
    context.warn(&match error {
        "INIT_ERROR" => format!("{name}: exten has no modem; send the call to one, such as a T.38 gateway"),
        _ => format!("{name}: {reason}: `{files}`"),
    });
    Outcome::Hangup
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    fn after(step: &str) -> Vec<String> {
        let told = Trial::of(&format!("{step}\nexten => h,1,NoOp(h)")).run();
        assert!(told.has("h@default:1"), "{:#?}", told.lines);
        ["FAXSTATUS", "FAXERROR", "FAXPAGES"].map(|name| told.value(name).unwrap_or_default().to_owned()).to_vec()
    }

    #[test]
    fn without_a_modem_the_fax_fails_and_the_plan_learns_it() {
        assert_eq!(after("ReceiveFAX(/tmp/in.tif)"), ["FAILED", "INIT_ERROR", "0"]);
        assert_eq!(after("ReceiveFAX()"), ["FAILED", "INVALID_ARGUMENTS", "0"]);
        assert_eq!(after("SendFAX(/none/there.tif)"), ["FAILED", "FILE_ERROR", "0"]);
    }
}
