# SPDX-License-Identifier: EUPL-1.2
"""The privacybureau of a Stage: who asks the officer's questions in tests. `Bureau` is one of the
tests' own partners; with `Program` (knp_program) the product's own program is another."""

import knp_convenant as kc
from knp_daemon import Answer, Failed, parse_lines
from knp_link import NoAnswer
from knp_party import Party

FUNCTIE = 'privacybureau'


class Bureau:
    """Keys of the house for `functie`, which asks."""

    def __init__(self, stage, functies=(FUNCTIE,), oin=kc.HUIS, soort='veiligheidshuis'):
        self.stage = stage
        self.party = Party(oin, 'Privacybureau', soort, functies)
        stage.house.enrol(self.party)
        self.link = None

    def connected(self):
        """A house that started anew may be elsewhere."""
        if self.link is None or self.link.endpoint != self.stage.house.endpoint:
            verifier = self.link.verifier if self.link else None
            for attempt in range(5):
                try:
                    self.link = self.stage.house.link(self.party, verifier, timeout=3.0 + attempt)
                    break
                except NoAnswer:
                    continue
            else:
                raise Failed('the privacybureau gets no answer')
        return self.link

    def item(self, vraag, *lines, medewerker='mw-fg'):
        return self.party.velden_item(self.stage.genesis, 'vraag',
                                      dict(vraag=vraag, medewerker=medewerker, **dict(lines)))

    def send(self, item):
        """(receipt, what was told beside it)"""
        link = self.connected()
        # The same bytes once more would be told that they came, before the answer is there.
        reply, checkpoint = link.answer(item, timeout=60.0, every=60.0)
        link.learn(reply.receipt)
        return link.verifier.receipt(reply, item, checkpoint), reply.antwoord

    def ask(self, vraag, *lines, medewerker='mw-fg'):
        """The Answer, whatever its result; `index` of its entry is the receipt's."""
        receipt, told = self.send(self.item(vraag, *lines, medewerker=medewerker))
        if receipt.outcome != 'aanvaard':
            raise Failed(f'{vraag}: {receipt.outcome} {receipt.reason} {receipt.field}')
        answer = Answer(list(parse_lines(told)))
        answer.receipt = receipt
        return answer

    def must(self, vraag, *lines):
        answer = self.ask(vraag, *lines)
        if answer['result'] != 'ok':
            raise Failed(f'{vraag}: {dict(answer)}')
        return answer
