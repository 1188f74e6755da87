// SPDX-License-Identifier: EUPL-1.2
// `datalek`: what one partner, or one key of it, was given between two moments: for the notice of a
// personal data breach (AVG art. 33) within 72 hours. As `refusals` goes through the log.
//
//   lek <time> <entry> <functie> <number> <entry of the melding> <status>
//   l-persoon <handle>      of the lek before: a person it told something about
//   l-onbekend <betrokkene> the same of somebody without a number
//   l-rubriek <rubriek>     what it gave
//   ingestuurd <time> <entry>   what the partner itself sent
//   oin <of the partner>        with the first answer
//
// What lies between `since` and `until`; what waited at `since` and was fetched later is among what
// `sleutel` lists.
#include "core/command.h"

#include "base/clock.h"

#include <stdio.h>

struct asked {
	struct oin oin;
	const struct party *key; // NULL: all keys of this OIN
};

static bool is_of(const struct stretch *stretch, const struct part_verstrekking *v)
{
	const struct asked *asked = stretch->context;
	char functie[FUNCTIE_MAX + 1];
	if (!bytes_equal(v->oin, bytes_of_text(asked->oin.text)) || v->functie.len > FUNCTIE_MAX)
		return false;
	if (!asked->key)
		return true;
	if (stretch->index >= asked->key->until)
		return false;
	snprintf(functie, sizeof functie, "%.*s", (int)v->functie.len,
		 (const char *)v->functie.data);
	return party_has_functie(asked->key, functie);
}

static const struct persoon_link *person_of(const struct part_verantwoording *v,
					    uint32_t betrokkene)
{
	for (size_t i = 0; v && i < v->persoon_count; i++)
		if (v->personen[i].betrokkene == betrokkene)
			return &v->personen[i];
	return NULL;
}

static bool was_said(const struct part_verstrekking *v, size_t n, bool person)
{
	for (size_t i = 0; i < n; i++)
		if (person ? v->gronden[i].betrokkene == v->gronden[n].betrokkene
			   : v->gronden[i].rubriek == v->gronden[n].rubriek)
			return true;
	return false;
}

static void say_what(const struct stretch *stretch, const struct part_verstrekking *v,
		     const struct part_verantwoording *melding)
{
	for (size_t i = 0; i < v->grond_count; i++) {
		const struct grond *grond = &v->gronden[i];
		const struct persoon_link *link = person_of(melding, grond->betrokkene);
		char hex[2 * HANDLE_LEN + 1];
		if (!was_said(v, i, false))
			control_append_text(stretch->out, "l-rubriek",
					    rubriek_naam(grond->rubriek));
		if (grond->betrokkene == 0 || was_said(v, i, true))
			continue;
		if (link && link->identificatie_count > 0) {
			hex_encode(hex, bytes_make(link->handle, HANDLE_LEN));
			control_append_text(stretch->out, "l-persoon", hex);
		} else {
			control_append_number(stretch->out, "l-onbekend", grond->betrokkene);
		}
	}
}

static enum result say_given(const struct stretch *stretch, const struct part_verstrekking *v,
			     const struct part_verantwoording *melding)
{
	const char *status = "";
	char line[160], moment[21];
	enum result r = core_delivery_status(stretch->core, v, stretch->index, &status);
	time_format(moment, (int64_t)stretch->entry.time);
	snprintf(line, sizeof line, "%s %llu %.*s %llu %llu %s", moment,
		 (unsigned long long)stretch->index, (int)v->functie.len,
		 (const char *)v->functie.data, (unsigned long long)v->number,
		 (unsigned long long)(v->betreft ? v->betreft : stretch->index), status);
	if (r)
		return r;
	control_append_text(stretch->out, "lek", line);
	say_what(stretch, v, melding);
	return RESULT_OK;
}

static void say_sent(const struct stretch *stretch)
{
	char line[64], moment[21];
	time_format(moment, (int64_t)stretch->entry.time);
	snprintf(line, sizeof line, "%s %llu", moment, (unsigned long long)stretch->index);
	control_append_text(stretch->out, "ingestuurd", line);
}

static enum result say_entry(const struct stretch *stretch)
{
	const struct asked *asked = stretch->context;
	struct core *core = stretch->core;
	struct recalled entry, melding;
	if (stretch->entry.class != ENTRY_EVENT || (int64_t)stretch->entry.time > stretch->until)
		return RESULT_OK;
	enum result r =
		recall_entry(core, stretch->index, RECALL_PARTS, core->command_arena, &entry);
	const struct part_verantwoording *of = r ? NULL : entry.verantwoording;
	if (of && !of->betreft && entry.parts[0].kind == PART_SENDER &&
	    bytes_equal(of->signer, bytes_of_text(asked->oin.text)))
		say_sent(stretch);
	if (of && of->betreft) {
		r = recall_entry(core, of->betreft, RECALL_PARTS, core->command_arena, &melding);
		of = r ? NULL : melding.verantwoording;
	}
	for (size_t i = 0; !r && i < entry.part_count; i++)
		if (core_is_told(&entry, i) && is_of(stretch, &entry.parts[i].verstrekking))
			r = say_given(stretch, &entry.parts[i].verstrekking, of);
	return r;
}

// Whose it is: a key by its id, or a partner by its OIN, whichever keys it has or had.
static bool find_asked(const struct core *core, struct bytes named, struct asked *ret_asked)
{
	for (size_t i = 0; i < core->registry.party_count; i++) {
		const struct party *party = &core->registry.parties[i];
		char id[2 * KEY_ID_LEN + 1];
		hex_encode(id, bytes_make(party->identity_id.b, KEY_ID_LEN));
		bool is_key = bytes_equal(named, bytes_of_text(id));
		if (party->is_role ||
		    (!is_key && !bytes_equal(named, bytes_of_text(party->bundle.oin.text))))
			continue;
		*ret_asked = (struct asked){party->bundle.oin, is_key ? party : NULL};
		return true;
	}
	return false;
}

void command_datalek(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct asked asked;
	const struct stretch_walk walk = {.each = say_entry, .context = &asked};
	if (!find_asked(core, control_value(ask, "key"), &asked)) {
		say_reason(out, REASON_NOT_FOUND,
			   "no such partner or key is or was in the register");
		return;
	}
	if (walk_stretch(core, ask, out, &walk) && !control_value(ask, "before").data)
		control_append_text(out, "oin", asked.oin.text);
}
