// SPDX-License-Identifier: EUPL-1.2
#include "gate/lane.h"

#include <string.h>

enum result lane_init(struct lane *lane, int fd)
{
	memset(lane, 0, sizeof *lane);
	lane->next_number = 1;
	return channel_init(&lane->channel, fd, LANE_QUEUE_BYTES);
}

void lane_done(struct lane *lane)
{
	channel_done(&lane->channel);
}

enum result lane_send(struct lane *lane, const struct route *route, const struct oin *oin,
		      struct bytes envelope)
{
	if (lane->count == LANE_MAX)
		return RESULT_AGAIN;
	struct frame_envelope header;
	memset(&header, 0, sizeof header);
	header.kind = FRAME_ENVELOPE;
	header.route = *route;
	header.number = lane->next_number;
	header.oin = *oin;
	enum result result =
		channel_send(&lane->channel, bytes_make(&header, sizeof header), envelope);
	if (result != RESULT_OK)
		return result;
	lane->ring[(lane->first + lane->count) % LANE_MAX] =
		(struct outstanding){.oin = *oin, .bytes = (uint32_t)envelope.len};
	lane->count++;
	lane->next_number++;
	lane->bytes += envelope.len;
	return RESULT_OK;
}

bool lane_take_done(struct lane *lane, uint64_t number, struct outstanding *ret_outstanding)
{
	if (lane->count == 0 || lane->next_number - lane->count > number)
		return false;
	*ret_outstanding = lane->ring[lane->first];
	lane->first = (lane->first + 1) % LANE_MAX;
	lane->count--;
	lane->bytes -= ret_outstanding->bytes;
	return true;
}
