#!/usr/bin/env python3
"""Counts the calls that each number has had, from the call records, as long as it runs.

    monitor.py CONFIGURATION [once]

The records stand in var/log/master.db; what comes of them goes to the table callbacks of var/lib/callbacks.sqlite3, which
callback.py asks before it calls.
"""

import os
import sqlite3
import sys
import time

TABLE = "CREATE TABLE IF NOT EXISTS callbacks (number TEXT PRIMARY KEY, calls INTEGER NOT NULL, seconds INTEGER NOT NULL)"
COUNT = """
    INSERT OR REPLACE INTO callbacks
    SELECT accountcode, COUNT(*), SUM(billsec) FROM records.cdr
    WHERE dcontext = 'callback-second' AND disposition = 'ANSWERED' AND dstchannel != '' AND accountcode != ''
    GROUP BY accountcode
"""


def count(configuration):
    records = os.path.join(configuration, "var/log/master.db")
    if not os.path.exists(records):
        return
    database = sqlite3.connect(os.path.join(configuration, "var/lib/callbacks.sqlite3"), timeout=10)
    database.execute("ATTACH DATABASE ? AS records", (records,))
    with database:
        database.execute(TABLE)
        database.execute(COUNT)
    database.close()


def main():
    configuration = sys.argv[1]
    while True:
        count(configuration)
        if sys.argv[2:] == ["once"]:
            return
        time.sleep(1)


main()
