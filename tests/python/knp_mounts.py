# SPDX-License-Identifier: EUPL-1.2
"""Disks of a test's own, in a mount namespace of its own: what is mounted ends with it."""

import os
import subprocess
import sys
import tempfile

# A user namespace of one's own has tmpfs and no disks.
MAY_MOUNT = os.environ.get('KNP_OWN_MOUNTS') != 'user'


def own_mounts():
    """Starts over in a mount namespace of its own."""
    if os.environ.get('KNP_OWN_MOUNTS'):
        return
    root = os.geteuid() == 0
    os.environ['KNP_OWN_MOUNTS'] = 'root' if root else 'user'
    flags = '-m' if root else '-rm'
    os.execvp('unshare', ['unshare', flags, sys.executable, *sys.argv])


def mount_tmpfs(test, folder, size):
    subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'none', folder], check=True)
    test.addCleanup(subprocess.run, ['umount', '-l', folder], check=True)


def mount_ext4(test, folder, mib, make=(), options='loop'):
    """A file system of its own, with its journal, in a file, whose path is returned; nothing of it is
    kept for root."""
    image = tempfile.NamedTemporaryFile(prefix='knp-ext4-')
    test.addCleanup(image.close)
    image.truncate(mib * 1024 * 1024)
    subprocess.run(['mkfs.ext4', '-q', '-F', '-m', '0', *make, image.name], check=True)
    subprocess.run(['mount', '-o', options, image.name, folder], check=True)
    test.addCleanup(subprocess.run, ['umount', '-l', folder], check=True)
    return image.name
