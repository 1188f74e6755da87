// SPDX-License-Identifier: EUPL-1.2
// What happened to one melding for one ontvanger, in the order of the log: the decision, each
// weging, each time a waiting delivery was decided again, and what lapsed. Every one of them is
// taken again under the convenant its own entry names, with the facts as they stood there.
//
//   gebeurtenis <soort> <entry> <time in ms> <convenant hash, or -> <convenant>
//   g-gewist <entry>           what that statement said beside its outcome was ordered destroyed
//   g-namens <partner's OIN> <medewerker> <functie, or ->      of what the house entered for it
//   g-weging <regel> <betrokkene> <oin> <functie,functie> <uitkomst>   of a weging
//   g-scherm <overleg> <zitting> <medewerker>   of what an overleg was shown, by its voorzitter
//   g-aanwezig <oin> <functie> <medewerker>     who saw it too
//   g-uitkomst <overleg> <uitkomst>             of what an overleg made of it
//   g-overdracht <regel> <oin> <antwoord>       of who takes over or gives back
//   g-toestemming <betrokkene> <grond> <oin>    of a secrecy that was lifted
//   g-intrekking <entry>                        of what was withdrawn
//   g-correctie <correctie> <betrokkene, or -> <rubriek, or -> <oin>
//                               of what is not so, or not used
//   g-opvolging <rechtzetting> <oin> <antwoord>
//                               of what who was told did
//   g-informeren <regel> <betrokkene> <oin> <uitkomst> <grond,… or -> <tot, or ->
//                               of a betrokkene that was informed, or is not yet
//   g-volgen <regel> <oin> <uitkomst>           of what is followed for a time
//   g-reden geldig-tot <ms> | g-reden convenant | g-reden gewist       of what lapsed
//   g-feit <feit>=<waarde>     of the first event all, of later ones what is new or different
//   g-codes <hash> <nu: yes or no>      the code tables it was decided with
//   g-wpg20 <onderdeel> <text> as recorded, where something was given
//   g-plaats <betrokkene> <rubriek> <oordeel> <gegeven: 1 or 0>        for each place it touched
//   g-regel, g-convenantartikel, g-herkomst, g-doel, g-grondslag, g-getoetst,
//   g-nearest-regel, g-nearest-test, g-wacht-op                        of that place
#include "core/why.h"

#include "control/control.h"
#include "core/kept.h"
#include "flow/type.h"

#include <stdio.h>
#include <string.h>

#define EVENTS_MAX 128
#define FEITEN_BYTES (256u * 1024)
#define LINES_BYTES (64u * 1024)

// STATEMENT: a later statement about the melding, called by what its type calls it.
enum soort { BESLISSING, STATEMENT, HERBESLISSING, VERVALLEN, RECHTZETTING };
static const char *const soorten[] = {"beslissing", NULL, "herbeslissing", "vervallen",
				      "rechtzetting"};
static const char *const oordelen[] = {"geweigerd", "wacht", "verstrekt"};

struct event {
	enum soort soort;
	const struct recalled *entry;
	const struct part_verantwoording *v;  // NULL: a tick, time alone did it
	const struct part_verstrekking *part; // what this ontvanger gets by it; NULL: nothing
	int64_t time;
};

struct verloop {
	struct why *why;
	struct event events[EVENTS_MAX];
	size_t count;
	struct buffer feiten; // the lines of the event before
	// of the event in hand
	struct convenant *loaded;
	const struct convenant *convenant; // NULL: none was in force, or a tick
	const struct codes *codes;         // the tables it was decided with
	struct feiten *now;
};

// ---- finding what happened -----------------------------------------------------------------

static bool is_under(const struct why *why, const struct part_verstrekking *v)
{
	const struct part_verantwoording of = {.has_convenant = true,
					       .convenant_hash = v->convenant_hash};
	return why_is_own(why, &of);
}

static bool is_for(const struct why *why, const struct recalled *entry,
		   const struct part_verstrekking *v)
{
	return bytes_equal(v->oin, bytes_of_text(why->ontvanger.oin.text)) &&
	       bytes_equal(v->functie, bytes_of_text(why->ontvanger.functie)) && is_under(why, v) &&
	       (v->betreft ? v->betreft : entry->index) == why->recalled.index;
}

