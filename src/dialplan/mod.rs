//! The dialplan language: its syntax with spans, and the immutable [`plan`] it compiles to.
