# SPDX-License-Identifier: EUPL-1.2
"""knooppuntctl reload: what may change while knooppuntd runs is in force at once in every process, what
may not is named, and a file with a fault changes nothing."""

import os
import socket
import struct

import knooppunt_world
from knooppunt_world import Exchange, must, run, write


class Reload(Exchange):
    def setUp(self):
        super().setUp()
        with open(self.house.settings, encoding='utf-8') as file:
            self.text = file.read()
        self.addCleanup(self.restore)

    def restore(self):
        write(self.house.settings, self.text)
        self.reload()

    def reload(self, *more, code=0):
        done = run('knooppuntctl', '-c', self.house.settings, 'reload', '--json', *more)
        self.assertEqual(done.code, code, done.out + done.err)
        return done.lines[0]

    def change(self, *lines):
        write(self.house.settings, self.text + ''.join(line + '\n' for line in lines))

    def log(self):
        with open(self.house.path('log'), encoding='utf-8') as file:
            return file.read()

    def ask(self, command, lines):
        text = ''.join(f'{line}\n' for line in [command, *map(' '.join, lines)]).encode()
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(15)
            one.connect(self.house.path('control.sock'))
            one.sendall(struct.pack('>I', len(text)) + text)
            file = one.makefile('rb')
            text = file.read(struct.unpack('>I', file.read(4))[0]).decode()
        return dict(line.split(' ', 1) for line in text.splitlines())

    def erase(self):
        """Core says so in a line of level notice."""
        pushed = self.push(self.melding(), '--wait').line
        words = ['-c', self.house.settings, '--key']
        line = must('knooppunt-audit', 'erase', pushed['id'], 'AVG art. 17', *words,
                    self.house.role('privacy-officer')).line
        must('knooppunt-audit', 'approve', line['object'], *words, self.house.role('beheerder'))
        return f'event=gewist index={pushed["index"]}'

    def test_what_changed_is_in_force_at_once_in_a_process_that_runs(self):
        self.assertEqual(self.reload(), {'changed': [], 'restart': []})
        self.change('log_level: error')
        self.assertEqual(self.reload(), {'changed': ['log_level'], 'restart': []})
        self.erase()
        self.assertEqual(self.log().count('event=gewist'), 0)
        self.change('log_level: notice')
        self.assertEqual(self.reload()['changed'], ['log_level'])
        self.erase()
        self.assertEqual(self.log().count('event=gewist'), 1)
        self.assertIn('event=parent.reloaded setting=log_level', self.log())

    def test_a_process_that_starts_later_has_it_too(self):
        self.change('credit_frames: 7', 'batch_max: 3')
        self.assertEqual(self.reload()['changed'], ['batch_max', 'credit_frames'])
        status = must('knooppuntctl', '-c', self.house.settings, 'status').line
        [core] = [one['pid'] for one in status['processes'] if one['name'] == 'core']
        os.kill(core, 9)
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)
        self.assertEqual(self.reload(), {'changed': [], 'restart': []})

    def test_what_needs_a_restart_is_named_and_the_rest_counts(self):
        self.change('tick_seconds: 77', 'silent_hours: 5')
        self.assertEqual(self.reload(), {'changed': ['silent_hours'], 'restart': ['tick_seconds']})
        self.assertEqual(self.reload(), {'changed': [], 'restart': ['tick_seconds']})
        said = run('knooppuntctl', '-c', self.house.settings, 'reload').err
        self.assertRegex(said, r'tick_seconds: \d+ -> 77  \(NOT in force: it needs a restart')

    def test_a_file_with_a_fault_changes_nothing_and_is_told(self):
        self.change('silent_hours: 6', 'batch_max: 0')
        error = self.reload(code=4)['error']
        line = len(self.text.splitlines()) + 2
        self.assertEqual((error['code'], error['file'], error['line'], error['field']),
                         ('out-of-range', self.house.settings, line, 'batch_max'))
        self.change('silent_hours: 72')  # the default: what the fault came with is not in force
        self.assertEqual(self.reload(), {'changed': [], 'restart': []})

    def test_the_daemon_judges_for_itself(self):
        """Whoever opens the socket: nothing out of range, nothing that is not reloadable, and no part
        of what is refused."""
        for lines, code, field in (
                ([('batch_max', '0')], 'out-of-range', 'batch_max'),
                ([('batch_max', '5'), ('tick_seconds', '9')], 'out-of-range', 'tick_seconds'),
                ([('log_level', 'loud')], 'out-of-range', 'log_level'),
                ([('batch_max', '5'), ('data', '/etc')], 'out-of-range', 'data'),
                ([('onzin', '1')], 'unknown-keyword', 'onzin')):
            answer = self.ask('reload', lines)
            self.assertEqual((answer['result'], answer['field']), (code, field))
        self.assertEqual(self.reload(), {'changed': [], 'restart': []})


if __name__ == '__main__':
    knooppunt_world.main()
