# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-jzv while the knooppunt changes its transport key: the gateway goes over by itself, without
a restart, and what systems send in meanwhile is there once."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knooppunt_world  # noqa: E402
from jzv_world import Door, jzv  # noqa: E402
from knooppunt_world import must, run  # noqa: E402
from knp_daemon import free_port  # noqa: E402


class ChangingKeys(Door):
    settings = f'endpoint_2: "tcp://127.0.0.1:{free_port()}"\ntick_seconds: 1\n'

    def rotate(self, *words):
        done = run('knooppuntd', '-c', self.house.settings, 'rotate', 'transport', *words)
        self.assertEqual(done.code, 0, done.out + done.err)

    def approve(self, word, name):
        self.house.approve(['key', word], self.house.path('data', name))

    def change(self):
        """Each step of one whole change, from its beginning to its end."""
        yield self.rotate()
        yield self.approve('propose', 'huissleutel-transport.txt')
        yield self.approve('end', 'huissleutel-transport-einde.txt')
        yield self.rotate('--finish')

    def send(self):
        """A melding that is accepted; Veilig Thuis is there meanwhile."""
        number = self.number()
        answer = self.post(jzv(registratienummer=number))
        self.assertEqual(answer.status, 201, answer.body)
        self.assertEqual(self.settled(number)['toestand'], 'aanvaard')
        self.fetch()
        return number

    def fetch(self, *words):
        for line in self.vt.run('fetch', *words).lines:
            self.seen += [r['velden'].get('registratienummer') for r in line.get('rubrieken', ())
                          if r['rubriek'] == 'kenmerken']

    def received(self, numbers):
        """Waits until Veilig Thuis has all of them; how often each came."""
        until = time.monotonic() + 60
        while time.monotonic() < until and not set(numbers) <= set(self.seen):
            self.fetch('--wait', '2')
        return sorted(self.seen)

    def test_the_gateway_goes_over_and_back(self):
        pid = self.gateway.running.process.pid
        self.vt.write_settings()
        self.seen = []
        sent = [self.send()]
        for _ in range(2):
            for _ in self.change():
                sent.append(self.send())
        self.assertEqual(self.received(sent), sorted(sent))
        states = [row['state'] for row in
                  must('knooppuntctl', 'key', 'list', '-c', self.house.settings).lines
                  if row['gebruik'] == 'verbinding']
        self.assertEqual(states, ['beeindigd', 'beeindigd', 'actief'])
        self.assertEqual((self.gateway.running.process.pid, self.gateway.running.alive()),
                         (pid, True))


if __name__ == '__main__':
    knooppunt_world.main()
