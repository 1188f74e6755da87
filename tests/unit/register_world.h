// SPDX-License-Identifier: EUPL-1.2
// A house with its three roles and one partner that wants in: what the tests of the register share.
// Include after unit.h.
#ifndef KNP_TESTS_UNIT_REGISTER_WORLD_H
#define KNP_TESTS_UNIT_REGISTER_WORLD_H

#include "crypto/secret.h"
#include "register/register.h"
#include "temporary.h"
#include "wire/entry.h"

#include <string.h>

#define HOUSE "00000099000000009000"
#define PARTNER "00000099000000001000"
#define ORIGIN "zvh.example/oefening"
#define NOW INT64_C(1790000000000)

struct world {
	struct temporary *folder;
	struct arena *arena;
	struct private_key beheerder, officer, deputy, identity, sealing, transport, send;
	struct buffer role_bundles[3], partner;
	struct registry registry;
	struct problem problem;
	uint64_t seen; // size of the newest checkpoint the roles saw
};

static inline struct private_key make_key(struct world *w, const char *name, enum key_kind kind)
{
	struct unlock unlock = {.passphrase = {.data = NULL, .len = 0},
				.key_file = temporary_path(w->folder, "unlock")};
	struct private_key key;
	enum result r = unlock_file_create(unlock.key_file);
	assert_true(r == RESULT_OK || r == RESULT_EXISTS);
	assert_int_equal(keyfile_create(&(const struct keyfile){temporary_path(w->folder, "keys"),
								name, kind},
					&unlock, &key),
			 RESULT_OK);
	return key;
}

static inline struct bundle bundle_of(const char *oin, const char *functie,
				      const struct private_key *id)
{
	struct bundle bundle = {.suite = 1, .functie_count = 1};
	assert_int_equal(oin_parse(bytes_of_text(oin), &bundle.oin), RESULT_OK);
	snprintf(bundle.naam, sizeof bundle.naam, "%s", functie);
	snprintf(bundle.soort, sizeof bundle.soort, "veiligheidshuis");
	snprintf(bundle.functies[0], sizeof bundle.functies[0], "%s", functie);
	memcpy(bundle.identity, id->public_key, 32);
	return bundle;
}

static inline void make_role(struct buffer *out, const char *functie, const struct private_key *id)
{
	struct bundle bundle = bundle_of(HOUSE, functie, id);
	struct bundle_keys keys = {.identity = id};
	buffer_init(out, 65536);
	assert_int_equal(bundle_encode(&bundle, &keys, out), RESULT_OK);
}

static inline void make_partner(struct world *w)
{
	struct bundle bundle = bundle_of(PARTNER, "basisteam", &w->identity);
	struct bundle_keys keys = {&w->identity, &w->sealing, &w->transport, w->send.public_key};
	snprintf(bundle.soort, sizeof bundle.soort, "politie");
	memcpy(bundle.sealing, w->sealing.public_key, 32);
	memcpy(bundle.transport, w->transport.public_key, 32);
	buffer_init(&w->partner, 65536);
	assert_int_equal(bundle_encode(&bundle, &keys, &w->partner), RESULT_OK);
}

static inline enum result fold(struct world *w, uint64_t index, const struct part_register *part)
{
	struct register_leaf leaf = {.index = index, .part = part};
	struct register_source source = {.send = &w->send, .send_count = 1, .problem = &w->problem};
	memset(leaf.hash.b, (int)index + 1, 32);
	memset(&w->problem, 0, sizeof w->problem);
	return register_fold(&w->registry, &leaf, source);
}

static inline void fold_genesis(struct world *w, bool oefening)
{
	struct bytes roles[3];
	for (size_t i = 0; i < 3; i++)
		roles[i] = buffer_view(&w->role_bundles[i]);
	struct part_register part = {.soort = REGISTER_GENESIS,
				     .genesis = {.origin = bytes_of_text(ORIGIN),
						 .oin = bytes_of_text(HOUSE),
						 .naam = bytes_of_text("Huis"),
						 .rollen = roles,
						 .rol_count = 3,
						 .oefening = oefening,
						 .created = 1}};
	memset(part.genesis.log_key, 1, 32);
	memcpy(part.genesis.send_key, w->send.public_key, 32);
	assert_int_equal(fold(w, 0, &part), RESULT_OK);
}

static inline int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_int_equal(crypto_start(), RESULT_OK);
	w->folder = temporary_new();
	assert_int_equal(arena_new(1024 * 1024, &w->arena), RESULT_OK);
	w->beheerder = make_key(w, "beheerder", KEY_KIND_IDENTITY);
	w->officer = make_key(w, "officer", KEY_KIND_IDENTITY);
	w->deputy = make_key(w, "deputy", KEY_KIND_IDENTITY);
	w->identity = make_key(w, "identity", KEY_KIND_IDENTITY);
	w->sealing = make_key(w, "sealing", KEY_KIND_SEALING);
	w->transport = make_key(w, "transport", KEY_KIND_TRANSPORT);
	w->send = make_key(w, "send", KEY_KIND_SEALING);
	make_role(&w->role_bundles[0], FUNCTIE_BEHEERDER, &w->beheerder);
	make_role(&w->role_bundles[1], FUNCTIE_OFFICER, &w->officer);
	make_role(&w->role_bundles[2], FUNCTIE_OFFICER_DEPUTY, &w->deputy);
	make_partner(w);
	register_init(&w->registry);
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;
	struct private_key *keys[] = {&w->beheerder, &w->officer,   &w->deputy, &w->identity,
				      &w->sealing,   &w->transport, &w->send};
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		private_key_done(keys[i]);
	for (size_t i = 0; i < 3; i++)
		buffer_done(&w->role_bundles[i]);
	buffer_done(&w->partner);
	register_done(&w->registry);
	arena_free(w->arena);
	temporary_free(w->folder);
	free(w);
	return 0;
}

// An act of a role over the object of `part`, kept on the arena.
static inline struct signed_statement act(struct world *w, const struct private_key *key,
					  const struct part_register *part)
{
	struct buffer statement;
	uint8_t *signature = arena_alloc(w->arena, SIGNATURE_LEN);
	struct signed_statement result;
	struct act_request request = {.registry = &w->registry,
				      .soort = register_act_soort(part->soort),
				      .object = register_act_object(part),
				      .head = {.size = w->seen},
				      .systeem = "beheer",
				      .now = NOW};
	assert_int_equal(oin_parse(bytes_of_text(HOUSE), &request.signer), RESULT_OK);
	buffer_init(&statement, STATEMENT_MAX);
	assert_int_equal(register_act_statement(&request, &statement), RESULT_OK);
	struct bytes copy = arena_copy(w->arena, buffer_view(&statement));
	buffer_done(&statement);
	assert_int_equal(batch_sign(&(const struct batch_signer){&request.signer, key}, &copy, 1,
				    signature, &result),
			 RESULT_OK);
	struct signed_statement kept = result;
	kept.signer = arena_copy(w->arena, result.signer);
	kept.key_id = arena_copy(w->arena, result.key_id);
	return kept;
}

static inline struct part_register partner_part(struct world *w)
{
	return (struct part_register){.soort = REGISTER_PARTNER,
				      .has_vorige = true,
				      .vorige = w->registry.head,
				      .partner = buffer_view(&w->partner)};
}

static inline void enrol(struct world *w)
{
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 7, &part), RESULT_OK);
}

#endif
