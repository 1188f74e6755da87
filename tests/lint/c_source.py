# SPDX-License-Identifier: EUPL-1.2
"""A C source as the lint sees it: comments and literals blanked, includes, functions.

No parser: the house style (clang-format, no K&R, no macros that hold a function) keeps a lexer
that counts braces exact. tests/lint/controls.py shows what it must see and what must not fool it.
"""

import re
from dataclasses import dataclass


@dataclass
class Function:
    name: str
    first: int  # line of its return type
    last: int  # line of its closing brace
    parameters: int


@dataclass
class Include:
    line: int
    name: str
    angled: bool


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


_LITERAL_OR_COMMENT = re.compile(
    r"//(?:\\\n|[^\n])*"
    r"|/\*.*?\*/"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'",
    re.DOTALL,
)


def _blank(match):
    text = match.group(0)
    inside = "".join(c if c == "\n" else " " for c in text)
    return text[0] + inside[1:-1] + text[-1] if text[0] in "\"'" else inside


def code_of(text):
    """The text with comments and the inside of literals as spaces; offsets and lines stay."""
    return _LITERAL_OR_COMMENT.sub(_blank, text)


_DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)


def without_directives(code):
    return _DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), code)


def includes_of(text):
    code = code_of(text)
    found = []
    for match in _INCLUDE.finditer(text):
        if code[match.start() : match.end()].lstrip().startswith("#"):
            name = match.group(1) or match.group(2)
            line = line_of(text, match.start() + len(match.group(0)) - 1)
            found.append(Include(line, name, bool(match.group(1))))
    return found


def _closing(code, at, opening, closing):
    """Offset of the bracket that closes the one at `at`; the end when there is none."""
    depth = 0
    for i in range(at, len(code)):
        if code[i] == opening:
            depth += 1
        elif code[i] == closing:
            depth -= 1
            if depth == 0:
                return i
    return len(code)


_ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*?\)\)|_Alignas\s*\([^)]*\)", re.DOTALL)
_NAME_AND_OPEN = re.compile(r"([A-Za-z_]\w*)\s*\(")


def _count_parameters(inside):
    depth, count = 0, 1
    for c in inside:
        if c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == "," and depth == 0:
            count += 1
    return 0 if inside.strip() in ("", "void") else count


def _function_head(head):
    """(name, number of parameters) when the text before a brace is a function's head."""
    plain = _ATTRIBUTE.sub(lambda m: " " * len(m.group(0)), head)
    match = _NAME_AND_OPEN.search(plain)
    if not match or "=" in plain[: match.start()]:
        return None
    end = _closing(plain, match.end() - 1, "(", ")")
    if plain[end + 1 :].strip():
        return None
    return match.group(1), _count_parameters(plain[match.end() : end])


def functions_of(text):
    code = without_directives(code_of(text))
    found = []
    start = i = 0
    while i < len(code):
        if code[i] == ";":
            start = i + 1
        elif code[i] == "{":
            end = _closing(code, i, "{", "}")
            head = code[start:i]
            function = _function_head(head)
            if function:
                first = start + len(head) - len(head.lstrip())
                found.append(
                    Function(function[0], line_of(code, first), line_of(code, end), function[1])
                )
            # A brace that is no body (struct, initialiser) leaves its head open until the ';'.
            start = end + 1 if function else start
            if not function:
                code = code[:i] + re.sub(r"[^\n]", " ", code[i : end + 1]) + code[end + 1 :]
            i = end
        i += 1
    return found
