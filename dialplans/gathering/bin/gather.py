#!/usr/bin/env python3
"""Calls the members of a group into a conference room.

    gather.py CONFIGURATION DATABASES GROUP ROOM

CONFIGURATION is the folder with manager.conf and members.sql, DATABASES the one where members.sqlite3 is kept. The room has
the number of who gathers, who is not called.
"""

import configparser
import os
import socket
import sqlite3
import sys


def members(configuration, databases, group):
    """The numbers of a group."""
    path = os.path.join(databases, "members.sqlite3")
    is_new = not os.path.exists(path)
    with sqlite3.connect(path) as database:
        if is_new:
            with open(os.path.join(configuration, "members.sql")) as text:
                database.executescript(text.read())
        rows = database.execute("SELECT number FROM members WHERE grp = ? ORDER BY number", (group,))
        return [number for (number,) in rows]


class Manager:
    """A session with the manager."""

    def __init__(self, configuration, user):
        settings = configparser.ConfigParser(strict=False, inline_comment_prefixes=(";",))
        settings.read(os.path.join(configuration, "manager.conf"))
        general = settings["general"]
        self.connection = socket.create_connection((general["bindaddr"], int(general["port"])), timeout=10)
        self.lines = self.connection.makefile("r", encoding="utf-8", newline="\r\n")
        self.lines.readline()
        self.ask(Action="Login", Username=user, Secret=settings[user]["secret"], Events="off")

    def ask(self, **fields):
        """Sends an action and gives its response; an error ends the program."""
        action = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.connection.sendall((action + "\r\n").encode())
        while True:
            answer = {}
            while line := self.lines.readline().strip():
                name, _, value = line.partition(": ")
                answer[name] = value
            if not answer:
                sys.exit("the manager hung up")
            if "Response" in answer:
                if answer["Response"] not in ("Success", "Goodbye"):
                    sys.exit(f"{fields['Action']}: {answer.get('Message', '')}")
                return answer


def main():
    configuration, databases, group, room = sys.argv[1:]
    numbers = [number for number in members(configuration, databases, group) if number != room]
    manager = Manager(configuration, "gather")
    for number in numbers:
        manager.ask(
            Action="Originate",
            Channel=f"Local/{number}@members",
            Application="ConfBridge",
            Data=f"{room},,,default_menu",
            CallerID=f"Conference <{room}>",
            Timeout=15000,
            Async="true",
        )
    manager.ask(Action="Logoff")


main()
