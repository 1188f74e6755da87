# SPDX-License-Identifier: EUPL-1.2
"""A delivery that cannot be read any more, all the way: its recipient sees that it is missing and
takes nothing after it, the house is told which one it is, and a person's word goes on after it."""

import json
import os
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from attacks_test import find_rows  # noqa: E402
from knp_program import Program  # noqa: E402
from knp_stage import Stage, main  # noqa: E402


def damage(path, index):
    """Flips a bit in every value under this index, in the file as the daemon has it open; how many."""
    count = 0
    with open(path, 'r+b') as file:
        data = file.read()
        for value in find_rows(data, struct.pack('>Q', index)):
            size, _, flags, key_size = struct.unpack('<HHHH', data[value - 16:value - 8])
            if key_size != 8 or flags != 0 or size <= 200:
                continue
            at = value + size // 2
            file.seek(at)
            file.write(bytes([data[at] ^ 1]))
            count += 1
    return count


class Damaged(unittest.TestCase):
    def melded(self):
        receipt, = self.stage.push('politie', self.stage.melding('politie', rubrieken=kc.base()))
        self.assertEqual(receipt.outcome, 'aanvaard')
        return receipt.index

    def fetch(self, *words, code=0):
        done = self.wmo.run('fetch', '--functie', 'wmo', *words)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_it_keeps_back_itself_and_a_person_goes_on_after_it(self):
        """spec K8, C10, C23"""
        self.stage = Stage(('politie',))
        self.addCleanup(self.stage.close)
        house = self.stage.house
        self.wmo = Program(self.stage, kc.SITTARD, 'gemeente', 'wmo')
        bad = self.melded()
        self.assertTrue(damage(house.path('data', 'log', 'data.mdb'), bad))
        refused, = self.fetch(code=4)  # nothing is after it
        self.assertEqual(refused['error']['code'], 'damaged')
        self.assertIn('tell the house', refused['error']['fix'])
        later = self.melded()
        missing, = self.fetch(code=1)
        self.assertEqual((missing['error']['code'], missing['error']['field']), ('not-proven', 'number'))
        self.assertIn('Delivery 2 came.', missing['error']['fix'])
        self.assertIn('--first', missing['error']['fix'])
        # The house knows which one it is, and at which number to go on.
        alarm, = [line for line in house.must('status').all('alarm')
                  if line.startswith('damaged-delivery ')]
        self.assertTrue(alarm.endswith(f' {kc.SITTARD}/wmo number 1, entry {bad}'), alarm)
        self.assertEqual(house.must('partners', ('oin', kc.SITTARD)).all('next'), ['wmo 2'])
        found, = self.fetch('--first', '2')
        self.assertEqual((found['index'], found['verified']), (later, True))
        newest = self.melded()
        self.assertEqual([line['index'] for line in self.fetch()], [newest])
        # It stays owed, and that stays said.
        self.assertIn(alarm, house.must('status').all('alarm'))


if __name__ == '__main__':
    main()
