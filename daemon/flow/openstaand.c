// SPDX-License-Identifier: EUPL-1.2
// What is owed climbs as it gets late: whoever owes it is reminded, then it shows to the deputy and
// to the manager of that organisation; the beheerder's alarm stands from the first moment past its
// day (core/alarms.c). Nothing is sent or written for it: where it stands follows from the day it
// is due and the hour at which it is asked, so that no restart or step of a clock loses or repeats
// any.
#include "flow/openstaand.h"
#include "flow/weighing.h"

#include "base/clock.h"
#include "control/control.h"
#include "crypto/seal.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES (64u * 1024) // outcomes of a weging may be many
#define MANAGER "manager"
#define DEPUTY "-plv" // behind the functie

// Of a weging: " uitkomsten=<name>,…", those there are.
static void append_outcomes(const struct core *core, const struct state_obligation *o,
			    struct buffer *line)
{
	struct weighing_outcomes outcomes;
	weighing_outcomes(weighing_under(core, o), bytes_of_text(o->regel), &outcomes);
	for (size_t i = 0; o->soort == VERPLICHTING_WEGING && i < outcomes.count; i++) {
		buffer_append_text(line, i > 0 ? "," : " uitkomsten=");
		buffer_append_text(line, outcomes.names[i]);
	}
}

static const char *soort_name(uint32_t soort)
{
	static const char *const names[] = {[VERPLICHTING_WEGING] = "weging",
					    [VERPLICHTING_FEIT] = "feit",
					    [VERPLICHTING_AGENDA] = "agenda",
					    [VERPLICHTING_OVERDRACHT] = "overdracht",
					    [VERPLICHTING_NOODTOETS] = "noodtoets",
					    [VERPLICHTING_ADVIES] = "advies",
					    [VERPLICHTING_TERUGKOPPELING] = "terugkoppeling",
					    [VERPLICHTING_SCREENING] = "screening",
					    [VERPLICHTING_VERZOEK] = "verzoek",
					    [VERPLICHTING_OPVOLGING] = "opvolging",
					    [VERPLICHTING_OVERNAME] = "overname",
					    [VERPLICHTING_BEKEND] = "bekend",
					    [VERPLICHTING_AFSLUITING] = "afsluiting",
					    [VERPLICHTING_INFORMEREN] = "informeren",
					    [VERPLICHTING_VOLGEN] = "volgen"};
	bool known = soort < sizeof names / sizeof names[0] && names[soort];
	return known ? names[soort] : "onbekend";
}

void openstaand_line(const struct core *core, const struct state_obligation *o, const char *trap,
		     struct buffer *out)
{
	char text[256], due[21];
	struct buffer line;
	time_format(due, (int64_t)o->due);
	buffer_init(&line, LINE_MAX_BYTES);
	snprintf(text, sizeof text, "%s %s %s %s/%s", due, soort_name(o->soort), o->regel,
		 o->owed_by.oin.text, o->owed_by.functie);
	buffer_append_text(&line, text);
	append_outcomes(core, o, &line);
	snprintf(text, sizeof text, " entry=%llu", (unsigned long long)o->index);
	buffer_append_text(&line, text);
	if (o->soort == VERPLICHTING_INFORMEREN)
		buffer_append_format(&line, " betrokkene=%u", o->betrokkene);
	if (trap)
		buffer_append_format(&line, " trap=%s", trap);
	control_append(out, "obligation", buffer_view(&line));
	buffer_done(&line);
}

static const char *own_trap(const struct state_obligation *o, int64_t now)
{
	int64_t left = (int64_t)o->due - now;
	return left < 0 ? "te-laat" : left < MS_PER_DAY ? "herinnering" : "open";
}

static bool is_deputy(const struct party *asks, const char *functie)
{
	char deputy[FUNCTIE_MAX + sizeof DEPUTY];
	snprintf(deputy, sizeof deputy, "%s" DEPUTY, functie);
	return party_has_functie(asks, deputy);
}

