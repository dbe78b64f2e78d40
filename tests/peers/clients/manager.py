"""A manager program with panoramisk: logs in, originates a call, sees its events, redirects and hangs it up.

    manager.py PORT

Prints what it saw, a line each, and ends with status 0 if all went well.
"""
import asyncio
import sys

from panoramisk import Manager


async def main(port):
    manager = Manager(
        host="127.0.0.1", port=port, username="program", secret="program-secret", ping_delay=0, reconnect_timeout=0
    )
    events = []

    def note(manager, event):
        events.append(event)

    manager.register_event("*", note)
    await manager.connect()

    async def seen(name, **fields):
        for _ in range(1000):
            for event in list(events):
                if event.event == name and all(getattr(event, key, None) == value for key, value in fields.items()):
                    return event
            await asyncio.sleep(0.02)
        raise SystemExit(f"no event {name} {fields} among {[event.event for event in events]}")

    pong = await manager.send_action({"Action": "Ping"})
    assert pong.success and pong.ping == "Pong", pong
    print("ping")
    wrong = await manager.send_action({"Action": "Getvar", "Channel": "SIP/none", "Variable": "X"})
    assert wrong.response == "Error" and wrong.message == "No such channel", wrong

    answer = await manager.send_action(
        {
            "Action": "Originate",
            "Channel": "Local/200@internal",
            "Context": "internal",
            "Exten": "300",
            "Priority": "1",
            "CallerID": '"Program" <77>',
            "Variable": "COLOR=red",
            "ChannelId": "program-1",
            "Async": "true",
        }
    )
    answers = answer if isinstance(answer, list) else [answer]
    assert answers[0].success, answers
    await seen("Newchannel", uniqueid="program-1")
    # OriginateResponse carries the ActionID: panoramisk takes it for an answer and shows it to nobody.
    step = await seen("Newexten", uniqueid="program-1", application="Wait")
    assert step.exten == "300" and step.calleridnum == "77", step
    print("originated")

    value = await manager.send_action({"Action": "Getvar", "Channel": "program-1", "Variable": "COLOR"})
    assert value.value == "red", value
    await manager.send_action({"Action": "Setvar", "Channel": "program-1", "Variable": "SIZE", "Value": "big"})
    await seen("VarSet", uniqueid="program-1", variable="SIZE", value="big")
    print("variables")

    channels = await manager.send_action({"Action": "CoreShowChannels"})
    names = [event.channel for event in channels if event.event == "CoreShowChannel"]
    assert len(names) == 2 and all(name.startswith("Local/200@internal") for name in names), names
    print("listed")

    moved = await manager.send_action(
        {"Action": "Redirect", "Channel": "program-1", "Context": "internal", "Exten": "400", "Priority": "1"}
    )
    assert moved.success, moved
    said = await seen("UserEvent", userevent="Arrived")
    assert said.color == "red" and said.size == "big", said
    print("redirected")

    gone = await manager.send_action({"Action": "Hangup", "Channel": "program-1", "Cause": "17"})
    assert gone.success, gone
    ended = await seen("Hangup", uniqueid="program-1")
    assert ended.cause == "17" and ended["Cause-txt"] == "User busy", ended
    await seen("Cdr", uniqueid="program-1")
    print("hung up")

    order = [event.event for event in events if getattr(event, "uniqueid", None) == "program-1"]
    first = {name: order.index(name) for name in ["Newchannel", "Newexten", "SoftHangupRequest", "Hangup"]}
    assert list(first.values()) == sorted(first.values()), order
    assert order[-2:] == ["Hangup", "Cdr"], order
    manager.close()


asyncio.run(asyncio.wait_for(main(int(sys.argv[1])), 60))
