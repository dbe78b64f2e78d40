//! Patterns by their places, branches in the order of specificity.

use crate::dialplan::pattern::{Extent, Place, Set, Verdict};
use std::ops::ControlFlow;

/// A trie of patterns. The order in which it is walked is Asterisk's order of patterns: position by position from
/// the left, smaller sets first, then `.`, then `!`, and a pattern that ends here last.
#[derive(Clone, Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    literals: Vec<(u8, u32)>,
    sets: Vec<(Set, u32)>,
    more: Option<u32>,
    early: Option<u32>,
    /// What is stored for the pattern that ends here.
    end: Option<u32>,
}

impl Default for Trie {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl Trie {
    /// The place for what belongs to a pattern.
    pub fn slot(&mut self, places: &[Place]) -> &mut Option<u32> {
        let mut at = 0usize;
        for place in places {
            at = self.branch(at, place);
        }
        &mut self.nodes[at].end
    }

    fn branch(&mut self, at: usize, place: &Place) -> usize {
        let new = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let node = &mut self.nodes[at];
        let target = match place {
            Place::Literal(byte) => match node.literals.binary_search_by_key(byte, |(byte, _)| *byte) {
                Ok(found) => node.literals[found].1,
                Err(index) => {
                    node.literals.insert(index, (*byte, new));
                    new
                }
            },
            Place::Set(set) => match node.sets.binary_search_by(|(other, _)| other.cmp(set)) {
                Ok(found) => node.sets[found].1,
                Err(index) => {
                    node.sets.insert(index, (*set, new));
                    new
                }
            },
            Place::More => *node.more.get_or_insert(new),
            Place::Early => *node.early.get_or_insert(new),
        };
        if target == new {
            self.nodes.push(Node::default());
        }
        target as usize
    }

    pub fn shrink(&mut self) {
        for node in &mut self.nodes {
            node.literals.shrink_to_fit();
            node.sets.shrink_to_fit();
        }
        self.nodes.shrink_to_fit();
    }

    /// Visits what matches, best first.
    pub fn visit<B>(
        &self,
        dialled: &[u8],
        extent: Extent,
        visitor: &mut impl FnMut(u32, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.descend(0, dialled, extent, visitor)
    }

    /// Visits every pattern in order.
    pub fn visit_all<B>(&self, visitor: &mut impl FnMut(u32) -> ControlFlow<B>) -> ControlFlow<B> {
        self.below(0, Verdict::Yes, &mut |id, _| visitor(id))
    }

    fn descend<B>(
        &self,
        at: u32,
        dialled: &[u8],
        extent: Extent,
        visitor: &mut impl FnMut(u32, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let Some(node) = self.nodes.get(at as usize) else { return ControlFlow::Continue(()) };
        let Some((byte, rest)) = dialled.split_first() else { return self.exhausted(node, extent, visitor) };
        if let Ok(found) = node.literals.binary_search_by_key(byte, |(byte, _)| *byte) {
            self.descend(node.literals[found].1, rest, extent, visitor)?;
        }
        for (set, next) in &node.sets {
            if set.contains(*byte) {
                self.descend(*next, rest, extent, visitor)?;
            }
        }
        if let Some(more) = node.more {
            self.below(more, Verdict::Yes, visitor)?;
        }
        if let Some(early) = node.early {
            self.below(early, Verdict::Early, visitor)?;
        }
        ControlFlow::Continue(())
    }

    /// All of the number is used up; what is left of the patterns decides.
    fn exhausted<B>(
        &self,
        node: &Node,
        extent: Extent,
        visitor: &mut impl FnMut(u32, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if extent != Extent::Whole {
            let literals = node.literals.iter().map(|(_, next)| *next);
            let further = literals.chain(node.sets.iter().map(|(_, next)| *next)).chain(node.more);
            for next in further {
                self.below(next, Verdict::Yes, visitor)?;
            }
        }
        if let Some(early) = node.early {
            self.below(early, Verdict::Early, visitor)?;
        }
        match node.end {
            Some(id) if extent != Extent::More => visitor(id, Verdict::Yes),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Everything from a node on.
    fn below<B>(
        &self,
        at: u32,
        verdict: Verdict,
        visitor: &mut impl FnMut(u32, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let Some(node) = self.nodes.get(at as usize) else { return ControlFlow::Continue(()) };
        let literals = node.literals.iter().map(|(_, next)| *next);
        let further = literals.chain(node.sets.iter().map(|(_, next)| *next)).chain(node.more).chain(node.early);
        for next in further {
            self.below(next, verdict, visitor)?;
        }
        node.end.map_or(ControlFlow::Continue(()), |id| visitor(id, verdict))
    }
}
