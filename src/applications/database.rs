//! `DBdel`, `DBdeltree`, and the old `DBput`, `DBget`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

const KEY: &[Argument] = &[Argument::required("family/key", Kind::Text)];

/// Takes a value out of the AstDB; an old form of `Set(DB_DELETE(family/key)=)`.
pub static DB_DEL: Application = Application {
    name: "DBdel",
    synopsis: "Takes a value out of the AstDB",
    arguments: KEY,
    options: &[],
    sets: &[],
    run: Run::Compute(delete),
};

/// Takes everything below a family out of the AstDB: `DBdeltree(family)`, or `DBdeltree(family/key)` for a branch.
pub static DB_DEL_TREE: Application = Application {
    name: "DBdeltree",
    synopsis: "Takes a whole family out of the AstDB",
    arguments: &[Argument::required("family[/key]", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(delete_tree),
};

/// Stores a value in the AstDB; now `Set(DB(family/key)=value)`.
pub static DB_PUT: Application = Application {
    name: "DBput",
    synopsis: "Stores a value in the AstDB; now Set(DB(…)=…)",
    arguments: &[Argument::required("family/key=value", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(put),
};

/// Fetches a value of the AstDB into a variable; now `Set(name=${DB(family/key)})`. Where there is no such value, the
/// step 101 further on is next, if it is there.
pub static DB_GET: Application = Application {
    name: "DBget",
    synopsis: "Fetches a value of the AstDB; now ${DB(…)}",
    arguments: &[Argument::required("name=family/key", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(get),
};

fn delete(context: &mut Context<'_>, text: &str) -> Outcome {
    context.set(&format!("DB_DELETE({text})"), "");
    Outcome::Continue
}

fn delete_tree(context: &mut Context<'_>, tree: &str) -> Outcome {
    if tree.trim_matches('/').is_empty() {
        context.warn("DBdeltree: a family is needed");
        return Outcome::Continue;
    }
    if let Err(error) = context.exchange.database.delete_tree(tree) {
        context.warn(&format!("DBdeltree: {error}"));
    }
    Outcome::Continue
}

fn put(context: &mut Context<'_>, text: &str) -> Outcome {
    match text.split_once('=') {
        Some((key, value)) => context.set(&format!("DB({key})"), value),
        None => context.warn(&format!("DBput: there is no `=` in `{text}`")),
    }
    Outcome::Continue
}

fn get(context: &mut Context<'_>, text: &str) -> Outcome {
    let Some((name, key)) = text.split_once('=') else {
        context.warn(&format!("DBget: there is no `=` in `{text}`"));
        return Outcome::Continue;
    };
    if context.value_of(&format!("DB_EXISTS({key})")) == "1" {
        let value = context.value_of(&format!("DB({key})"));
        context.set(name, &value);
        return Outcome::Continue;
    }
    let position = context.state.position.clone();
    let further = position.priority.saturating_add(101);
    if context.lookup().exists(&position.context, &position.extension, further, context.state.caller.number()) {
        context.state.jump(&position.context, &position.extension, further);
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn values_are_stored_fetched_and_deleted() {
        let trial = Trial::run(
            "exten => 1,1,DBput(fam/a=1)
exten => 1,2,DBput(fam/b/c=2)
exten => 1,3,DBget(X=fam/a)
exten => 1,4,DBdel(fam/a)
exten => 1,5,DBdeltree(fam/b)
exten => 1,6,NoOp(${X} ${DB_KEYCOUNT(fam)})
exten => 1,7,DBget(X=fam/a)
exten => 1,8,NoOp(here)
exten => 1,108,NoOp(not found)
",
        );
        assert!(trial.steps().contains("NoOp 1 0"), "{}", trial.steps());
        assert!(trial.last_step().contains("NoOp not found"), "{}", trial.steps());
    }
}
