//! `GROUP_COUNT`, `GROUP_MATCH_COUNT`, `GROUP_LIST`

use std::fmt::Write as _;

use super::split;
use crate::dialplan::expression::posix_pattern;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Counts the channels in a group, of one category or of any. Without a group it is the channel's own.
pub static GROUP_COUNT: Function = Function::new(
    "GROUP_COUNT",
    "How many channels are in a group",
    &[Argument::optional("group@category", Kind::Text)],
)
.reads(count);

/// Counts the channels in groups that match a regular expression. The category is one, too.
pub static GROUP_MATCH_COUNT: Function = Function::new(
    "GROUP_MATCH_COUNT",
    "How many channels are in groups that match",
    &[Argument::required("expression@category", Kind::Text)],
)
.reads(count_matches);

/// Lists the channel's groups as `group@category`, with blanks between them.
pub static GROUP_LIST: Function = Function::new("GROUP_LIST", "The channel's groups", &[]).reads(list);

/// How many memberships of live channels the question holds for.
fn count_all(context: &mut Context<'_>, holds: impl Fn(&str, &str) -> bool) -> usize {
    let channels = context.exchange.channels.all();
    let counted =
        |groups: &[(String, String)]| groups.iter().filter(|(category, group)| holds(category, group)).count();
    channels.iter().map(|channel| context.with_state(channel, |state| counted(&state.groups))).sum()
}

fn count(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (group, category) = split(arguments);
    let (mut group, mut category) = (group.to_owned(), category.to_owned());
    if group.is_empty() {
        let groups = &context.state.groups;
        let own = groups.iter().find(|(known, _)| category.is_empty() || known.eq_ignore_ascii_case(&category));
        let Some(own) = own else {
            out.push('0');
            return Ok(());
        };
        (category, group) = own.clone();
    }
    let is_in = |known: &str, other: &str| {
        other.eq_ignore_ascii_case(&group) && (category.is_empty() || known.eq_ignore_ascii_case(&category))
    };
    let _ = write!(out, "{}", count_all(context, is_in));
    Ok(())
}

fn count_matches(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (group, category) = split(arguments);
    if group.is_empty() {
        return Err(FunctionError::arguments("a regular expression is needed"));
    }
    let mut compile = |text: &str| {
        let pattern = posix_pattern(text, false);
        let fault = |reason: &String| format!("GROUP_MATCH_COUNT: `{text}` is no regular expression: {reason}");
        pattern.inspect_err(|reason| context.warn(&fault(reason))).ok()
    };
    let (Some(group), Some(category)) = (compile(group), compile(category)) else {
        out.push('0');
        return Ok(());
    };
    let count = count_all(context, |known, other| group.is_match(other) && category.is_match(known));
    let _ = write!(out, "{count}");
    Ok(())
}

fn list(context: &mut Context<'_>, _: &str, out: &mut String) -> Result<(), FunctionError> {
    let name = |(category, group): &(String, String)| match category.as_str() {
        "" => group.clone(),
        category => format!("{group}@{category}"),
    };
    let names: Vec<_> = context.state.groups.iter().map(name).collect();
    out.push_str(&names.join(" "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn all_channels_count() {
        let bench = Bench::new("");
        let other = bench.call("2002");
        other.state().groups.push((String::new(), "sales2".to_owned()));
        bench.set("GROUP()", "sales1");
        assert_eq!(bench.value("${GROUP_COUNT(SALES1)} ${GROUP_COUNT()} ${GROUP_COUNT(none)}"), "1 1 0");
        assert_eq!(
            bench.value("${GROUP_MATCH_COUNT(sales[0-9])} ${GROUP_MATCH_COUNT(^s)} ${GROUP_MATCH_COUNT(x)}"),
            "2 2 0"
        );
    }
}