// The n-th part of an entry that is this ontvanger's, of this melding; NULL past the last.
static const struct part_verstrekking *part_of(const struct why *why, const struct recalled *entry,
					       size_t n)
{
	for (size_t i = 0; i < entry->part_count; i++) {
		const struct part *part = &entry->parts[i];
		if (part->kind == PART_VERSTREKKING && is_for(why, entry, &part->verstrekking) &&
		    n-- == 0)
			return &part->verstrekking;
	}
	return NULL;
}

static void add_event(struct verloop *verloop, enum soort soort, const struct recalled *entry,
		      const struct part_verstrekking *part)
{
	struct entry decoded;
	if (verloop->count == EVENTS_MAX)
		return;
	int64_t time = 0;
	if (entry->verantwoording)
		time = (int64_t)entry->verantwoording->received;
	else if (!entry_decode(bytes_make(entry->entry, ENTRY_LEN), &decoded))
		time = (int64_t)decoded.time;
	verloop->events[verloop->count++] =
		(struct event){soort, entry, entry->verantwoording, part, time};
}

static bool is_known(const struct verloop *verloop, uint64_t number)
{
	for (size_t i = 0; i < verloop->count; i++)
		if (verloop->events[i].part && verloop->events[i].part->number == number)
			return true;
	return false;
}

// An entry without a statement of its own: a delivery decided again has a number that was given
// out before, or tells what is left of one that lapsed and what that gives; else the entry before
// it needed more room.
static void add_later(struct verloop *verloop, const struct recalled *entry)
{
	const struct part_verstrekking *part = part_of(verloop->why, entry, 0);
	if (!part || part->soort == VERSTREKKING_GETOOND) // said again after the register changed
		return;
	if (verstrekking_is_rechtzetting(part->soort))
		add_event(verloop, RECHTZETTING, entry, NULL);
	else if (is_known(verloop, part->number) || entry->verantwoording->gift_count > 0)
		add_event(verloop,
			  part->soort == VERSTREKKING_VERVALLEN ? VERVALLEN : HERBESLISSING, entry,
			  part);
	else if (!verloop->events[verloop->count - 1].part)
		verloop->events[verloop->count - 1].part = part;
}

// Of a type that has a place in the story; else NULL.
static const struct type_handler *event_handler(const struct part_verantwoording *v)
{
	const struct type_handler *handler = type_handler(v->type);
	return handler && handler->event ? handler : NULL;
}

// Decided under another convenant: that is another story.
static bool is_of_another(const struct why *why, const struct recalled *entry)
{
	return entry->verantwoording && entry->verantwoording->has_convenant &&
	       !why_is_own(why, entry->verantwoording);
}

static void find_events(struct verloop *verloop)
{
	struct why *why = verloop->why;
	bool own = !event_handler(why->decision->verantwoording);
	add_event(verloop, own ? BESLISSING : STATEMENT, why->decision,
		  part_of(why, why->decision, 0));
	for (size_t i = 0; i < why->later_count; i++) {
		const struct recalled *entry = &why->later[i];
		const struct part_verstrekking *part;
		if (entry == why->decision || is_of_another(why, entry))
			continue;
		if (!entry->verantwoording)
			for (size_t n = 0; (part = part_of(why, entry, n)); n++)
				add_event(verloop, VERVALLEN, entry, part);
		else if (event_handler(entry->verantwoording))
			add_event(verloop, STATEMENT, entry, part_of(why, entry, 0));
		else if (entry->verantwoording->type == 0)
			add_later(verloop, entry);
	}
}

// ---- telling an event ----------------------------------------------------------------------

// Of a statement about the melding: that its own content went, in which entry.
static void say_gone(const struct verloop *verloop, const struct event *event)
{
	struct state_wissing w;
	uint32_t slot = event->v->slot_inhoud;
	if (slot && state_wissing(verloop->why->core->state, slot, &w) == RESULT_OK &&
	    w.slot == slot)
		control_append_number(verloop->why->out, "g-gewist", w.begonnen);
}

