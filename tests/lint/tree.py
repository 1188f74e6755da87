# SPDX-License-Identifier: EUPL-1.2
"""The files a lint run looks at, and what a rule reports."""

import os
from dataclasses import dataclass

SKIPPED_NAMES = {".git", "build", "__pycache__"}


@dataclass(order=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


class Tree:
    """Relative paths of all files below a root, in order, with their text on demand."""

    def __init__(self, root):
        self.root = root
        self.paths = sorted(self._walk())
        self._known = set(self.paths)
        self._texts = {}

    def _walk(self):
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f not in SKIPPED_NAMES]
            for name in files:
                if name in SKIPPED_NAMES:
                    continue
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    yield os.path.relpath(path, self.root)

    def has(self, path):
        return path in self._known

    def full(self, path):
        return os.path.join(self.root, path)

    def text(self, path):
        """The text of a file; None when it is not UTF-8 (a fixture, a key)."""
        if path not in self._texts:
            with open(self.full(path), "rb") as file:
                raw = file.read()
            try:
                self._texts[path] = None if b"\0" in raw else raw.decode("utf-8")
            except UnicodeDecodeError:
                self._texts[path] = None
        return self._texts[path]

    def c_sources(self):
        return [p for p in self.paths if p.endswith((".c", ".h")) and not is_fixture(p)]


def is_fixture(path):
    return path.startswith(("tests/fixtures/", "tests/fuzz/corpus/"))


def side_of(path):
    """proto, daemon, clients, tests or ""."""
    first = path.split("/", 1)[0]
    return first if first in ("proto", "daemon", "clients", "tests") and "/" in path else ""


def folder_of(path):
    return os.path.dirname(path)
