# SPDX-License-Identifier: EUPL-1.2
"""Builds the package: the messages are generated from the protocol's own description, and the
closed lists are those of the specification, so neither is written a second time."""

import os
import shutil
import subprocess

from setuptools import setup
from setuptools.command.build_py import build_py

PACKAGE = 'knooppunt_client'
PROTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'proto')


class BuildWithProtocol(build_py):
    def run(self):
        super().run()
        into = os.path.join(self.build_lib, PACKAGE)
        wire = os.path.join(PROTO, 'wire')
        subprocess.run(['protoc', f'--proto_path={wire}', f'--python_out={into}',
                        f'--pyi_out={into}', os.path.join(wire, 'knooppunt.proto')], check=True)
        shutil.copy(os.path.join(PROTO, 'spec', 'vectors', 'lists.json'), into)


setup(cmdclass={'build_py': BuildWithProtocol})
