# SPDX-License-Identifier: EUPL-1.2
"""Over IPv6: an endpoint on [::1], one on all addresses of both kinds, and `knooppunt` to either. A
machine whose loopback has no ::1 fails here: that is a finding, not a reason to look away."""

import json
import os
import re
import sys
import unittest

from knooppunt_cli_test import example
from knooppunt_world import CONVENANT, PROGRAMS, TIMEOUT, House, Partner, World, run, write
from knp_process import wait_gone

POLITIE, VT = '00000099000000001000', '00000099000000002000'


class Ipv6(World):
    LISTEN = 'tcp://[::1]:0'
    REACHED = (r'tcp://[::1]:{port}',)

    @classmethod
    def setUpClass(cls):
        House.endpoint_wanted = cls.LISTEN
        try:
            super().setUpClass()
        finally:
            House.endpoint_wanted = 'tcp://127.0.0.1:0'
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.vt = Partner(cls.house, 'vt', VT, 'veilig-thuis', 'frontoffice').enrol()
        cls.house.approve(['convenant', 'propose'], CONVENANT)

    def port(self):
        host, port = re.fullmatch(r'tcp://(.+):(\d+)', self.house.endpoint).groups()
        self.assertEqual(host, re.fullmatch(r'tcp://(.+):0', self.LISTEN).group(1))
        return port

    def exchange(self, number):
        """One melding over each way to get there, and back again."""
        port = self.port()
        for n, way in enumerate(self.REACHED):
            with self.subTest(way=way):
                for partner in (self.politie, self.vt):
                    partner.write_settings(endpoint=f'"{way.format(port=port)}"')
                path = write(self.politie.path('melding.json'), json.dumps(
                    example(id=f'melding-over-ipv6-{number}-{n}')))
                pushed = self.politie.run('push', path, '--wait')
                self.assertEqual((pushed.code, pushed.line['status']), (0, 'aanvaard'), pushed.out)
                fetched = self.vt.run('fetch')
                self.assertEqual([line['index'] for line in fetched.lines],
                                 [pushed.line['index']], fetched.out)

    def test_a_melding_goes_there_and_back(self):
        self.exchange(1)

    def test_a_gate_that_starts_again_has_the_same_address(self):
        before = self.house.endpoint
        gate, = [pid for role, pid in self.house.daemon.children() if role == 'gate']
        self.assertTrue(self.house.daemon.kill_role('gate'))
        wait_gone([gate])
        self.assertEqual(self.house.endpoint, before)
        self.exchange(2)

    def test_an_address_without_a_port_is_named(self):
        self.politie.write_settings(endpoint='"tcp://[::1]"')
        done = run('knooppunt', 'fetch', '-c', self.politie.settings, '--json')
        self.assertEqual((done.code, done.error['code']), (4, 'bad-value'))
        self.assertEqual(done.error['field'], 'endpoint')


class BothKinds(Ipv6):
    LISTEN = 'tcp://[::]:0'
    REACHED = ('tcp://[::1]:{port}', 'tcp://127.0.0.1:{port}')


if __name__ == '__main__':
    for path in sys.argv[1:]:
        PROGRAMS[os.path.basename(path)] = path
    assert TIMEOUT > 0
    unittest.main(argv=sys.argv[:1], verbosity=2)
