//! The binary operators and how tight they bind.

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    /// `:`, a regular expression matched from the beginning.
    Match,
    /// `=~`, a regular expression found anywhere.
    Search,
    /// `~~`
    Join,
}

/// How tight an operator binds; a higher level binds tighter. All levels bind from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Between parentheses and at the ends.
    Lowest,
    /// `? ::`
    Condition,
    Or,
    And,
    Comparison,
    Sum,
    Product,
    /// `-` and `!` before an operand.
    Prefix,
    Text,
}

impl Operator {
    /// The operator as it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "|",
            Self::And => "&",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Match => ":",
            Self::Search => "=~",
            Self::Join => "~~",
        }
    }

    pub fn level(self) -> Level {
        match self {
            Self::Or => Level::Or,
            Self::And => Level::And,
            Self::Equal | Self::NotEqual | Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => {
                Level::Comparison
            }
            Self::Add | Self::Subtract => Level::Sum,
            Self::Multiply | Self::Divide | Self::Remainder => Level::Product,
            Self::Match | Self::Search | Self::Join => Level::Text,
        }
    }
}
