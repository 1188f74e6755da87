// SPDX-License-Identifier: EUPL-1.2
// What the tests of the inbox share. Include after cmocka.h.
#ifndef KNP_TESTS_UNIT_CLIENT_INBOX_H
#define KNP_TESTS_UNIT_CLIENT_INBOX_H

#include "client_fixture.h"

static inline void deliver(struct fixture *f, unsigned from, unsigned count)
{
	uint32_t pause_ms;
	for (unsigned n = from; n < from + count; n++) {
		char id[32];
		snprintf(id, sizeof id, "melding-%012u", n);
		push_as(f->sender, id);
	}
	must(f->sender, client_flush(f->sender, &pause_ms));
}

static inline size_t fetch(struct fixture *f, unsigned max)
{
	size_t count = 0;
	must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, max, 0, &count));
	return count;
}

static inline uint64_t waiting(struct fixture *f)
{
	uint64_t count = 99;
	must(f->ontvanger, client_waiting(f->ontvanger, FUNCTIE, &count));
	return count;
}

static inline void expect_numbers(struct fixture *f, uint64_t from, uint64_t to)
{
	struct verstrekking v;
	uint64_t after = 0;
	for (uint64_t n = from; n <= to; n++) {
		must(f->ontvanger, client_peek(f->ontvanger, FUNCTIE, after, &v));
		assert_int_equal(v.number, n);
		after = n;
	}
	assert_int_equal(client_peek(f->ontvanger, FUNCTIE, after, &v), RESULT_NOT_FOUND);
}

// As if it had been killed: nothing is saved on closing.
static inline void kill_and_reopen(struct fixture *f)
{
	f->ontvanger->held.place = HELD_SAVED;
	if (f->ontvanger->inboxes[0])
		f->ontvanger->inboxes[0]->unsaved = false;
	fixture_reopen(f);
}

#endif
