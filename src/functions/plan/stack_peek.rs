//! `STACK_PEEK`

use crate::channel::state::Frame;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives where a subroutine was called from: 1 is the innermost, 2 the one around it.
///
/// `c` asks for the context, `e` the extension, `p` the priority, `l` all three with commas between them. A third
/// argument that is true keeps a missing level from being warned of.
pub static STACK_PEEK: Function = Function::new(
    "STACK_PEEK",
    "Where a subroutine was called from",
    &[
        Argument::required("level", Kind::Number),
        Argument::required("c|e|p|l", Kind::Text),
        Argument::optional("quiet", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [level, which, quiet] = fields::standard(arguments);
    let level = level.as_deref().and_then(fields::integer).and_then(|(level, _)| usize::try_from(level).ok());
    let level = level.filter(|level| *level > 0).ok_or_else(|| FunctionError::arguments("the level counts from 1"))?;
    let mut levels = context.state.frames.iter().rev().filter_map(|frame| match frame {
        Frame::Gosub { back, .. } => Some(back),
        Frame::Macro(_) => None,
    });
    let Some(back) = levels.nth(level - 1) else {
        return match quiet.is_some_and(|quiet| crate::conf::is_true(&quiet)) {
            true => Ok(()),
            false => Err(FunctionError::not_found(format!("the call is not {level} subroutines deep"))),
        };
    };
    // The frame holds where to go on; the call came from the step before.
    let priority = back.priority - 1;
    match which.as_deref().and_then(|which| which.chars().next()) {
        Some('c') => out.push_str(&back.context),
        Some('e') => out.push_str(&back.extension),
        Some('p') => out.push_str(&priority.to_string()),
        Some('l') => out.push_str(&format!("{},{},{priority}", back.context, back.extension)),
        _ => return Err(FunctionError::arguments("the second argument is c, e, p or l")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::channel::state::{Frame, Position};
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn levels_count_from_the_innermost() {
        let bench = Bench::new("");
        bench.with(|context| {
            for extension in ["outer", "inner"] {
                let back = Position::new("default", extension, 4);
                context.state.frames.push(Frame::Gosub { back, locals: Vec::new(), arguments: 0 });
            }
        });
        assert_eq!(
            bench.value("${STACK_PEEK(1,l)} ${STACK_PEEK(2,e)} ${STACK_PEEK(1,p)} [${STACK_PEEK(3,l,1)}]"),
            "default,inner,3 outer 3 []"
        );
    }
}
