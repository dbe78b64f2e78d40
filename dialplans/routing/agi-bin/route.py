#!/usr/bin/env python3
"""Decides what becomes of a caller of a department.

    route.py DEPARTMENT

departments.csv says whether one free agent rings or all free ones do. Where nobody is free, the caller is put on the list
in waiting.sqlite3 and waits; dispatch.py takes the next one from there.
"""

import csv
import os
import re
import sqlite3
import sys


def say(command):
    """Gives a command; its result and what stands in parentheses."""
    print(command, flush=True)
    answer = sys.stdin.readline().strip()
    match = re.match(r"200 result=(-?\d+)(?: \((.*)\))?", answer)
    if not match:
        sys.exit(f"{command}: {answer}")
    return match.group(1), match.group(2) or ""


def is_free(agent):
    return say("GET FULL VARIABLE ${DEVICE_STATE(SIP/%s)}" % agent)[1] == "NOT_INUSE"


def department(number):
    """How a department rings, and its agents."""
    with open(os.path.join(os.environ["AST_CONFIG_DIR"], "departments.csv")) as table:
        for name, how, agents in csv.reader(table):
            if name == number:
                return how, agents.split()
    return "one", []


def wait(environment, number):
    folder = os.environ["AST_VAR_DIR"]
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "waiting.sqlite3")
    with sqlite3.connect(path, timeout=10) as database:
        database.execute("CREATE TABLE IF NOT EXISTS waiting (channel TEXT PRIMARY KEY, department TEXT, since TEXT)")
        database.execute(
            "INSERT OR REPLACE INTO waiting VALUES (?, ?, datetime('now'))", (environment["agi_channel"], number)
        )
    say("EXEC Goto waiting,w,1")


def main():
    environment = dict(line.rstrip("\n").split(": ", 1) for line in iter(sys.stdin.readline, "\n") if ": " in line)
    number = sys.argv[1]
    how, agents = department(number)
    if not agents:
        say("EXEC Goto waiting,r,1")
        return
    free = [agent for agent in agents if is_free(agent)]
    if not free:
        wait(environment, number)
        return
    ringing = free if how == "all" else free[:1]
    result, _ = say('EXEC Dial "%s,15"' % "&".join(f"SIP/{agent}" for agent in ringing))
    # An agent who talked and hung up ends the call; without an answer the caller waits after all.
    if result != "-1" and say("GET VARIABLE DIALSTATUS")[1] != "ANSWER":
        wait(environment, number)


main()
