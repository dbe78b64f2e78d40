//! What reaches beyond the telephone system: programs, files, other machines. Those outside who may only make calls must
//! not get there by way of a call.

use super::Library;

/// Applications that run programs, write files or run what they are given.
const APPLICATIONS: [&str; 17] = [
    "AGI",
    "DeadAGI",
    "EAGI",
    "Exec",
    "ExecIf",
    "ExecIfTime",
    "ExternalIVR",
    "MixMonitor",
    "Monitor",
    "Originate",
    "Page",
    "Record",
    "Stasis",
    "System",
    "TryExec",
    "TrySystem",
    "VoiceMailMain",
];

/// Whether an application reaches beyond the telephone system.
pub fn reaches_outside(application: &str) -> bool {
    APPLICATIONS.iter().any(|known| known.eq_ignore_ascii_case(application.trim()))
}

impl Library {
    /// Whether a text that is to be substituted names a function that does.
    pub fn mentions_dangerous(&self, text: &str) -> bool {
        let mut dangerous = self.functions.iter().filter(|function| function.is_dangerous);
        dangerous.any(|function| text.contains(&format!("{}(", function.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_any_case_and_in_data() {
        assert!(reaches_outside("system") && reaches_outside("AGI") && !reaches_outside("Playback"));
        let library = &crate::server::LIBRARY;
        assert!(library.mentions_dangerous("a${SHELL(ls)}") && !library.mentions_dangerous("${CALLERID(num)}"));
    }
}
