# SPDX-License-Identifier: EUPL-1.2
"""A mail server that keeps what it is sent, and says no where it is told to: what RFC 5321 asks of
one, STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954), one connection after another."""

import base64
import socketserver
import ssl
import threading


class Letter:
    """One e-mail, and what was said before it."""

    def __init__(self, greeting, tls, user, sender, recipients, data):
        self.greeting, self.tls, self.user = greeting, tls, user
        self.sender, self.recipients, self.data = sender, recipients, data

    @property
    def head(self):
        """Its header lines by their name."""
        rows = self.data.split('\r\n\r\n', 1)[0].replace('\r\n ', ' ').split('\r\n')
        return dict(row.split(': ', 1) for row in rows)

    @property
    def body(self):
        return self.data.split('\r\n\r\n', 1)[1]


class Session(socketserver.StreamRequestHandler):
    def setup(self):
        super().setup()
        self.greeting = self.sender = self.user = None
        self.tls, self.recipients = False, []
        if self.server.box.implicit:
            self.secure()

    def finish(self):
        super().finish()
        self.connection.close()

    def secure(self):
        self.connection = self.server.box.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile('rb')
        self.tls = True

    def say(self, line):
        self.connection.sendall((line + '\r\n').encode())

    def handle(self):
        box = self.server.box
        box.connections += 1
        try:
            self.say('220 mail.example ESMTP')
            while line := self.rfile.readline():
                verb, _, rest = line.decode().strip().partition(' ')
                box.heard.append(verb.upper())
                if verb.upper() == 'QUIT':
                    return self.say('221 bye')
                getattr(self, 'do_' + verb.lower(), self.unknown)(rest)
        except (ssl.SSLError, ConnectionError):
            pass
        return None

    def unknown(self, _rest):
        self.say('502 no')

    def do_ehlo(self, rest):
        self.greeting = rest
        offers = ['mail.example']
        if self.server.box.context and not self.tls:
            offers.append('STARTTLS')
        if self.server.box.login:
            offers.append('AUTH PLAIN')
        for offer in offers[:-1]:
            self.say(f'250-{offer}')
        self.say(f'250 {offers[-1]}')

    def do_starttls(self, _rest):
        self.say('220 go')
        self.secure()

    def do_auth(self, rest):
        _, _, given = rest.partition(' ')
        if not given:
            self.say('334 ')
            given = self.rfile.readline().decode().strip()
        _, user, password = base64.b64decode(given).decode().split('\0')
        if (user, password) != self.server.box.login:
            return self.say('535 no')
        self.user = user
        return self.say('235 yes')

    def do_mail(self, rest):
        self.sender, self.recipients = rest.removeprefix('FROM:').split()[0], []
        self.say('250 yes')

    def do_rcpt(self, rest):
        self.recipients.append(rest.removeprefix('TO:'))
        self.say(self.server.box.answer)

    def do_data(self, _rest):
        self.say('354 go')
        lines = []
        while (line := self.rfile.readline()) not in (b'.\r\n', b''):
            lines.append(line.decode())
        self.server.box.letters.append(Letter(self.greeting, self.tls, self.user, self.sender,
                                              self.recipients, ''.join(lines)))
        self.say('250 kept')


class MailServer:
    """On a port of its own. `certificate`: (file, key) for TLS; `login`: (user, password)."""

    def __init__(self, certificate=None, implicit=False, login=None):
        self.letters, self.heard, self.connections = [], [], 0
        self.implicit, self.login, self.answer = implicit, login, '250 yes'
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Session)
        self.server.daemon_threads, self.server.box = True, self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
