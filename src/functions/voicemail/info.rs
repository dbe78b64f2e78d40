//! `VM_INFO` and `VMCOUNT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};
use crate::storage::voicemail::Counts;

/// Gives a fact of a mailbox: `count` of messages (in a folder, INBOX if none is named), `email`, `exists`, `fullname`,
/// `language`, `locale`, `pager`, `password` or `tz`.
///
/// Of a mailbox that is not there `exists` gives 0, all else nothing.
pub static VM_INFO: Function = Function::new(
    "VM_INFO",
    "A fact of a mailbox",
    &[
        Argument::required("mailbox[@context]", Kind::Text),
        Argument::required("attribute", Kind::Text),
        Argument::optional("folder", Kind::Text),
    ],
)
.reads(info);

/// Gives the number of messages in a folder of a mailbox, INBOX if none is named.
pub static VMCOUNT: Function = Function::new(
    "VMCOUNT",
    "The number of messages in a mailbox",
    &[Argument::required("mailbox[@context]", Kind::Text), Argument::optional("folder", Kind::Text)],
)
.reads(count);

fn info(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(text), Some(attribute), folder] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a mailbox and an attribute are needed"));
    };
    let (mailbox, place) = text.split_once('@').unwrap_or((&text, ""));
    let user = context.exchange.voicemail.find(mailbox, place);
    if attribute.eq_ignore_ascii_case("exists") {
        out.push(if user.is_some() { '1' } else { '0' });
        return Ok(());
    }
    let Some(user) = user else { return Ok(()) };
    match attribute.to_ascii_lowercase().as_str() {
        "count" => out.push_str(&messages(context, &user.key(), folder.as_deref()).to_string()),
        "email" => out.push_str(&user.email),
        "fullname" => out.push_str(&user.name),
        "language" => out.push_str(&user.preferences.language),
        "locale" => {}
        "pager" => out.push_str(&user.pager),
        "password" => out.push_str(&user.password),
        "tz" => out.push_str(&user.preferences.zone),
        other => return Err(FunctionError::arguments(format!("there is no attribute `{other}`"))),
    }
    Ok(())
}

fn count(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [mailbox, folder] = fields::standard(arguments);
    let mailbox = mailbox.filter(|text| !text.is_empty());
    let mailbox = mailbox.ok_or_else(|| FunctionError::arguments("a mailbox is needed"))?;
    out.push_str(&messages(context, &mailbox, folder.as_deref()).to_string());
    Ok(())
}

fn messages(context: &Context<'_>, mailbox: &str, folder: Option<&str>) -> usize {
    let voicemail = &context.exchange.voicemail;
    let Counts { new, old, urgent } = voicemail.counts(mailbox);
    match folder.filter(|folder| !folder.is_empty()).unwrap_or("INBOX") {
        "INBOX" => new - urgent,
        "Old" => old,
        "Urgent" => urgent,
        folder => {
            let (number, place) = crate::storage::voicemail::split(mailbox);
            voicemail.find(number, place).map_or(0, |user| voicemail.folder(&user, folder).count())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn facts_and_counts() {
        let bench = Bench::new("");
        let text = "[default]\n300 => 1234,Ann,a@x.example,,tz=vie\n";
        std::fs::write(bench.folder().join("voicemail.conf"), text).unwrap();
        let inbox = bench.folder().join("var/spool/voicemail/default/300/INBOX");
        std::fs::create_dir_all(&inbox).unwrap();
        std::fs::write(inbox.join("msg0000.txt"), "[message]\n").unwrap();
        assert_eq!(bench.value("${VM_INFO(300,email)} ${VM_INFO(300,tz)} ${VM_INFO(300,count)}"), "a@x.example vie 1");
        assert_eq!(bench.value("${VMCOUNT(300)} ${VMCOUNT(300@default,Old)} ${VMCOUNT(9)}"), "1 0 0");
        assert_eq!(bench.value("[${VM_INFO(9,email)}] [${VM_INFO(300,shoe)}]"), "[] []");
    }
}
