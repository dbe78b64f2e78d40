//! Switches that ask databases.

use super::*;
use crate::dialplan::plan::Switch;

rule! {
    /// ## What it does
    /// Finds `switch => Realtime` whose family extconfig.conf does not name; without one it is `extensions`.
    ///
    /// ## Why is this bad
    /// No database is asked: the switch finds nothing.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// switch => Realtime/office@steps
    /// ```
    /// ```extconfig.conf
    /// [settings]
    /// extensions => odbc,main,extensions
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,Answer()
    /// switch => Realtime/office@extensions
    /// ```
    /// ```extconfig.conf
    /// [settings]
    /// extensions => odbc,main,extensions
    /// ```
    pub UNKNOWN_FAMILY: UNKNOWN_FAMILY, Check::Plan(families)
}

fn families(subject: &Subject<'_>, findings: &mut Findings) {
    let switches = subject.plan.contexts().iter().flat_map(|context| &context.switches);
    for switch in switches.filter(|switch| switch.is_realtime()) {
        let (_, family) = Switch::realtime_place(&switch.data);
        // What a variable names is known in a call only.
        if family.contains('$') || subject.beside.has_family(family) {
            continue;
        }
        let message = format!("extconfig.conf names no family `{family}`");
        findings.tell(
            Diagnostic::warning(codes::UNKNOWN_FAMILY, message)
                .at(switch.span, "asks no database")
                .help(format!("write `{family} => driver,database,table` into its [settings], or correct the name")),
        );
    }
}
