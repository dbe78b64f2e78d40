//! What a device does at the moment: free, in a call, ringing; and what that makes of an extension's hint.

use super::Exchange;
use crate::bridging::room::RoomKind;
use crate::channel::DeviceState;

/// The family of the AstDB that keeps the states of `Custom:` devices.
const CUSTOM: &str = "CustomDevstate";

impl Exchange {
    /// What a device such as `SIP/2001`, `Custom:lamp`, `confbridge:77`, `MWI:300@default` or
    /// `Local/100@default` does.
    ///
    /// A telephone that is dialled and does not ring yet is as it was where it is of PJSIP, and in use elsewhere.
    pub fn device_state(&self, device: &str) -> DeviceState {
        let is_pjsip = device.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("PJSIP/"));
        self.state_of(device, if is_pjsip { DeviceState::NotInUse } else { DeviceState::InUse })
    }

    /// The same for who wants to call it: a telephone counts as called from the moment on that somebody dials it.
    pub fn state_for_calling(&self, device: &str) -> DeviceState {
        self.state_of(device, DeviceState::InUse)
    }

    /// The same, where a telephone that is dialled and does not ring yet is in the state `dialled`.
    fn state_of(&self, device: &str, dialled: DeviceState) -> DeviceState {
        if let Some((provider, name)) = device.split_once(':').filter(|(provider, _)| !provider.contains('/')) {
            return match provider.to_ascii_lowercase().as_str() {
                "custom" => self.custom_state(name),
                "confbridge" => self.room_state(RoomKind::ConfBridge, name),
                "park" => self.space_state(name),
                "meetme" => self.room_state(RoomKind::MeetMe, name),
                "agent" => self.agents.device_state(name),
                "hint" => self.state_of_hint(name),
                "queue" => self.queue_state(name),
                "mwi" => self.mailbox_state(name),
                _ => DeviceState::Invalid,
            };
        }
        let Some((technology, resource)) = device.split_once('/').filter(|(_, resource)| !resource.is_empty()) else {
            return DeviceState::Invalid;
        };
        if technology.eq_ignore_ascii_case("local") {
            return self.local_state(resource);
        }
        self.phone_state(technology, device, dialled)
    }

    /// `701@parkedcalls`: whether a call is parked there.
    fn space_state(&self, name: &str) -> DeviceState {
        let (space, context) = name.split_once('@').unwrap_or((name, "parkedcalls"));
        let lots = self.parking.lots();
        let is_taken = |lot: &str| space.parse().is_ok_and(|space| self.parking.find(lot, Some(space)).is_some());
        match lots.iter().filter(|lot| lot.context == context).any(|lot| is_taken(&lot.name)) {
            true => DeviceState::InUse,
            false => DeviceState::NotInUse,
        }
    }

    fn room_state(&self, kind: RoomKind, name: &str) -> DeviceState {
        if self.rooms.find(kind, name).is_some() { DeviceState::InUse } else { DeviceState::NotInUse }
    }

    /// Sets the state of a `Custom:` device.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn set_custom_state(&self, name: &str, state: DeviceState) -> Result<(), crate::storage::astdb::DatabaseError> {
        self.database.put(CUSTOM, name, state.word())?;
        self.watching.touch(&format!("Custom:{name}"));
        Ok(())
    }

    fn custom_state(&self, name: &str) -> DeviceState {
        let stored = self.database.get(CUSTOM, name).ok().flatten();
        stored.and_then(|word| DeviceState::parse(&word)).unwrap_or(DeviceState::Unknown)
    }

    /// A place in the plan is free as long as it is there and nobody calls it.
    fn local_state(&self, resource: &str) -> DeviceState {
        let resource = resource.split('/').next().unwrap_or("");
        let (extension, context) = resource.rsplit_once('@').unwrap_or((resource, "default"));
        let plan = self.plan();
        if !super::Lookup::new(&plan, &self.clock).exists(context, extension, 1, "") {
            return DeviceState::Invalid;
        }
        let start = format!("Local/{extension}@{context}-");
        let is_called = self
            .channels
            .all()
            .iter()
            .any(|channel| channel.name().get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(&start)));
        if is_called { DeviceState::InUse } else { DeviceState::NotInUse }
    }

    /// `Queue:name` rings while callers wait, `Queue:name_avail` is in use while no member is free, and
    /// `Queue:name_pause_interface` is so while that member is paused.
    fn queue_state(&self, name: &str) -> DeviceState {
        let in_use = |is_so: bool| if is_so { DeviceState::InUse } else { DeviceState::NotInUse };
        if let Some(queue) = self.queues.find(name) {
            return if queue.count() > 0 { DeviceState::Ringing } else { DeviceState::NotInUse };
        }
        if let Some((queue, interface)) = name.split_once("_pause_") {
            let member = self.queues.find(queue).and_then(|queue| queue.member(interface));
            return member.map_or(DeviceState::Invalid, |member| in_use(member.is_paused));
        }
        let Some(queue) = name.strip_suffix("_avail").and_then(|queue| self.queues.find(queue)) else {
            return DeviceState::Invalid;
        };
        let (wrapup, now) = (queue.settings().wrapup_time, self.epoch());
        // A member whose device is a queue would go in circles.
        let members = queue.members().into_iter().filter(|member| !member.state_interface.starts_with("Queue:"));
        let mut members = members.map(|member| (self.device_state(&member.state_interface), member));
        in_use(!members.any(|(state, member)| member.is_available(state, wrapup, now)))
    }

    /// `MWI:300@default` is in use while messages wait there.
    fn mailbox_state(&self, mailbox: &str) -> DeviceState {
        let known = mailbox.split_once('@').and_then(|(number, context)| self.voicemail.find(number, context));
        match known {
            Some(_) if self.voicemail.counts(mailbox).new > 0 => DeviceState::InUse,
            Some(_) => DeviceState::NotInUse,
            None => DeviceState::Invalid,
        }
    }

    /// What the channels of a telephone do.
    fn phone_state(&self, technology: &str, device: &str, dialled: DeviceState) -> DeviceState {
        let occupancy = self.channels.occupancy(device);
        let resource = device.split_once('/').map_or(device, |(_, resource)| resource);
        let idle = self.channels.idle_state(technology, resource);
        match idle {
            Some((_, Some(busy_at))) if occupancy.count() >= busy_at => DeviceState::Busy,
            _ if occupancy.count() > 0 => occupancy.state(dialled),
            Some((state, _)) => state,
            None => DeviceState::Invalid,
        }
    }

    /// `200@inside`: what the devices of that extension's hint do.
    fn state_of_hint(&self, name: &str) -> DeviceState {
        let (extension, context) = name.split_once('@').unwrap_or((name, "default"));
        let plan = self.plan();
        let hint = super::Lookup::new(&plan, &self.clock).hint(context, extension);
        // A hint that points at hints could go in circles.
        hint.filter(|hint| !hint.contains("hint:")).map_or(DeviceState::Invalid, |hint| self.hint_state(&hint))
    }

    /// What the devices of a hint do: `SIP/1&Custom:light`, perhaps with a name behind a comma or in parentheses. A
    /// telephone that does not ring yet is shown as it was.
    pub fn hint_state(&self, hint: &str) -> DeviceState {
        let devices = hint.split(['(', ',']).next().unwrap_or("");
        let devices = devices.split('&').map(str::trim).filter(|device| !device.is_empty());
        let states: Vec<DeviceState> = devices.map(|device| self.state_of(device, DeviceState::NotInUse)).collect();
        DeviceState::of_all(&states)
    }
}
