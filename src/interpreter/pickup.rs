//! A telephone that dials `pickupexten` takes a call that rings in its group.

use super::Call;

impl Call {
    /// Whether the caller dialled the code that takes a call of its group, and the plan has no such extension.
    pub(super) fn dials_pickup(&self) -> bool {
        let context = self.context();
        let dialled = context.state.position.extension.clone();
        self.plan().is_pickup_code(&dialled) && !context.has_here(&dialled)
    }

    pub(super) async fn pick_up(mut self) {
        if let Some(application) = self.exchange.library.application("Pickup") {
            self.unless_interrupted(async |call| call.run_application(application, "").await).await;
        }
        // Who has taken a call belongs to that from here on.
        if !self.channel.give() {
            self.end().await;
        }
    }
}
