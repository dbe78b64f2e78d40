//! The documents of `chan_pjsip`.

use super::escape;
use crate::channel::DeviceState;
use crate::channel::watching::Watched;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Whose document it is.
#[derive(Clone, Copy, Debug)]
pub struct Entity<'a> {
    /// The URI that was subscribed to.
    pub uri: &'a str,
    pub extension: &'a str,
    /// The subscriber's URI.
    pub subscriber: &'a str,
}

/// A presence document (RFC 3863, with the activities of RFC 4480).
pub fn pidf(of: Entity<'_>, watched: &Watched) -> String {
    let (basic, note, is_busy) = match watched.state {
        _ if watched.is_gone => ("closed", "Unavailable", false),
        DeviceState::NotInUse | DeviceState::Unknown => ("open", "Ready", false),
        DeviceState::InUse | DeviceState::Busy => ("open", "On the phone", true),
        DeviceState::Ringing | DeviceState::RingInUse => ("open", "Ringing", true),
        DeviceState::OnHold => ("open", "On hold", true),
        DeviceState::Unavailable | DeviceState::Invalid => ("closed", "Unavailable", false),
    };
    let person = match is_busy {
        true => " <dm:person>\n  <rpid:activities>\n   <rpid:on-the-phone />\n  </rpid:activities>\n </dm:person>\n",
        false => " <dm:person />\n",
    };
    let (uri, extension, subscriber) = (escape(of.uri), escape(of.extension), escape(of.subscriber));
    format!(
        "{DECLARATION}<presence entity=\"{uri}\" xmlns=\"urn:ietf:params:xml:ns:pidf\" \
         xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\">\n \
         <note>{note}</note>\n <tuple id=\"{extension}\">\n  <status>\n   <basic>{basic}</basic>\n  </status>\n  \
         <contact priority=\"1\">{subscriber}</contact>\n </tuple>\n{person}</presence>\n"
    )
}

/// The presence document of old telephones.
pub fn xpidf(of: Entity<'_>, watched: &Watched) -> String {
    let (status, substatus) = match watched.state {
        _ if watched.is_gone => ("closed", "offline"),
        DeviceState::NotInUse | DeviceState::Unknown => ("open", "online"),
        DeviceState::Unavailable | DeviceState::Invalid => ("closed", "offline"),
        _ => ("inuse", "onthephone"),
    };
    let (uri, extension, subscriber) = (escape(of.uri), escape(of.extension), escape(of.subscriber));
    format!(
        "{DECLARATION}<presence>\n <presentity uri=\"{uri};method=SUBSCRIBE\" />\n \
         <atom atomid=\"{extension}\" id=\"{extension}\">\n  \
         <address uri=\"{subscriber};user=ip\" priority=\"0.80000\">\n   <status status=\"{status}\" />\n   \
         <msnsubstatus substatus=\"{substatus}\" />\n  </address>\n </atom>\n</presence>\n"
    )
}

/// A document of the calls of an extension (RFC 4235), whole each time. `rings_in_use`: one that rings while it talks is
/// shown to ring (`notify_early_inuse_ringing`).
pub fn dialog_info(of: Entity<'_>, watched: &Watched, rings_in_use: bool, version: u32) -> String {
    let (uri, extension) = (escape(of.uri), escape(of.extension));
    let state = match watched.state {
        _ if watched.is_gone => "terminated",
        DeviceState::Ringing => "early",
        DeviceState::RingInUse if rings_in_use => "early",
        DeviceState::InUse | DeviceState::Busy | DeviceState::OnHold | DeviceState::RingInUse => "confirmed",
        _ => "terminated",
    };
    let (mut direction, mut before, mut behind) = ("", String::new(), String::new());
    if state == "early" {
        direction = " direction=\"recipient\"";
        let host = uri.split_once('@').map_or("", |(_, host)| host).split(':').next().unwrap_or_default().to_owned();
        let dialed = watched.caller.as_ref().map(|caller| format!("sip:{}@{host}", escape(&caller.dialed)));
        if let Some(caller) = &watched.caller {
            let (number, name) = (escape(&caller.number), escape(&caller.name));
            before = format!(
                "  <remote>\n   <identity display=\"{name}\">sip:{number}@{host}</identity>\n   \
                 <target uri=\"sip:{number}@{host}\" />\n  </remote>\n"
            );
        }
        let local = dialed.as_deref().unwrap_or(&uri);
        before.push_str(&format!(
            "  <local>\n   <identity>{local}</identity>\n   <target uri=\"{uri}\" />\n  </local>\n"
        ));
    }
    if watched.state == DeviceState::OnHold && !watched.is_gone {
        behind = format!(
            "  <local>\n   <target uri=\"{uri}\">\n    <param pname=\"+sip.rendering\" pvalue=\"no\" />\n   \
             </target>\n  </local>\n"
        );
    }
    format!(
        "{DECLARATION}<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" state=\"full\" \
         entity=\"{uri}\">\n <dialog id=\"{extension}\"{direction}>\n{before}  <state>{state}</state>\n{behind} \
         </dialog>\n</dialog-info>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::watching::Caller;

    const OF: Entity<'_> = Entity { uri: "sip:200@pbx:5070", extension: "200", subscriber: "sip:9@pbx" };

    #[test]
    fn whether_an_extension_is_free() {
        let free = pidf(OF, &Watched::of(DeviceState::NotInUse));
        assert!(free.contains("  <contact priority=\"1\">sip:9@pbx</contact>\n </tuple>\n <dm:person />\n"), "{free}");
        let busy = pidf(OF, &Watched::of(DeviceState::Busy));
        assert!(busy.contains("<basic>open</basic>") && busy.contains("<rpid:on-the-phone />"), "{busy}");
        assert!(xpidf(OF, &Watched::of(DeviceState::Ringing)).contains("substatus=\"onthephone\""));
    }

    #[test]
    fn calls_of_an_extension() {
        let caller = Caller {
            number: "300".to_owned(),
            name: "A <B>".to_owned(),
            call: "1.7".to_owned(),
            dialed: "77".to_owned(),
        };
        let rings = Watched { caller: Some(caller), ..Watched::of(DeviceState::Ringing) };
        let told = dialog_info(OF, &rings, false, 3);
        assert!(
            told.contains(
                "<identity display=\"A &lt;B&gt;\">sip:300@pbx</identity>\n   <target uri=\"sip:300@pbx\" />"
            )
        );
        assert!(told.contains("<identity>sip:77@pbx</identity>\n   <target uri=\"sip:200@pbx:5070\" />"), "{told}");
        let second = Watched::of(DeviceState::RingInUse);
        assert!(dialog_info(OF, &second, false, 0).contains("<dialog id=\"200\">\n  <state>confirmed</state>"));
        assert!(dialog_info(OF, &second, true, 0).contains("<state>early</state>"));
        let held = dialog_info(OF, &Watched::of(DeviceState::OnHold), false, 0);
        assert!(held.contains("<state>confirmed</state>\n  <local>\n   <target"), "{held}");
    }
}
