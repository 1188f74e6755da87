# SPDX-License-Identifier: EUPL-1.2
"""tests/tally.py counts as failed whatever did not run whole: shown on a real run of ctest."""

import os
import subprocess
import sys
import tempfile

TALLY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tally.py")

TESTS = """
add_test(passes "/bin/true")
add_test(fails "/bin/false")
add_test(skips "/bin/false")
set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 1)
add_test(skips_by_text "/bin/echo" "no network, skipped")
set_tests_properties(skips_by_text PROPERTIES SKIP_REGULAR_EXPRESSION "skipped")
add_test(skips_a_case_of_cmocka "/bin/echo" "[  SKIPPED ] a case")
add_test(skips_a_case_of_unittest "/bin/echo" "OK (skipped=1)")
add_test(disabled "/bin/true")
set_tests_properties(disabled PROPERTIES DISABLED TRUE)
add_test(not_built "/nowhere/program")
add_test(passes_too "/bin/echo" "it never skipped=a beat")
"""
FAILED = ["fails", "skips", "skips_by_text", "skips_a_case_of_cmocka", "skips_a_case_of_unittest",
          "disabled", "not_built"]  # fmt: skip


def count(report):
    call = [sys.executable, TALLY, report]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def tally(folder, tests):
    with open(os.path.join(folder, "CTestTestfile.cmake"), "w", encoding="utf-8") as file:
        file.write(tests)
    report = os.path.join(folder, "report.xml")
    ctest = ["ctest", "--test-dir", folder, "--output-junit", report]
    subprocess.run(ctest, capture_output=True, check=False)
    return count(report)


def main():
    with tempfile.TemporaryDirectory(prefix="knp-tally-") as folder:
        done = tally(folder, TESTS)
        assert done.stdout == f"2 {len(FAILED)}\n", done
        named = [line.split()[1].rstrip(":") for line in done.stderr.splitlines() if line.startswith("FAILED")]
        assert named == FAILED, named
        done = tally(folder, 'add_test(passes "/bin/true")\n')
        assert (done.stdout, done.stderr, done.returncode) == ("1 0\n", "", 0), done
        done = tally(folder, "")
        assert done.returncode != 0, done
        done = count(os.path.join(folder, "no-such-report"))
        assert done.returncode != 0 and "ended before" in done.stderr, done
    print("what did not run whole has failed")


if __name__ == "__main__":
    main()
