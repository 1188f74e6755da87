# SPDX-License-Identifier: EUPL-1.2
"""Who may include whom: sides, insides of a module, vendor headers, no cycles of folders."""

import os
import re

from c_source import includes_of
from tree import Finding, folder_of, side_of

# From a side to the sides it may include. Programs of clients may further speak to the daemon's
# control socket, whose path is in the settings.
MAY_INCLUDE = {
    "proto": {"proto"},
    "daemon": {"proto", "daemon"},
    "clients": {"proto", "clients"},
    "tests": {"proto", "daemon", "clients", "tests"},
}
CLIENTS_MAY_ALSO = {
    "daemon/control/alarm.h",
    "daemon/control/control.h",
    "daemon/settings/settings.h",
}

# A vendor header and the folders that may include it.
VENDORS = [
    (r"sodium(\.h|/.*)", {"proto/crypto", "tests/bench"}),
    (r"openssl/.*", {"proto/crypto"}),
    (r"protobuf-c/.*|.*\.pb-c\.h", {"proto/wire"}),
    (r"lmdb\.h", {"daemon/store", "tests/bench"}),
    (r"zmq\.h", {"daemon/gate", "clients/lib", "tests/unit"}),
    (r"yaml\.h", {"proto/yaml"}),
    (r"jansson\.h", {"clients/json", "tests"}),
    (r"gnutls/.*", {"clients/jzv"}),
    (r"microhttpd\.h", {"clients/jzv", "clients/witness"}),
    (r"curl/.*", {"clients/jzv", "clients/attendering", "clients/witness"}),
    (r"seccomp\.h", {"daemon/parent"}),
    (r"cmocka\.h", {"tests"}),
    # Our own library, as those who install it include it.
    (r"knooppunt\.h", {"clients/api/examples", "tests/integration"}),
]
# What the C library and the kernel bring.
SYSTEM = re.compile(
    r"(sys|linux|netinet|arpa|net|sanitizer)/\w+\.h"
    r"|(assert|ctype|dirent|endian|err|errno|fcntl|fenv|float|fts|ftw|getopt|grp|inttypes|iso646|limits"
    r"|locale|malloc|math|netdb|poll|pthread|pwd|sched|search|setjmp|signal|spawn|stdalign|stdarg"
    r"|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|syslog|termios"
    r"|threads|time|unistd|wchar)\.h"
)
# A header that is for its own folder alone says so: by its name, or in its first lines.
INSIDE_ONLY = re.compile(r"^// Inside \S+ only\b", re.MULTILINE)
HEAD_OF_FILE = 400


def resolve(tree, path, include):
    """The path in the tree that an include names, as the compiler would find it; else None."""
    if include.angled:
        return None
    for folder in (folder_of(path), "proto", "daemon", "clients", ""):
        candidate = os.path.normpath(os.path.join(folder, include.name))
        if tree.has(candidate):
            return candidate
    return None


def product_includes(tree):
    for path in tree.c_sources():
        for include in includes_of(tree.text(path) or ""):
            yield path, include, resolve(tree, path, include)


def rule_layer(tree):
    for path, include, target in product_includes(tree):
        side = side_of(path)
        if not target or not side or side_of(target) in MAY_INCLUDE[side]:
            continue
        if side == "clients" and target in CLIENTS_MAY_ALSO:
            continue
        yield Finding(path, include.line, "layer", f"{side}/ may not include {target}")


def _vendor_folders(name):
    for pattern, folders in VENDORS:
        if re.fullmatch(pattern, name):
            return folders
    return None


def _allowed(folder, folders):
    return any(folder == f or folder.startswith(f + "/") for f in folders)


def rule_vendor(tree):
    for path, include, target in product_includes(tree):
        if target:
            continue
        folders = _vendor_folders(include.name)
        if folders is None and include.angled and SYSTEM.fullmatch(include.name):
            continue
        if folders is None:
            message = f"{include.name} is no header of ours and no vendor's that a folder was given"
        elif _allowed(folder_of(path), folders):
            continue
        else:
            message = f"{include.name} belongs to {', '.join(sorted(folders))} only"
        yield Finding(path, include.line, "vendor", message)


def _is_private(tree, header):
    if os.path.basename(header) in ("internal.h", "intern.h"):
        return True
    return bool(INSIDE_ONLY.search((tree.text(header) or "")[:HEAD_OF_FILE]))


def rule_private_header(tree):
    for path, include, target in product_includes(tree):
        if path.startswith("tests/fault/"):
            continue  # a planted fault has to reach inside
        if not target or folder_of(path) == folder_of(target) or not _is_private(tree, target):
            continue
        yield Finding(
            path, include.line, "private-header", f"{target} is for {folder_of(target)} only"
        )


def _edges(tree):
    """folder -> {folder it includes: where}"""
    edges = {}
    for path, include, target in product_includes(tree):
        if not target or side_of(path) == "tests" or side_of(target) == "tests":
            continue
        if folder_of(path) != folder_of(target):
            edges.setdefault(folder_of(path), {}).setdefault(
                folder_of(target), (path, include.line, target)
            )
    return edges


def _path_back(edges, start, goal):
    """Folders from `start` to `goal` along includes, or None."""
    came_from, queue = {start: None}, [start]
    for folder in queue:
        if folder == goal:
            way = []
            while folder is not None:
                way.append(folder)
                folder = came_from[folder]
            return way[::-1]
        for further in edges.get(folder, {}):
            if further not in came_from:
                came_from[further] = folder
                queue.append(further)
    return None


def rule_cycle(tree):
    edges = _edges(tree)
    for folder, targets in sorted(edges.items()):
        for target, (path, line, header) in sorted(targets.items()):
            way = _path_back(edges, target, folder)
            if way:
                yield Finding(
                    path, line, "cycle", f"{header} closes a circle: {' -> '.join([folder] + way)}"
                )
