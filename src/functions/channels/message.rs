//! `MESSAGE`, `MESSAGE_DATA`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives and sets the text that `MessageSend` sends, or that came to an extension: `to`, `from`, `body`.
///
/// `custom_data` set to `clear_all_outbound` forgets all headers of `MESSAGE_DATA()`; `mark_all_outbound` lets those that
/// came with the text go along when it is sent on.
pub static MESSAGE: Function =
    Function::new("MESSAGE", "A text outside of calls", &[Argument::required("to|from|body", Kind::Text)])
        .reads(read)
        .writes(write);

/// Gives and sets a header of the text.
pub static MESSAGE_DATA: Function =
    Function::new("MESSAGE_DATA", "A header of a text", &[Argument::required("header", Kind::Text)])
        .reads(read_header)
        .writes(write_header);

fn read(context: &mut Context<'_>, item: &str, out: &mut String) -> Result<(), FunctionError> {
    let message = context.state.message.as_deref();
    let value = match item.to_ascii_lowercase().as_str() {
        "to" => message.map(|message| message.to.as_str()),
        "from" => message.map(|message| message.from.as_str()),
        "body" => message.map(|message| message.body.as_str()),
        other => return Err(FunctionError::arguments(format!("`{other}` is none of to, from, body"))),
    };
    out.push_str(value.unwrap_or(""));
    Ok(())
}

fn write(context: &mut Context<'_>, item: &str, value: &str) -> Result<(), FunctionError> {
    let message = context.state.message.get_or_insert_default();
    match item.to_ascii_lowercase().as_str() {
        "to" => value.clone_into(&mut message.to),
        "from" => value.clone_into(&mut message.from),
        "body" => value.clone_into(&mut message.body),
        "custom_data" => match value {
            "clear_all_outbound" => message.data.clear(),
            // They go along already.
            "mark_all_outbound" => {}
            other => return Err(FunctionError::value(format!("`{other}` is no order for custom_data"))),
        },
        other => return Err(FunctionError::arguments(format!("`{other}` is none of to, from, body"))),
    }
    Ok(())
}

fn read_header(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let message = context.state.message.as_deref();
    out.push_str(message.and_then(|message| message.header(name)).unwrap_or(""));
    Ok(())
}

fn write_header(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    // A line break would begin another header.
    if value.contains(['\r', '\n'])
        || name.is_empty()
        || !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
    {
        return Err(FunctionError::value(format!("`{name}: {value}` is no header")));
    }
    context.state.message.get_or_insert_default().set_header(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn a_text_and_its_headers() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${MESSAGE(body)}${MESSAGE_DATA(X-Id)}]"), "[]");
        bench.set("MESSAGE(body)", "hello");
        bench.set("MESSAGE(from)", "sip:ann@a");
        bench.set("MESSAGE_DATA(X-Id)", "7");
        bench.set("MESSAGE_DATA(X-Bad)", "a\r\nb: c");
        assert_eq!(
            bench.value("${MESSAGE(body)} ${MESSAGE(from)} ${MESSAGE_DATA(x-id)} [${MESSAGE_DATA(X-Bad)}]"),
            "hello sip:ann@a 7 []"
        );
        bench.set("MESSAGE(custom_data)", "clear_all_outbound");
        assert_eq!(bench.value("[${MESSAGE_DATA(X-Id)}${MESSAGE(colour)}]"), "[]");
    }
}
