//! `MAILBOX_EXISTS`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives 1 if voicemail.conf has the mailbox, else 0.
pub static MAILBOX_EXISTS: Function =
    Function::new("MAILBOX_EXISTS", "Whether a mailbox exists", &[Argument::required("mailbox[@context]", Kind::Text)])
        .reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (mailbox, place) = arguments.split_once('@').unwrap_or((arguments, ""));
    out.push(if context.exchange.voicemail.find(mailbox, place).is_some() { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn there_or_not() {
        let bench = Bench::new("");
        std::fs::write(bench.folder().join("voicemail.conf"), "[sales]\n300 => 1\n").unwrap();
        assert_eq!(bench.value("${MAILBOX_EXISTS(300@sales)} ${MAILBOX_EXISTS(300)}"), "1 0");
    }
}
