//! Every action of the manager, asked for over a socket: what it answers, and what it answers to nonsense.

use std::collections::BTreeSet;

use crate::process::{PATIENCE, eventually};
use crate::program::{Program, address};
use crate::server::Folder;

const PLAN: &str = "\
[internal]
exten => 200,1,Answer()
 same => n,Wait(600)
exten => 300,1,Answer()
 same => n(here),Wait(600)
exten => 400,1,Answer()
 same => n,Queue(sales)
exten => 410,1,Answer()
 same => n,ConfBridge(77)
exten => 420,1,Answer()
 same => n,MeetMe(800,dq)
exten => 430,1,Answer()
 same => n,AGI(agi:async)
exten => 440,1,Answer()
 same => n,Wait(600)
exten => 500,hint,SIP/2001
include => parkedcalls
";

const MANAGER: &str = "\
[general]
enabled = yes
bindaddr = 127.0.0.1
port = 0

[program]
secret = program-secret
read = all
write = all

[watcher]
secret = watcher-secret
read = none
write = none
";

const PJSIP: &str = "\
[udp]
type=transport
protocol=udp
bind=127.0.0.1:0
[3001]
type=endpoint
context=internal
aors=3001
auth=3001
[3001]
type=auth
auth_type=userpass
username=3001
password=p
[3001]
type=aor
max_contacts=1
contact=sip:3001@127.0.0.1:9
[trunk]
type=registration
server_uri=sip:127.0.0.1:9
client_uri=sip:us@127.0.0.1:9
";

