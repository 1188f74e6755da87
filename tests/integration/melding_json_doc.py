#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds docs/melding-json.md to the closed lists and to the example that the unit tests read.

usage: melding_json_doc.py [--write] SOURCE-FOLDER
"""
import json
import pathlib
import re
import sys

FORMS = {
    "text": "text of {min}–{max} bytes, may have several lines",
    "line": "one line of {min}–{max} bytes",
    "code": "code of `{list}`",
    "date": "date",
    "time": "time",
    "janee": "true or false",
    "number": "number {min}–{max}",
    "gemeente": "CBS code, `GM0000` unknown",
    "bsn": "nine digits, 11-proef",
    "postcode": "`1234AB`",
    "oin": "20 characters",
    "name": "`a-z 0-9 . -`, {min}–{max}",
    "reference": "`A-Z a-z 0-9 . _ : -`, {min}–{max}",
}


def form(veld):
    text = FORMS[veld["kind"]].format(**{"list": "", **veld})
    if veld["kind"] in ("date", "time"):
        days = veld["max"]
        text += ", not in the future" if days == 0 else ", up to %d day%s ahead" % (days, "" if days == 1 else "s")
    if veld["at_most"] > 1:
        text += "; up to %d" % veld["at_most"]
    return text + ("; **required**" if veld["required"] else "")


def rubriek_text(row):
    what = ["of a betrokkene" if row["of_betrokkene"] else "of the incident"]
    if row["by_knooppunt"]:
        what.append("by the knooppunt")
    if row["at_most"] > 1:
        what.append("up to %d" % row["at_most"])
    regimes = ", ".join("`%s`" % name for name in row["regimes"])
    lines = ["### `%s`: %s" % (row["name"], row["caption"]), "",
             "%s. Regimes: %s." % (", ".join(what).capitalize(), regimes), "",
             "| veld | form |", "|---|---|"]
    lines += ["| `%s` | %s |" % (veld["name"], form(veld)) for veld in row["velden"]]
    return "\n".join(lines)


def codes_text(lists):
    rows = ["| list | codes |", "|---|---|"]
    used = sorted(lists)
    for name in used:
        codes = ", ".join("`%s` %s" % (row["code"], row["text"]) for row in lists[name])
        rows.append("| `%s` | %s |" % (name, codes))
    return "\n".join(rows)


def replaced(page, name, text):
    pattern = re.compile("(<!-- %s -->\n).*?(<!-- end of %s -->)" % (name, name), re.S)
    if len(pattern.findall(page)) != 1:
        sys.exit("docs/melding-json.md has no place marked %s" % name)
    return pattern.sub(lambda match: match.group(1) + "\n" + text + "\n\n" + match.group(2), page)


def expected(source, page):
    lists = json.loads((source / "proto/spec/vectors/lists.json").read_text())
    example = (source / "config/melding.example.json").read_text().strip()
    page = replaced(page, "example", "```json\n%s\n```" % example)
    page = replaced(page, "rubrieken", "\n\n".join(map(rubriek_text, lists["rubrieken"])))
    return replaced(page, "codes", codes_text(lists["lists"]))


def main(arguments):
    write = "--write" in arguments
    source = pathlib.Path([a for a in arguments if a != "--write"][0])
    path = source / "docs/melding-json.md"
    page = path.read_text()
    wanted = expected(source, page)
    if write:
        path.write_text(wanted)
    elif page != wanted:
        sys.exit("docs/melding-json.md differs from the lists or the example: run\n"
                 "  tests/integration/melding_json_doc.py --write %s" % source)
    # Negative control: a page that lacks a code must be seen.
    if expected(source, wanted.replace("`E33`", "`E34`")) == wanted.replace("`E33`", "`E34`"):
        sys.exit("a wrong code in the page went unseen")


main(sys.argv[1:])
