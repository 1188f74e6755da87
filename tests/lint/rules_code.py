# SPDX-License-Identifier: EUPL-1.2
"""What a C file may look like: banned calls, types, lengths, parameters, format."""

import re
import subprocess

from c_source import code_of, functions_of, line_of
from tree import Finding, is_fixture

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 500
PARAMETERS_MAX = 5
# Called by a library, which decides what they are given: (path, function).
OF_VENDORS = {("clients/jzv/http.c", "handle"), ("clients/witness/serve.c", "handle")}

BANNED = {
    "strcpy": "memcpy with a checked length, or snprintf",
    "strcat": "snprintf, or a struct buffer",
    "strncpy": "snprintf: it may leave out the NUL",
    "strncat": "snprintf, or a struct buffer",
    "stpcpy": "snprintf",
    "sprintf": "snprintf",
    "vsprintf": "vsnprintf",
    "strtok": "memchr over a view",
    "strtok_r": "memchr over a view",
    "atoi": "strtol with its checks",
    "atol": "strtol with its checks",
    "atoll": "strtoll with its checks",
    "atof": "strtod with its checks",
    "alloca": "an arena or a fixed array",
    "gets": "file_read",
    "system": "posix_spawn without a shell",
    "popen": "posix_spawn without a shell",
    "tmpnam": "mkstemp",
    "mktemp": "mkstemp",
}
_CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
# A name for a struct; one for a pointer to a function that returns a struct is fine.
_TYPEDEF = re.compile(r"\btypedef\s+(struct|union|enum)\b\s*\w*\s*(\{|[*\s]*\w+[\s\w\[\]]*;)")


def rule_banned_call(tree):
    for path in tree.c_sources():
        code = code_of(tree.text(path) or "")
        for match in _CALL.finditer(code):
            name = match.group(1)
            yield Finding(
                path,
                line_of(code, match.start()),
                "banned-call",
                f"{name} is banned: use {BANNED[name]}",
            )


def rule_typedef(tree):
    for path in tree.c_sources():
        code = code_of(tree.text(path) or "")
        for match in _TYPEDEF.finditer(code):
            yield Finding(
                path,
                line_of(code, match.start()),
                "typedef",
                f"no typedef of a {match.group(1)}: write {match.group(1)} where it is used",
            )


def _functions(tree):
    for path in tree.c_sources():
        for function in functions_of(tree.text(path) or ""):
            yield path, function


def rule_function_length(tree):
    for path, function in _functions(tree):
        lines = function.last - function.first + 1
        if lines > FUNCTION_LINES_MAX:
            yield Finding(
                path,
                function.first,
                "function-length",
                f"{function.name} has {lines} lines, more than {FUNCTION_LINES_MAX}",
            )


def rule_parameters(tree):
    for path, function in _functions(tree):
        if function.parameters > PARAMETERS_MAX and (path, function.name) not in OF_VENDORS:
            yield Finding(
                path,
                function.first,
                "parameters",
                f"{function.name} has {function.parameters} parameters, more than "
                f"{PARAMETERS_MAX}: give it a struct",
            )


def rule_file_length(tree):
    for path in tree.paths:
        if is_fixture(path) or not path.endswith((".c", ".h", ".py", ".sh", ".go")):
            continue
        lines = (tree.text(path) or "").count("\n")
        if lines > FILE_LINES_MAX:
            yield Finding(
                path,
                FILE_LINES_MAX + 1,
                "file-length",
                f"{lines} lines, more than {FILE_LINES_MAX}: split it by concern",
            )


_FORMAT_ERROR = re.compile(r"^(.*?):(\d+):\d+: error: (.*)$", re.MULTILINE)


def rule_format(tree):
    sources = tree.c_sources()
    if not sources:
        return
    try:
        done = subprocess.run(
            ["clang-format-14", "--dry-run", "-Werror", "--style=file", *sources],
            cwd=tree.root,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        yield Finding(".", 0, "format", "install the Debian package clang-format-14")
        return
    seen = set()
    for path, line, message in _FORMAT_ERROR.findall(done.stderr):
        if path not in seen:
            seen.add(path)
            yield Finding(path, int(line), "format", f"{message}: run clang-format-14 -i {path}")
    if done.returncode != 0 and not seen:
        yield Finding(".", 0, "format", f"clang-format-14 failed: {done.stderr.strip()[:200]}")
