//! What reaches beyond the telephone system: programs, files, other machines. Those outside who may only make calls must
//! not get there by way of a call. Each application and function declares it itself.

use super::Library;

impl Library {
    /// Whether an application with these arguments gets there: by itself, or by a function in them.
    pub fn reaches_outside(&self, application: &str, arguments: &str) -> bool {
        let by_itself = self.application(application.trim()).is_some_and(|application| application.reaches_outside());
        by_itself || self.mentions_dangerous(arguments)
    }

    /// Whether a text that is to be substituted names a function that does.
    pub fn mentions_dangerous(&self, text: &str) -> bool {
        let mut dangerous = self.functions.iter().filter(|function| function.is_dangerous);
        dangerous.any(|function| text.contains(&format!("{}(", function.name)))
    }
}

#[cfg(test)]
mod tests {
    use crate::server::LIBRARY;

    #[test]
    fn programs_are_found_in_any_case_and_in_data() {
        let reaches = |application: &str, arguments: &str| LIBRARY.reaches_outside(application, arguments);
        for application in [
            "system",
            "TRYSYSTEM",
            "AGI",
            "EAGI",
            "DeadAGI",
            "Exec",
            "TryExec",
            "ExecIf",
            "ExecIfTime",
            "MixMonitor",
            "Monitor",
            "ChangeMonitor",
            "Record",
            "Originate",
        ] {
            assert!(reaches(application, ""), "{application}");
        }
        for application in ["Playback", "Dial", "Wait", "Queue", "ConfBridge", "VoiceMail", "Nothing"] {
            assert!(!reaches(application, "beep"), "{application}");
        }
        assert!(reaches("NoOp", "a${SHELL(ls)}") && reaches("NoOp", "${FILE(/etc/passwd)}"));
        assert!(!reaches("NoOp", "${CALLERID(num)}"));
    }
}
