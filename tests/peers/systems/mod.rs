//! The example plans that are whole systems, with real telephones.

mod callback;
mod forwarding;
mod gathering;
mod routing;

use std::path::Path;

use crate::ports;
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server};

/// An example plan with its telephones.
fn plan(name: &str, context: &str, phones: &[&str]) -> Folder {
    let folder = Folder::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans").join(name));
    phones.iter().fold(folder, |folder, phone| folder.peer(phone, context, ""))
}

/// Gives the manager of a plan a port of its own.
fn with_manager(folder: Folder) -> (Folder, u16) {
    let text = std::fs::read_to_string(folder.path().join("manager.conf")).expect("manager.conf");
    let port = ports::reserve(1);
    folder.write("manager.conf", &text.replace("port = 5038", &format!("port = {port}")));
    (folder, port)
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