const char *openstaand_trap(const struct core *core, const struct party *asks,
			    const struct state_obligation *o, int64_t now)
{
	const struct oin *house = &core->registry.genesis.house;
	int64_t late = now - (int64_t)o->due;
	if (o->soort == VERPLICHTING_AFSLUITING) // what it waits for is its own to know
		return oin_equal(&asks->bundle.oin, &o->owed_by.oin) &&
				       party_has_functie(asks, o->owed_by.functie)
			       ? "wacht"
			       : NULL;
	if (!oin_equal(&asks->bundle.oin, &o->owed_by.oin))
		return oin_equal(&asks->bundle.oin, house) ? own_trap(o, now) : NULL;
	if (party_has_functie(asks, o->owed_by.functie))
		return own_trap(o, now);
	if (late >= MS_PER_DAY && is_deputy(asks, o->owed_by.functie))
		return "plaatsvervanger";
	if (late >= 3 * MS_PER_DAY && party_has_functie(asks, MANAGER))
		return MANAGER;
	return NULL;
}

// ---- a place in the order of it --------------------------------------------------------------

// nonce ‖ sealed (u64be due ‖ u64be index ‖ u32be n), under a key of who asks, in base64 with the
// letters of a veld.
#define PLACE_NONCE_LEN 12
#define PLACE_LEN 20
#define PLACE_SEALED_LEN (PLACE_NONCE_LEN + PLACE_LEN + SEAL_TAG_LEN)
#define PLACE_TEXT_LEN (PLACE_SEALED_LEN / 3 * 4)
_Static_assert(PLACE_SEALED_LEN % 3 == 0, "no padding");

struct place_key {
	struct hash key;
	uint8_t nonce[SEAL_NONCE_LEN]; // zeros behind what is sent of it
};

static enum result place_key(struct core *core, const struct oin *asks, struct place_key *ret_key)
{
	*ret_key = (struct place_key){.nonce = {0}};
	return keystore_keyed_hash(core->keystore, KEYSTORE_SLOT_SYSTEM, "knooppunt/na/v1",
				   bytes_of_text(asks->text), &ret_key->key);
}

static void change_letters(char *text, const char from[2], const char to[2])
{
	for (; *text; text++)
		*text = *text == from[0] ? to[0] : *text == from[1] ? to[1] : *text;
}

static bool place_text_decode(struct bytes text, uint8_t ret_sealed[PLACE_SEALED_LEN])
{
	char letters[PLACE_TEXT_LEN + 1] = "";
	size_t len;
	if (text.len != PLACE_TEXT_LEN)
		return false;
	memcpy(letters, text.data, text.len);
	change_letters(letters, "-_", "+/");
	return base64_decode(ret_sealed, PLACE_SEALED_LEN, &len, bytes_of_text(letters)) ==
		       RESULT_OK &&
	       len == PLACE_SEALED_LEN;
}

enum result openstaand_read_place(struct core *core, const struct oin *asks, struct bytes text,
				  struct state_obligation *ret_place)
{
	uint8_t sealed[PLACE_SEALED_LEN], place[PLACE_LEN];
	struct place_key key;
	if (!place_text_decode(text, sealed))
		return RESULT_MALFORMED;
	enum result r = place_key(core, asks, &key);
	if (r)
		return r;
	memcpy(key.nonce, sealed, PLACE_NONCE_LEN);
	const struct bytes rest = bytes_make(sealed + PLACE_NONCE_LEN, PLACE_LEN + SEAL_TAG_LEN);
	r = seal_decrypt(place, rest, bytes_make(NULL, 0), key.nonce, key.key.b);
	secret_wipe(&key, sizeof key);
	if (r)
		return RESULT_MALFORMED;
	*ret_place = (struct state_obligation){
		.due = get_u64be(place), .index = get_u64be(place + 8), .n = get_u32be(place + 16)};
	return RESULT_OK;
}

enum result openstaand_say_place(struct core *core, const struct oin *asks,
				 const struct state_obligation *o, struct buffer *out)
{
	uint8_t sealed[PLACE_SEALED_LEN], place[PLACE_LEN];
	char text[PLACE_TEXT_LEN + 1];
	struct place_key key;
	enum result r = place_key(core, asks, &key);
	if (r)
		return r;
	put_u64be(place, o->due);
	put_u64be(place + 8, o->index);
	put_u32be(place + 16, o->n);
	random_bytes(key.nonce, PLACE_NONCE_LEN);
	memcpy(sealed, key.nonce, PLACE_NONCE_LEN);
	seal_encrypt(sealed + PLACE_NONCE_LEN, bytes_make(place, sizeof place), bytes_make(NULL, 0),
		     key.nonce, key.key.b);
	secret_wipe(&key, sizeof key);
	base64_encode(text, bytes_make(sealed, sizeof sealed));
	change_letters(text, "+/", "-_");
	control_append_text(out, "na", text);
	return RESULT_OK;
}
