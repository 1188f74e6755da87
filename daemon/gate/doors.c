// SPDX-License-Identifier: EUPL-1.2
// The transport keys of the knooppunt and the door of each. There is one; while it changes
// (`knooppuntd rotate transport`) there are two, in turn under either name, each with an endpoint
// of its own: a ROUTER proves itself by one key. A door lets nobody in before the register has its
// key in force, and closes when that has ended.
#include "gate/gate.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>

#define CLOSE_LINGER_MS 500

_Static_assert(SERVED_MAX >= DOORS_MAX, "each door has its row");

// ---- keys ----------------------------------------------------------------------------------

static enum result open_key(struct gate *gate, unsigned n)
{
	struct problem problem = {.code = NULL};
	const struct unlock unlock = {.key_file = gate->role->settings->unlock_file};
	const struct keyfile file = {gate->role->settings->keys, door_key_name(n),
				     KEY_KIND_TRANSPORT};
	enum result result = keyfile_open(&file, &unlock, &gate->transport[n], &problem);
	// One that cannot be opened must not keep the other's partners out.
	if (result != RESULT_OK && result != RESULT_NOT_FOUND)
		log_line(LOG_LEVEL_ERROR, "event=gate.key code=%s message=\"%s\" fix=\"%s\"",
			 problem.code, problem.message, problem.fix);
	return result;
}

enum result gate_open_keys(struct gate *gate)
{
	enum result result = RESULT_NOT_FOUND;
	unsigned held = 0;
	for (unsigned n = 0; n < DOORS_MAX; n++) {
		enum result one = open_key(gate, n);
		held += one == RESULT_OK;
		if (one != RESULT_NOT_FOUND)
			result = one;
	}
	if (held == 0 && result == RESULT_NOT_FOUND)
		log_line(LOG_LEVEL_ERROR, "event=gate.key code=key-missing folder=\"%s\"",
			 gate->role->settings->keys);
	return held > 0 ? RESULT_OK : result;
}

// ---- opening -------------------------------------------------------------------------------

static enum result bind_door(struct gate *gate, unsigned n)
{
	const struct settings *settings = gate->role->settings;
	const struct door_settings wanted = {.endpoint = door_endpoint(settings, n),
					     .handshake_ms = (int)settings->handshake_ms,
					     .transport = &gate->transport[n]};
	if (!wanted.endpoint[0]) {
		log_line(LOG_LEVEL_ERROR,
			 "event=gate.bind endpoint= cause=\"endpoint_2 is not set\"");
		return RESULT_CONFIG;
	}
	enum result result = door_make(&gate->sockets, n, &wanted);
	if (result != RESULT_OK) {
		log_line(LOG_LEVEL_ERROR, "event=gate.socket result=\"%s\" errno=%d",
			 result_name(result), errno);
		return result;
	}
	result = door_bind(&gate->sockets.doors[n], wanted.endpoint);
	if (result != RESULT_OK)
		log_line(LOG_LEVEL_ERROR, "event=gate.bind endpoint=%s cause=\"%s\"",
			 wanted.endpoint, zmq_strerror(errno));
	return result;
}

static enum result open_door(struct gate *gate, unsigned n, const struct selftest_host *host)
{
	enum result result = bind_door(gate, n);
	if (result == RESULT_OK) {
		result = selftest_run(&gate->sockets, n, gate->transport[n].public_key, host);
		if (result != RESULT_OK)
			log_line(LOG_LEVEL_ERROR, "event=gate.selftest result=\"%s\"",
				 result == RESULT_DENIED ? "a stranger got in"
							 : result_name(result));
	}
	if (result != RESULT_OK)
		door_close(&gate->sockets.doors[n], 0);
	return result;
}

// RESULT_DENIED at any of them is no door at all: whatever let a stranger in may do so at the next.
enum result gate_open_doors(struct gate *gate, const struct selftest_host *host)
{
	enum result failed = RESULT_CONFIG, result = sockets_open(&gate->sockets);
	unsigned open = 0;
	for (unsigned n = 0; result == RESULT_OK && n < DOORS_MAX; n++) {
		if (!gate->transport[n].secret)
			continue;
		enum result one = open_door(gate, n, host);
		if (one == RESULT_DENIED)
			result = one;
		else if (one != RESULT_OK)
			failed = one;
		open += one == RESULT_OK;
	}
	return result == RESULT_OK && open == 0 ? failed : result;
}

// ---- what the register has -----------------------------------------------------------------

static const struct door_key *row_of(const struct frame_doors *doors, const uint8_t key[32])
{
	for (uint32_t i = 0; i < doors->count; i++)
		if (memcmp(doors->keys[i].key, key, 32) == 0)
			return &doors->keys[i];
	return NULL;
}

// What came in by it ends with this gate, which is started anew, so that no connection is left that
// nobody watches. The next gate, which still finds the file of the key, closes the door before it
// lets anybody in; libzmq's copy of the key goes when a gate starts without that file.
static void close_for_good(struct gate *gate, unsigned n)
{
	gate->cut |= gate->in_force[n];
	if (gate->sockets.doors[n].router)
		log_line(LOG_LEVEL_NOTICE, "event=gate.door-closed endpoint=%s",
			 gate->sockets.doors[n].endpoint);
	door_close(&gate->sockets.doors[n], CLOSE_LINGER_MS);
	private_key_done(&gate->transport[n]);
	gate->in_force[n] = false;
}

// Says what is served. Of a key in force that is not, though we hold it, the address may be free
// later: core has the gate begin anew then, for a sealed process binds nothing more.
static void tell_served(struct gate *gate)
{
	struct frame_served served = {.kind = FRAME_SERVED};
	for (unsigned n = 0; n < DOORS_MAX; n++) {
		const struct door *door = &gate->sockets.doors[n];
		served.closed += gate->in_force[n] && !door->router;
		if (!door->router)
			continue;
		struct served_row *row = &served.rows[served.count++];
		memcpy(row->key, gate->transport[n].public_key, sizeof row->key);
		memcpy(row->endpoint, door->endpoint, sizeof row->endpoint);
		row->door = n;
	}
	if (channel_send(&gate->to_core, bytes_make(&served, sizeof served), (struct bytes){0}))
		log_line(LOG_LEVEL_WARNING, "event=gate.untold");
}

void gate_take_doors(struct gate *gate, struct bytes message)
{
	struct frame_doors doors;
	if (message.len != sizeof doors) {
		gate->counts[COUNT_BROKEN]++;
		return;
	}
	memcpy(&doors, message.data, sizeof doors);
	if (doors.count > DOOR_KEYS_MAX) {
		gate->counts[COUNT_BROKEN]++;
		return;
	}
	for (unsigned n = 0; n < DOORS_MAX; n++) {
		if (!gate->transport[n].secret)
			continue;
		const struct door_key *row = row_of(&doors, gate->transport[n].public_key);
		if (row && row->ended)
			close_for_good(gate, n);
		else
			gate->in_force[n] = row != NULL;
	}
	tell_served(gate);
}
