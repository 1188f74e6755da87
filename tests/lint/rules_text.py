# SPDX-License-Identifier: EUPL-1.2
"""What every text file must and must not say: the licence, and nothing of one machine."""

import os
import re

from tree import Finding, is_fixture

SPDX = "SPDX-License-Identifier: EUPL-1.2"
SPDX_WITHIN_LINES = 3
SOURCE_SUFFIXES = (
    ".c", ".h", ".py", ".sh", ".go", ".proto", ".cmake", ".yaml", ".yml", ".service",
    ".1", ".5", ".8",
)  # fmt: skip
SOURCE_NAMES = {"CMakeLists.txt", "run"}

# Spelled in halves, so that this file does not find itself.
FORBIDDEN = [
    (re.compile(r"\.\./" + "shared"), "a folder beside this one"),
    (re.compile(r"(?<![\w.])/" + r"work/"), "a path of one machine"),
    (re.compile(r"(?<![\w.])/tmp/" + r"wt\b"), "a path of one machine"),
    (re.compile("py" + r"pi\.org|files\.python" + r"hosted\.org"), "a package registry"),
    (re.compile("registry\\.npm" + r"js\.org|npm" + r"js\.com"), "a package registry"),
    (re.compile("crates" + r"\.io|proxy\.go" + r"lang\.org"), "a package registry"),
    (re.compile("deb\\.deb" + r"ian\.org|hub\.doc" + r"ker\.com"), "a package registry"),
]


def _is_source(path):
    name = os.path.basename(path)
    return name in SOURCE_NAMES or name.endswith(SOURCE_SUFFIXES)


def rule_spdx(tree):
    for path in tree.paths:
        if is_fixture(path) or not _is_source(path):
            continue
        head = (tree.text(path) or "").split("\n")[:SPDX_WITHIN_LINES]
        if not any(SPDX in line for line in head):
            yield Finding(path, 1, "spdx", f"its first lines do not say {SPDX}")


def rule_forbidden_word(tree):
    for path in tree.paths:
        for number, line in enumerate((tree.text(path) or "").split("\n"), 1):
            for pattern, what in FORBIDDEN:
                if pattern.search(line):
                    yield Finding(path, number, "forbidden-word", f"the line names {what}")


_GLOB = re.compile(r"^[^#\n]*\bfile\s*\(\s*GLOB", re.MULTILINE | re.IGNORECASE)


def rule_glob(tree):
    for path in tree.paths:
        if os.path.basename(path) != "CMakeLists.txt" and not path.endswith(".cmake"):
            continue
        text = tree.text(path) or ""
        for match in _GLOB.finditer(text):
            line = text.count("\n", 0, match.end()) + 1
            yield Finding(path, line, "glob", "sources are listed by name, never globbed")


_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _exists(tree, path):
    return tree.has(path) or any(p.startswith(path + "/") for p in tree.paths)


def rule_link(tree):
    """A page that points into the tree points at something that is there."""
    for path in tree.paths:
        if not path.endswith(".md") or is_fixture(path):
            continue
        for number, line in enumerate((tree.text(path) or "").split("\n"), 1):
            for target in _LINK.findall(line):
                if re.match(r"[a-z]+:", target) or target.startswith("#"):
                    continue
                named = os.path.normpath(os.path.join(os.path.dirname(path), target.split("#")[0]))
                if not _exists(tree, named):
                    yield Finding(path, number, "link", f"there is no {named}")
