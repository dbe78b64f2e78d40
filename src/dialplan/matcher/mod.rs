//! Which extensions of one context take a number, the most specific first.
//!
//! Exact names stand in a hash table, patterns in a trie whose branches are kept in the order of specificity, so
//! that walking it yields matching patterns best first. Both lead to the head of a chain of extensions that
//! differ only in the caller number they ask for.

mod trie;

use super::pattern::{Extent, Place, Verdict, without_dashes};
use hashbrown::HashTable;
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use std::sync::LazyLock;
use trie::Trie;

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

fn hash(name: &str) -> u64 {
    HASHER.hash_one(name)
}

/// The extensions of a context by what they match. The numbers it holds are the plan's.
#[derive(Clone, Debug, Default)]
pub(super) struct Matcher {
    exact: HashTable<u32>,
    /// The exact names again, sorted, for the question whether one begins with what was dialled.
    sorted: Vec<u32>,
    patterns: Trie,
}

impl Matcher {
    /// The extension chain of an exact name.
    pub fn exact<'n>(&self, name: &str, name_of: impl Fn(u32) -> &'n str) -> Option<u32> {
        self.exact.find(hash(name), |id| without_dashes(name_of(*id)) == name).copied()
    }

    /// Enters an exact name, its dashes left out.
    pub fn insert_exact<'n>(&mut self, name: &str, id: u32, name_of: impl Fn(u32) -> &'n str) {
        let rehash = |id: &u32| hash(&without_dashes(name_of(*id)));
        self.exact.insert_unique(hash(name), id, rehash);
    }

    /// The extension chain of a pattern; aliases share one.
    pub fn pattern_slot(&mut self, places: &[Place]) -> &mut Option<u32> {
        self.patterns.slot(places)
    }

    /// Replaces the head of a chain of exact names.
    pub fn replace_exact(&mut self, name: &str, old: u32, new: u32) {
        if let Some(id) = self.exact.find_mut(hash(name), |id| *id == old) {
            *id = new;
        }
    }

    /// To be called when all extensions are in.
    pub fn finish<'n>(&mut self, name_of: impl Fn(u32) -> &'n str) {
        self.sorted = self.exact.iter().copied().collect();
        self.sorted.sort_by(|left, right| without_dashes(name_of(*left)).cmp(&without_dashes(name_of(*right))));
        self.exact.shrink_to_fit(|id| hash(&without_dashes(name_of(*id))));
        self.patterns.shrink();
    }

    /// Visits the chains that take `dialled`, best first, until the visitor breaks.
    ///
    /// `extent` says whether the beginning of a longer number counts.
    pub fn visit<'n, B>(
        &self,
        dialled: &str,
        extent: Extent,
        name_of: impl Fn(u32) -> &'n str,
        mut visitor: impl FnMut(u32, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let plain = without_dashes(dialled);
        if extent == Extent::Whole {
            if let Some(id) = self.exact(&plain, &name_of) {
                visitor(id, Verdict::Yes)?;
            }
            if dialled.starts_with('_') {
                return self.visit_spelled(dialled, &plain, name_of, visitor);
            }
        } else {
            let first = self.sorted.partition_point(|id| *without_dashes(name_of(*id)) < *plain);
            for id in self.sorted.iter().skip(first) {
                let name = without_dashes(name_of(*id));
                if !name.starts_with(&*plain) {
                    break;
                }
                if extent == Extent::Beginning || name.len() > plain.len() {
                    visitor(*id, Verdict::Yes)?;
                }
            }
        }
        self.patterns.visit(plain.as_bytes(), extent, &mut visitor)
    }

    /// A number that begins with `_` may be the text of a pattern itself, as after `Goto(_1XX,1)`.
    fn visit_spelled<'n, B>(
        &self,
        dialled: &str,
        plain: &str,
        name_of: impl Fn(u32) -> &'n str,
        mut visitor: impl FnMut(u32, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut matching = Vec::new();
        let _ = self.patterns.visit::<()>(plain.as_bytes(), Extent::Whole, &mut |id, verdict| {
            matching.push((id, verdict));
            ControlFlow::Continue(())
        });
        let mut result = ControlFlow::Continue(());
        let _ = self.patterns.visit_all(&mut |id| {
            let spelled = without_dashes(name_of(id)).eq_ignore_ascii_case(&without_dashes(dialled));
            let verdict = if spelled {
                Some(Verdict::Yes)
            } else {
                matching.iter().find(|(other, _)| *other == id).map(|(_, verdict)| *verdict)
            };
            if let Some(verdict) = verdict {
                result = visitor(id, verdict);
            }
            if result.is_break() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        result
    }
}
