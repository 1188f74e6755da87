# SPDX-License-Identifier: EUPL-1.2
"""How the daemon of a test is confined. As root it gets everything that a house has: users of its own
for gate, openers and core, by numbers that no machine gives to anybody. As another user all processes
are of that one."""

import os
import shutil
import subprocess
import tempfile

# A test that brings something the sandbox keeps out (a file system of its own user, a tracer) says
# KNP_SANDBOX=best-effort; then the users stay as they are.
WISH = os.environ.get('KNP_SANDBOX', 'required')
USERS = {'gate': 64101, 'opener': 64102, 'core': 64103}


def sandbox_settings():
    """For a settings file of knooppuntd."""
    if os.geteuid() != 0 or WISH != 'required':
        return {'sandbox': WISH}
    return {'sandbox': WISH, **{f'{role}_user': uid for role, uid in USERS.items()}}


def settings_lines():
    return ''.join(f'{name}: {value}\n' for name, value in sandbox_settings().items())


def copy_codes(source, folder):
    """The code tables where core can read them; a clone may lie in a folder of root's own."""
    target = os.path.join(folder, 'codes')
    if not os.path.isdir(target):
        shutil.copytree(os.path.join(source, 'config', 'codes'), target)
        os.chmod(target, 0o755)
    return target


def copy_as_it_is(source, target):
    """With its owners: core's data stay core's."""
    subprocess.run(['cp', '-a', '--', source, target], check=True)


def let_users_pass(folder):
    """Temporary folders are root's alone: core must get to its data below them."""
    folder, top = os.path.realpath(folder), os.path.realpath(tempfile.gettempdir())
    while os.geteuid() == 0 and os.path.commonpath([folder, top]) == top and folder != top:
        os.chmod(folder, os.stat(folder).st_mode | 0o011)
        folder = os.path.dirname(folder)
