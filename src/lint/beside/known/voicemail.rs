//! voicemail.conf

use super::is_general;
use crate::conf::Section;
use crate::lint::beside::keys::{Keys, Kind, NONE};

pub(in crate::lint::beside) fn voicemail(section: &Section) -> Option<Kind> {
    is_general(section).then_some(("[general] of voicemail.conf", GENERAL))
}

const GENERAL: Keys = Keys {
    flags: "attach deletevoicemail delete envelope expungeonhangup forcegreetings forcename hidefromdir \
            imapgreetings leaveurgent pbxskip messagewrap moveheard nextaftercmd operator pollmailboxes review saycid \
            saycidinfo sayduration searchcontexts sendvoicemail smdienable tempgreetwarn usedirectory \
            forward_urgent_auto forward-urgent-auto",
    numbers: "imapclosetimeout imapopentimeout imapport imapreadtimeout imapwritetimeout maxgreet maxlogins maxmessage \
              maxmsg maxsecs maxsilence minmessage minpassword minsecs pollfreq saydurationm silencethreshold skipms \
              volgain",
    contexts: "callback dialout exitcontext",
    texts: "adsifdn adsisec adsiver aliasescontext attachfmt authpassword authuser backupdeleted charset \
            cidinternalcontexts directoryinfo directoryintro emailbody emaildateformat emailsubject emailtag externnotify \
            externpass externpasscheck externpassnotify format fromstring greetingsfolder imapflags imapfolder \
            imapparentfolder imappassword imapserver imapuser language locale mailcmd maxdeletedmsg msg_format \
            obdcstorage odbcstorage odbctable pagerbody pagerdateformat pagerfromstring pagersubject passwordlocation \
            serveremail smdiport tz userscontext",
    idle: IDLE,
    beginnings: "vm- listen-control-",
    ..NONE
};

/// Messages on an IMAP server or in a database, displays of ADSI telephones, SMDI, users.conf, and dates in another language.
const IDLE: &str = "adsifdn adsisec adsiver authpassword authuser emailtag expungeonhangup greetingsfolder imapclosetimeout \
                    imapflags imapfolder imapgreetings imapopentimeout imapparentfolder imappassword imapport imapreadtimeout \
                    imapserver imapuser imapvmshareid imapwritetimeout locale odbcstorage odbctable smdienable smdiport \
                    userscontext";

/// What may stand behind the address of a mailbox.
pub(in crate::lint::beside) const MAILBOX_OPTIONS: Keys = Keys {
    flags: "attach delete deletevoicemail envelope forcegreetings forcename hidefromdir leaveurgent messagewrap moveheard \
            nextaftercmd operator review saycid sayduration searchcontexts sendvoicemail tempgreetwarn",
    numbers: "imapport maxmessage maxmsg maxsecs minsecs saydurationm volgain",
    texts: "attachfmt backupdeleted callback dialout emailbody emailsubject exitcontext fromstring imapflags imapfolder \
            imappassword imapserver imapuser imapvmshareid language locale pagersubject passwordlocation serveremail tz",
    idle: IDLE,
    ..NONE
};
