//! `CDR`

use tokio::time::Instant;

use super::{AMA_FLAGS, parse_ama_flags};
use crate::channel::record::{Disposition, Finished};
use crate::functions::fields;
use crate::interpreter::{Argument, Clock, Context, Function, FunctionError, Kind};

/// Gives fields of the channel's call record, and sets its free ones.
///
/// Fields: `clid`, `src`, `dst`, `dcontext`, `channel`, `dstchannel`, `lastapp`, `lastdata`, `start`, `answer`, `end`,
/// `duration`, `billsec`, `disposition`, `amaflags`, `accountcode`, `peeraccount`, `uniqueid`, `linkedid`, `sequence`,
/// `userfield`, and any name that the plan has set. Option `u` gives times and words as numbers, `f` durations with
/// their fraction. `accountcode`, `amaflags`, `userfield` and names of your own may be set.
pub static CDR: Function = Function::new(
    "CDR",
    "A field of the call record",
    &[Argument::required("field", Kind::Text), Argument::optional("options", Kind::Options)],
)
.reads(read)
.writes(write);

/// Fields that follow from the call.
const FIXED: &[&str] = &[
    "clid",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "uniqueid",
    "linkedid",
    "sequence",
    "peeraccount",
];

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [field, options] = fields::standard(arguments);
    let field = field.filter(|field| !field.is_empty());
    let field = field.ok_or_else(|| FunctionError::arguments("a field is needed"))?.to_ascii_lowercase();
    let options = options.unwrap_or_default();
    let (is_raw, is_fine) = (options.contains('u'), options.contains('f'));
    if let Some(record) = context.record {
        out.push_str(&of_closed(record, &context.exchange.clock, &field, is_raw, is_fine));
        return Ok(());
    }
    let now = Instant::now();
    let state = &*context.state;
    let records = &state.records;
    let record = records.last();
    let end = record.end.unwrap_or(now);
    let time = |moment| time(moment, &context.exchange.clock, is_raw);
    let span = |begin| span(begin, end, is_fine);
    let owner = record.owner.as_ref();
    let channel = context.channel;
    let value = match &*field {
        "clid" => owner.map_or_else(|| state.caller.written(), |owner| owner.clid.clone()),
        "src" => owner.map_or_else(|| state.caller.number().to_owned(), |owner| owner.source.clone()),
        "dst" => record.extension.clone(),
        "dcontext" => record.context.clone(),
        "channel" => channel.map(|channel| channel.name().to_string()).unwrap_or_default(),
        "dstchannel" => record.peer.as_ref().map(|peer| peer.name.to_string()).unwrap_or_default(),
        "lastapp" => record.application.to_owned(),
        "lastdata" => record.arguments.clone(),
        "start" => time(Some(record.start)),
        "answer" => time(record.answer),
        "end" => time(record.end),
        "duration" => span(Some(record.start)),
        "billsec" => span(record.answer),
        // A call that is only answered, and calls nobody, counts as unanswered until its record is closed.
        "disposition" if is_raw => Disposition::number(record.disposition).to_string(),
        "disposition" => Disposition::word(record.disposition).to_owned(),
        "amaflags" => ama_flags(state.ama_flags, is_raw),
        "accountcode" => state.account_code.clone(),
        "peeraccount" => record.peer.as_ref().map(|peer| peer.account.clone()).unwrap_or_default(),
        "uniqueid" => channel.map(|channel| channel.unique_id().to_string()).unwrap_or_default(),
        "linkedid" => channel.map(|channel| channel.linked_id().to_string()).unwrap_or_default(),
        "sequence" => record.sequence.to_string(),
        own => record.fields.get(own).unwrap_or("").to_owned(),
    };
    out.push_str(&value);
    Ok(())
}

