//! `regcontext`: while a conference lasts it stands in the plan as an extension, by which other calls can tell.

use std::sync::Arc;

use crate::bridging::room::{Room, RoomKind};
use crate::dialplan::amendment::Amendment;
use crate::interpreter::{Exchange, Lookup};

/// Enters a conference in the plan or takes it out, as it is there or not; nothing where it is not to stand there. It is
/// done also when who waits for it goes away.
pub(super) async fn settle(exchange: &Arc<Exchange>, room: &Room) {
    let context = &room.opening().register_context;
    if context.is_empty() {
        return;
    }
    let done = tokio::spawn(amend(Arc::clone(exchange), context.clone(), room.name().to_owned()));
    // It does not panic.
    let _ = done.await;
}

async fn amend(exchange: Arc<Exchange>, context: String, extension: String) {
    let amended = exchange.amend(|amendments| {
        // A conference of the same name may have begun since.
        let is_open = exchange.rooms.find(RoomKind::ConfBridge, &extension).is_some();
        let stands = amendments.registers(&context, &extension);
        let (context, extension) = (context.clone(), extension.clone());
        if is_open && !stands && !exists(&exchange, &context, &extension) {
            vec![Amendment::Register { context, extension }]
        } else if !is_open && stands {
            vec![Amendment::Unregister { context, extension }]
        } else {
            Vec::new()
        }
    });
    if let Err(error) = amended.await {
        tracing::warn!("conference {extension} cannot be registered in context {context}: {error}");
    }
}

fn exists(exchange: &Exchange, context: &str, extension: &str) -> bool {
    let plan = exchange.plan();
    Lookup::new(&plan, &exchange.clock).exists(context, extension, 1, "")
}
