// SPDX-License-Identifier: EUPL-1.2
// Who comes through the door and stays: keys that are admitted, as often as they may connect, and
// no more of their connections than leave room for others.
#include "gate/gate.h"

#include "base/clock.h"

#include <sys/socket.h>

enum zap_verdict gate_admit(struct gate *gate, unsigned door, const uint8_t key[32],
			    struct oin *ret_oin)
{
	// Before core has said who may come in, honest partners should try again, not give up.
	if (!admission_is_set(gate->admission) || !gate->in_force[door])
		return ZAP_LATER;
	if (!admission_find(gate->admission, key, ret_oin)) {
		admission_refused(gate->admission, key);
		gate->refusals_wait = true;
		return ZAP_REFUSE;
	}
	struct partner *partner = admission_partner(gate->admission, ret_oin);
	if (partner && partner_may_connect(partner, gate->now))
		return ZAP_ADMIT;
	gate->counts[COUNT_EARLY]++;
	return ZAP_LATER;
}

// libzmq has no way to end one connection; its descriptor has. Should libzmq just have closed it
// and another have its number, that one connects again.
static void cut(struct gate *gate, int link)
{
	if (link == LINKS_NONE)
		return;
	(void)shutdown(link, SHUT_RDWR);
	gate->counts[COUNT_CUT]++;
}

static void watch_door(struct gate *gate, void *monitor)
{
	struct link_event event;
	while (monitor && socket_next_event(monitor, &event) == RESULT_OK) {
		if (!event.opened)
			links_closed(gate->links, event.link);
		else if (links_opened(gate->links, event.link, gate->now) != RESULT_OK)
			cut(gate, event.link); // what cannot be watched does not stay
	}
}

void gate_watch_links(struct gate *gate)
{
	for (unsigned n = 0; n < DOORS_MAX; n++)
		watch_door(gate, gate->sockets.doors[n].monitor);
	if (gate->now < gate->silent_at)
		return;
	gate->silent_at = gate->now + MS_PER_SECOND;
	for (int link; (link = links_next_silent(gate->links, gate->now)) != LINKS_NONE;)
		cut(gate, link);
	gate_give_back(links_fell(gate->links));
}

void gate_link_used(struct gate *gate, const struct received *received)
{
	if (received->link >= 0)
		cut(gate, links_used(gate->links, received->link, &received->oin, gate->now));
}
