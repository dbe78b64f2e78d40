//! The names that Asterisk has or had, so that one which exten lacks is told apart from one nobody knows.

mod applications;
mod functions;
mod variables;

/// How a name stands with Asterisk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Part of Asterisk 20 to 22.
    Current,
    /// It went, or is to go.
    Leaving {
        /// The first version without it, such as `21`.
        gone: &'static str,
        /// What to write in its place.
        instead: &'static str,
    },
    /// Part of a module that Asterisk's source does not hold.
    Foreign,
}

/// A name and how it stands.
pub struct Known {
    pub name: &'static str,
    pub standing: Standing,
}

/// An application of this name, in any case.
pub fn application(name: &str) -> Option<Known> {
    lookup(name, applications::CURRENT, applications::LEAVING, applications::FOREIGN, str::eq_ignore_ascii_case)
}

/// A function of this name; case counts.
pub fn function(name: &str) -> Option<Known> {
    lookup(name, functions::CURRENT, functions::LEAVING, &[], |one, other| one == other)
}

/// What to write in place of a variable that is gone.
pub fn replaced_variable(name: &str) -> Option<(&'static str, &'static str)> {
    variables::REPLACED.iter().find(|(old, ..)| *old == name).map(|(_, gone, instead)| (*gone, *instead))
}

/// The variable of Asterisk that is this name but for its case.
pub fn variable_in_other_case(name: &str) -> Option<&'static str> {
    variables::SET_BY_ASTERISK
        .iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .filter(|known| **known != name)
        .copied()
}

/// Whether Asterisk, or one of its modules, sets a variable of this name.
pub fn is_set_by_asterisk(name: &str) -> bool {
    variables::SET_BY_ASTERISK.contains(&name) || variables::SET_BY_MODULES.contains(&name)
}

/// What a name of a variable that does not exist probably means.
pub fn meant_variable(name: &str) -> Option<&'static str> {
    variables::MISTAKEN.iter().find(|(wrong, _)| *wrong == name).map(|(_, meant)| *meant)
}

/// The known names that look most like this one.
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let most = match name.len() {
        0..=3 => return None,
        4..=6 => 1,
        _ => 2,
    };
    let with_distance = names.map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), known));
    with_distance
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Every application that Asterisk has now.
pub fn current_applications() -> impl Iterator<Item = &'static str> {
    applications::CURRENT.iter().copied()
}

/// Every function that Asterisk has now.
pub fn current_functions() -> impl Iterator<Item = &'static str> {
    functions::CURRENT.iter().copied()
}

/// How many letters to change, add, drop or swap with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, with) in other.iter().enumerate() {
            let cell = |row: usize, column: usize| {
                rows.get(row).and_then(|row: &Vec<usize>| row.get(column)).copied().unwrap_or(usize::MAX - 9)
            };
            let left = next.last().copied().unwrap_or(usize::MAX - 9);
            let mut least =
                (cell(row, column) + usize::from(letter != with)).min(cell(row, column + 1) + 1).min(left + 1);
            let is_swap =
                row > 0 && column > 0 && one.get(row - 1) == Some(with) && other.get(column - 1) == Some(letter);
            if is_swap {
                least = least.min(cell(row - 1, column - 1) + 1);
            }
            next.push(least);
        }
        rows.push(next);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(usize::MAX)
}

fn lookup(
    name: &str,
    current: &[&'static str],
    leaving: &[(&'static str, &'static str, &'static str)],
    foreign: &[&'static str],
    is_same: impl Fn(&str, &str) -> bool,
) -> Option<Known> {
    let gone = leaving.iter().find(|(known, ..)| is_same(known, name));
    if let Some((name, gone, instead)) = gone {
        return Some(Known { name, standing: Standing::Leaving { gone, instead } });
    }
    let among = |names: &[&'static str]| names.iter().find(|known| is_same(known, name)).copied();
    among(current)
        .map(|name| Known { name, standing: Standing::Current })
        .or_else(|| among(foreign).map(|name| Known { name, standing: Standing::Foreign }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert_eq!(application("voicemail").map(|known| known.standing), Some(Standing::Current));
        assert!(matches!(application("SetVar").map(|known| known.standing), Some(Standing::Leaving { .. })));
        assert_eq!(application("RxFAX").map(|known| known.name), Some("RxFAX"));
        assert!(application("Playbak").is_none() && function("callerid").is_none());
    }

    #[test]
    fn a_slip_of_the_pen_is_guessed() {
        assert_eq!(nearest("Plyaback", current_applications()), Some("Playback"));
        assert_eq!(nearest("Hangupp", current_applications()), Some("Hangup"));
        assert_eq!(nearest("Zebra", current_applications()), None);
        assert_eq!(nearest("CALERID", current_functions()), Some("CALLERID"));
    }

    #[test]
    fn the_tables_name_each_once() {
        let mut all: Vec<_> = applications::CURRENT.iter().chain(applications::FOREIGN).copied().collect();
        all.extend(applications::LEAVING.iter().map(|(name, ..)| *name));
        let mut lower: Vec<_> = all.iter().map(|name| name.to_lowercase()).collect();
        lower.sort();
        let twice: Vec<_> = lower.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