fn time(moment: Option<Instant>, clock: &Clock, is_raw: bool) -> String {
    match moment.map(|moment| clock.at(moment)) {
        Some(time) if is_raw => format!("{}.{:06}", time.timestamp().as_second(), time.subsec_nanosecond() / 1000),
        Some(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        None if is_raw => "0.000000".to_owned(),
        None => String::new(),
    }
}

fn span(begin: Option<Instant>, end: Instant, is_fine: bool) -> String {
    let span = begin.map(|begin| end.saturating_duration_since(begin)).unwrap_or_default();
    if is_fine { format!("{:.6}", span.as_secs_f64()) } else { span.as_secs().to_string() }
}

fn ama_flags(flags: u8, is_raw: bool) -> String {
    if is_raw {
        return flags.to_string();
    }
    let known = AMA_FLAGS.iter().find(|(number, _)| *number == flags);
    known.map_or("Unknown", |(_, word)| word).to_owned()
}

/// A field of a record that is closed, as files with columns of the admin's own have it.
fn of_closed(record: &Finished, clock: &Clock, field: &str, is_raw: bool, is_fine: bool) -> String {
    let own =
        || record.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, value)| value.clone());
    match field {
        "clid" => record.clid.clone(),
        "src" => record.source.clone(),
        "dst" => record.extension.clone(),
        "dcontext" => record.context.clone(),
        "channel" => record.channel.to_string(),
        "dstchannel" => record.destination_channel.as_deref().unwrap_or_default().to_owned(),
        "lastapp" => record.application.to_owned(),
        "lastdata" => record.arguments.clone(),
        "start" | "calldate" => time(Some(record.start), clock, is_raw),
        "answer" => time(record.answer, clock, is_raw),
        "end" => time(Some(record.end), clock, is_raw),
        "duration" if is_fine => span(Some(record.start), record.end, true),
        "billsec" if is_fine => span(record.answer, record.end, true),
        "duration" => record.duration().to_string(),
        "billsec" => record.billed().to_string(),
        "disposition" if is_raw => Disposition::number(record.disposition).to_string(),
        "disposition" => Disposition::word(record.disposition).to_owned(),
        "amaflags" => ama_flags(record.ama_flags, is_raw),
        "accountcode" => record.account.clone(),
        "peeraccount" => record.peer_account.clone(),
        "uniqueid" => record.unique_id.to_string(),
        "linkedid" => record.linked_id.to_string(),
        "sequence" => record.sequence.to_string(),
        "userfield" => record.user_field.clone(),
        _ => own().unwrap_or_default(),
    }
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [field, _] = fields::standard(arguments);
    let field = field.filter(|field| !field.is_empty());
    let field = field.ok_or_else(|| FunctionError::arguments("a field is needed"))?.to_ascii_lowercase();
    match &*field {
        fixed if FIXED.contains(&fixed) => {
            return Err(FunctionError::arguments(format!("the field `{fixed}` cannot be set")));
        }
        "accountcode" => context.set_account(value),
        "amaflags" => context.state.ama_flags = parse_ama_flags(value),
        own => context.state.records.set_field(own, value),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test(start_paused = true)]
    async fn fields_of_the_record() {
        let bench = Bench::new("Ann <2001>");
        assert_eq!(
            bench.value("${CDR(src)} ${CDR(dst)} ${CDR(dcontext)} ${CDR(clid)}"),
            "2001 100 default \"Ann\" <2001>"
        );
        assert_eq!(
            bench.value("${CDR(start)} [${CDR(answer)}] ${CDR(disposition)} ${CDR(disposition,u)}"),
            "2023-11-14 22:13:20 [] NO ANSWER 1"
        );
        bench.channel.answer();
        tokio::time::advance(std::time::Duration::from_millis(2500)).await;
        assert_eq!(bench.value("${CDR(duration)} ${CDR(billsec,f)} ${CDR(disposition)}"), "2 2.500000 NO ANSWER");
    }

    #[tokio::test]
    async fn fields_of_the_plan() {
        let bench = Bench::new("");
        bench.set("CDR(amaflags)", "OMIT");
        bench.set("CDR(colour)", "red");
        bench.set("CDR(src)", "1");
        bench.set("CHANNEL(accountcode)", "acme");
        assert_eq!(
            bench.value("${CDR(amaflags)} ${CDR(amaflags,u)} ${CDR(colour)} [${CDR(src)}] ${CDR(accountcode)}"),
            "OMIT 1 red [] acme"
        );
    }
}
