//! `LOCAL`, `LOCAL_PEEK`

use crate::channel::state::Frame;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a variable of the innermost subroutine, or makes one: it lasts until the subroutine returns and hides an outer
/// one until then. Variables of outer subroutines, or of none, are not given.
pub static LOCAL: Function =
    Function::new("LOCAL", "A variable of the subroutine", &[Argument::required("name", Kind::Variable)])
        .reads(read)
        .writes(write);

/// Gives a variable that inner ones hide: 0 is the visible one, 1 the one that it hides, and so on.
pub static LOCAL_PEEK: Function = Function::new(
    "LOCAL_PEEK",
    "A hidden variable",
    &[Argument::required("level", Kind::Number), Argument::required("name", Kind::Variable)],
)
.reads(peek);

fn read(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let innermost = context.state.frames.iter().rev().find_map(|frame| match frame {
        Frame::Gosub { locals, .. } => Some(locals),
        Frame::Macro(_) => None,
    });
    if innermost.is_some_and(|locals| locals.iter().any(|local| local == name)) {
        out.push_str(context.state.variables.get(name).unwrap_or(""));
    }
    Ok(())
}

fn write(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    let state = &mut *context.state;
    let innermost = state.frames.iter_mut().rev().find_map(|frame| match frame {
        Frame::Gosub { locals, .. } => Some(locals),
        Frame::Macro(_) => None,
    });
    let locals = innermost.ok_or_else(|| FunctionError::arguments(format!("`{name}` is set outside a subroutine")))?;
    let plain = name.trim_start_matches('_');
    if locals.iter().any(|local| local == plain) {
        context.set(name, value);
        context.announce_local(name, value);
    } else {
        locals.push(plain.to_owned());
        context.push_local(name, value);
    }
    Ok(())
}

fn peek(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(level), Some(name)] = fields::raw(arguments) else {
        return Err(FunctionError::arguments("a level and a variable are needed"));
    };
    let level = fields::integer(level).and_then(|(level, _)| usize::try_from(level).ok());
    let level = level.ok_or_else(|| FunctionError::arguments("the level is a number from 0"))?;
    let mut values = context.state.variables.iter().rev().filter(|(known, _)| *known == name);
    out.push_str(values.nth(level).map_or("", |(_, value)| value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::channel::state::{Frame, Position};
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn inner_variables_hide_outer_ones() {
        let bench = Bench::new("");
        bench.set("V", "outer");
        bench.set("LOCAL(V)", "nowhere");
        bench.with(|context| {
            context.state.frames.push(Frame::Gosub { back: Position::default(), locals: Vec::new(), arguments: 0 });
        });
        assert_eq!(bench.value("${V} [${LOCAL(V)}]"), "outer []");
        bench.set("LOCAL(V)", "middle");
        bench.set("LOCAL(V)", "inner");
        assert_eq!(
            bench.value("${V} ${LOCAL(V)} ${LOCAL_PEEK(0,V)} ${LOCAL_PEEK(1,V)} [${LOCAL_PEEK(2,V)}]"),
            "inner inner inner outer []"
        );
    }
}