// What a statement says stands in the first of its entries; each convenant that it was put before
// has one.
static const struct part_verantwoording *said_by(const struct why *why,
						 const struct part_verantwoording *v)
{
	for (size_t i = 0; v->veld_count == 0 && i < why->later_count; i++) {
		const struct part_verantwoording *first = why->later[i].verantwoording;
		if (first && first->veld_count > 0 &&
		    hash_equal(&first->header_hash, &v->header_hash))
			return first;
	}
	return v;
}

// What the melding itself is told with.
static void say_melding(const struct verloop *verloop)
{
	const struct part_verantwoording *v = verloop->why->recalled.verantwoording;
	const struct type_handler *handler = type_handler(v->type);
	if (handler && !handler->event && handler->tell)
		handler->tell(v, verloop->why->out);
}

static void say_head(const struct verloop *verloop, const struct event *event)
{
	struct buffer *out = verloop->why->out;
	const struct type_handler *handler =
		event->soort == STATEMENT ? event_handler(event->v) : NULL;
	char line[256], hex[65] = "-";
	if (event->v && event->v->has_convenant)
		hex_encode(hex, bytes_of_hash(&event->v->convenant_hash));
	snprintf(line, sizeof line, "%s %llu %lld %s %s",
		 handler ? handler->event : soorten[event->soort],
		 (unsigned long long)event->entry->index, (long long)event->time, hex,
		 verloop->convenant ? convenant_name(verloop->convenant) : "-");
	control_append_text(out, "gebeurtenis", line);
	if (event->soort == BESLISSING)
		say_melding(verloop);
	if (handler && handler->tell)
		handler->tell(said_by(verloop->why, event->v), out);
	if (handler)
		say_gone(verloop, event);
	if (event->soort == VERVALLEN && event->v)
		control_append_text(out, "g-reden", "convenant");
	if (event->v)
		why_codes(verloop->why->core, event->v, "g-codes", out);
	if (event->v)
		why_wpg20(event->v, out);
}

// Of the first event all facts; of a later one those that the event before it did not have so.
static void say_feiten(struct verloop *verloop)
{
	struct buffer lines;
	buffer_init(&lines, FEITEN_BYTES);
	why_feiten(verloop->now, "g-feit", false, &lines);
	const uint8_t *at = lines.data, *end = lines.data + lines.len;
	while (at < end) {
		const uint8_t *next = (const uint8_t *)memchr(at, '\n', (size_t)(end - at)) + 1;
		size_t len = (size_t)(next - at);
		if (verloop->feiten.len == 0 ||
		    !memmem(verloop->feiten.data, verloop->feiten.len, at, len))
			buffer_append(verloop->why->out, bytes_make(at, len));
		at = next;
	}
	buffer_wipe(&verloop->feiten);
	verloop->feiten = lines;
}

static enum result load_event(struct verloop *verloop, const struct event *event)
{
	struct why *why = verloop->why;
	arena_clear(why->arena);
	convenant_free(verloop->loaded);
	verloop->loaded = NULL;
	verloop->convenant = NULL;
	if (!event->v || !event->v->has_convenant)
		return RESULT_OK;
	enum result r = why_convenant(why->core, &event->v->convenant_hash, &verloop->loaded,
				      &verloop->convenant);
	// Up to and with this entry: a weging is among the facts it is decided on.
	const struct recall_question question = {why->recalled.index, event->entry->index + 1,
						 verloop->convenant};
	if (!r)
		r = recall_feiten(why->core, &question, why_facts_of(why), why->arena,
				  &verloop->now);
	if (!r)
		verloop->now->now = event->time;
	verloop->codes = why->core->codes; // of before they were recorded
	if (!r && event->v->has_codes)
		r = kept_codes(why->core, &event->v->codes_hash, &verloop->codes);
	return r;
}

// ---- one place -----------------------------------------------------------------------------

static bool covers(const struct why *why, const struct part_verstrekking *part,
		   const struct plaats *plaats)
{
	struct bytes overleg = bytes_of_text(why->overleg ? why->overleg : "");
	for (size_t i = 0; part && i < part->grond_count; i++)
		if (part->gronden[i].betrokkene == plaats->betrokkene &&
		    part->gronden[i].rubriek == plaats->rubriek &&
		    bytes_equal(part->gronden[i].overleg, overleg))
			return true;
	return false;
}

