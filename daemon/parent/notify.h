// SPDX-License-Identifier: EUPL-1.2
// sd_notify(3) without libsystemd: one datagram to the socket named by NOTIFY_SOCKET.
#ifndef KNP_PARENT_NOTIFY_H
#define KNP_PARENT_NOTIFY_H

// Does nothing when no service manager asked; a failure is no concern of the daemon.
void notify_service_manager(const char *state);

#endif
