# SPDX-License-Identifier: EUPL-1.2
"""knooppuntd with the probe as its core (tests/integration/probe_core.c), and a partner's socket.

The parent, the gate and the openers are the real ones; the core obeys the test. A daemon reads an
ephemeral endpoint back from its ready line, and nothing here sleeps for luck: it waits for what it
names, with a limit.
"""

import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

import zmq
from knp_sandbox import USERS, let_users_pass, sandbox_settings, settings_lines
from zmq.utils import z85

from knp_process import is_alive

LIMIT = 30.0  # seconds to wait for what must happen, on a busy machine
HINT_AGAIN, HINT_NOT_ACCEPTED, HINT_TOO_LARGE, HINT_STOPPING = 1, 2, 3, 4


def wait_for(what, condition, limit=LIMIT):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"waited {limit} s in vain: {what}")


class Probe:
    def __init__(self, program, settings="", env=None, prefix=()):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix="knp-probe-")
        self.file = os.path.join(self.folder, "knooppunt.yaml")
        self.env = {**os.environ, **(env or {})}
        self.prefix = list(prefix)
        self.process = None
        self.lines = []  # of stderr
        self.ready_lines = []
        let_users_pass(self.folder)
        os.mkdir(os.path.join(self.folder, "data"), 0o700)
        if "core_user" in sandbox_settings():
            os.chown(os.path.join(self.folder, "data"), USERS["core"], USERS["core"])
        os.mkdir(os.path.join(self.folder, "keys"), 0o700)
        self.write_settings(
            "data: data\nkeys: keys\nunlock_file: unlock.key\nendpoint: tcp://127.0.0.1:0\n"
            "openers: 2\n" + settings_lines() + settings
        )
        made = subprocess.run(
            [program, "-c", self.file, "init"], check=True, capture_output=True, text=True
        )
        self.server_key = bytes.fromhex(made.stdout.strip())

    def write_settings(self, text):
        with open(self.file, "w", encoding="utf-8") as out:
            out.write(text)

    def admit(self, *partners, revoked=()):
        """The list core gives from now on; a running one gives it at once."""
        with open(os.path.join(self.folder, "data", "admit"), "w", encoding="utf-8") as out:
            for partner in partners:
                out.write(f"{partner.public.hex()} {partner.oin}\n")
            for partner in revoked:
                out.write(f"{partner.public.hex()} {partner.oin} revoked\n")
        if self.process:
            self.ask("admit\n")

    # ---- the process -----------------------------------------------------------------------

    def launch(self):
        self.process = subprocess.Popen(
            [*self.prefix, self.program, "-c", self.file],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.env,
        )
        for stream, lines in ((self.process.stdout, self.ready_lines), (self.process.stderr, self.lines)):
            threading.Thread(target=self._read, args=(stream, lines), daemon=True).start()
        return self

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))
        stream.close()

    def start(self):
        self.launch()
        wait_for("the ready line", lambda: self.ready_lines or self.process.poll() is not None)
        assert self.ready_lines, "\n".join(self.lines)
        return self

    @property
    def endpoint(self):
        return re.search(r"endpoint=(\S+)", self.ready_lines[0]).group(1)

    def exit_code(self, limit=LIMIT):
        return self.process.wait(limit)

    def stop(self):
        """Ends what still runs, and removes the folder."""
        if self.process:
            if self.process.poll() is None:
                self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)

    def said(self, *words):
        return [line for line in list(self.lines) if all(word in line for word in words)]

    def wait_said(self, *words):
        return wait_for(f"a log line with {words}", lambda: self.said(*words))

    # ---- control ---------------------------------------------------------------------------

    def connect_control(self):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(LIMIT)
        sock.connect(os.path.join(self.folder, "control.sock"))
        return sock

    @staticmethod
    def receive_answer(sock):
        def exactly(count):
            got = b""
            while len(got) < count:
                piece = sock.recv(count - len(got))
                if not piece:
                    raise EOFError
                got += piece
            return got

        return exactly(struct.unpack(">I", exactly(4))[0]).decode()

    def ask(self, lines):
        with self.connect_control() as sock:
            sock.sendall(struct.pack(">I", len(lines)) + lines.encode())
            return self.receive_answer(sock)

    def processes(self):
        """name -> (pid, restarts)"""
        found = re.findall(r"^process (\S+) pid=(\d+) since=\d+ restarts=(\d+)$", self.ask("status\n"), re.M)
        return {name: (int(pid), int(restarts)) for name, pid, restarts in found}

    def pid(self, name):
        return self.processes()[name][0]

    def kill(self, name, number=signal.SIGKILL):
        """Kills a process and waits until another one is in its place."""
        before = self.pid(name)
        os.kill(before, number)
        return wait_for(
            f"another {name}", lambda: self.pid(name) not in (0, before) and self.pid(name)
        )


class Partner:
    """An OIN with a transport key; socket() is what its client would open."""

    context = None

    def __init__(self, oin):
        self.oin = oin
        self.public_z85, self.secret_z85 = zmq.curve_keypair()
        self.public = z85.decode(self.public_z85)

    def socket(self, probe, routing_id=None, curve=True):
        if Partner.context is None:
            Partner.context = zmq.Context()
        sock = Partner.context.socket(zmq.DEALER)
        sock.linger = 0
        sock.sndtimeo = int(LIMIT * 1000)
        sock.reconnect_ivl = 50
        if routing_id:
            sock.routing_id = routing_id
        if curve:
            sock.curve_publickey = self.public_z85
            sock.curve_secretkey = self.secret_z85
            sock.curve_serverkey = z85.encode(probe.server_key)
        sock.connect(probe.endpoint)
        return sock


def receive(sock, limit=LIMIT):
    """One frame, or None when none comes in time."""
    return sock.recv() if sock.poll(int(limit * 1000)) else None


def hint_of(frame):
    """(code, pause in ms) of a hint."""
    assert frame is not None and len(frame) == 12 and frame[:5] == b"KNPH\x01", frame
    code, zero, pause = struct.unpack(">BHI", frame[5:])
    assert zero == 0
    return code, pause
