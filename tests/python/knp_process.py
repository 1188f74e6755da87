# SPDX-License-Identifier: EUPL-1.2
"""knooppuntd as a process: started, watched until its ready line, stopped or killed with its
children. Of it nothing is known but its command line, its standard output and /proc."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import threading
import time

STOP = 20.0
FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'


def sweep_clocks():
    """libfaketime shares its clock under the pid of who made it. What a killed process left keeps a
    later one of that pid from sharing: each child then makes its own, and at its end takes it away,
    for which gate and opener have no system call."""
    for name in os.listdir('/dev/shm'):
        left = re.fullmatch(r'(?:sem\.)?faketime_(?:sem|shm)_(\d+)', name)
        if left and not os.path.exists(f'/proc/{left[1]}'):
            with contextlib.suppress(FileNotFoundError, PermissionError):
                os.unlink(f'/dev/shm/{name}')


def preload(program, library):
    """LD_PRELOAD for a library under a program: a sanitizer's runtime must come first."""
    if library == FAKETIME:
        sweep_clocks()
    linked = subprocess.run(['ldd', program], stdout=subprocess.PIPE, check=True).stdout.decode()
    return ' '.join([word for line in linked.splitlines() for word in line.split()
                     if word.startswith('/') and 'asan' in word] + [library])


class Failed(Exception):
    """The daemon, or a question to it, did not do what it had to."""


class Running:
    """One run of a daemon. Its standard error is added to the file `log`. In none of them may a
    process end by a system call that its role does not have: whoever ends the run hears of it."""

    plants_calls = False  # a test whose daemon must be ended by one

    def __init__(self, words, log, **options):
        self.log = log
        with open(log, 'ab') as errors:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=errors,
                                            stdout=subprocess.PIPE, **options)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with self.process.stdout as stream:
            for line in stream:
                self.lines.put(line.decode('utf-8', 'replace').rstrip('\n'))
        self.lines.put(None)

    def said(self):
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return file.read()

    def wait_ready(self, timeout):
        """The fields of the ready line; None when it ended instead."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f'no ready line in {timeout} s:\n{self.said()[-4000:]}') from None
            if line is None:
                self.process.wait(STOP)
                return None
            fields = dict(pair.split('=', 1) for pair in line.split() if '=' in pair)
            if fields.get('event') == 'ready':
                return fields

    def alive(self):
        return self.process.poll() is None

    def stop(self, timeout=STOP):
        """SIGTERM; (exit code, seconds it took)."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failed(f'still there {timeout} s after SIGTERM:\n'
                         f'{self.said()[-4000:]}') from None
        self._check_calls()
        return code, time.monotonic() - began

    def _check_calls(self):
        if self.plants_calls or not os.path.exists(self.log):  # its folder is removed already
            return
        # A child that is started again would hide it.
        ended = [line for line in self.said().splitlines() if ' signal=31 ' in line]
        if ended or self.process.returncode == -signal.SIGSYS:
            raise Failed(f'ended by a system call of which its role has none: {ended or "parent"}')

    def kill(self):
        """SIGKILL of the parent, with which its children end; waits until all are gone."""
        everyone = [pid for _, pid in self.children()]
        if self.alive():
            self.process.kill()
        self.process.wait(STOP)
        wait_gone(everyone)
        self._check_calls()

    def children(self):
        """[(role, pid)] of the processes the parent has started."""
        found = []
        for pid in child_pids(self.process.pid):
            words = command_line(pid)
            if '--role' in words[:-1]:
                found.append((words[words.index('--role') + 1], pid))
        return found

    def kill_role(self, role):
        """SIGKILL of one child (the first opener, when there are more); False when none is."""
        for name, pid in self.children():
            if name == role:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                return True
        return False


def child_pids(pid):
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_line(pid):
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as file:
            return file.read().decode('utf-8', 'replace').split('\0')
    except (FileNotFoundError, ProcessLookupError):
        return ['']


def state_of(pid):
    """As the kernel names it: S sleeps, T stands still, Z is a zombie; '' when it is gone."""
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as file:
            return file.read().rpartition(')')[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ''


def is_alive(pid):
    """A zombie is gone for our purposes: it holds no file and no lock."""
    return state_of(pid) not in ('', 'Z')


def wait_gone(pids, timeout=STOP):
    deadline = time.monotonic() + timeout
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            raise Failed(f'still there after their parent ended: {pids}')
        time.sleep(0.005)
