//! `GROUP`

use super::split;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives or sets the group that the channel is in, in a category.
///
/// `Set(GROUP(category)=group)` and `Set(GROUP()=group@category)` mean the same; an empty group leaves.
pub static GROUP: Function =
    Function::new("GROUP", "The channel's group", &[Argument::optional("category", Kind::Text)])
        .reads(read)
        .writes(write);

fn read(context: &mut Context<'_>, category: &str, out: &mut String) -> Result<(), FunctionError> {
    let groups = &context.state.groups;
    let found = groups.iter().find(|(known, _)| category.is_empty() || known.eq_ignore_ascii_case(category));
    out.push_str(found.map_or("", |(_, group)| group));
    Ok(())
}

fn write(context: &mut Context<'_>, category: &str, value: &str) -> Result<(), FunctionError> {
    let whole = if category.is_empty() { value.to_owned() } else { format!("{value}@{category}") };
    let (group, category) = split(&whole);
    let groups = &mut context.state.groups;
    groups.retain(|(known, _)| !known.eq_ignore_ascii_case(category));
    if !group.is_empty() {
        groups.push((category.to_owned(), group.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn one_group_a_category() {
        let bench = Bench::new("");
        bench.set("GROUP()", "t1@trunk");
        assert_eq!(bench.value("${GROUP(trunk)} ${GROUP()} ${GROUP_COUNT(t1@trunk)}"), "t1 t1 1");
        bench.set("GROUP(trunk)", "t2");
        assert_eq!(bench.value("${GROUP(trunk)} ${GROUP_COUNT(t1@trunk)} ${GROUP_LIST()}"), "t2 0 t2@trunk");
        bench.set("GROUP(trunk)", "");
        assert_eq!(bench.value("[${GROUP()}]"), "[]");
    }
}
