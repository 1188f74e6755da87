# SPDX-License-Identifier: EUPL-1.2
"""A state that crashes whoever follows it: no house is kept from starting by it."""

import os
import shutil
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from attacks_test import Attack, eventually  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_link import Again, NoAnswer  # noqa: E402
from knp_sandbox import copy_as_it_is  # noqa: E402
from knp_stage import main  # noqa: E402


def pushed(stage, name, item):
    def again():
        try:
            return stage.push(name, item)
        except (Again, NoAnswer):
            return None
    return eventually(again, 'an answer')[0]


class Crashes(Attack):
    def test_a_damaged_page_of_state_keeps_no_house_from_starting(self):
        """LMDB itself may crash on it or say anything; what state holds is in the log."""
        stage = self.play('politie', 'sittard')
        item = stage.melding('politie', rubrieken=base())
        first, = stage.push('politie', item)
        house = stage.house
        house.stop()
        data, whole = house.path('data'), house.path('whole')
        copy_as_it_is(data, whole)
        pages = os.path.getsize(house.path('data', 'state', 'data.mdb')) // 4096
        for page in range(2, pages):
            shutil.rmtree(data)
            copy_as_it_is(whole, data)
            with open(house.path('data', 'state', 'data.mdb'), 'r+b') as file:
                file.seek(page * 4096 + 12)
                low, = file.read(1)
                file.seek(page * 4096 + 12)
                file.write(bytes([low ^ 16]))
            house.start()
            house.stop()
        self.assertIn('event=state-replay', house.log())
        house.start()
        stage.reconnect()
        self.assertEqual(pushed(stage, 'politie', item).index, first.index)

    def test_a_core_that_crashes_again_and_again_begins_with_a_new_state(self):
        stage = self.play('politie')
        item = stage.melding('politie', rubrieken=base())
        first, = stage.push('politie', item)
        for _ in range(2):
            pid = eventually(lambda: dict(stage.house.children()).get('core'), 'core')
            os.kill(pid, signal.SIGSEGV)
            eventually(lambda pid=pid: dict(stage.house.children()).get('core', pid) != pid, 'another core')
        eventually(lambda: 'event=state-replay reason=crashes' in stage.house.log(), 'a replay')
        self.assertEqual(pushed(stage, 'politie', item).index, first.index)

    def test_a_log_that_crashes_who_follows_it_ends_the_daemon_with_a_line_that_names_it(self):
        """Every node of a page lies beyond it: a start that reads one sees it, or crashes on it."""
        stage = self.play('politie')
        first, = stage.push('politie', stage.melding('politie', rubrieken=base()))
        house = stage.house
        house.stop()
        data, whole = house.path('data'), house.path('whole')
        copy_as_it_is(data, whole)
        path, named = house.path('data', 'log', 'data.mdb'), 0
        for page in range(2, os.path.getsize(path) // 4096):
            shutil.rmtree(data)
            copy_as_it_is(whole, data)
            with open(path, 'r+b') as file:
                file.seek(page * 4096 + 16)
                file.write(b'\xff\x3f' * 8)
            before = len(house.log())
            code = house.try_start()
            if code is None:  # of pages that nothing needs, or that only a later walk comes to
                house.stop()
                continue
            self.assertIn(code, (4, 5))
            self.assertRegex(house.log()[before:], '(code=damaged file="|knooppuntd: )' + data)
            named += 1
        self.assertGreater(named, 3)
        shutil.rmtree(data)
        copy_as_it_is(whole, data)
        house.start()
        self.assertGreater(int(house.must('log')['size']), first.index)


if __name__ == '__main__':
    main()
