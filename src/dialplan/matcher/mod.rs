//! Which extensions of one context take a number, the most specific first.
//!
//! Exact names stand in a hash table, patterns in a trie whose branches are kept in the order of specificity, so
//! that walking it yields matching patterns best first. Both lead to the head of a chain of extensions that
//! differ only in the caller number they ask for.

mod trie;

use super::pattern::{Extent, Place, Verdict, without_dashes};
use hashbrown::DefaultHashBuilder;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::ops::ControlFlow;
use std::sync::LazyLock;
use trie::Trie;

static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

/// The first eight bytes of a name, in an order that is that of the names.
fn beginning(name: &str) -> u64 {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(name.bytes()) {
        *place = byte;
    }
    u64::from_be_bytes(bytes)
}

fn hash(name: &str) -> u64 {
    HASHER.hash_one(name)
}

/// The extensions of a context by what they match. The numbers it holds are the plan's.
#[derive(Clone, Debug, Default)]
pub(super) struct Matcher {
    exact: HashTable<u32>,
    /// The exact names again, sorted, for the question whether one begins with what was dialled: the first eight
    /// bytes of each, which mostly decide, and its number.
    beginnings: Vec<u64>,
    sorted: Vec<u32>,
    patterns: Trie,
}

impl Matcher {
    /// The extension chain of an exact name.
    pub fn exact<'n>(&self, name: &str, name_of: impl Fn(u32) -> &'n str) -> Option<u32> {
        self.exact.find(hash(name), |id| name_of(*id) == name).copied()
    }

    /// Enters an exact name, its dashes left out.
    pub fn insert_exact<'n>(&mut self, name: &str, id: u32, name_of: impl Fn(u32) -> &'n str) {
        let rehash = |id: &u32| hash(name_of(*id));
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
        self.sorted.sort_by_cached_key(|id| (beginning(name_of(*id)), name_of(*id)));
        self.beginnings = self.sorted.iter().map(|id| beginning(name_of(*id))).collect();
        self.exact.shrink_to_fit(|id| hash(name_of(*id)));
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
            let wanted = beginning(&plain);
            let first = self.beginnings.partition_point(|beginning| *beginning < wanted);
            for id in self.sorted.iter().skip(self.first_from(first, wanted, &plain, &name_of)) {
                let name = name_of(*id);
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

    /// The first name from `plain` on, among those that share its first eight bytes, which begin at `first`.
    fn first_from<'n>(&self, first: usize, wanted: u64, plain: &str, name_of: impl Fn(u32) -> &'n str) -> usize {
        let alike = self.beginnings.get(first..).unwrap_or(&[]).partition_point(|beginning| *beginning == wanted);
        let alike = self.sorted.get(first..first + alike).unwrap_or(&[]);
        first + alike.partition_point(|id| name_of(*id) < plain)
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