// Under which number what stands at a place was last given; 0: none.
static uint64_t number_of(const struct verloop *verloop, const struct stand *stand)
{
	const struct event *gave = stand->gegeven >= 0 ? &verloop->events[stand->gegeven] : NULL;
	return gave && covers(verloop->why, gave->part, &stand->plaats) ? gave->part->number : 0;
}

// It stands as it stood: who had it saw it.
static bool is_shown(const struct event *event)
{
	return event->part && event->part->soort == VERSTREKKING_GETOOND;
}

static bool touches(const struct verloop *verloop, const struct event *event,
		    const struct stand *stand)
{
	if (event->soort == BESLISSING)
		return true;
	if (is_shown(event)) // of what was given before
		return covers(verloop->why, event->part, &stand->plaats);
	if (event->soort == STATEMENT) // else nothing was decided by it, or by itself
		return event->v->has_convenant && !type_handler(event->v->type)->alone;
	return event->part && // a rechtzetting gives nothing
	       event->part->number == number_of(verloop, stand);
}

// The overleg asked about, in the convenant of the event in hand; past the last when it has none.
static size_t overleg_now(const struct verloop *verloop)
{
	const struct convenant *convenant = verloop->convenant;
	size_t n = 0;
	while (n < convenant_overleg_count(convenant) &&
	       strcmp(convenant_overleg(convenant, n)->overleg, verloop->why->overleg) != 0)
		n++;
	return n;
}

static void say_nearest(const struct verloop *verloop, const struct vraag *vraag,
			const struct beslissing *beslissing, struct buffer *out)
{
	struct uitleg uitleg;
	const struct convenant *convenant = verloop->convenant;
	if (verloop->why->overleg)
		convenant_explain_agenda(convenant, verloop->now, overleg_now(verloop),
					 vraag->betrokkene, &uitleg);
	else
		convenant_explain(convenant, verloop->now, vraag, &uitleg);
	if (uitleg.regel >= 0) {
		control_append_text(out, "nearest-regel",
				    convenant_regel(convenant, (size_t)uitleg.regel)->regel);
		why_tests(convenant, (size_t)uitleg.regel, out);
	}
	control_append_text(out, "nearest-test", uitleg.test);
	if (beslissing->wacht_op_weging >= 0)
		control_append_text(
			out, "wacht-op",
			convenant_weging(convenant, (size_t)beslissing->wacht_op_weging)->regel);
}

// Its content was destroyed by order while it waited (flow/wissing.c).
static bool is_wissing(const struct event *event)
{
	for (size_t i = 0; i < event->entry->part_count; i++)
		if (event->entry->parts[i].kind == PART_WISSING)
			return true;
	return false;
}

static void say_lapsed(const struct event *event, const struct verloop *verloop,
		       const struct stand *stand, struct buffer *out)
{
	char text[120], moment[21];
	const struct part_verstrekking *old = verloop->events[stand->gegeven].part;
	time_format(moment, (int64_t)old->geldig_tot);
	snprintf(text, sizeof text, "vervallen: niet bevestigd en geldig tot %s", moment);
	control_append_text(out, "nearest-test",
			    event->v            ? "geen convenant van kracht"
			    : is_wissing(event) ? "vervallen: gewist voor het was bevestigd"
						: text);
}

// The judgement again, with its reasons in `out`.
static enum oordeel judge(const struct verloop *verloop, const struct event *event,
			  const struct stand *stand, struct buffer *out)
{
	const struct vraag vraag = {verloop->why->ontvanger, stand->plaats.betrokkene,
				    stand->plaats.rubriek};
	struct beslissing beslissing;
	if (!verloop->convenant) {
		say_lapsed(event, verloop, stand, out);
		return OORDEEL_GEWEIGERD;
	}
	if (verloop->why->overleg)
		convenant_decide_agenda(verloop->convenant, verloop->now, overleg_now(verloop),
					vraag.betrokkene, &beslissing);
	else
		convenant_decide(verloop->convenant, verloop->now, &vraag, &beslissing);
	for (size_t i = 0; i < beslissing.regel_count; i++)
		why_regel(verloop->convenant,
			  &(struct why_rust){verloop->codes, verloop->now, vraag.betrokkene},
			  beslissing.regels[i], out);
	if (beslissing.oordeel != OORDEEL_VERSTREKT)
		say_nearest(verloop, &vraag, &beslissing, out);
	return beslissing.oordeel;
}

