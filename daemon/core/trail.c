// SPDX-License-Identifier: EUPL-1.2
// `trail`: what one key put into the log since a moment, and what lay ready for its functies,
// newest first; for the hour after it was found stolen. Where it stopped looking before it was done
// it says "before <entry>", with which it is asked again.
//
//   trail <time> <entry> ingestuurd <type> <uitkomst> <id> <zeker: 0 when another key may have>
//   trail <time> <entry> getekend <register|wissing|vernietigingsstop|codes-acceptatie>
//         an act for which it signed
//   trail <time> <entry> verstrekt <functie> <number> <melding> <bevestigd: 1 or 0>
//   trail <time> <entry> bevestigd <functie> <number> <entry of that verstrekking>
//
// Core writes nothing at a fetch, so what was fetched and never acknowledged is not told apart from
// what was not fetched: all that could be fetched is listed, what waited already at `since` as
// well.
#include "core/command.h"

#include "base/clock.h"
#include "flow/type.h"
#include "register/stop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STEPS_MAX 256 // entries of one answer: core does nothing else meanwhile
#define ROOM (ANTWOORD_MAX / 2)

struct trail {
	struct core *core;
	struct buffer *out;
	const struct party *party;
	int64_t since;
	uint64_t before; // index: what is left to look at lies below
	uint64_t oldest; // entry of the oldest verstrekking that still waits
	size_t steps;
	// of the entry in hand
	struct recalled entry;
	int64_t time;
};

__attribute__((format(printf, 2, 3))) static void say(const struct trail *trail, const char *format,
						      ...)
{
	char text[400], moment[21];
	va_list args;
	time_format(moment, trail->time);
	int used = snprintf(text, sizeof text, "%s %llu ", moment,
			    (unsigned long long)trail->entry.index);
	va_start(args, format);
	vsnprintf(text + used, sizeof text - (size_t)used, format, args);
	va_end(args);
	control_append_text(trail->out, "trail", text);
}

// ---- what it sent --------------------------------------------------------------------------

static bool is_key(const struct trail *trail, struct bytes key_id)
{
	return bytes_equal(key_id, bytes_make(trail->party->identity_id.b, KEY_ID_LEN));
}

static void say_acts(const struct trail *trail, const struct signed_statement *acts, size_t count,
		     const char *what)
{
	for (size_t i = 0; i < count; i++)
		if (is_key(trail, acts[i].key_id))
			say(trail, "getekend %s", what);
}

