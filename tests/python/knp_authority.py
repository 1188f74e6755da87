# SPDX-License-Identifier: EUPL-1.2
"""Who issues certificates, for HTTPS between a gateway and its partner's system; made with openssl."""

import os
import subprocess

SECONDS = 60.0


def openssl(*words):
    subprocess.run(['openssl', *words], check=True, capture_output=True, timeout=SECONDS)


class Authority:
    """Who issues certificates, in a folder."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.key, self.file = self.path('key'), self.path('pem')
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                '-keyout', self.key, '-out', self.file, '-subj', f'/CN={name}', '-days', '30')

    def path(self, ending):
        return os.path.join(self.folder, f'{self.name}.{ending}')

    def issue(self, name, usage, days='20', when=(), names='IP:127.0.0.1'):
        """(certificate, key)"""
        base = os.path.join(self.folder, f'{self.name}-{name}')
        with open(base + '.ext', 'w', encoding='utf-8') as file:
            file.write(f'extendedKeyUsage={usage}\nsubjectAltName={names}\n')
        openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                '-keyout', base + '.key', '-out', base + '.csr', '-subj', f'/CN={name}')
        words = ['openssl', 'x509', '-req', '-in', base + '.csr', '-CA', self.file, '-CAkey',
                 self.key, '-CAcreateserial', '-out', base + '.pem', '-days', days, '-extfile',
                 base + '.ext']
        subprocess.run([*when, *words], check=True, capture_output=True, timeout=SECONDS)
        return base + '.pem', base + '.key'
