//! `CDR`

use tokio::time::Instant;

use super::{AMA_FLAGS, parse_ama_flags};
use crate::channel::record::Disposition;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives fields of the channel's call record, and sets its free ones.
///
/// Fields: `clid`, `src`, `dst`, `dcontext`, `channel`, `dstchannel`, `lastapp`, `lastdata`, `start`, `answer`, `end`,
/// `duration`, `billsec`, `disposition`, `amaflags`, `accountcode`, `peeraccount`, `uniqueid`, `linkedid`, `sequence`,
/// `userfield`, and any name that the plan has set. Option `u` gives times and words as numbers, `f` durations with
/// their fraction. `accountcode`, `amaflags`, `peeraccount`, `userfield` and names of your own may be set.
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
];

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [field, options] = fields::standard(arguments);
    let field = field.filter(|field| !field.is_empty());
    let field = field.ok_or_else(|| FunctionError::arguments("a field is needed"))?.to_ascii_lowercase();
    let options = options.unwrap_or_default();
    let (is_raw, is_fine) = (options.contains('u'), options.contains('f'));
    let now = Instant::now();
    let state = &*context.state;
    let records = &state.records;
    let record = records.last();
    let end = record.end.unwrap_or(now);
    let time = |moment: Option<Instant>| match moment.map(|moment| context.exchange.clock.at(moment)) {
        Some(time) if is_raw => format!("{}.{:06}", time.timestamp().as_second(), time.subsec_nanosecond() / 1000),
        Some(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        None => String::new(),
    };
    let span = |begin: Option<Instant>| {
        let span = begin.map(|begin| end.saturating_duration_since(begin)).unwrap_or_default();
        if is_fine { format!("{:.6}", span.as_secs_f64()) } else { span.as_secs().to_string() }
    };
    let owner = record.owner.as_ref();
    let channel = context.channel;
    let value = match &*field {
        "clid" => owner.map_or_else(|| state.caller.brief(), |owner| owner.clid.clone()),
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
        "amaflags" if is_raw => state.ama_flags.to_string(),
        "amaflags" => {
            let known = AMA_FLAGS.iter().find(|(number, _)| *number == state.ama_flags);
            known.map_or("Unknown", |(_, word)| word).to_owned()
        }
        "accountcode" => state.account_code.clone(),
        "peeraccount" => state.peer_account.clone(),
        "uniqueid" => channel.map(|channel| channel.unique_id().to_string()).unwrap_or_default(),
        "linkedid" => channel.map(|channel| channel.linked_id().to_string()).unwrap_or_default(),
        "sequence" => record.sequence.to_string(),
        own => records.fields.get(own).unwrap_or("").to_owned(),
    };
    out.push_str(&value);
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [field, _] = fields::standard(arguments);
    let field = field.filter(|field| !field.is_empty());
    let field = field.ok_or_else(|| FunctionError::arguments("a field is needed"))?.to_ascii_lowercase();
    match &*field {
        fixed if FIXED.contains(&fixed) => {
            return Err(FunctionError::arguments(format!("the field `{fixed}` cannot be set")));
        }
        "accountcode" => value.clone_into(&mut context.state.account_code),
        "peeraccount" => value.clone_into(&mut context.state.peer_account),
        "amaflags" => {
            let flags = parse_ama_flags(value);
            context.state.ama_flags =
                flags.ok_or_else(|| FunctionError::value(format!("`{value}` is no accounting flag")))?;
        }
        own => context.state.records.fields.set(own, value),
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
