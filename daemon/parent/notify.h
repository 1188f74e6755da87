// SPDX-License-Identifier: EUPL-1.2
// sd_notify(3) without libsystemd: one datagram to the socket named by NOTIFY_SOCKET.
#ifndef KNP_PARENT_NOTIFY_H
#define KNP_PARENT_NOTIFY_H

#include <stdint.h>

// Does nothing when no service manager asked; a failure is no concern of the daemon.
void notify_service_manager(const char *state);
// How often the service manager must hear "WATCHDOG=1", with half of the time to spare, in
// milliseconds; 0: it did not ask (sd_watchdog_enabled(3)).
int64_t notify_watchdog_ms(void);

#endif
