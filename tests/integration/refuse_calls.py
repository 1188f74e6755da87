# SPDX-License-Identifier: EUPL-1.2
"""refuse_calls.py ERROR CALL,… PROGRAM ARGUMENT…: runs a program on a kernel that answers some system
calls with an error, as an older one or a service manager does."""

import ctypes
import errno
import os
import sys

ALLOW, ERRNO = 0x7fff0000, 0x00050000


def main(error, calls, *program):
    seccomp = ctypes.CDLL('libseccomp.so.2')
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(ALLOW)))
    for call in calls.split(','):
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        action = ctypes.c_uint32(ERRNO | getattr(errno, error))
        if number < 0 or seccomp.seccomp_rule_add(context, action, number, ctypes.c_uint(0)):
            sys.exit(f'refuse_calls: {call} cannot be refused')
    if seccomp.seccomp_load(context):
        sys.exit('refuse_calls: seccomp refuses')
    os.execvp(program[0], program)


if __name__ == '__main__':
    main(*sys.argv[1:])
