// SPDX-License-Identifier: EUPL-1.2
// What a client takes for proven of a leaf and of a receipt, held against a log inside the test.
// The same checks by way of a client are in client_receipt_test.c.
#include "tests/unit/unit.h"

#include "crypto/secret.h"
#include "keys/keys.h"
#include "lib/proof.h"

#include "fake_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE "urn:nld:oin:00000099000000001000:systeem:test"
#define LEAVES 6

// Genesis, event, register, event, register, event: links[1] is of entry 2.
struct fixture {
	struct fake_log log;
	struct registry reg;
	struct chain_link *links; // as many as there are, to the byte
	struct chain chain;
	struct checkpoint checkpoint;
	struct arena *arena;
	struct proof_base base;
	struct statement statement;
	struct hash header_hash;
	struct receipt_claim claim;
};

static struct part sender_part(const struct fixture *f)
{
	struct part part = {.kind = PART_SENDER};
	part.sender = (struct part_sender){.origin = bytes_of_text(FAKE_ORIGIN),
					   .source = f->statement.source,
					   .id = f->statement.id,
					   .header_hash = f->header_hash,
					   .outcome = OUTCOME_AANVAARD,
					   .oefening = true};
	return part;
}

// The checkpoint over all there is.
static void catch_up(struct fixture *f)
{
	f->checkpoint = (struct checkpoint){.origin = FAKE_ORIGIN,
					    .size = f->log.size,
					    .root = fake_log_root(&f->log, f->log.size)};
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	if (!f || crypto_start() != RESULT_OK || arena_new(1 << 20, &f->arena) != RESULT_OK)
		return -1;
	fake_log_init(&f->log);
	snprintf(f->reg.genesis.origin, sizeof f->reg.genesis.origin, "%s", FAKE_ORIGIN);
	f->reg.genesis.oefening = true;
	f->statement.source = bytes_of_text(SOURCE);
	f->statement.id = bytes_of_text("melding-000000000001");
	memset(f->header_hash.b, 0x7e, sizeof f->header_hash);
	struct part part = sender_part(f);
	f->links = malloc(3 * sizeof *f->links);
	for (uint64_t i = 0; i < LEAVES; i++) {
		bool links = i % 2 == 0;
		fake_log_append(&f->log,
				i == 0  ? ENTRY_GENESIS
				: links ? ENTRY_REGISTER
					: ENTRY_EVENT,
				&part, 1);
		if (links)
			f->links[i / 2] = (struct chain_link){i, f->log.entries[i].leaf};
	}
	f->chain = (struct chain){f->links, 3};
	catch_up(f);
	f->base = (struct proof_base){&f->reg, &f->chain, &f->checkpoint, f->arena, NULL};
	f->claim = (struct receipt_claim){&f->statement, &f->header_hash, OUTCOME_AANVAARD, 0};
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	fake_log_done(&f->log);
	arena_free(f->arena);
	free(f->links);
	free(f);
	return 0;
}

static enum proof_check check(struct fixture *f, uint64_t index, struct proven_leaf *ret_leaf)
{
	struct leaf leaf;
	fake_log_leaf(&f->log, index, 0, f->log.arena, &leaf);
	return proof_receipt(&f->base, &leaf, &f->claim, ret_leaf);
}

static void an_honest_receipt_is_proven_and_told(void **state)
{
	struct fixture *f = *state;
	for (uint64_t index = 1; index < LEAVES; index++) {
		struct proven_leaf proven;
		memset(&proven, 0x5a, sizeof proven);
		assert_int_equal(check(f, index, &proven), PROOF_FINE);
		assert_true(hash_equal(&proven.hash, &f->log.entries[index].leaf));
		assert_int_equal(proven.part.kind, PART_SENDER);
		struct hash part_hash = sha256(f->log.entries[index].parts[0]);
		assert_true(hash_equal(&proven.part_hash, &part_hash));
	}
}

static void what_is_not_proven_is_not_told(void **state)
{
	struct fixture *f = *state;
	struct proven_leaf proven, untouched;
	memset(&proven, 0x5a, sizeof proven);
	untouched = proven;
	f->claim.outcome = OUTCOME_GEWEIGERD;
	assert_int_equal(check(f, 3, &proven), PROOF_OUTCOME);
	f->header_hash.b[0] ^= 1;
	assert_int_equal(check(f, 3, &proven), PROOF_HEADER_HASH);
	assert_memory_equal(&proven, &untouched, sizeof proven);
}

static uint64_t append_naming(struct fixture *f, struct hash head)
{
	struct part part = sender_part(f);
	f->log.register_head = head;
	uint64_t index = fake_log_append(&f->log, ENTRY_EVENT, &part, 1);
	catch_up(f);
	return index;
}

// A register leaf that was kept from the client shows at the first entry behind it.
static void an_entry_names_the_newest_register_leaf_before_it(void **state)
{
	struct fixture *f = *state;
	struct proven_leaf proven;
	struct hash none;
	memset(none.b, 0x11, sizeof none);
	assert_int_equal(check(f, append_naming(f, f->links[0].hash), &proven),
			 PROOF_REGISTER_HEAD);
	assert_int_equal(check(f, append_naming(f, f->links[1].hash), &proven),
			 PROOF_REGISTER_HEAD);
	assert_int_equal(check(f, append_naming(f, f->links[2].hash), &proven), PROOF_FINE);
	assert_int_equal(check(f, append_naming(f, none), &proven), PROOF_STALE);
	// Of one that comes later an entry knows nothing.
	f->links[2].index = f->log.size;
	assert_int_equal(check(f, 5, &proven), PROOF_REGISTER_HEAD);
	f->links[0].index = f->links[1].index = f->log.size;
	assert_int_equal(check(f, 1, &proven), PROOF_REGISTER_HEAD);
}

// Nothing stands before it: not even what lies before the first link in memory.
static void the_first_entry_names_none(void **state)
{
	struct fixture *f = *state;
	struct proven_leaf proven;
	assert_int_equal(check(f, 0, &proven), PROOF_STALE);
	f->chain.count = 0;
	assert_int_equal(check(f, 1, &proven), PROOF_STALE);
}

static void a_receipt_stands_in_an_event_or_a_register_leaf(void **state)
{
	struct fixture *f = *state;
	struct proven_leaf proven;
	struct part part = sender_part(f);
	uint64_t tick = fake_log_append(&f->log, ENTRY_TICK, &part, 1);
	catch_up(f);
	assert_int_equal(check(f, tick, &proven), PROOF_ENTRY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(an_honest_receipt_is_proven_and_told),
		T(what_is_not_proven_is_not_told),
		T(an_entry_names_the_newest_register_leaf_before_it),
		T(the_first_entry_names_none),
		T(a_receipt_stands_in_an_event_or_a_register_leaf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
