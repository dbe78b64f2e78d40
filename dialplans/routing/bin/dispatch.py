#!/usr/bin/env python3
"""Sends callers who wait to agents who are free, who waited longest first, as long as it runs.

    dispatch.py CONFIGURATION

It looks at the list in var/lib/waiting.sqlite3 every second. A caller who has hung up is taken off the list.
"""

import configparser
import csv
import os
import socket
import sqlite3
import sys
import time


class Manager:
    """A session with the manager."""

    def __init__(self, configuration):
        settings = configparser.ConfigParser(strict=False, inline_comment_prefixes=(";",))
        settings.read(os.path.join(configuration, "manager.conf"))
        general = settings["general"]
        self.connection = socket.create_connection((general["bindaddr"], int(general["port"])), timeout=10)
        self.lines = self.connection.makefile("r", encoding="utf-8", newline="\r\n")
        self.lines.readline()
        login = self.ask(Action="Login", Username="dispatch", Secret=settings["dispatch"]["secret"], Events="off")
        if login["Response"] != "Success":
            sys.exit(login.get("Message", "no login"))

    def ask(self, **fields):
        """Sends an action and gives its response."""
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
                return answer

    def is_there(self, channel):
        """Whether the caller still waits."""
        return self.ask(Action="Getvar", Channel=channel, Variable="CHANNEL(name)")["Response"] == "Success"

    def is_free(self, agent):
        return self.ask(Action="Getvar", Variable=f"DEVICE_STATE(SIP/{agent})").get("Value") == "NOT_INUSE"

    def send(self, channel, agent):
        answer = self.ask(Action="Redirect", Channel=channel, Context="agents", Exten=agent, Priority=1)
        return answer["Response"] == "Success"


def departments(configuration):
    with open(os.path.join(configuration, "departments.csv")) as table:
        return {name: agents.split() for name, _, agents in csv.reader(table)}


def dispatch(manager, database, agents):
    busy = set()
    for channel, department in database.execute("SELECT channel, department FROM waiting ORDER BY since, rowid").fetchall():
        is_over = not manager.is_there(channel)
        free = (agent for agent in agents.get(department, []) if agent not in busy and manager.is_free(agent))
        agent = None if is_over else next(free, None)
        if agent and manager.send(channel, agent):
            busy.add(agent)
            is_over = True
        if is_over:
            with database:
                database.execute("DELETE FROM waiting WHERE channel = ?", (channel,))


def main():
    configuration = sys.argv[1]
    manager = Manager(configuration)
    database = sqlite3.connect(os.path.join(configuration, "var/lib/waiting.sqlite3"), timeout=10)
    database.execute("CREATE TABLE IF NOT EXISTS waiting (channel TEXT PRIMARY KEY, department TEXT, since TEXT)")
    while True:
        dispatch(manager, database, departments(configuration))
        time.sleep(1)


main()
