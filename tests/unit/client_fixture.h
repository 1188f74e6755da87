// SPDX-License-Identifier: EUPL-1.2
// What the tests of libknooppunt share: a sender and an ontvanger of a fake knooppunt, and a
// melding. Include after cmocka.h.
#ifndef KNP_TESTS_UNIT_CLIENT_FIXTURE_H
#define KNP_TESTS_UNIT_CLIENT_FIXTURE_H

#include "fake_knooppunt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENDER_OIN "00000099000000001000"
#define ONTVANGER_OIN "00000099000000002000"
#define FUNCTIE "wmo"

struct fixture {
	struct fake_knooppunt *fake;
	struct fake_party *sender_party, *ontvanger_party;
	struct client *sender, *ontvanger;
};

static inline struct client *fixture_open(struct fixture *f, struct fake_party *party,
					  const char *name)
{
	struct client_settings settings = fake_settings(f->fake, party, name);
	struct link link = fake_link(f->fake);
	struct problem problem = {.code = NULL};
	struct client *client = NULL;
	enum result result = client_open_over(&settings, &link, &client, &problem);
	if (result != RESULT_OK)
		print_message("client_open: %s: %s\n", result_name(result), problem.message);
	assert_int_equal(result, RESULT_OK);
	return client;
}

static inline void fixture_reopen(struct fixture *f)
{
	client_close(f->sender);
	client_close(f->ontvanger);
	f->sender = fixture_open(f, f->sender_party, "sender");
	f->ontvanger = fixture_open(f, f->ontvanger_party, "ontvanger");
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	f->fake = fake_new();
	f->sender_party = fake_enrol(f->fake, SENDER_OIN, "melder");
	f->ontvanger_party = fake_enrol(f->fake, ONTVANGER_OIN, FUNCTIE);
	f->fake->to_oin = f->ontvanger_party->oin;
	f->fake->to_functie = FUNCTIE;
	f->sender = fixture_open(f, f->sender_party, "sender");
	f->ontvanger = fixture_open(f, f->ontvanger_party, "ontvanger");
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	client_close(f->sender);
	client_close(f->ontvanger);
	fake_free(f->fake);
	free(f);
	return 0;
}

#define VELD(number, text)                                                                         \
	{                                                                                          \
		(number),                                                                          \
		{                                                                                  \
			(const uint8_t *)(text), sizeof(text) - 1                                  \
		}                                                                                  \
	}

// A melding about one betrokkene; `name` tells it from others.
struct test_melding {
	struct veld kenmerken[4], betrokkenheid[1], identificatie[1];
	struct rubriek rubrieken[3];
	struct melding melding;
};

static inline const struct melding *make_melding(struct test_melding *m, const char *name)
{
	struct veld kenmerken[] = {VELD(KENMERK_SOORT, "politie"), VELD(KENMERK_URGENTIE, "gewoon"),
				   VELD(KENMERK_GEMEENTE, "GM1883"),
				   VELD(KENMERK_BETROKKENEN, "1")};
	struct veld betrokkenheid[] = {VELD(BETROKKENHEID_ROL, "slachtoffer")};
	memcpy(m->kenmerken, kenmerken, sizeof kenmerken);
	memcpy(m->betrokkenheid, betrokkenheid, sizeof betrokkenheid);
	m->identificatie[0] =
		(struct veld){IDENTIFICATIE_GESLACHTSNAAM, bytes_make(name, strlen(name))};
	m->rubrieken[0] = (struct rubriek){.soort = RUBRIEK_KENMERKEN,
					   .regime = REGIME_WPG,
					   .velden = m->kenmerken,
					   .veld_count = 4};
	m->rubrieken[1] = (struct rubriek){.soort = RUBRIEK_BETROKKENHEID,
					   .betrokkene = 1,
					   .regime = REGIME_WPG,
					   .velden = m->betrokkenheid,
					   .veld_count = 1};
	m->rubrieken[2] = (struct rubriek){.soort = RUBRIEK_IDENTIFICATIE,
					   .betrokkene = 1,
					   .regime = REGIME_WPG,
					   .velden = m->identificatie,
					   .veld_count = 1};
	m->melding = (struct melding){.rubrieken = m->rubrieken, .count = 3};
	return &m->melding;
}

static inline void must(const struct client *client, enum result result)
{
	if (result != RESULT_OK)
		print_message("%s: %s [%s] %s\n", result_name(result),
			      client_problem(client)->message, client_problem(client)->field,
			      client_problem(client)->file);
	assert_int_equal(result, RESULT_OK);
}

// Pushes under this id; the name in the melding is the id.
static inline void push_as(struct client *client, const char *id)
{
	struct test_melding m;
	struct push_result pushed;
	must(client, client_push(client, make_melding(&m, id), id, &pushed));
	assert_string_equal(pushed.id, id);
}

static inline enum item_state state_of(struct client *client, const char *id)
{
	struct item_status status;
	must(client, client_item(client, id, &status));
	return status.state;
}

static inline void fixture_lose_second(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)replies;
	if (++*(unsigned *)fake->test == 2)
		fake->lose_answers = 1;
}

#endif
