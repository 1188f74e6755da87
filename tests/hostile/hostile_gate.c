// SPDX-License-Identifier: EUPL-1.2
// A gate that was taken over, linked into knooppuntd-gated only (never installed): it has the
// transport key, every frame and every connection, and does with them what it likes. It loses,
// doubles, keeps and replays what partners send, under whatever OIN; it loses, doubles, replays,
// misdelivers and forges what they get.
#include "gate/admission.h"
#include "gate/lane.h"
#include "gate/socket.h"

#include "wire/envelope.h"

#include <stdlib.h>
#include <string.h>

#define KEPT 32

struct kept {
	uint8_t *data;
	size_t len;
	struct oin oin;
	struct route route;
	uint8_t id[256];
	size_t id_len;
};

static struct kept requests[KEPT], replies[KEPT];
static unsigned request_count, reply_count;

// A fixed seed for each life of the gate: what it does is the same every time.
static unsigned chance(unsigned below)
{
	static uint64_t state = 0x9e3779b97f4a7c15;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % below;
}

static struct kept *keep(struct kept *list, unsigned number, struct bytes frame)
{
	struct kept *kept = &list[number % KEPT];
	free(kept->data);
	*kept = (struct kept){.data = malloc(frame.len), .len = frame.len};
	if (!kept->data)
		abort();
	memcpy(kept->data, frame.data, frame.len);
	return kept;
}

static const struct kept *any(const struct kept *list, unsigned count)
{
	return &list[chance(count < KEPT ? count : KEPT)];
}

static struct bytes view(const struct kept *kept)
{
	return bytes_make(kept->data, kept->len);
}

bool __wrap_partner_take(struct partner *partner, const struct credit *limit, size_t bytes);
enum result __real_lane_send(struct lane *lane, const struct route *route, const struct oin *oin,
			     struct bytes envelope);
enum result __wrap_lane_send(struct lane *lane, const struct route *route, const struct oin *oin,
			     struct bytes envelope);
enum result __real_socket_send(void *router, struct bytes routing_id, struct bytes payload,
			       struct account *account);
enum result __wrap_socket_send(void *router, struct bytes routing_id, struct bytes payload,
			       struct account *account);

// What it loses would never give its credit back.
bool __wrap_partner_take(struct partner *partner, const struct credit *limit, size_t bytes)
{
	(void)partner;
	(void)limit;
	(void)bytes;
	return true;
}

enum result __wrap_lane_send(struct lane *lane, const struct route *route, const struct oin *oin,
			     struct bytes envelope)
{
	struct kept *own = keep(requests, request_count++, envelope);
	own->oin = *oin;
	own->route = *route;
	const struct kept *other = any(requests, request_count);
	enum result r = RESULT_OK;
	switch (chance(8)) {
	case 0: // lost
		return RESULT_OK;
	case 1: // twice
		r = __real_lane_send(lane, route, oin, envelope);
		break;
	case 2: // another one, of before: in the name of its sender, answered to this one
		r = __real_lane_send(lane, route, &other->oin, view(other));
		break;
	case 3: // that one answered where it came from, before this one
		r = __real_lane_send(lane, &other->route, &other->oin, view(other));
		break;
	case 4: // under another's OIN
		return __real_lane_send(lane, route, &other->oin, envelope);
	case 5: // damaged, as if it could make one
		own->data[chance((unsigned)own->len)] ^= (uint8_t)(1 + chance(255));
		return __real_lane_send(lane, route, oin, view(own));
	default:
		break;
	}
	return r ? r : __real_lane_send(lane, route, oin, envelope);
}

enum result __wrap_socket_send(void *router, struct bytes routing_id, struct bytes payload,
			       struct account *account)
{
	struct kept *own = keep(replies, reply_count++, payload);
	memcpy(own->id, routing_id.data, routing_id.len);
	own->id_len = routing_id.len;
	const struct kept *other = any(replies, reply_count);
	struct bytes elsewhere = bytes_make(other->id, other->id_len);
	uint8_t hint[HINT_LEN];
	enum result r = RESULT_OK;
	switch (chance(8)) {
	case 0: // lost
		return RESULT_OK;
	case 1: // twice
		r = __real_socket_send(router, routing_id, payload, account);
		break;
	case 2: // an older one, or another's, before it
		r = __real_socket_send(router, routing_id, view(other), account);
		break;
	case 3: // to somebody else as well
		(void)__real_socket_send(router, elsewhere, payload, account);
		break;
	case 4: // refused, says the gate; and what was answered is lost
	case 5:
		hint_encode(hint, (enum hint_code)(HINT_AGAIN + chance(4)), chance(200));
		return __real_socket_send(router, routing_id, bytes_make(hint, sizeof hint),
					  account);
	case 6: // damaged
		own->data[chance((unsigned)own->len)] ^= (uint8_t)(1 + chance(255));
		r = __real_socket_send(router, routing_id, view(own), account);
		break;
	default:
		break;
	}
	return r ? r : __real_socket_send(router, routing_id, payload, account);
}
