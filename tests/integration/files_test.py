# SPDX-License-Identifier: EUPL-1.2
"""What somebody tried who may touch files beside the daemon, or asks for numbers that cannot be: links
to the data, things that are no file in the place of the guard."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from attacks_test import Attack  # noqa: E402
from knp_daemon import House, free_port  # noqa: E402
from knp_process import Running  # noqa: E402
from knp_stage import main  # noqa: E402
from knp_tree import Refused  # noqa: E402


class Links(Attack):
    def test_a_second_daemon_and_a_rebuild_through_a_link_are_refused(self):
        stage = self.play('politie')
        receipt = self.melded(stage)
        house = stage.house
        os.symlink(house.path('data'), house.path('other'))
        second = House(house.binary, folder=house.folder)
        second.write_settings(**{**house.settings, 'data': 'other', 'control': 'other.sock',
                                 'endpoint': f'tcp://127.0.0.1:{free_port()}'})
        code, out, err = second.run('rebuild')
        self.assertEqual((code, out), (4, ''))
        self.assertIn('in-use', err)
        log = house.path('second')
        running = Running([house.binary, '-c', second.settings_file], log, cwd=house.folder)
        self.addCleanup(running.kill)
        self.assertIsNone(running.wait_ready(20))
        with open(log, encoding='utf-8') as file:
            self.assertIn('another knooppuntd uses the folder', file.read())
        self.assertGreater(self.melded(stage).index, receipt.index)


class Guard(Attack):
    def put(self, kind, house):
        path = house.path('data', 'elsewhere')
        if os.path.isdir(path) and not os.path.islink(path):
            os.rmdir(path)
        elif os.path.lexists(path):
            os.remove(path)
        if kind == 'pipe':
            os.mkfifo(path, 0o600)
        elif kind == 'folder':
            os.mkdir(path)
        elif kind == 'device':
            os.symlink('/dev/null', path)
        elif kind == 'keystore':
            os.symlink(house.path('data', 'keystore'), path)
        else:
            shutil.copy2(house.path('data', 'guard'), house.path('data', 'copy'))
            os.symlink(house.path('data', 'copy'), path)

    def test_a_guard_that_is_no_file_of_its_own_is_refused_at_once(self):
        stage = self.play('politie')
        receipt = self.melded(stage)
        house = stage.house
        house.stop()
        with open(house.path('data', 'keystore'), 'rb') as file:
            keystore = file.read()
        for kind in ('pipe', 'folder', 'device', 'keystore', 'link'):
            self.put(kind, house)
            house.write_settings(guard='data/elsewhere')
            before = len(house.log())
            self.assertEqual(house.try_start(), 4, kind)
            self.assertIn('code=behind-guard', house.log()[before:], kind)
        with open(house.path('data', 'keystore'), 'rb') as file:
            self.assertEqual(file.read(), keystore)
        house.write_settings(guard=None)
        house.start()
        stage.reconnect()
        self.assertGreater(self.melded(stage).index, receipt.index)


class Numbers(Attack):
    def test_a_fetch_past_every_number_is_refused_and_confirms_nothing(self):
        stage = self.play('politie', 'sittard')
        self.melded(stage)
        for after in (2**63, 2**64 - 1):
            with self.assertRaises(Refused):
                stage.links['sittard'].fetch('wmo', after=after)
        self.assertEqual([one.number for one in stage.links['sittard'].fetch('wmo', after=0)], [1])


if __name__ == '__main__':
    main()
