# SPDX-License-Identifier: EUPL-1.2
"""The steps by which a house changes a key of its own, as people take them."""

import os

BEGIN, END = 'huissleutel', 'huissleutel-einde'
KINDS = {  # by its name on the command line: in the texts, and the ends of their file names
    'receive': ('ontvangen', ''),
    'send': ('verzenden', '-send'),
    'log': ('log', '-log'),
    'transport': ('verbinding', '-transport'),
}


def read(path):
    with open(path, 'rb') as file:
        return file.read()


class Changing:
    """The steps of a change of one kind of key, at a House."""

    def __init__(self, house, kind):
        self.house, self.kind = house, kind
        self.gebruik, self.suffix = KINDS[kind]

    def rotate(self, *words):
        code, out, err = self.house.run('rotate', self.kind, *words)
        return code, out + err

    def text(self, name):
        return read(self.house.path(self.house.settings['data'], name))

    @property
    def begin_text(self):
        return self.text(f'huissleutel{self.suffix}.txt')

    @property
    def end_text(self):
        return self.text(f'huissleutel{self.suffix}-einde.txt')

    def prepare(self, *words):
        """Makes the next key; (the text that brings it, the text that ends the old one)."""
        code, said = self.rotate(*words)
        assert code == 0, said
        return self.begin_text, self.end_text

    def begin(self):
        self.house.register(BEGIN, self.begin_text)

    def end(self):
        self.house.register(END, self.end_text)

    def finish(self):
        code, said = self.rotate('--finish')
        assert code == 0, said
        return said

    def keys(self):
        """[(state, key)] in the order of their leaves."""
        lines = [line.split() for line in self.house.must('log').all('huissleutel')]
        return [(words[1], bytes.fromhex(words[3])) for words in lines
                if words[0] == self.gebruik]

    def doors(self):
        """{transport key in force: where it is served, '' for that of genesis}, the oldest first."""
        lines = [line.split() for line in self.house.must('log').all('huissleutel')]
        return {bytes.fromhex(words[3]): ''.join(words[4:]) for words in lines
                if words[:2] == ['verbinding', 'actief']}

    def files(self):
        return sorted(name for name in os.listdir(self.house.path(self.house.settings['keys']))
                      if name.startswith(self.kind))

    def propose(self, soort, text, first, second=None):
        """The code it came to, of one role or two."""
        self.house.look()
        answer = self.house.ask('propose', ('soort', soort), ('object', text),
                                ('act', first.act(self.house.genesis, soort, text)))
        if answer['result'] == 'ok' and second:
            answer = self.house.ask('approve', ('object', answer['object']),
                                    ('act', second.act(self.house.genesis, soort, text)))
        return answer['result']


def with_another_bewijs(text):
    return text[:-2] + (b'0' if text[-2:-1] != b'0' else b'1') + b'\n'


def key_of(text):
    """The key that a text is about."""
    return bytes.fromhex(text.decode().split('\nsleutel ')[1].split('\n')[0])
