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
    """Counts anew; gives what each number has had, or nothing while there are no records."""
    records = os.path.join(configuration, "var/log/master.db")
    if not os.path.exists(records):
        return None
    database = sqlite3.connect(os.path.join(configuration, "var/lib/callbacks.sqlite3"), timeout=10)
    try:
        database.execute("ATTACH DATABASE ? AS records", (records,))
        with database:
            database.execute(TABLE)
            database.execute("DELETE FROM callbacks")
            database.execute(COUNT)
            return {number: (calls, seconds) for number, calls, seconds in database.execute("SELECT * FROM callbacks")}
    except sqlite3.OperationalError as error:
        # The table is made with the first record, and others write to it at times.
        print(f"{records}: {error}; tried again", file=sys.stderr)
        return None
    finally:
        database.close()


def main():
    configuration = sys.argv[1]
    known = {}
    while True:
        counted = count(configuration)
        if counted is not None:
            for number, (calls, seconds) in sorted(counted.items()):
                if known.get(number) != (calls, seconds):
                    print(f"{number} has had {calls} calls, {seconds} seconds", flush=True)
            known = counted
        if sys.argv[2:] == ["once"]:
            return
        time.sleep(1)


main()
