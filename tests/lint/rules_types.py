# SPDX-License-Identifier: EUPL-1.2
"""A type of statement is a row of the table and a file: nothing else asks which type it is.

In daemon/ the names of a type and of its velden stand in its own file alone, flow/type_<name>.c.
proto/ and clients/ also *make* statements: a file that makes one of a type may name it and read
its velden back; who only asks for it may not. The number of a type in place of its name is an ask.
"""

import re

from c_source import code_of, line_of
from tree import Finding, side_of

TABLE = "proto/melding/types.def"
_ROW = re.compile(r"^TYPE\((\w+), (\w+),", re.MULTILINE)
_VELD = re.compile(r"\bVELD\((\w+), (\w+),")
# `.type = TYPE_X` in a statement to be made, or the type given to a call that makes one.
_MAKES = r"\.type\s*=\s*TYPE_{0}\b|push_(?:velden|together)\([^;]*?\bTYPE_{0}\b"
_BY_NUMBER = re.compile(r"(?:->|\.)type\s*[=!]=\s*[1-9]|\btype_(?:row|handler)\(\s*[1-9]")


def _names_of_types(tree):
    """Type -> (its own file, the pattern of its names)."""
    table = code_of(tree.text(TABLE) or "") if tree.has(TABLE) else ""
    velden = {}
    for match in _VELD.finditer(table):
        velden.setdefault(match.group(1), []).append("_".join(match.groups()))
    found = {}
    for match in _ROW.finditer(table):
        names = ["TYPE_" + match.group(1)] + velden.get(match.group(1), [])
        found[match.group(1)] = (
            f"daemon/flow/type_{match.group(2)}.c",
            re.compile(r"\b(?:" + "|".join(names) + r")\b"),
        )
    return found


def _may_name(path, code, type_name, own_file):
    if path == own_file:
        return True
    return side_of(path) != "daemon" and re.search(_MAKES.format(type_name), code, re.DOTALL)


def rule_type(tree):
    types = _names_of_types(tree)
    for type_name, (own_file, _) in types.items():
        if not tree.has(own_file):
            yield Finding(TABLE, 1, "type", f"TYPE_{type_name} has no file {own_file}")
    for path in tree.c_sources():
        if side_of(path) in ("tests", ""):
            continue
        code = code_of(tree.text(path) or "")
        for match in _BY_NUMBER.finditer(code):
            yield Finding(
                path, line_of(code, match.start()), "type", "asks for a type by its number"
            )
        for type_name, (own_file, names) in types.items():
            if _may_name(path, code, type_name, own_file):
                continue
            for match in names.finditer(code):
                yield Finding(
                    path,
                    line_of(code, match.start()),
                    "type",
                    f"{match.group(0)} belongs in {own_file}: give struct type_handler a hook",
                )
