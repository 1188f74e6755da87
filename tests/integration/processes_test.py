# SPDX-License-Identifier: EUPL-1.2
"""processes_test.py PROBE: the parent starts, watches, restarts and ends the others."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent import futures

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from knp_probe import Probe, is_alive, wait_for  # noqa: E402

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else None
NAMES = ["gate", "core", "opener-0", "opener-1", "reader-0", "reader-1", "officer-reader"]


class Processes(unittest.TestCase):
    def setUp(self):
        self.probe = Probe(PROGRAM)
        self.addCleanup(self.probe.stop)

    def assert_all_end(self, pids):
        wait_for("the end of every child", lambda: not any(is_alive(pid) for pid in pids))

    def test_is_ready_once_core_and_gate_are(self):
        probe = self.probe.start()
        self.assertRegex(
            probe.ready_lines[0], r"^event=ready endpoint=tcp://127\.0\.0\.1:[1-9]\d* log=probe\.example/log\+\S+$"
        )
        self.assertEqual(sorted(probe.processes()), sorted(NAMES))

    def test_tells_the_service_manager(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(path)
                manager.settimeout(30)
                self.probe.env["NOTIFY_SOCKET"] = path
                self.probe.start()
                endpoint = self.probe.endpoint.encode()
                self.assertEqual(manager.recv(400), b"READY=1\nSTATUS=Partners connect to " + endpoint + b".")
                self.probe.kill("gate")
                self.assertEqual(manager.recv(400), b"STATUS=gate ended and starts again in 50 ms.")
                self.probe.process.terminate()
                self.assertEqual(manager.recv(400), b"STOPPING=1")

    def test_tells_the_watchdog_as_often_as_it_asked(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(path)
                manager.settimeout(30)
                self.probe.env.update(NOTIFY_SOCKET=path, WATCHDOG_USEC="400000")
                self.probe.start()
                said = [manager.recv(400) for _ in range(6)]
                self.assertGreaterEqual(said.count(b"WATCHDOG=1"), 5)
                # One that hangs says nothing: what is there is of before.
                os.kill(self.probe.process.pid, signal.SIGSTOP)
                self.addCleanup(os.kill, self.probe.process.pid, signal.SIGCONT)
                manager.settimeout(3)
                with self.assertRaises(TimeoutError):
                    for _ in range(20):
                        manager.recv(400)
                os.kill(self.probe.process.pid, signal.SIGCONT)

    def test_asked_by_another_process_it_tells_no_watchdog(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(path)
                manager.settimeout(3)
                self.probe.env.update(NOTIFY_SOCKET=path, WATCHDOG_USEC="400000", WATCHDOG_PID="1")
                self.probe.start()
                self.assertIn(b"READY=1", manager.recv(400))
                with self.assertRaises(TimeoutError):
                    manager.recv(400)

    def test_each_process_that_is_killed_comes_back(self):
        probe = self.probe.start()
        for name in NAMES:
            with self.subTest(name):
                # What answers the officer is core's own, and begins anew with it.
                with_it = {name, "officer-reader"} if name == "core" else {name}
                others = {n: pid for n, pid in probe.processes().items() if n not in with_it}
                self.assertTrue(probe.kill(name))
                after = probe.processes()
                self.assertEqual(after[name][1], 1)
                self.assertEqual({n: after[n] for n in others}, others)

    def test_the_gate_comes_back_where_partners_know_it(self):
        probe = self.probe.start()
        probe.kill("gate")
        wait_for("the second report", lambda: len(probe.said("event=parent.endpoint")) == 2)
        first, second = probe.said("event=parent.endpoint")
        self.assertEqual(first, second)
        self.assertEqual(len(probe.ready_lines), 1)

    def test_restarts_slow_down_and_become_an_alarm(self):
        probe = self.probe.start()
        for _ in range(3):
            probe.kill("opener-0")
        self.assertNotIn("alarm", probe.ask("status\n"))
        probe.kill("opener-0")
        delays = [line.split("restart_ms=")[1].split()[0] for line in probe.said("role=opener", "restart_ms")]
        self.assertEqual(delays, ["50", "100", "200", "400"])
        self.assertRegex(probe.ask("status\n"), r"\nalarm process-failing \d{13} opener-0\n")

    def test_sigterm_ends_all_in_seconds_with_zero(self):
        probe = self.probe.start()
        pids = [pid for pid, _ in probe.processes().values()]
        probe.process.terminate()
        self.assertEqual(probe.exit_code(8), 0)
        self.assertFalse(any(is_alive(pid) for pid in pids))
        self.assertFalse(os.path.exists(os.path.join(probe.folder, "control.sock")))
        self.assertFalse(probe.said("level=error") + probe.said("level=warning"), probe.lines)

    def test_children_end_with_a_killed_parent_and_the_next_daemon_starts(self):
        probe = self.probe.start()
        pids = [pid for pid, _ in probe.processes().values()]
        probe.process.kill()
        probe.process.wait()
        self.assert_all_end(pids)
        probe.ready_lines.clear()
        probe.start()

    def test_a_second_daemon_leaves_the_first_alone(self):
        probe = self.probe.start()
        before = probe.processes()
        second = subprocess.run([PROGRAM, "-c", probe.file], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(second.returncode, 4)
        self.assertIn("code=in-use", second.stderr)
        self.assertIn("another knooppuntd uses the folder", second.stderr)
        self.assertEqual(second.stdout, "")
        self.assertEqual(probe.processes(), before)

    def test_an_endpoint_that_is_taken_ends_a_daemon_that_never_had_it(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            probe = self.probe
            endpoint = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            with open(probe.file, encoding="utf-8") as file:
                text = re.sub(r"endpoint: .*", f"endpoint: {endpoint}", file.read())
            self.assertIn(endpoint, text)
            probe.write_settings(text)
            done = subprocess.run([PROGRAM, "-c", probe.file], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn(f"cannot open the endpoint {endpoint}", done.stderr)

    def test_core_failing_five_times_in_a_minute_ends_the_daemon(self):
        probe = self.probe.start()
        others = [probe.pid(name) for name in NAMES if name != "core"]
        for failures in range(1, 5):
            with probe.connect_control() as sock:
                sock.sendall(b"\0\0\0\6abort\n")
            wait_for("core again", lambda f=failures: probe.processes()["core"][1] == f)
        with probe.connect_control() as sock:
            sock.sendall(b"\0\0\0\6abort\n")
            self.assertEqual(probe.exit_code(), 5)
        self.assert_all_end(others)

    def test_core_that_refuses_ends_the_daemon_at_once(self):
        probe = self.probe.start()
        with probe.connect_control() as sock:
            sock.sendall(b"\0\0\0\7refuse\n")
            self.assertEqual(probe.exit_code(), 4)

    def test_who_asks_a_core_that_does_not_answer_hears_so(self):
        """Of one that says nothing, and at the same time of one that hangs: both take ten seconds."""
        silent, hanging = self.probe.start(), Probe(PROGRAM)
        self.addCleanup(hanging.stop)
        os.kill(hanging.start().pid("core"), signal.SIGSTOP)
        with futures.ThreadPoolExecutor() as pool:
            answers = [(pool.submit(silent.ask, "silent\n"), "core"),
                       (pool.submit(hanging.ask, "status\n"), "gate")]
        for answer, process in answers:
            self.assertTrue(answer.result().startswith("result busy\n"), answer.result())
            self.assertIn(f"\nprocess {process} pid=", answer.result())

    def test_idle_connections_keep_no_officer_out(self):
        """Eighteen that never ask, from one process that opens another whenever one is closed."""
        probe = self.probe.start()
        idle = [probe.connect_control() for _ in range(18)]
        try:
            began = time.monotonic()
            for _ in range(5):
                self.assertTrue(probe.ask("status\n").startswith("result ok\n"))
                idle += [probe.connect_control() for _ in range(18)]
            # Two seconds are what an idle one has, and none of the five waited for that.
            self.assertLess(time.monotonic() - began, 8)
        finally:
            for sock in idle:
                sock.close()

    def test_an_answer_in_pieces_is_passed_on_in_pieces(self):
        probe = self.probe.start()
        with probe.connect_control() as sock:
            sock.sendall(b"\0\0\0\7pieces\n")
            self.assertEqual(probe.receive_answer(sock), "result ok\npiece 1\nmore\n")
            self.assertEqual(probe.receive_answer(sock), "result ok\nprobe yes\n")

    def test_a_question_larger_than_a_channel_carries_is_refused(self):
        probe = self.probe.start()
        answer = probe.ask("convenant x\n" + "a b\n" * 120000)
        self.assertTrue(answer.startswith("result too-long\n"), answer[:80])

    def test_a_restart_uses_the_settings_that_were_checked(self):
        probe = self.probe.start()
        probe.write_settings("this: is broken now\n")
        probe.kill("gate")
        wait_for("the second report", lambda: len(probe.said("event=parent.endpoint")) == 2)

    def test_every_process_takes_its_rights_away(self):
        probe = self.probe.start()
        for name, (pid, _) in {**probe.processes(), "parent": (probe.process.pid, 0)}.items():
            with self.subTest(name):
                with open(f"/proc/{pid}/status", encoding="utf-8") as status:
                    self.assertIn("\nNoNewPrivs:\t1\n", status.read())
                with open(f"/proc/{pid}/limits", encoding="utf-8") as limits:
                    self.assertRegex(limits.read(), r"Max core file size +0 +0 ")

    def test_no_process_but_its_own_holds_a_channel(self):
        probe = self.probe.start()

        def links(pid):
            names = os.listdir(f"/proc/{pid}/fd")
            targets = [os.readlink(f"/proc/{pid}/fd/{name}") for name in names]
            return sum(target.startswith("socket:") for target in targets)

        # An opener has two channels and nothing else that is a socket.
        self.assertEqual(links(probe.pid("opener-0")), 2)
        # Core: parent, gate, both openers and that of partners that are apart, and its reader, which
        # has that one alone, as the others have one to the parent.
        self.assertEqual(links(probe.pid("core")), 6)
        # They are started once core is ready, and until one is what it is to be, it has its own twice.
        for reader in ("reader-0", "reader-1", "officer-reader"):
            wait_for("only its own channel", lambda name=reader: links(probe.pid(name)) == 1)


class Questions(unittest.TestCase):
    """About the log: to readers, each of which answers one (here they do what they are told)."""

    def setUp(self):
        self.probe = Probe(PROGRAM).start()
        self.addCleanup(self.probe.stop)

    def send(self, question):
        sock = self.probe.connect_control()
        self.addCleanup(sock.close)
        sock.sendall(len(question).to_bytes(4, "big") + question.encode())
        return sock

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.probe.process.pid}/fd"))

    def readers(self):
        return {name: row for name, row in self.probe.processes().items() if name.startswith("reader")}

    def settled(self):
        """Both wait for a question; (pid, restarts) of each."""

        def seen():
            readers = self.readers()
            return all(pid for pid, _ in readers.values()) and readers

        return wait_for("both readers", seen)

    def test_one_that_takes_long_keeps_neither_core_nor_the_next_waiting(self):
        self.send("replay hold\n")
        for _ in range(3):
            self.assertRegex(self.probe.ask("replay short\n"), r"^result ok\nreader \d\n")
            self.assertIn("\nprobe yes\n", self.probe.ask("something for core\n"))

    def test_each_answer_comes_from_a_process_of_its_own(self):
        before = self.settled()
        answers = [self.probe.ask("replay short\n") for _ in range(6)]
        self.assertEqual(len(set(answers)), 6)
        after = self.settled()
        self.assertFalse({pid for pid, _ in before.values()} & {pid for pid, _ in after.values()})
        self.assertEqual([restarts for _, restarts in after.values()], [0, 0])

    def test_a_question_waits_its_turn_and_one_that_nobody_waits_for_ends(self):
        before = self.descriptors()
        held = [self.send("replay hold\n") for _ in range(2)]
        third = self.send("replay short\n")
        third.settimeout(1)
        with self.assertRaises(TimeoutError):
            self.probe.receive_answer(third)
        pids = [pid for pid, _ in self.readers().values()]
        held[0].close()
        third.settimeout(30)
        self.assertRegex(self.probe.receive_answer(third), r"^result ok\nreader \d\n")
        self.assertEqual(sum(is_alive(pid) for pid in pids), 1)
        held[1].close()
        third.close()
        wait_for("the descriptors", lambda: self.settled() and self.descriptors() <= before)
        self.assertEqual([restarts for _, restarts in self.readers().values()], [0, 0])
        self.assertNotIn("alarm", self.probe.ask("status\n"))

    def test_a_crash_costs_its_asker_and_nobody_else(self):
        others = {name: row for name, row in self.probe.processes().items() if not name.startswith("reader")}
        waiting = self.send("replay hold\n")
        self.assertTrue(self.probe.ask("replay abort\n").startswith("result io\n"))
        self.assertRegex(self.probe.ask("replay short\n"), r"^result ok\nreader \d\n")
        waiting.settimeout(1)
        with self.assertRaises(TimeoutError):
            self.probe.receive_answer(waiting)
        after = self.probe.processes()
        self.assertEqual({name: after[name] for name in others}, others)
        self.assertTrue(self.probe.said("event=parent.ended", "role=reader", "signal=6"))

    def test_one_that_cannot_read_now_is_asked_again_and_in_the_end_believed(self):
        answer = self.probe.ask("replay not-now\n")
        self.assertRegex(answer, r"^result busy\nreader \d\n")
        starts = sum(row[1] for row in self.settled().values())
        self.assertEqual(starts, 0)  # none of these was a failure

    def test_one_that_ended_in_order_and_waits_for_core_counts_as_no_restart(self):
        held = [self.send("replay hold\n") for _ in range(2)]
        for _ in range(3):  # each time core waits twice as long before it starts again
            self.probe.kill("core")
        os.kill(self.probe.pid("core"), signal.SIGKILL)
        for sock in held:
            sock.close()

        def back():
            readers = self.readers()
            self.assertEqual([restarts for _, restarts in readers.values()], [0, 0])
            return all(pid for pid, _ in readers.values()) and self.probe.processes()["core"][1] == 4

        wait_for("core and both readers", back)

    def test_pieces_come_as_pieces_and_a_long_wait_is_told(self):
        with self.send("replay pieces\n") as sock:
            self.assertEqual(self.probe.receive_answer(sock), "result ok\npiece 1\nmore\n")
            self.assertRegex(self.probe.receive_answer(sock), r"^result ok\nreader \d\nstart \d+\n$")
        with self.send("replay hold\n") as sock:  # ten seconds each
            self.assertEqual([self.probe.receive_answer(sock) for _ in range(2)], ["result ok\nmore\n"] * 2)

    def test_a_question_larger_than_a_channel_carries_is_refused(self):
        answer = self.probe.ask("replay x\n" + "a b\n" * 120000)
        self.assertTrue(answer.startswith("result too-long\n"), answer[:80])


class Refusals(unittest.TestCase):
    def setUp(self):
        self.probe = Probe(PROGRAM)
        self.addCleanup(self.probe.stop)

    def run_once(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)

    def test_broken_settings_start_nothing(self):
        self.probe.write_settings("data: data\nkeys: keys\nunlock_file: unlock.key\ntick_seconds: 0\n")
        done = self.run_once("-c", self.probe.file)
        self.assertEqual(done.returncode, 4)
        self.assertIn("knooppunt.yaml:4", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertFalse(os.path.exists(os.path.join(self.probe.folder, "control.sock")))

    def test_check_tells_what_is_wrong_as_json(self):
        done = self.run_once("-c", self.probe.file, "--check", "--json")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(json.loads(done.stdout), {"ok": True, "errors": [], "voorlopig": []})
        os.chmod(os.path.join(self.probe.folder, "keys", "transport.key"), 0o644)
        done = self.run_once("-c", self.probe.file, "--check", "--json")
        self.assertEqual(done.returncode, 4)
        report = json.loads(done.stdout)
        self.assertFalse(report["ok"])
        self.assertEqual(report["errors"][0]["code"], "key-permission")
        self.assertTrue(report["errors"][0]["file"].endswith("transport.key"))
        self.assertTrue(report["errors"][0]["fix"])

    def test_check_is_json_whatever_stands_in_a_path(self):
        odd = os.path.join(self.probe.folder, 'a\n"b\\\x01\x7f.yaml')
        for file, text in ((odd, "openers: many\n"), (odd, None),
                           (self.probe.file, 'data: d\nkeys: "k\\n\\x01"\nunlock_file: u\n')):
            if text:
                with open(file, "w", encoding="utf-8") as out:
                    out.write(text)
            else:
                os.remove(file)
            done = self.run_once("-c", file, "--check", "--json")
            self.assertEqual(done.returncode, 4)
            error, = json.loads(done.stdout)["errors"]
            self.assertEqual(done.stdout.count("\n"), 1)
            self.assertTrue(error["code"] and error["message"] and error["fix"], error)

    def test_check_works_beside_a_running_daemon(self):
        self.probe.start()
        before = self.probe.processes()
        self.assertEqual(self.run_once("-c", self.probe.file, "--check").returncode, 0)
        self.assertEqual(self.probe.processes(), before)

    def test_a_missing_data_folder_is_named(self):
        os.rmdir(os.path.join(self.probe.folder, "data"))
        done = self.run_once("-c", self.probe.file)
        self.assertEqual(done.returncode, 4)
        self.assertIn("/data", done.stderr)

    def test_the_command_line(self):
        self.assertEqual(self.run_once("--help").returncode, 0)
        self.assertRegex(self.run_once("--version").stdout, r"^knooppuntd \d+\.\d+\.\d+\n$")
        self.assertEqual(self.run_once("--nothing").returncode, 2)
        self.assertEqual(self.run_once("nothing").returncode, 2)
        self.assertEqual(self.run_once("--role", "gate").returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
