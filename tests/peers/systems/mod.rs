//! The example plans that are whole systems, with real telephones.

mod forwarding;

use std::path::Path;

use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server};

/// An example plan with its telephones.
fn plan(name: &str, context: &str, phones: &[&str]) -> Folder {
    let folder = Folder::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans").join(name));
    phones.iter().fold(folder, |folder, phone| folder.peer(phone, context, ""))
}

/// Waits until a command of the console answers as wanted.
#[track_caller]
fn wait_told(server: &Server, command: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut last = String::new();
    let found = eventually(PATIENCE, || {
        last = server.tell(command).0;
        wanted(&last).then_some(())
    });
    assert!(found.is_some(), "{command} says: {last}\n{}", server.log());
    last
}
