#!/usr/bin/env python3
"""Calls two parties and lets them talk, as a web page would ask for it.

    callback.py CONFIGURATION CALLING CALLED

CONFIGURATION is the folder with manager.conf. The first party is called first, and has had its share of calls when
monitor.py says so.
"""

import configparser
import os
import socket
import sqlite3
import sys

# So many calls a number may ask for.
MOST = 2


def calls(configuration, number):
    """How many calls a number has had, as monitor.py counted them."""
    path = os.path.join(configuration, "var/lib/callbacks.sqlite3")
    if not os.path.exists(path):
        return 0
    with sqlite3.connect(path) as database:
        row = database.execute("SELECT calls FROM callbacks WHERE number = ?", (number,)).fetchone()
        return row[0] if row else 0


def originate(configuration, calling, called):
    settings = configparser.ConfigParser(strict=False, inline_comment_prefixes=(";",))
    settings.read(os.path.join(configuration, "manager.conf"))
    general = settings["general"]
    actions = [
        ("Action: Login", "Username: callback", "Secret: " + settings["callback"]["secret"], "Events: off"),
        (
            "Action: Originate",
            "Channel: Local/s@callback-first/n",
            "Context: callback-second",
            "Exten: s",
            "Priority: 1",
            "Timeout: 60000",
            f"Variable: CALLING={calling}",
            f"Variable: CALLED={called}",
            f"Account: {calling}",
            "Async: true",
        ),
        ("Action: Logoff",),
    ]
    with socket.create_connection((general["bindaddr"], int(general["port"])), timeout=10) as connection:
        text = "".join("\r\n".join(action) + "\r\n\r\n" for action in actions)
        connection.sendall(text.encode())
        answers = connection.makefile("r", encoding="utf-8").read()
    return answers.count("Response: Success") >= 2


def main():
    configuration, calling, called = sys.argv[1:]
    if not (calling.isdecimal() and called.isdecimal()):
        sys.exit("refused: a telephone number has digits only")
    if calls(configuration, calling) >= MOST:
        sys.exit(f"refused: {calling} has had {MOST} calls")
    if not originate(configuration, calling, called):
        sys.exit("failed: the manager did not take the call")
    print(f"{calling} is called")


main()
