# SPDX-License-Identifier: EUPL-1.2
"""What the kernel says of processes, the disk and the machine."""

import os
import platform
import subprocess
import time
from typing import NamedTuple

TICKS = os.sysconf('SC_CLK_TCK')


class Cpu(NamedTuple):
    """Seconds on a processor: exact, and the kernel's split in user and system time."""
    total: float = 0.0
    user: float = 0.0
    system: float = 0.0

    def __add__(self, other):
        return Cpu(*(a + b for a, b in zip(self, other)))

    def __sub__(self, other):
        return Cpu(*(a - b for a, b in zip(self, other)))


def read(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def cpu_of(pid):
    """All threads of a process. schedstat counts nanoseconds, stat only clock ticks."""
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        total += int(read(f'/proc/{pid}/task/{task}/schedstat').split()[0])
    fields = read(f'/proc/{pid}/stat').rsplit(')', 1)[1].split()
    return Cpu(total / 1e9, int(fields[11]) / TICKS, int(fields[12]) / TICKS)


def memory_of(pid):
    """KiB of anonymous and of locked memory, and of all mapped pages in use."""
    rows = dict(line.split(':', 1) for line in read(f'/proc/{pid}/status').splitlines())
    return {name: int(rows[name].split()[0]) for name in ('RssAnon', 'VmLck', 'VmRSS')}


def bytes_on_disk(path):
    """What a file takes, or all of a folder."""
    found = os.lstat(path).st_blocks * 512
    if os.path.isdir(path) and not os.path.islink(path):
        for name in os.listdir(path):
            try:
                found += bytes_on_disk(os.path.join(path, name))
            except FileNotFoundError:
                pass  # it went meanwhile
    return found


class Disk:
    """The block device under a folder."""

    def __init__(self, folder):
        number = os.stat(folder).st_dev
        self.path = os.path.realpath(f'/sys/dev/block/{os.major(number)}:{os.minor(number)}')
        if os.path.exists(os.path.join(self.path, 'partition')):
            self.path = os.path.dirname(self.path)  # flushes are counted for the whole device
        self.name = os.path.basename(self.path)

    def flushes(self):
        """How many flushes the device finished so far; None when the kernel does not count."""
        try:
            fields = read(os.path.join(self.path, 'stat')).split()
        except OSError:
            return None
        return int(fields[15]) if len(fields) > 16 else None


def file_system(folder):
    """(type, options) of the mount that a folder lies on."""
    best = ('', '', '')
    wanted = os.path.realpath(folder) + '/'
    for line in read('/proc/self/mountinfo').splitlines():
        left, right = line.split(' - ', 1)
        point = left.split()[4].replace('\\040', ' ')
        if wanted.startswith(point.rstrip('/') + '/') and len(point) >= len(best[0]):
            best = (point, right.split()[0], left.split()[5])
    return best[1], best[2]


def cpu_model():
    for line in read('/proc/cpuinfo').splitlines():
        if line.startswith('model name'):
            return line.split(':', 1)[1].strip()
    return platform.machine()


def commit(source):
    """The commit of the tree, with a plus when files of it were changed since."""
    git = ['git', '-C', source]
    try:
        name = subprocess.run(git + ['rev-parse', '--short', 'HEAD'], check=True,
                              capture_output=True, text=True).stdout.strip()
        changed = subprocess.run(git + ['status', '--porcelain', '--untracked-files=no'],
                                 check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 'not known'
    return name + ('+' if changed else '')


def idle():
    """(idle, all) processor time of the machine so far, in ticks."""
    fields = [int(word) for word in read('/proc/stat').splitlines()[0].split()[1:9]]
    return fields[3] + fields[4], sum(fields)


def facts(source):
    """What a figure depends on."""
    return {'processors': os.cpu_count(), 'model': cpu_model(), 'kernel': platform.release(),
            'date': time.strftime('%Y-%m-%d %H:%M:%S %Z'), 'commit': commit(source),
            'load': os.getloadavg()[0]}
