//! The documents of `chan_sip`.

use super::escape;
use crate::channel::DeviceState;
use crate::channel::watching::Watched;

/// A presence document (RFC 3863, with the activities of RFC 4480 that telephones look at). `entity` is the URI that
/// was subscribed to.
pub fn pidf(entity: &str, extension: &str, watched: &Watched) -> String {
    let (basic, note, activity) = match watched.state {
        _ if watched.is_gone => ("closed", "Unavailable", None),
        DeviceState::NotInUse | DeviceState::Unknown => ("open", "Ready", None),
        DeviceState::InUse => ("open", "On the phone", Some("on-the-phone")),
        DeviceState::Busy => ("closed", "On the phone", Some("busy")),
        DeviceState::Ringing | DeviceState::RingInUse => ("open", "Ringing", Some("busy")),
        DeviceState::OnHold => ("open", "On hold", Some("on-the-phone")),
        DeviceState::Unavailable | DeviceState::Invalid => ("closed", "Unavailable", Some("away")),
    };
    let (entity, extension) = (escape(entity), escape(extension));
    let activities =
        activity.map_or(String::new(), |activity| format!("<ep:activities><ep:{activity}/></ep:activities>\n"));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" \
         xmlns:pp=\"urn:ietf:params:xml:ns:pidf:person\" xmlns:es=\"urn:ietf:params:xml:ns:pidf:rpid:status:rpid-status\" \
         xmlns:ep=\"urn:ietf:params:xml:ns:pidf:rpid:rpid-person\" entity=\"{entity}\">\n<pp:person><status>\n\
         {activities}</status></pp:person>\n<note>{note}</note>\n<tuple id=\"{extension}\">\n\
         <contact priority=\"1\">{entity}</contact>\n<status><basic>{basic}</basic></status>\n</tuple>\n</presence>\n"
    )
}

/// The presence document of old telephones (`application/xpidf+xml`).
pub fn xpidf(entity: &str, extension: &str, watched: &Watched) -> String {
    let (status, substatus) = match watched.state {
        _ if watched.is_gone => ("closed", "offline"),
        DeviceState::NotInUse | DeviceState::Unknown => ("open", "online"),
        DeviceState::Ringing | DeviceState::RingInUse => ("inuse", "ringing"),
        DeviceState::InUse | DeviceState::OnHold => ("inuse", "onthephone"),
        DeviceState::Busy => ("inuse", "onthephone"),
        DeviceState::Unavailable | DeviceState::Invalid => ("closed", "offline"),
    };
    let (entity, extension) = (escape(entity), escape(extension));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE presence PUBLIC \"-//IETF//DTD RFCxxxx XPIDF 1.0//EN\" \
         \"xpidf.dtd\">\n<presence>\n<presentity uri=\"{entity};method=SUBSCRIBE\"/>\n<atom atomid=\"{extension}\" \
         id=\"{extension}\">\n<address uri=\"{entity};user=ip\" priority=\"0.800000\">\n<status status=\"{status}\"/>\n\
         <msnsubstatus substatus=\"{substatus}\"/>\n</address>\n</atom>\n</presence>\n"
    )
}

/// A document of the calls of an extension (RFC 4235), whole each time. A telephone that picks calls up finds who calls
/// in it.
pub fn dialog_info(entity: &str, extension: &str, watched: &Watched, version: u32) -> String {
    let state = match watched.state {
        _ if watched.is_gone => "terminated",
        DeviceState::Ringing | DeviceState::RingInUse => "early",
        DeviceState::InUse | DeviceState::Busy | DeviceState::OnHold => "confirmed",
        _ => "terminated",
    };
    let (entity, extension) = (escape(entity), escape(extension));
    let mut parties = String::new();
    let mut attributes = String::new();
    if state == "early" {
        attributes.push_str(" direction=\"recipient\"");
        if let Some(caller) = &watched.caller {
            let (number, name, call) = (escape(&caller.number), escape(&caller.name), escape(&caller.call));
            let host = entity.split_once('@').map_or("", |(_, host)| host);
            attributes.push_str(&format!(" call-id=\"pickup-{call}\""));
            parties = format!(
                "<remote>\n<identity display=\"{name}\">sip:{number}@{host}</identity>\n<target uri=\"{entity}\"/>\n\
                 </remote>\n<local>\n<identity>{entity}</identity>\n<target uri=\"{entity}\"/>\n</local>\n"
            );
        }
    }
    if watched.state == DeviceState::OnHold {
        parties = format!(
            "<local>\n<target uri=\"{entity}\">\n<param pname=\"+sip.rendering\" pvalue=\"no\"/>\n</target>\n</local>\n"
        );
    }
    format!(
        "<?xml version=\"1.0\"?>\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" \
         state=\"full\" entity=\"{entity}\">\n<dialog id=\"{extension}\"{attributes}>\n{parties}<state>{state}</state>\n\
         </dialog>\n</dialog-info>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::watching::Caller;

    #[test]
    fn calls_of_an_extension() {
        let free = dialog_info("sip:200@pbx", "200", &Watched::of(DeviceState::NotInUse), 0);
        assert!(
            free.contains("version=\"0\"") && free.contains("<dialog id=\"200\">\n<state>terminated</state>"),
            "{free}"
        );
        let caller = Caller {
            number: "300".to_owned(),
            name: "A & <B>".to_owned(),
            call: "1.7".to_owned(),
            dialed: "200".to_owned(),
        };
        let rings = Watched { caller: Some(caller), ..Watched::of(DeviceState::Ringing) };
        let rings = dialog_info("sip:200@pbx", "200", &rings, 3);
        assert!(rings.contains("direction=\"recipient\" call-id=\"pickup-1.7\""), "{rings}");
        assert!(rings.contains("<identity display=\"A &amp; &lt;B&gt;\">sip:300@pbx</identity>"), "{rings}");
        assert!(rings.contains("<state>early</state>"), "{rings}");
        assert!(dialog_info("", "", &Watched::of(DeviceState::InUse), 1).contains("<state>confirmed</state>"));
    }

    #[test]
    fn whether_an_extension_is_free() {
        let free = pidf("sip:200@pbx", "200", &Watched::of(DeviceState::NotInUse));
        assert!(free.contains("<basic>open</basic>") && free.contains("<note>Ready</note>"), "{free}");
        let away = pidf("sip:200@pbx", "200", &Watched::of(DeviceState::Unavailable));
        assert!(away.contains("<basic>closed</basic>") && away.contains("<ep:away/>"), "{away}");
    }
}
