//! Transfers: what parties and programs are told of them, whoever asks for one.

use std::sync::Arc;

use crate::channel::snapshot;
use crate::channel::{Channel, Happening, Interrupt, Position};

/// Sends the party that `transferer` talks with to a place in the plan. False where it talks with nobody.
pub fn blind(transferer: &Arc<Channel>, position: &Position, is_external: bool) -> bool {
    let peer = transferer.bridged_with().and_then(|name| transferer.channels().find(&name));
    let Some(transferee) = peer else { return false };
    send(transferer, &transferee, position, is_external);
    true
}

/// Sends this party to a place in the plan.
pub fn send(transferer: &Channel, transferee: &Channel, position: &Position, is_external: bool) {
    note_blind(transferer, transferee, position, is_external);
    transferee.interrupt(Interrupt::Goto(position.clone()));
}

/// Notes a blind transfer: a variable of both, and the event `BlindTransfer`.
pub fn note_blind(transferer: &Channel, transferee: &Channel, position: &Position, is_external: bool) {
    transferer.set_variable("BLINDTRANSFER", transferee.name());
    transferee.set_variable("BLINDTRANSFER", transferer.name());
    let mut fields = vec![("Result".to_owned(), "Success".to_owned())];
    fields.extend(snapshot::fields(transferer, "Transferer"));
    fields.extend(snapshot::fields(transferee, "Transferee"));
    fields.extend(snapshot::bridge_fields(transferer, ""));
    fields.push(("IsExternal".to_owned(), if is_external { "Yes" } else { "No" }.to_owned()));
    fields.push(("Context".to_owned(), position.context.clone()));
    fields.push(("Extension".to_owned(), position.extension.clone()));
    publish(transferer, "BlindTransfer", &fields);
}

/// Notes an attended transfer: who was on hold talks with the target from now on. The two channels of who transfers are
/// one and the same where keys asked for it.
pub fn note_attended(transferers: [&Channel; 2], transferee: &Channel, target: &Channel, is_external: bool) {
    let [first, second] = transferers;
    for party in [transferee, target] {
        party.set_variable("ATTENDEDTRANSFER", first.name());
    }
    let mut fields = vec![("Result".to_owned(), "Success".to_owned())];
    fields.extend(snapshot::fields(first, "OrigTransferer"));
    fields.extend(snapshot::bridge_fields(first, "Orig"));
    fields.extend(snapshot::fields(second, "SecondTransferer"));
    fields.extend(snapshot::bridge_fields(second, "Second"));
    fields.extend(snapshot::fields(transferee, "Transferee"));
    fields.extend(snapshot::fields(target, "TransferTarget"));
    fields.push(("IsExternal".to_owned(), if is_external { "Yes" } else { "No" }.to_owned()));
    fields.push(("DestType".to_owned(), "Bridge".to_owned()));
    fields.push(("DestBridgeUniqueid".to_owned(), first.bridge_id().map_or_else(String::new, |id| id.to_string())));
    publish(first, "AttendedTransfer", &fields);
}

fn publish(channel: &Channel, event: &str, fields: &[(String, String)]) {
    let channels = channel.channels();
    if channels.is_observed() {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        channels.publish(&Happening::Manager { channel: None, event, privilege: "call", fields: &fields });
    }
}
