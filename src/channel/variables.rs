//! Channel and global variables.

/// How far a variable goes into the channels that this one creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inheritance {
    /// `X`: not at all.
    None,
    /// `_X`: into the next channel.
    Once,
    /// `__X`: into all that follow.
    Always,
}

#[derive(Clone, Debug)]
struct Variable {
    name: Box<str>,
    value: String,
    inheritance: Inheritance,
}

/// Variables by name, case sensitive, oldest first. A later one of the same name hides an earlier one, which is how
/// `LOCAL()` and macro arguments stack.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    entries: Vec<Variable>,
}

impl Variables {
    /// The value, if the variable is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(|at| &*self.entries[at].value)
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.entries.iter().rposition(|variable| is_same(&variable.name, name))
    }

    /// Sets a variable; leading underscores of the name say how it is inherited. A variable that exists keeps its
    /// buffer, so setting it again seldom allocates. An empty value still counts as set.
    pub fn set(&mut self, name: &str, value: &str) {
        let (name, inheritance) = split_name(name);
        match self.find(name).map(|at| &mut self.entries[at]) {
            Some(variable) => {
                variable.value.clear();
                variable.value.push_str(value);
                variable.inheritance = inheritance;
            }
            None => self.push_entry(name, value, inheritance),
        }
    }

    fn push_entry(&mut self, name: &str, value: &str, inheritance: Inheritance) {
        self.entries.push(Variable { name: name.into(), value: value.to_owned(), inheritance });
    }

    /// Adds a variable that hides an older one of the same name until [`Self::pop`].
    pub fn push(&mut self, name: &str, value: &str) {
        let (name, inheritance) = split_name(name);
        self.push_entry(name, value, inheritance);
    }

    /// Removes the newest variable of this name; an older one shows again.
    pub fn pop(&mut self, name: &str) -> Option<String> {
        self.find(name).map(|at| self.entries.remove(at).value)
    }

    /// Removes the variable and every one that it hid.
    pub fn remove(&mut self, name: &str) {
        self.entries.retain(|variable| &*variable.name != name);
    }

    /// Removes every variable whose name begins so.
    pub fn remove_all(&mut self, prefix: &str) {
        self.entries.retain(|variable| !variable.name.starts_with(prefix));
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// All names and values, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        self.entries.iter().map(|variable| (&*variable.name, &*variable.value))
    }

    /// All names, with the underscores that say how they are inherited, and values, oldest first.
    pub fn iter_written(&self) -> impl Iterator<Item = (std::borrow::Cow<'_, str>, &str)> {
        self.entries.iter().map(|variable| {
            let name = match variable.inheritance {
                Inheritance::None => (&*variable.name).into(),
                Inheritance::Once => format!("_{}", variable.name).into(),
                Inheritance::Always => format!("__{}", variable.name).into(),
            };
            (name, variable.value.as_str())
        })
    }

    /// Sets all that the others have, and keeps what they do not have.
    pub fn take_over(&mut self, others: &Variables) {
        for variable in &others.entries {
            self.remove(&variable.name);
            self.push_entry(&variable.name, &variable.value, variable.inheritance);
        }
    }

    /// Copies into `child` what a channel made by this one inherits.
    pub fn inherit_into(&self, child: &mut Variables) {
        for variable in &self.entries {
            let onward = match variable.inheritance {
                Inheritance::None => continue,
                Inheritance::Once => Inheritance::None,
                Inheritance::Always => Inheritance::Always,
            };
            child.remove(&variable.name);
            child.push_entry(&variable.name, &variable.value, onward);
        }
    }
}

/// Whether two names are equal. Names are short and mostly differ in length or at the first letter: a call for comparing
/// memory costs more than looking.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).all(|(one, other)| one == other)
}

fn split_name(name: &str) -> (&str, Inheritance) {
    if let Some(rest) = name.strip_prefix("__") {
        (rest, Inheritance::Always)
    } else if let Some(rest) = name.strip_prefix('_') {
        (rest, Inheritance::Once)
    } else {
        (name, Inheritance::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underscores_say_how_far_a_variable_goes() {
        let mut parent = Variables::default();
        parent.set("A", "1");
        parent.set("_B", "2");
        parent.set("__C", "3");
        assert_eq!(parent.get("B"), Some("2"));
        let mut child = Variables::default();
        parent.inherit_into(&mut child);
        assert_eq!(child.iter().collect::<Vec<_>>(), [("B", "2"), ("C", "3")]);
        let mut grandchild = Variables::default();
        child.inherit_into(&mut grandchild);
        assert_eq!(grandchild.iter().collect::<Vec<_>>(), [("C", "3")]);
    }

    #[test]
    fn a_pushed_variable_hides_and_reveals() {
        let mut variables = Variables::default();
        variables.set("ARG1", "outer");
        variables.push("ARG1", "inner");
        variables.set("ARG1", "changed");
        assert_eq!(variables.get("ARG1"), Some("changed"));
        assert_eq!(variables.pop("ARG1").as_deref(), Some("changed"));
        assert_eq!(variables.get("ARG1"), Some("outer"));
    }
}