// Allowed, and yet not given by this entry: nobody is told the source of what it does not get.
static enum oordeel withheld(enum oordeel oordeel, const struct stand *stand, struct buffer *lines)
{
	if (oordeel != OORDEEL_VERSTREKT)
		return oordeel;
	buffer_clear(lines);
	control_append_text(lines, "nearest-test",
			    stand->plaats.rubriek == RUBRIEK_HERKOMST
				    ? "niets anders van de melding gaat naar deze ontvanger"
				    : "toegestaan, maar niet vastgelegd als gegeven");
	return OORDEEL_GEWEIGERD;
}

// The lines of a block under the names they have in an event.
static void copy_lines(const struct buffer *lines, struct buffer *out)
{
	const uint8_t *at = lines->data, *end = lines->data + lines->len;
	while (at < end) {
		const uint8_t *next = (const uint8_t *)memchr(at, '\n', (size_t)(end - at)) + 1;
		buffer_append_text(out, "g-");
		buffer_append(out, bytes_make(at, (size_t)(next - at)));
		at = next;
	}
}

static void take_place(struct verloop *verloop, size_t n, struct stand *stand)
{
	const struct event *event = &verloop->events[n];
	struct buffer lines;
	char line[160];
	if (!touches(verloop, event, stand))
		return;
	buffer_init(&lines, LINES_BYTES);
	bool gives = why_gave(verloop->why, event->v, &stand->plaats);
	enum oordeel oordeel = judge(verloop, event, stand, &lines);
	bool stood =
		stand->gegeven >= 0 && (event->soort == BESLISSING || event->soort == STATEMENT);
	if (!gives && !stood)
		oordeel = withheld(oordeel, stand, &lines);
	snprintf(line, sizeof line, "%u %s %s %d", stand->plaats.betrokkene,
		 why_rubriek(verloop->why, &stand->plaats), oordelen[oordeel], gives);
	control_append_text(verloop->why->out, "g-plaats", line);
	copy_lines(&lines, verloop->why->out);
	if (is_shown(event) ||
	    (stood && !gives)) { // what was given stands; this adds nothing to it
		buffer_wipe(&lines);
		return;
	}
	if (gives)
		stand->vervallen = 0;
	else if (stand->gegeven >= 0)
		stand->vervallen = event->entry->index;
	stand->gegeven = gives ? (int)n : -1;
	stand->oordeel = oordeel;
	buffer_wipe(&stand->lines);
	stand->lines = lines;
}

static void say_reason(const struct verloop *verloop, const struct event *event,
		       const struct stand *stands, size_t count)
{
	char line[64];
	if (event->soort != VERVALLEN || event->v)
		return;
	if (is_wissing(event)) {
		control_append_text(verloop->why->out, "g-reden", "gewist");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!touches(verloop, event, &stands[i]))
			continue;
		const struct part_verstrekking *old = verloop->events[stands[i].gegeven].part;
		snprintf(line, sizeof line, "geldig-tot %llu", (unsigned long long)old->geldig_tot);
		control_append_text(verloop->why->out, "g-reden", line);
		return;
	}
}

enum result why_verloop(struct why *why, struct stand *stands, size_t count)
{
	struct verloop verloop = {.why = why};
	enum result r = RESULT_OK;
	buffer_init(&verloop.feiten, FEITEN_BYTES);
	find_events(&verloop);
	for (size_t n = 0; !r && n < verloop.count; n++) {
		const struct event *event = &verloop.events[n];
		r = load_event(&verloop, event);
		if (r)
			break;
		say_head(&verloop, event);
		say_reason(&verloop, event, stands, count);
		if (verloop.convenant)
			say_feiten(&verloop);
		for (size_t i = 0; i < count; i++)
			take_place(&verloop, n, &stands[i]);
	}
	convenant_free(verloop.loaded);
	buffer_wipe(&verloop.feiten);
	return r;
}
