# SPDX-License-Identifier: EUPL-1.2
"""tally.py REPORT.xml: prints "passed failed" of a ctest run, and on stderr what failed.

A test that was skipped, disabled or could not be started has failed, and so has one that passed
while it skipped a case of its own.
"""

import re
import sys
import xml.etree.ElementTree

# What cmocka and unittest say of a case they did not run.
SKIPPED_INSIDE = re.compile(r"^\[ +SKIPPED +\]|\bskipped=\d+", re.MULTILINE)
SHOWN_LINES = 40


def why_failed(case):
    """"" for a test that passed."""
    status = case.get("status")
    output = case.findtext("system-out") or ""
    if status != "run":
        return {"fail": "failed"}.get(status, f"was not run ({status})")
    return "skipped a case" if SKIPPED_INSIDE.search(output) else ""


def main():
    try:
        cases = xml.etree.ElementTree.parse(sys.argv[1]).getroot().findall("testcase")
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print(f"ctest ended before its report was whole: {error}", file=sys.stderr)
        return 1
    passed = failed = 0
    for case in cases:
        why = why_failed(case)
        if not why:
            passed += 1
            continue
        failed += 1
        print(f"FAILED {case.get('name')}: {why}", file=sys.stderr)
        output = (case.findtext("system-out") or "").rstrip().split("\n")
        print("\n".join("    " + line for line in output[-SHOWN_LINES:]), file=sys.stderr)
    print(passed, failed)
    return 0 if cases else 1


if __name__ == "__main__":
    sys.exit(main())
