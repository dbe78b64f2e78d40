//! In which order members are called.

/// How a queue chooses among its members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// All at once.
    #[default]
    RingAll,
    /// Whose last call is longest ago.
    LeastRecent,
    /// Who has taken the fewest calls.
    FewestCalls,
    Random,
    /// In turn, beginning behind the one who was called last.
    RrMemory,
    /// In the order of the file, or of their joining.
    Linear,
    /// By chance, a higher penalty making it less likely.
    WRandom,
    /// In turn, in the order of the file.
    RrOrdered,
}

const WORDS: [(&str, Strategy); 9] = [
    ("ringall", Strategy::RingAll),
    ("leastrecent", Strategy::LeastRecent),
    ("fewestcalls", Strategy::FewestCalls),
    ("random", Strategy::Random),
    ("rrmemory", Strategy::RrMemory),
    ("linear", Strategy::Linear),
    ("wrandom", Strategy::WRandom),
    ("rrordered", Strategy::RrOrdered),
    ("roundrobin", Strategy::RrMemory),
];

impl Strategy {
    pub fn parse(word: &str) -> Option<Self> {
        WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim())).map(|(_, strategy)| *strategy)
    }

    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, strategy)| *strategy == self).map_or("ringall", |(word, _)| word)
    }

    /// Whether each caller asks the members in turn.
    pub fn is_in_turn(self) -> bool {
        matches!(self, Self::RrMemory | Self::RrOrdered | Self::Linear)
    }
}