// Confirmed by any key of this OIN: it may have been fetched by this one.
static enum result say_confirmed(void *context, struct bytes functie, uint64_t number)
{
	const struct trail *trail = context;
	struct ontvanger ontvanger = {.oin = trail->party->bundle.oin};
	uint64_t index;
	if (functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	if (functie.len > 0)
		memcpy(ontvanger.functie, functie.data, functie.len);
	enum result r = state_acked(trail->core->state, &ontvanger, number, &index);
	if (!r && index < trail->party->until)
		say(trail, "bevestigd %s %llu %llu", ontvanger.functie, (unsigned long long)number,
		    (unsigned long long)index);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// The log names the key of what has content; of the rest (acks, wegingen, refusals, what was
// erased) its OIN, which tells as much while it had no other key.
static bool is_only_key(const struct trail *trail)
{
	const struct registry *reg = &trail->core->registry;
	for (size_t i = 0; i < reg->party_count; i++) {
		const struct party *other = &reg->parties[i];
		if (other != trail->party && !other->is_role &&
		    oin_equal(&other->bundle.oin, &trail->party->bundle.oin) &&
		    party_valid_at(other, trail->entry.index))
			return false;
	}
	return true;
}

static enum result say_sent(struct trail *trail, const struct part_sender *sender)
{
	const struct recalled *entry = &trail->entry;
	const struct part_verantwoording *v = entry->verantwoording;
	if (!v || !bytes_equal(v->signer, bytes_of_text(trail->party->bundle.oin.text)))
		return RESULT_OK;
	const struct type_row *type = type_row(v->type);
	const struct confirmed_each each = {say_confirmed, trail};
	bool named = entry->has_content;
	if (party_valid_at(trail->party, entry->index) &&
	    (!named || is_key(trail, entry->content.sender.key_id)))
		say(trail, "ingestuurd %s %s %.*s %d", type ? type->name : "onbekend",
		    sender->outcome == OUTCOME_AANVAARD ? "aanvaard" : "geweigerd", (int)v->id.len,
		    (const char *)v->id.data, named || is_only_key(trail));
	const struct type_handler *handler = type_handler(v->type);
	return handler && handler->confirmed ? handler->confirmed(v, &each) : RESULT_OK;
}

// ---- what lay ready for it -----------------------------------------------------------------

static bool waits(const struct trail *trail, const struct ontvanger *ontvanger, uint64_t number)
{
	struct state_delivery delivery;
	return state_next_delivery(trail->core->state, ontvanger, number - 1, &delivery) ==
		       RESULT_OK &&
	       delivery.number == number;
}

// Of what is older than `since` only what still waits.
static void say_ready(const struct trail *trail, const struct part_verstrekking *v, bool is_old)
{
	struct ontvanger ontvanger = {.oin = trail->party->bundle.oin};
	if (!bytes_equal(v->oin, bytes_of_text(ontvanger.oin.text)) ||
	    v->functie.len > FUNCTIE_MAX || trail->entry.index >= trail->party->until)
		return;
	memcpy(ontvanger.functie, v->functie.data, v->functie.len);
	if (!party_has_functie(trail->party, ontvanger.functie))
		return;
	bool waiting = waits(trail, &ontvanger, v->number);
	if (!is_old || waiting)
		say(trail, "verstrekt %s %llu %llu %d", ontvanger.functie,
		    (unsigned long long)v->number,
		    (unsigned long long)(v->betreft ? v->betreft : trail->entry.index), !waiting);
}

static enum result say_entry(struct trail *trail)
{
	bool is_old = trail->time < trail->since;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < trail->entry.part_count; i++) {
		const struct part *part = &trail->entry.parts[i];
		if (part->kind == PART_VERSTREKKING)
			say_ready(trail, &part->verstrekking, is_old);
		else if (is_old)
			continue;
		else if (part->kind == PART_SENDER)
			r = say_sent(trail, &part->sender);
		else if (part->kind == PART_REGISTER)
			say_acts(trail, part->registerdeel.acts, part->registerdeel.act_count,
				 "register");
		else if (part->kind == PART_WISSING)
			say_acts(trail, part->wissing.acts, part->wissing.act_count, "wissing");
		else if (part->kind == PART_STOP)
			say_acts(trail, part->stop.acts, part->stop.act_count, STOP_SOORT);
		else if (part->kind == PART_ACCEPTATIE)
			say_acts(trail, part->acceptatie.acts, part->acceptatie.act_count,
				 ACCEPTATIE_SOORT);
	}
	return r;
}

// ---- the walk ------------------------------------------------------------------------------

static void find_oldest(struct trail *trail)
{
	const struct bundle *bundle = &trail->party->bundle;
	trail->oldest = UINT64_MAX;
	for (size_t i = 0; i < bundle->functie_count; i++) {
		struct ontvanger ontvanger = {.oin = bundle->oin};
		struct state_delivery delivery;
		snprintf(ontvanger.functie, sizeof ontvanger.functie, "%s", bundle->functies[i]);
		if (state_next_delivery(trail->core->state, &ontvanger, 0, &delivery) ==
			    RESULT_OK &&
		    delivery.index < trail->oldest)
			trail->oldest = delivery.index;
	}
}

// One entry further back; before = 0 once nothing older can matter.
static enum result step(struct trail *trail)
{
	struct core *core = trail->core;
	struct entry entry;
	trail->before--;
	trail->steps++;
	enum result r = recall_entry(core, trail->before, RECALL_PARTS_AND_CONTENT,
				     core->command_arena, &trail->entry);
	if (!r)
		r = entry_decode(bytes_make(trail->entry.entry, ENTRY_LEN), &entry);
	if (!r) {
		trail->time = (int64_t)entry.time;
		r = say_entry(trail);
	}
	bool too_old = trail->time < trail->since || trail->before <= trail->party->from;
	if (!r && too_old && trail->before <= trail->oldest)
		trail->before = 0;
	arena_clear(core->command_arena);
	return r ? r : core_breathe(core);
}

// The party with a key of this id, or the only one with this OIN; NULL and says why.
static const struct party *party_asked(struct core *core, struct bytes key, struct buffer *out)
{
	const struct party *found = NULL;
	for (size_t i = 0; i < core->registry.party_count; i++) {
		const struct party *party = &core->registry.parties[i];
		char id[2 * KEY_ID_LEN + 1];
		hex_encode(id, bytes_make(party->identity_id.b, KEY_ID_LEN));
		if (bytes_equal(key, bytes_of_text(id)))
			return party;
		if (!bytes_equal(key, bytes_of_text(party->bundle.oin.text)))
			continue;
		if (found) {
			say_reason(out, REASON_USAGE,
				   "this OIN has or had several keys: name one by its id, which "
				   "knooppuntctl partner show tells");
			return NULL;
		}
		found = party;
	}
	if (!found)
		say_reason(out, REASON_NOT_FOUND, "no such key is or was in the register");
	return found;
}

void command_trail(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct trail trail = {.core = core, .out = out, .before = core->checkpoint.size};
	trail.party = party_asked(core, control_value(ask, "key"), out);
	if (!trail.party)
		return;
	if (!read_stretch(ask, &trail.since, &trail.before, out))
		return;
	say_ok(core, out);
	find_oldest(&trail);
	enum result r = RESULT_OK;
	while (!r && trail.before > 0 && trail.steps < STEPS_MAX && out->len < ROOM)
		r = step(&trail);
	if (r)
		say_reason(out, REASON_DAMAGED, "an entry of the log cannot be read");
	else if (trail.before > 0)
		control_append_number(out, "before", trail.before);
}
