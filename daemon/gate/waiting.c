// SPDX-License-Identifier: EUPL-1.2
#include "gate/waiting.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct account {
	struct waiting *everybody;
	struct account *next;
	_Atomic uint64_t bytes;
};

struct waiting {
	struct account *accounts;
	_Atomic uint64_t bytes; // of all accounts
};

// What libzmq is given, and gives back when it is done with it.
struct parcel {
	struct account *account;
	size_t len;
	uint8_t bytes[];
};

enum result waiting_new(struct waiting **ret_waiting)
{
	struct waiting *waiting = calloc(1, sizeof *waiting);
	if (!waiting)
		return RESULT_NO_MEMORY;
	*ret_waiting = waiting;
	return RESULT_OK;
}

void waiting_free(struct waiting *waiting)
{
	while (waiting && waiting->accounts) {
		struct account *account = waiting->accounts;
		waiting->accounts = account->next;
		free(account);
	}
	free(waiting);
}

enum result waiting_open(struct waiting *waiting, struct account **ret_account)
{
	struct account *account = calloc(1, sizeof *account);
	if (!account)
		return RESULT_NO_MEMORY;
	account->everybody = waiting;
	account->next = waiting->accounts;
	waiting->accounts = account;
	*ret_account = account;
	return RESULT_OK;
}

uint64_t account_bytes(const struct account *account)
{
	return atomic_load(&account->bytes);
}

bool waiting_has_room(uint64_t all, uint64_t own, size_t len)
{
	uint64_t share = all < WAITING_MAX ? (WAITING_MAX - all) / WAITING_SHARE : 0;
	return own == 0 || (own < share && len <= share - own);
}

bool account_has_room(const struct account *account, size_t len)
{
	return waiting_has_room(atomic_load(&account->everybody->bytes), account_bytes(account),
				len);
}

// Called by whichever thread of libzmq is done with it.
static void let_go(void *data, void *hint)
{
	struct parcel *parcel = hint;
	struct account *account = parcel->account;
	(void)data;
	if (account) {
		atomic_fetch_sub(&account->bytes, parcel->len);
		atomic_fetch_sub(&account->everybody->bytes, parcel->len);
	}
	free(parcel);
}

enum result account_message(struct account *account, struct bytes payload, zmq_msg_t *ret_message)
{
	struct parcel *parcel = malloc(sizeof *parcel + payload.len);
	if (!parcel)
		return RESULT_NO_MEMORY;
	parcel->account = account;
	parcel->len = payload.len;
	if (payload.len > 0)
		memcpy(parcel->bytes, payload.data, payload.len);
	if (zmq_msg_init_data(ret_message, parcel->bytes, payload.len, let_go, parcel) != 0) {
		free(parcel);
		return RESULT_NO_MEMORY;
	}
	// Before libzmq is given it: from then on it may be done with it.
	if (account) {
		atomic_fetch_add(&account->bytes, payload.len);
		atomic_fetch_add(&account->everybody->bytes, payload.len);
	}
	return RESULT_OK;
}
