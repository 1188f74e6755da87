# SPDX-License-Identifier: EUPL-1.2
"""2020 of Midden-Limburg, played by the program against the daemon: the printed totals come out, and
every promise is kept. usage: spel_test.py KNOOPPUNTD CLOCK"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
DAEMON, CLOCK = (os.path.abspath(word) for word in sys.argv[1:3])
SCREENING = ('verward', 'overige politie', 'Veilig Thuis')


class Played(unittest.TestCase):
    def test_2020_comes_out_as_it_is_printed_and_every_promise_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            page = os.path.join(folder, 'jaar.html')
            done = subprocess.run([os.path.join(HERE, 'knooppunt-sim'), '--daemon', DAEMON,
                                   '--clock', CLOCK, '--report', page], capture_output=True,
                                  text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            with open(page, encoding='utf-8') as file:
                text = file.read()
        said = json.loads(done.stdout)
        self.assertEqual((said['kept'], said['breaches']), (True, []))
        meldingen = said['meldingen']
        self.assertEqual(sum(meldingen[stroom] for stroom in SCREENING), 1414)
        self.assertEqual((meldingen['verward'], meldingen['detentie'], meldingen['radicalisering'],
                          meldingen['huisverbod']), (747, 277, 5, 13))
        counts = said['counts']
        self.assertEqual(counts['ZSM known'] + counts['ZSM nothing'], 300)
        # It also played what goes wrong in a year.
        for name in ('late', 'twice', 'refused bsn-elfproef', 'refused too-old', 'refused conflict'):
            self.assertGreater(counts[name], 0, name)
        for promise in ('accounted', 'contiguous', 'given', 'nothing without a regel', 'deadlines',
                        'escalated', 'ZSM in time', 'alarms', 'terms'):
            self.assertGreater(said['checked'][promise], 100, promise)
        self.check_page(text)

    def test_what_it_cannot_play_is_said(self):
        for more, code, said in ((['--daemon', '/nowhere/knooppuntd'], 2, 'build it'),
                                 (['--until', 'soon'], 2, '--until'), (['--rate', '0'], 2, '--rate'),
                                 (['--daemon', DAEMON, '--until', '2019-12-31'], 5, 'no day of 2020'),
                                 (['--help'], 0, '')):
            done = subprocess.run([os.path.join(HERE, 'knooppunt-sim'), '--clock', CLOCK, *more],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, code, more)
            self.assertIn(said, done.stderr)

    def check_page(self, text):
        self.assertEqual(text.count('<svg'), text.count('</svg>'))
        self.assertGreaterEqual(text.count('<svg'), 4)
        for outside in ('http:', 'https:', 'src=', '@import', 'url('):
            self.assertNotIn(outside, text)
        self.assertIn('1.414', text)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
