//! Finding the step that closes a block, as `While` and `If` do: by going through the priorities of the extension.

use crate::interpreter::Context;

/// A step that was looked for.
pub(super) struct Closing {
    pub priority: i32,
    /// Its place in the list of applications looked for; none for the end of the block.
    pub middle: Option<usize>,
}

/// The step that closes the block around this one, or one of `middles` in the same block, whichever comes first. Names
/// are in small letters.
pub(super) fn find_end(context: &Context<'_>, begin: &str, end: &str, middles: &[&str]) -> Option<Closing> {
    let position = &context.state.position;
    let (lookup, plan) = (context.lookup(), &context.plan.plan);
    let mut level = 1_u32;
    let mut priority = position.priority;
    loop {
        priority = priority.checked_add(1)?;
        let found = lookup.find(&position.context, &position.extension, priority, context.state.caller.number())?;
        let application = &plan.application(plan.step(found.step().step)?).key;
        if **application == *begin {
            level += 1;
        } else if **application == *end {
            level -= 1;
        } else if level == 1
            && let Some(middle) = middles.iter().position(|middle| **application == **middle)
        {
            return Some(Closing { priority, middle: Some(middle) });
        }
        if level == 0 {
            return Some(Closing { priority, middle: None });
        }
    }
}
