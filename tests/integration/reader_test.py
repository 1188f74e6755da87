# SPDX-License-Identifier: EUPL-1.2
"""Questions about the log beside a path that goes on: partners have their receipts while one runs,
what answers it can change nothing, and what becomes of it costs nobody but its asker.

KNP_ONE_LOOP has core answer such questions itself, which must be found out.
"""

import concurrent.futures
import contextlib
import fcntl
import os
import re
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import base  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_process import state_of  # noqa: E402
from knp_stage import Logged, Stage, main  # noqa: E402

SENDER, RECIPIENT = 'politie', 'sittard'
MIB = 1 << 20
ONE_LOOP = os.environ.get('KNP_ONE_LOOP', '')


def anonymous(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith('RssAnon'))


def descriptors(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


def open_files(pid):
    names = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended, or closed one
        for number in os.listdir(f'/proc/{pid}/fd'):
            names.add(os.readlink(f'/proc/{pid}/fd/{number}'))
    return names


def processes(house, role):
    """(pid, restarts) of the process, or of both readers."""
    rows = [re.match(r'(\S+) pid=(\d+) since=\d+ restarts=(\d+)$', row).groups()
            for row in house.must('status').all('process')]
    return [(int(pid), int(restarts)) for name, pid, restarts in rows
            if name.split('-')[0] == role and pid != '0']


def stop_readers(house):
    """Both stand still, before a question: their pids. One that ends as it is stopped has another
    in its place, which must stand still too."""
    while True:
        readers = wait_for('both readers', lambda: len(processes(house, 'reader')) == 2 and
                           [pid for pid, _ in processes(house, 'reader')])
        for pid in readers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        if all(state_of(pid) == 'T' for pid in readers):
            return readers
        for pid in readers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Control(unittest.TestCase):
    def test_core_that_answers_them_itself_is_caught(self):
        """By an answer that comes while no reader can give one."""
        stage = Stage((SENDER, RECIPIENT), binary=ONE_LOOP)
        self.addCleanup(stage.close)
        stop_readers(stage.house)
        self.assertEqual(stage.house.ask('replay', timeout=60)['result'], 'ok')


class Readers(Logged):
    @classmethod
    def setUpClass(cls):
        # What AddressSanitizer keeps of what was given back is no memory that the daemon holds. Here
        # only: what it keeps is what it sees used after it was given back, in every other test.
        options = os.environ.get('ASAN_OPTIONS', '')
        cls.stage = Stage((SENDER, RECIPIENT), environment={
            'ASAN_OPTIONS': f'{options}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64'})
        cls.addClassCleanup(cls.stage.close)
        cls.house = cls.stage.house
        cls.pool = concurrent.futures.ThreadPoolExecutor(8)
        cls.addClassCleanup(cls.pool.shutdown)

    def process(self, role):
        return processes(self.house, role)

    def push(self):
        item = self.stage.melding(SENDER, rubrieken=base())
        receipt, = self.stage.push(SENDER, item)
        self.assertEqual(receipt.outcome, 'aanvaard')
        return item

    def find(self, item):
        """A question for a reader that names one melding."""
        return self.house.ask('melding', ('id', item.id), timeout=60)['result']

    def held(self, question):
        """A question whose reader stands still in the middle: (its future, the readers)."""
        readers = stop_readers(self.house)
        return self.pool.submit(question), readers

    def test_a_melding_has_its_receipt_while_questions_take_for_ever(self):
        item = self.push()
        first, readers = self.held(lambda: self.find(item))
        others = [self.pool.submit(self.find, item) for _ in range(3)]
        for _ in range(10):
            self.push()
        self.assertEqual(self.house.ask('status')['result'], 'ok')
        self.assertFalse(any(one.done() for one in [first, *others]))
        for pid in readers:
            os.kill(pid, signal.SIGCONT)
        self.assertEqual([one.result(60) for one in [first, *others]], ['ok'] * 4)

    def test_and_while_one_about_the_whole_log_does(self):
        asked, readers = self.held(lambda: self.house.ask('replay', timeout=60))
        for _ in range(10):
            self.push()
        self.assertFalse(asked.done())
        for pid in readers:
            os.kill(pid, signal.SIGCONT)
        answer = asked.result(60)
        self.assertEqual((answer['result'], answer.all('differ')), ('ok', []))

    def test_who_saw_a_receipt_finds_its_melding(self):
        """State is committed up to 50 ms after the receipt left."""
        for _ in range(20):
            self.assertEqual(self.find(self.push()), 'ok')

    def test_a_reader_that_is_killed_costs_its_asker_only(self):
        item = self.push()
        core, gate = self.process('core'), self.process('gate')
        for _ in range(3):
            asked, readers = self.held(lambda: self.house.ask('replay', timeout=60))
            self.push()
            for pid in readers:
                os.kill(pid, signal.SIGKILL)
            # One of the two had it; or it had not been given out, and another answers.
            self.assertIn(asked.result(60)['result'], ('io', 'ok'))
            self.push()
        self.assertEqual(self.find(item), 'ok')
        self.assertEqual((self.process('core'), self.process('gate')), (core, gate))

    def test_memory_and_descriptors_are_back_where_they_were(self):
        item = self.push()
        (core, _), = self.process('core')
        parent = self.house.process.pid
        # One that gave its answer ends and another comes, for which the parent has fewer meanwhile.
        readers = stop_readers(self.house)
        before = [(pid, anonymous(pid), descriptors(pid)) for pid in (core, parent)]
        for pid in readers:
            os.kill(pid, signal.SIGCONT)
        for asked in [self.pool.submit(self.find, item) for _ in range(60)]:
            self.assertEqual(asked.result(60), 'ok')

        def back():
            return len(self.process('reader')) == 2 and all(
                anonymous(pid) <= memory + 4 * MIB and descriptors(pid) <= count
                for pid, memory, count in before)
        wait_for('what was there before', back)

    def test_questions_of_the_path_do_not_go_to_readers(self):
        """What changes anything, or is short, is core's: also while no reader can answer."""
        first, readers = self.held(lambda: self.house.ask('replay', timeout=60))
        for question in ('log', 'partners', 'metrics', 'proposals', 'convenanten'):
            self.assertEqual(self.house.ask(question)['result'], 'ok', question)
        for pid in readers:
            os.kill(pid, signal.SIGCONT)
        self.assertEqual(first.result(60)['result'], 'ok')

    def test_an_export_goes_beside_the_path_and_two_do_not_meet(self):
        exports = [self.pool.submit(self.house.ask, 'export', timeout=60) for _ in range(4)]
        self.push()
        answers = [one.result() for one in exports]
        self.assertEqual([answer['result'] for answer in answers], ['ok'] * 4)
        self.assertTrue(os.path.exists(os.path.join(answers[0]['folder'], 'checkpoint')))

    def test_an_export_that_waited_for_a_newer_one_is_brought_up_to_it(self):
        self.push()
        folder = self.house.must('export')['folder']
        held = os.open(folder, os.O_RDONLY)
        self.addCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        first = self.pool.submit(self.house.ask, 'export', timeout=60)
        waits = wait_for('a reader at the lock', lambda: [
            pid for pid, _ in self.process('reader') if folder in open_files(pid)])
        os.kill(waits[0], signal.SIGSTOP)
        wait_for('it to stand still', lambda: state_of(waits[0]) == 'T')
        fcntl.flock(held, fcntl.LOCK_UN)
        self.push()
        newer = self.house.must('export')
        os.kill(waits[0], signal.SIGCONT)
        answer = first.result(60)
        self.assertEqual(answer['result'], 'ok', answer.lines)
        self.assertGreaterEqual(int(answer['size']), int(newer['size']))


if __name__ == '__main__':
    main()
