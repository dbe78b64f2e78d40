"""Asks a caller for a number with pyst2, keeps what it learns, and calls that number."""

import sys

from asterisk.agi import AGI

agi = AGI()
caller = agi.env["agi_callerid"]
agi.answer()
agi.verbose("menu.py talks with " + caller, 1)
agi.set_variable("ASKED", caller)
assert agi.get_variable("ASKED") == caller
assert agi.get_full_variable("${CALLERID(num)}-${EXTEN}") == caller + "-" + agi.env["agi_extension"]
agi.database_put("menu", "caller", caller)
agi.database_put("menu", "argument", sys.argv[1])
digits = agi.get_data("beep", 10000, 4)
agi.database_put("menu", "digits", digits)
agi.say_digits(digits)
agi.stream_file("beep", "#")
agi.appexec("Dial", "SIP/" + digits + ",20,g")
agi.set_variable("OUTCOME", agi.get_variable("DIALSTATUS"))