/// What is asked for, and texts that the answer has.
type Exchange = (&'static str, &'static [&'static str]);

const NO_CHANNEL: &[&str] = &["Response: Error", "Message: No such channel"];

const CORE: &[Exchange] = &[
    ("Action: Ping", &["Response: Success", "Ping: Pong\nTimestamp: "]),
    ("Action: Nonsense", &["Message: Invalid/unknown command: Nonsense. Use Action: ListCommands to show available"]),
    ("Frob: 1", &["Response: Error", "Message: Missing action in request"]),
    (
        "Action: Login\nUsername: program\nSecret: program-secret",
        &["Response: Success", "Message: Already authenticated"],
    ),
    ("Action: Challenge\nAuthType: md5", &["Response: Success", "Challenge: "]),
    ("Action: Events\nEventMask: off", &["Response: Success", "Events: Off"]),
    ("Action: Events\nEventMask: call,system", &["Events: On"]),
    ("Action: Events\nEventMask: nonsense", &["Response: Success", "Events: Off"]),
    ("Action: Events", &["Response: Error", "Message: Invalid event mask"]),
    ("Action: Filter\nOperation: Add\nFilter: !Event: Nothing", &["Response: Success", "Message: Success"]),
    ("Action: Filter\nOperation: Frob\nFilter: x", &["Message: Unknown operation"]),
    (
        "Action: Filter\nOperation: Add\nFilter: (",
        &["Message: Filter did not compile.  Check the syntax of the filter given."],
    ),
    ("Action: WaitEvent\nTimeout: 0", &["Message: Waiting for Event completed.", "Event: WaitEventComplete"]),
    ("Action: UserEvent\nUserEvent: Mine\nA: 1", &["Message: Event Sent"]),
    ("Action: UserEvent", &["Message: Event Sent"]),
    ("Action: CoreStatus", &["CoreStartupDate: ", "CoreStartupTime: ", "CoreReloadDate: ", "CoreCurrentCalls: 0\n"]),
    ("Action: CoreSettings", &["AMIversion: 9.0.0", "AsteriskVersion: 20.", "CoreCDRenabled: Yes"]),
    ("Action: Command\nCommand: core show uptime", &["Message: Command output follows", "Output: System uptime: "]),
    ("Action: Command\nCommand: frob", &["Response: Error", "Output: No such command 'frob'"]),
    ("Action: Command", &["Response: Error", "Message: No command provided"]),
    ("Action: Command\nCommand: module  load x.so", &["Response: Error", "Message: Command blacklisted"]),
    ("Action: Reload", &["Response: Success", "Message: Module Reloaded"]),
    ("Action: LoggerRotate", &["Response: Success"]),
    ("Action: ModuleCheck\nModule: app_dial", &["Response: Success"]),
    ("Action: ModuleCheck\nModule: app_nothing", &["Response: Error", "Message: Module not loaded"]),
    ("Action: ModuleLoad\nLoadType: load\nModule: app_dial.so", &["Message: Could not load module."]),
    ("Action: ModuleLoad\nLoadType: reload\nModule: app_none.so", &["Message: No such module."]),
    ("Action: ModuleLoad\nLoadType: reload", &["Message: All modules reloaded"]),
    ("Action: ModuleLoad", &["Message: Incomplete ModuleLoad action."]),
    (
        "Action: DialplanExtensionAdd\nContext: made\nExtension: 1\nPriority: 1\nApplication: NoOp\nApplicationData: a;b",
        &["Message: Added requested extension"],
    ),
    (
        "Action: DialplanExtensionAdd\nContext: made\nExtension: 1\nPriority: 1\nApplication: Wait",
        &["Message: That extension and priority already exist at that context"],
    ),
    (
        "Action: DialplanExtensionAdd\nContext: internal\nExtension: 300\nPriority: 2\nApplication: Wait\nApplicationData: 500\nReplace: yes",
        &["Message: Added requested extension"],
    ),
    ("Action: DialplanExtensionAdd\nContext: made", &["Message: Context, Extension, Priority, and Application must"]),
    ("Action: ShowDialPlan\nContext: made", &["Application: NoOp\nAppData: a;b", "ListPriorities: 1"]),
    (
        "Action: ShowDialPlan\nContext: internal\nExtension: 300",
        &["Application: Answer\n", "Priority: 2\nApplication: Wait\nAppData: 500", "ListPriorities: 2"],
    ),
    (
        "Action: DialplanExtensionRemove\nContext: internal\nExtension: 440\nPriority: 1",
        &["Message: Removed the requested priority from the extension"],
    ),
    ("Action: ShowDialPlan\nContext: internal\nExtension: 440", &["Priority: 2", "ListPriorities: 1"]),
    ("Action: DialplanExtensionRemove\nContext: internal\nExtension: 999", &["Message: Failed to remove requested"]),
    ("Action: DialplanExtensionRemove\nContext: internal", &["Message: Context and Extension must be provided"]),
    ("Action: Reload", &["Message: Module Reloaded"]),
    ("Action: Reload\nModule: manager", &["Message: Module Reloaded"]),
    ("Action: Reload\nModule: none", &["Response: Error", "Message: No such module"]),
    ("Action: ShowDialPlan\nContext: made", &["Message: Did not find context made"]),
    (
        "Action: ShowDialPlan\nContext: internal\nExtension: 300",
        &["Event: ListDialplan", "ExtensionLabel: here", "ListPriorities: 2"],
    ),
    ("Action: ShowDialPlan\nContext: none", &["Message: Did not find context none"]),
    (
        "Action: ExtensionState\nExten: 500\nContext: internal",
        &["Message: Extension Status", "Hint: SIP/2001", "Status: 4\nStatusText: Unavailable"],
    ),
    ("Action: ExtensionState\nExten: 501\nContext: internal", &["Status: -1"]),
    ("Action: ExtensionState", &["Message: Extension not specified"]),
    ("Action: ExtensionStateList", &["Event: ExtensionStatus", "Exten: 500\nContext: internal", "ListItems: 1"]),
    ("Action: DeviceStateList", &["Event: DeviceStateChange", "Device: SIP/2001\nState: "]),
    ("Action: PresenceState\nProvider: CustomPresence:ann", &["Message: Presence State", "State: not_set"]),
    ("Action: PresenceState", &["Message: No provider specified"]),
    ("Action: PresenceStateList", &["Event: PresenceStateListComplete"]),
    ("Action: DBPut\nFamily: f\nKey: k\nVal: v", &["Message: Updated database successfully"]),
    ("Action: DBPut\nKey: k", &["Message: No family specified"]),
    (
        "Action: DBGet\nFamily: f\nKey: k",
        &["Message: Result will follow", "Event: DBGetResponse\nFamily: f\nKey: k\nVal: v\n", "Event: DBGetComplete"],
    ),
    ("Action: DBGet\nFamily: f\nKey: none", &["Response: Error", "Message: Database entry not found"]),
    ("Action: DBGetTree\nFamily: f", &["Event: DBGetTreeResponse", "Key: /f/k", "Val: v"]),
    ("Action: DBDel\nFamily: f\nKey: k", &["Message: Key deleted successfully"]),
    ("Action: DBDelTree\nFamily: f", &["Message: Database entry not found"]),
    ("Action: CreateConfig\nFilename: made.conf", &["Message: New configuration file created successfully"]),
    (
        "Action: UpdateConfig\nSrcFilename: made.conf\nDstFilename: made.conf\nAction-000000: NewCat\nCat-000000: one\nAction-000001: Append\nCat-000001: one\nVar-000001: a\nValue-000001: b",
        &["Response: Success"],
    ),
    (
        "Action: UpdateConfig\nSrcFilename: made.conf\nDstFilename: made.conf\nAction-000000: DelCat\nCat-000000: two",
        &["Response: Error", "Message: Given category does not exist"],
    ),
    ("Action: GetConfig\nFilename: made.conf", &["Category-000000: one", "Line-000000-000000: a=b"]),
    ("Action: GetConfig\nFilename: none.conf", &["Message: Config file not found"]),
    ("Action: GetConfig\nFilename: ../x.conf", &["Response: Error"]),
    ("Action: GetConfigJSON\nFilename: made.conf", &["JSON: {\"one\":{\"a\":\"b\"}}"]),
    ("Action: ListCategories\nFilename: made.conf", &["Category-000000: one"]),
    (
        "Action: GetConfig\nFilename: edit.conf",
        &["Category-000000: ann\nTemplates-000000: phone\nLine-000000-000000: x=y\nLine-000000-000001: z=1\n"],
    ),
    (
        "Action: GetConfig\nFilename: edit.conf\nFilter: TEMPLATES=restrict",
        &["Category-000000: phone\nIsTemplate-000000: 1\nLine-000000-000000: x=y\n"],
    ),
    ("Action: GetConfig\nFilename: edit.conf\nCategory: none", &["Response: Success", "\nNo categories found\n"]),
    ("Action: GetConfig\nFilename: edit.conf\nFilter: z=3", &["Response: Success\nActionID: id-"]),
    (
        "Action: GetConfigJSON\nFilename: edit.conf\nFilter: z=^2$",
        &["JSON: {\"ann\":{\"templates\":\"phone\",\"x\":\"y\",\"z\":\"1\",\"z\":\"2\"}}\n"],
    ),
];

const CHANNELS: &[Exchange] = &[
    ("Action: ConfbridgeListRooms", &["Message: No active conferences."]),
    ("Action: MeetmeListRooms", &["Message: No active conferences."]),
    (
        "Action: Originate\nChannel: Local/410@internal\nApplication: Wait\nData: 600\nChannelId: m",
        &["Response: Success"],
    ),
    (
        "Action: Originate\nChannel: Local/420@internal\nApplication: Wait\nData: 600\nChannelId: n",
        &["Response: Success"],
    ),
    (
        "Action: Originate\nChannel: Local/200@internal\nContext: internal\nExten: 300\nPriority: here\nChannelId: a\nOtherChannelId: b\nVariable: COLOR=red,SIZE=2\nVariable: SHAPE=round\nCallerID: \"Ann\" <2001>",
        &["Response: Success", "Message: Originate successfully queued"],
    ),
    (
        "Action: Originate\nChannel: Local/200@internal\nContext: internal\nExten: 300\nPriority: 1\nChannelId: a",
        &["Response: Error"],
    ),
    ("Action: Originate\nContext: internal\nExten: 300\nPriority: 1", &["Message: Channel not specified"]),
    (
        "Action: Originate\nChannel: Local/200@internal\nExten: 300",
        &["Message: Originate with 'Exten' requires 'Context' and 'Priority'"],
    ),
    (
        "Action: Originate\nChannel: Local/200@internal\nContext: internal\nExten: none\nPriority: 1",
        &["Message: Extension does not exist."],
    ),
    (
        "Action: Originate\nChannel: SIP/none\nApplication: Wait\nData: 1",
        &["Response: Error", "Message: Originate failed"],
    ),
    (
        "Action: Originate\nChannel: Local/440@internal\nApplication: Wait\nData: 600\nAsync: true\nChannelId: c",
        &["Message: Originate successfully queued"],
    ),
    ("Action: Getvar\nChannel: a\nVariable: COLOR", &["Variable: COLOR\nValue: red"]),
    ("Action: Getvar\nChannel: a\nVariable: SHAPE", &["Value: round"]),
    ("Action: Getvar\nChannel: a\nVariable: CALLERID(num)", &["Value: 2001"]),
    ("Action: Getvar\nChannel: none\nVariable: X", NO_CHANNEL),
    ("Action: Getvar\nChannel: a", &["Message: No variable specified"]),
    ("Action: Getvar\nVariable: SHELL(id)", &["Response: Success", "Variable: SHELL(id)\nValue: \n"]),
    ("Action: Getvar\nVariable: NOFUNCTION(id)", &["Response: Success", "Variable: NOFUNCTION(id)\nValue: \n"]),
    ("Action: Setvar\nChannel: a\nVariable: CHANNEL(uniqueid)\nValue: 1", &["Response: "]),
    ("Action: Setvar\nChannel: a\nVariable: LEN(x)\nValue: 1", &["Message: Variable not set"]),
    ("Action: Setvar\nChannel: a\nVariable: COLOR\nValue: blue", &["Message: Variable Set"]),
    ("Action: Setvar\nChannel: none\nVariable: X\nValue: 1", NO_CHANNEL),
    (
        "Action: Status\nChannel: a\nVariables: COLOR",
        &["Event: Status", "Uniqueid: a", "Variable: COLOR=blue\nActionID: ", "Event: StatusComplete", "Items: 1"],
    ),
    ("Action: Status\nChannel: none", NO_CHANNEL),
    (
        "Action: CoreShowChannels",
        &["Event: CoreShowChannel", "Uniqueid: a", "Application: Wait", "Event: CoreShowChannelsComplete"],
    ),
    ("Action: CoreShowChannelMap\nChannel: a", &["Event: CoreShowChannelMap", "Event: CoreShowChannelMapComplete"]),
    ("Action: AbsoluteTimeout\nChannel: a\nTimeout: 500", &["Message: Timeout Set"]),
    ("Action: AbsoluteTimeout\nChannel: none\nTimeout: 5", NO_CHANNEL),
    ("Action: AbsoluteTimeout\nChannel: a", &["Message: No timeout specified"]),
    ("Action: PlayDTMF\nChannel: a\nDigit: 5", &["Message: DTMF successfully queued"]),
    ("Action: PlayDTMF\nChannel: none\nDigit: 5", &["Message: Channel not found"]),
    ("Action: PlayDTMF\nDigit: 5", &["Message: Channel not found"]),
    ("Action: PlayMF\nChannel: a\nDigit: *", &["Message: MF successfully queued"]),
    ("Action: PlayMF\nChannel: a\nDigit: x", &["Message: Invalid digit specified"]),
    ("Action: PlayMF\nChannel: none\nDigit: 5", &["Message: Channel not found"]),
    ("Action: SendFlash\nChannel: a", &["Message: Flash successfully queued"]),
    ("Action: SendFlash\nChannel: none", &["Message: Channel not found"]),
    ("Action: AOCMessage\nMsgType: D\nChargeType: Free", &["Message: Channel and PartialChannel are not specified."]),
    ("Action: AOCMessage\nChannel: a\nMsgType: D\nChargeType: x", &["Message: Invalid ChargeType"]),
    (
        "Action: AOCMessage\nChannel: a\nMsgType: D\nChargeType: Free",
        &["Message: Error encoding AOC message, could not"],
    ),
    ("Action: SendText\nChannel: a\nMessage: hello", &["Response: "]),
    ("Action: SendText\nChannel: none\nMessage: hello", NO_CHANNEL),
    ("Action: LocalOptimizeAway\nChannel: a", &["Message: Queued channel to be optimized away"]),
    ("Action: MuteAudio\nChannel: a\nDirection: in\nState: on", &["Response: Success"]),
    ("Action: MuteAudio\nChannel: a\nDirection: up\nState: on", &["Message: Failed to mute/unmute stream"]),
    ("Action: MuteAudio\nChannel: a\nState: on", &["Message: Direction not specified"]),
    ("Action: ControlPlayback\nChannel: a\nControl: stop", &["Response: Success"]),
    ("Action: ControlPlayback\nChannel: a\nControl: frob", &["Message: Unknown control"]),
    ("Action: MixMonitor\nChannel: a\nFile: mixed.wav\nOptions: i(ID)", &["Response: Success", "MixMonitorID: "]),
    ("Action: MixMonitor\nChannel: none\nFile: x.wav", NO_CHANNEL),
    ("Action: MixMonitorMute\nChannel: a\nDirection: read\nState: 1", &["Response: Success"]),
    ("Action: MixMonitorMute\nChannel: a\nDirection: up\nState: 1", &["Message: Invalid direction specified"]),
    ("Action: StopMixMonitor\nChannel: a", &["Response: Success"]),
    ("Action: StopMixMonitor\nChannel: a", &["Message: Could not stop monitoring channel"]),
    ("Action: Monitor\nChannel: a\nFile: sides\nFormat: wav", &["Message: Started monitoring channel"]),
    ("Action: PauseMonitor\nChannel: a", &["Message: Paused monitoring of the channel"]),
    ("Action: UnpauseMonitor\nChannel: a", &["Message: Unpaused monitoring of the channel"]),
    ("Action: ChangeMonitor\nChannel: a\nFile: other", &["Message: Changed monitor filename"]),
    ("Action: ChangeMonitor\nChannel: a", &["Message: No filename specified"]),
    ("Action: StopMonitor\nChannel: a", &["Message: Stopped monitoring channel"]),
    ("Action: StopMonitor\nChannel: none", NO_CHANNEL),
    ("Action: Redirect\nChannel: a\nContext: internal\nExten: 200\nPriority: 1", &["Message: Redirect successful"]),
    (
        "Action: Redirect\nChannel: none\nContext: internal\nExten: 200\nPriority: 1",
        &["Message: Channel does not exist: none"],
    ),
    ("Action: Redirect\nContext: internal\nExten: 200\nPriority: 1", &["Message: Channel not specified"]),
    ("Action: Redirect\nChannel: a\nExten: 200\nPriority: 1", &["Message: Context not specified"]),
    (
        "Action: Redirect\nChannel: a\nContext: internal\nExten: 200\nPriority: nowhere",
        &["Message: Priority is invalid"],
    ),
    ("Action: Atxfer\nChannel: none\nExten: 200", &["Message: Channel specified does not exist"]),
    ("Action: Atxfer\nChannel: a", &["Message: No extension specified"]),
    ("Action: CancelAtxfer\nChannel: none", &["Message: Channel specified does not exist"]),
    ("Action: BlindTransfer\nChannel: none\nExten: 200", &["Message: Channel specified does not exist"]),
    ("Action: Bridge\nChannel1: a", &["Message: Missing channel parameter in request"]),
    ("Action: Bridge\nChannel1: a\nChannel2: c", &["Message: Channels have been bridged"]),
    ("Action: BridgeList", &["Event: BridgeListComplete"]),
    ("Action: BridgeInfo", &["Message: BridgeUniqueid must be provided"]),
    ("Action: BridgeInfo\nBridgeUniqueid: none", &["Response: Error", "not found"]),
    ("Action: BridgeKick\nChannel: none", &["Message: Channel does not exist"]),
    ("Action: BridgeDestroy\nBridgeUniqueid: none", &["Response: Error"]),
    ("Action: BridgeTechnologySuspend\nBridgeTechnology: softmix", &["Response: Error", "cannot be suspended"]),
    ("Action: BridgeTechnologySuspend\nBridgeTechnology: none", &["Message: BridgeTechnology not found"]),
    ("Action: BridgeTechnologyUnsuspend\nBridgeTechnology: softmix", &["Message: Unsuspended bridge technology"]),
    ("Action: BridgeTechnologyList", &["BridgeTechnology: simple_bridge\nBridgeType: 1to1Mix"]),
    (
        "Action: Originate\nChannel: Local/440@internal\nApplication: Wait\nData: 600\nChannelId: p",
        &["Response: Success"],
    ),
    ("Action: Park\nChannel: p\nTimeout: 90000", &["Message: Park successful"]),
    ("Action: Park\nChannel: none", &["Message: Channel does not exist: none"]),
    ("Action: Park", &["Message: Channel not specified"]),
    ("Action: Park\nChannel: p\nTimeout: soon", &["Message: Invalid Timeout value."]),
    (
        "Action: Parkinglots",
        &[
            "Event: Parkinglot\n",
            "Name: default\nStartSpace: 701\nStopSpace: 710\nTimeout: 45",
            "Event: ParkinglotsComplete",
        ],
    ),
    ("Action: AGI\nChannel: a", &["Message: Both, Channel and Command are *required*"]),
    ("Action: AGI\nChannel: none\nCommand: ANSWER", &["Message: Channel none does not exist."]),
];

/// What comes about after a while: it is asked for until it is so.
const ARRIVALS: &[Exchange] = &[
    ("Action: ConfbridgeList\nConference: 77", &["Event: ConfbridgeList\n", "Event: ConfbridgeListComplete"]),
    ("Action: ConfbridgeList\nConference: 78", &["Message: No Conference by that name found."]),
    ("Action: MeetmeList\nConference: 800", &["Event: MeetmeList\n", "Event: MeetmeListComplete"]),
    ("Action: ParkedCalls", &["Event: ParkedCall\n", "ParkeeUniqueid: p", "ParkingSpace: 701", "Total: 1"]),
];

const SERVICES: &[Exchange] = &[
    ("Action: QueueWithdrawCaller\nQueue: sales\nCaller: none", &["Response: Error"]),
    ("Action: QueueWithdrawCaller\nQueue: sales", &["Message: 'Caller' not specified."]),
    ("Action: Agents", &["Response: Success", "Event: AgentsComplete"]),
    ("Action: AgentLogoff\nAgent: none", &["Response: Error"]),
    (
        "Action: QueueAdd\nQueue: sales\nInterface: SIP/2001\nMemberName: Ann\nPenalty: 2",
        &["Message: Added interface to queue"],
    ),
    ("Action: QueueAdd\nQueue: sales\nInterface: SIP/2001", &["Message: Unable to add interface: Already there"]),
    (
        "Action: QueueAdd\nQueue: none\nInterface: SIP/2001",
        &["Message: Unable to add interface to queue: No such queue"],
    ),
    ("Action: QueueAdd\nInterface: SIP/2001", &["Message: 'Queue' not specified."]),
    (
        "Action: QueueStatus\nQueue: sales",
        &["Event: QueueParams", "Event: QueueMember", "Name: Ann\nLocation: SIP/2001", "Event: QueueStatusComplete"],
    ),
    ("Action: QueueSummary", &["Event: QueueSummary", "Queue: sales"]),
    ("Action: QueuePause\nInterface: SIP/2001\nPaused: true", &["Message: Interface paused successfully"]),
    ("Action: QueuePause\nInterface: SIP/2001", &["Message: Need 'Interface' and 'Paused' parameters."]),
    ("Action: QueuePenalty\nInterface: SIP/2001\nPenalty: 5", &["Message: Interface penalty set successfully"]),
    (
        "Action: QueueMemberRingInUse\nInterface: SIP/2001\nRingInUse: no",
        &["Message: Interface ringinuse set successfully"],
    ),
    ("Action: QueueLog\nQueue: sales\nEvent: NOTE", &["Message: Event added successfully"]),
    ("Action: QueueReset", &["Message: Queue stats reset successfully"]),
    ("Action: QueueRule", &["RuleList: late\nRule: 10,+1,-2\nRule: 20,+0,4\n"]),
    ("Action: QueueChangePriorityCaller\nQueue: sales\nCaller: none\nPriority: 1", &["Response: Error"]),
    ("Action: QueueReload", &["Response: Success"]),
    ("Action: QueueRemove\nQueue: sales\nInterface: SIP/2001", &["Message: Removed interface from queue"]),
    ("Action: QueueRemove\nQueue: sales\nInterface: SIP/2001", &["Message: Unable to remove interface: Not there"]),
    ("Action: MailboxStatus\nMailbox: 500", &["Message: Mailbox Status", "Mailbox: 500\nWaiting: 0"]),
    (
        "Action: MailboxCount\nMailbox: 500@default",
        &["Message: Mailbox Message Count", "UrgMessages: 0\nNewMessages: 0\nOldMessages: 0"],
    ),
    ("Action: MailboxCount", &["Message: Mailbox not specified"]),
    (
        "Action: VoicemailUsersList",
        &["Event: VoicemailUserEntry", "VMContext: default\nVoiceMailbox: 500\nFullname: Ann"],
    ),
    (
        "Action: VoicemailUserStatus\nContext: default\nMailbox: 500",
        &["Event: VoicemailUserDetail\n", "Fullname: Ann", "ServerEmail: asterisk\n", "MaxMessageLength: 0\nNew"],
    ),
    ("Action: VoicemailUserStatus\nMailbox: 500", &["Message: Need 'Context' and 'Mailbox' parameters."]),
    ("Action: VoicemailBoxSummary\nContext: default\nMailbox: 500", &["Message: Voicemail box detail will follow"]),
    ("Action: VoicemailBoxSummary\nMailbox: 500", &["Message: Need 'Context' and 'Mailbox' parameters."]),
    (
        "Action: VoicemailMove\nContext: default\nMailbox: 500\nFolder: INBOX\nID: none\nToFolder: Old",
        &["Message: Message move failed"],
    ),
    (
        "Action: VoicemailRemove\nContext: default\nMailbox: 500\nFolder: INBOX",
        &["Message: ID not specified, required"],
    ),
    (
        "Action: VoicemailForward\nContext: default\nMailbox: 500\nFolder: INBOX\nID: 1",
        &["Message: ToMailbox not specified, required"],
    ),
    (
        "Action: VoicemailMove\nContext: default\nMailbox: 999\nFolder: INBOX\nID: 1\nToFolder: Old",
        &["Response: Success", "Message: Message move failed"],
    ),
    ("Action: VoicemailRefresh", &["Response: Success"]),
    ("Action: Getvar\nVariable: DEVICE_STATE(MWI:500@default)", &["Value: NOT_INUSE"]),
    ("Action: Getvar\nVariable: DEVICE_STATE(MWI:999@default)", &["Value: INVALID"]),
    ("Action: MWIUpdate\nMailbox: 9@ext\nNewMessages: 3", &["Response: Success"]),
    ("Action: MWIGet\nMailbox: 9@ext", &["Event: MWIGet\n", "NewMessages: 3"]),
    ("Action: MWIDelete\nMailbox: 9@ext", &["Response: Success"]),
    ("Action: MessageSend\nTo: sip:none\nBody: hi", &["Message: Message failed to send."]),
    ("Action: MessageSend\nTo: pigeon:ann\nBody: hi", &["Message: Message technology not found."]),
    (
        "Action: MessageSend\nTo: pjsip:3001\nFrom: sip:me@localhost\nBase64Body: aGk=",
        &["Message: Message successfully sent"],
    ),
    ("Action: MessageSend\nBody: hi", &["Message: No 'To' address specified."]),
    ("Action: SIPpeers", &["Event: PeerEntry", "ObjectName: 2001", "Event: PeerlistComplete"]),
    ("Action: SIPshowpeer\nPeer: 2001", &["ObjectName: 2001", "Context: internal"]),
    ("Action: SIPshowpeer\nPeer: none", &["Message: Peer none not found."]),
    ("Action: SIPshowpeer", &["Message: Peer: <name> missing."]),
    ("Action: SIPpeerstatus", &["Event: PeerStatus", "Peer: SIP/2001\nPeerStatus: "]),
    ("Action: SIPqualifypeer\nPeer: none", &["Message: Peer not found"]),
    ("Action: SIPshowregistry", &["Event: RegistrationsComplete"]),
    ("Action: SIPnotify\nChannel: 2001\nVariable: Event=check-sync", &["Message: Notify Sent"]),
    ("Action: SIPnotify\nChannel: none\nVariable: Event=check-sync", &["Message: Could not create address"]),
    ("Action: PJSIPShowEndpoints", &["Event: EndpointList", "ObjectName: 3001"]),
    ("Action: PJSIPShowEndpoint\nEndpoint: 3001", &["Event: EndpointDetail", "Event: AorDetail", "Event: AuthDetail"]),
    ("Action: PJSIPShowEndpoint\nEndpoint: none", &["Message: Unable to retrieve endpoint none"]),
    ("Action: PJSIPShowAors", &["Event: AorList", "ObjectName: 3001"]),
    ("Action: PJSIPShowAuths", &["Event: AuthList", "Username: 3001\n"]),
    ("Action: PJSIPShowContacts", &["Response: Error", "Message: No Contacts found"]),
    ("Action: PJSIPShowRegistrationsOutbound", &["Event: OutboundRegistrationDetail", "ObjectName: trunk"]),
    ("Action: PJSIPShowRegistrationsInbound", &["Event: InboundRegistrationDetailComplete"]),
    ("Action: PJSIPShowRegistrationInboundContactStatuses", &["Event: ContactStatusDetailComplete"]),
    ("Action: PJSIPShowSubscriptionsInbound", &["Event: InboundSubscriptionDetailComplete"]),
    ("Action: PJSIPShowSubscriptionsOutbound", &["Event: OutboundSubscriptionDetailComplete"]),
    ("Action: PJSIPShowResourceLists", &["Message: No resource lists found"]),
    ("Action: PJSIPHangup\nChannel: SIP/a-00000000\nCause: 486", &["Response: Error"]),
    ("Action: PJSIPHangup\nChannel: PJSIP/none", NO_CHANNEL),
    ("Action: PJSIPQualify\nEndpoint: 3001", &["Message: Endpoint found, will qualify"]),
    ("Action: PJSIPQualify\nEndpoint: none", &["Message: Unable to retrieve endpoint"]),
    ("Action: PJSIPNotify\nEndpoint: 3001\nVariable: Event=check-sync", &["Message: NOTIFY sent"]),
    ("Action: PJSIPNotify\nURI: sip:3001@127.0.0.1:9\nVariable: Event=check-sync", &["Message: NOTIFY sent"]),
    ("Action: PJSIPNotify\nEndpoint: none", &["Message: Unable to retrieve endpoint"]),
    ("Action: PJSIPNotify", &["Message: PJSIPNotify requires either an endpoint name or a SIP URI."]),
    ("Action: PJSIPRegister\nRegistration: trunk", &["Message: Reregistration sent"]),
    ("Action: PJSIPRegister\nRegistration: none", &["Message: Unable to retrieve registration entry"]),
    ("Action: PJSIPUnregister\nRegistration: *all", &["Message: Unregistrations queued."]),
    (
        "Action: ConfbridgeMute\nConference: 77\nChannel: none",
        &["Message: No Channel by that name found in Conference."],
    ),
    ("Action: ConfbridgeMute\nConference: 77\nChannel: all", &["Message: User muted"]),
    ("Action: ConfbridgeUnmute\nConference: 77\nChannel: all", &["Message: User unmuted"]),
    ("Action: ConfbridgeLock\nConference: 77", &["Message: Conference locked"]),
    ("Action: ConfbridgeUnlock\nConference: 77", &["Message: Conference unlocked"]),
    (
        "Action: ConfbridgeStartRecord\nConference: 77\nRecordFile: room.wav",
        &["Message: Conference Recording Started."],
    ),
    ("Action: ConfbridgeStopRecord\nConference: 77", &["Message: Conference Recording Stopped."]),
    ("Action: ConfbridgeSetSingleVideoSrc\nConference: 77\nChannel: all", &["Response: Error"]),
    ("Action: ConfbridgeKick\nConference: 77\nChannel: all", &["Message: All participants kicked"]),
    ("Action: MeetmeMute\nMeetme: 800\nUsernum: 1", &["Message: User muted"]),
    ("Action: MeetmeUnmute\nMeetme: 800\nUsernum: 1", &["Message: User unmuted"]),
    ("Action: MeetmeMute\nMeetme: 801\nUsernum: 1", &["Response: Error"]),
];

/// What is asked for once everything else was.
const ENDING: &[Exchange] = &[
    ("Action: ParkedCalls\nParkingLot: none", &["Message: Requested parking lot could not be found."]),
    ("Action: Hangup\nChannel: p", &["Response: Success", "Message: Channel Hungup"]),
    ("Action: Hangup\nChannel: none", NO_CHANNEL),
    (
        "Action: Hangup\nChannel: /^Local/",
        &["Message: Channels hung up will follow", "Event: ChannelsHungupListComplete"],
    ),
    ("Action: Hangup\nChannel: /^Local", &["Message: Regex format invalid, Channel param should be /regex/"]),
    ("Action: Hangup\nChannel: /(/", &["Message: Regex compile failed on: /(/"]),
    ("Action: Hangup", &["Message: No channel specified"]),
    ("Action: Logoff", &["Response: Goodbye", "Message: Thanks for all the fish."]),
];

fn all() -> impl Iterator<Item = &'static Exchange> {
    [CORE, CHANNELS, ARRIVALS, SERVICES, ENDING].into_iter().flatten()
}

fn name(action: &str) -> &str {
    let line = action.lines().next().unwrap_or_default();
    line.strip_prefix("Action: ").unwrap_or_default()
}

fn folder() -> Folder {
    let folder = Folder::new(PLAN).peer("2001", "internal", "");
    for (file, text) in [
        ("manager.conf", MANAGER),
        ("pjsip.conf", PJSIP),
        ("queues.conf", "[sales]\nstrategy=ringall\n"),
        ("queuerules.conf", "[late]\npenaltychange=10,+1,-2\npenaltychange=20,,4\n"),
        ("edit.conf", "[phone](!)\nx=y\n[ann](phone)\nz=1\nz=2\n"),
        ("voicemail.conf", "[default]\n500 => 1234,Ann,ann@example.com\n"),
        ("res_parking.conf", "[default]\nparkext=700\nparkpos=701-710\ncontext=parkedcalls\n"),
        ("features.conf", "[featuremap]\natxfer=*2\n[general]\natxferabort=*3\n"),
    ] {
        folder.write(file, text);
    }
    folder
}

#[test]
fn every_action_answers_as_asterisks_does() {
    let mut server = folder().run();
    let mut program = Program::log_in(address(&server), "program");
    let listed = program.answer("Action: ListCommands", "list");
    let mut wrong = String::new();
    for (number, (action, expected)) in all().enumerate() {
        let mut answer = program.answer(action, &format!("id-{number}"));
        if ARRIVALS.iter().any(|(arrival, _)| arrival == action) {
            let arrived = eventually(PATIENCE, || {
                answer = program.answer(action, &format!("id-{number}"));
                expected.iter().all(|text| answer.contains(text)).then_some(())
            });
            assert!(arrived.is_some(), "{action}\n{answer}");
        }
        for text in expected.iter().filter(|text| !answer.contains(**text)) {
            wrong.push_str(&format!("{action}\n-- does not answer `{text}` but\n{answer}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}{}", server.log());
    program.wait_closed();
    let known: BTreeSet<&str> = listed
        .lines()
        .filter(|line| line.contains(" (Priv: "))
        .filter_map(|line| line.split_once(": ").map(|(name, _)| name))
        .collect();
    let asked: BTreeSet<&str> = all().map(|(action, _)| name(action)).chain(["ListCommands"]).collect();
    let missing: Vec<_> = known.difference(&asked).collect();
    assert!(missing.is_empty(), "nobody asks for {missing:?}");
    server.assert_running();
}

#[test]
fn every_action_that_wants_a_class_is_refused_without_it() {
    let server = folder().run();
    let mut program = Program::log_in(address(&server), "program");
    let listed = program.answer("Action: ListCommands", "list");
    let free: BTreeSet<&str> = listed
        .lines()
        .filter(|line| line.ends_with("(Priv: <none>)"))
        .filter_map(|line| line.split_once(": ").map(|(name, _)| name))
        .collect();
    let mut watcher = Program::log_in(address(&server), "watcher");
    let mut stranger = Program::connect(address(&server));
    for (number, (action, _)) in all().filter(|(action, _)| action.starts_with("Action: ")).enumerate() {
        if name(action) == "Nonsense" || ["Login", "Logoff", "Challenge"].contains(&name(action)) {
            continue;
        }
        let refused = "Message: Permission denied";
        let answer = stranger.answer(action, &format!("s{number}"));
        assert!(answer.contains(refused), "{action}\n{answer}");
        if !free.contains(name(action)) {
            let answer = watcher.answer(action, &format!("w{number}"));
            assert!(answer.contains(refused), "{action}\n{answer}");
        }
    }
}
