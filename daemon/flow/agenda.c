// SPDX-License-Identifier: EUPL-1.2
#include "flow/agenda.h"

#include "flow/given.h"
#include "flow/toestemming.h"

#include "base/clock.h"
#include "control/control.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <string.h>

static const struct overleg *overleg_asked(const struct agenda_vraag *vraag)
{
	return convenant_overleg(vraag->convenant, vraag->overleg);
}

// ---- what the ontvanger has of one melding -------------------------------------------------

struct zicht {
	const struct agenda_vraag *vraag;
	const struct flow_item *item;
	struct agenda_melding *melding;
	struct buffer *text;
	bool any;
	struct gegeven gegeven;
	struct gesteld *gesteld; // to the ontvanger
};

// Whether the regels would give it now: what was withdrawn, corrected or ended since is not seen.
static bool is_given_still(const struct zicht *zicht, const struct grond *grond,
			   struct beslissing *ret_beslissing)
{
	const struct convenant *convenant = zicht->vraag->convenant;
	const struct vraag vraag = {zicht->vraag->ontvanger, grond->betrokkene, grond->rubriek};
	const struct overleg *overleg = overleg_asked(zicht->vraag);
	if (grond->overleg.len > 0 &&
	    (!bytes_equal(grond->overleg, bytes_of_text(overleg->overleg)) ||
	     !ontvanger_equal(overleg_voorzitter(overleg, &zicht->item->feiten->bron),
			      &zicht->vraag->ontvanger)))
		return false;
	if (grond->overleg.len > 0)
		convenant_decide_agenda(convenant, zicht->item->feiten, zicht->vraag->overleg,
					grond->betrokkene, ret_beslissing);
	else
		convenant_decide(convenant, zicht->item->feiten, &vraag, ret_beslissing);
	return ret_beslissing->oordeel == OORDEEL_VERSTREKT;
}

static struct agenda_persoon *persoon_seen(const struct zicht *zicht, uint32_t betrokkene)
{
	struct agenda_melding *melding = zicht->melding;
	const struct persoon_link *link =
		persoon_of(zicht->item->personen, zicht->item->persoon_count, betrokkene);
	for (size_t i = 0; link && i < melding->persoon_count; i++)
		if (memcmp(melding->personen[i].handle, link->handle, HANDLE_LEN) == 0)
			return &melding->personen[i];
	if (!link || melding->persoon_count == BETROKKENEN_MAX)
		return NULL;
	struct agenda_persoon *persoon = &melding->personen[melding->persoon_count++];
	memcpy(persoon->handle, link->handle, HANDLE_LEN);
	return persoon;
}

// The sender's n-th rubriek, when it is of this place, held under a law under which it is given
// now, and was given to the ontvanger when that was decided: a law that was added since gave none.
static enum result sent_velden(const struct zicht *zicht, const struct gave *gave, size_t n,
			       struct rubriek *ret_rubriek, bool *ret_has)
{
	const struct flow_item *item = zicht->item;
	struct bytes restated;
	*ret_has = false;
	if (!gave_opens(item->convenant, gave, &item->sent[n]))
		return RESULT_OK;
	enum result r = verrijking_restated(item, n, &restated);
	if (r || !gegeven_sent(&zicht->gegeven, zicht->gesteld, &zicht->vraag->ontvanger,
			       item->sent[n].position, restated))
		return r;
	*ret_has = true;
	return rubriek_decode(sent_rubriek(item, n), item->arena, ret_rubriek);
}

// The first of those.
static enum result sent_first(const struct zicht *zicht, const struct gave *gave,
			      struct rubriek *ret_rubriek, bool *ret_found)
{
	enum result r = RESULT_OK;
	*ret_found = false;
	for (size_t n = 0; !r && n < zicht->item->sent_count && !*ret_found; n++)
		r = sent_velden(zicht, gave, n, ret_rubriek, ret_found);
	return r;
}

static struct hash hash_of_two(struct bytes a, struct bytes b)
{
	const struct bytes pieces[] = {a, b};
	return pae_sha256(pieces, sizeof pieces / sizeof pieces[0]);
}

// By family name and birth date, both of them.
static enum result note_naam(const struct zicht *zicht, const struct gave *gave)
{
	struct rubriek rubriek;
	bool found;
	enum result r = sent_first(zicht, gave, &rubriek, &found);
	struct agenda_persoon *persoon = persoon_seen(zicht, gave->betrokkene);
	if (r || !found || !persoon)
		return r;
	struct bytes naam =
		veld_get(rubriek.velden, rubriek.veld_count, IDENTIFICATIE_GESLACHTSNAAM);
	struct bytes datum =
		veld_get(rubriek.velden, rubriek.veld_count, IDENTIFICATIE_GEBOORTEDATUM);
	persoon->has_naam = naam.len > 0 && datum.len > 0;
	persoon->naam = hash_of_two(naam, datum);
	return RESULT_OK;
}

// Numbers of a person, each with its kind: that two were given is not yet that they are one's.
static enum result note_persoonsnummers(const struct zicht *zicht, const struct gave *gave)
{
	bool bsn = gave->rubriek == RUBRIEK_BSN;
	struct agenda_persoon *persoon = persoon_seen(zicht, gave->betrokkene);
	enum result r = RESULT_OK;
	for (size_t n = 0;
	     !r && persoon && n < zicht->item->sent_count && persoon->nummer_count < AGENDA_NUMMERS;
	     n++) {
		struct rubriek rubriek;
		bool has;
		r = sent_velden(zicht, gave, n, &rubriek, &has);
		if (r || !has)
			continue;
		persoon->nummers[persoon->nummer_count++] = hash_of_two(
			bsn ? bytes_of_text("bsn")
			    : veld_get(rubriek.velden, rubriek.veld_count, KETENNUMMER_SOORT),
			veld_get(rubriek.velden, rubriek.veld_count,
				 bsn ? BSN_WAARDE : KETENNUMMER_WAARDE));
	}
	return r;
}

static enum result note_nummer(const struct zicht *zicht, const struct gave *gave)
{
	struct rubriek rubriek;
	bool found;
	enum result r = sent_first(zicht, gave, &rubriek, &found);
	if (r || !found)
		return r;
	struct bytes nummer =
		veld_get(rubriek.velden, rubriek.veld_count, KENMERK_REGISTRATIENUMMER);
	zicht->melding->has_nummer = nummer.len > 0;
	zicht->melding->nummer = hash_of_two(nummer, bytes_make(NULL, 0));
	return RESULT_OK;
}

// By what of it another melding can be told to be about the same.
static enum result note_same(const struct zicht *zicht, const struct gave *gave)
{
	switch (gave->rubriek) {
	case RUBRIEK_IDENTIFICATIE:
		return note_naam(zicht, gave);
	case RUBRIEK_KENMERKEN:
		return note_nummer(zicht, gave);
	case RUBRIEK_BSN:
	case RUBRIEK_KETENNUMMER:
		return note_persoonsnummers(zicht, gave);
	default:
		return RESULT_OK;
	}
}

static enum result note_grond(struct zicht *zicht, const struct grond *grond)
{
	char text[80];
	struct beslissing beslissing;
	if (!is_given_still(zicht, grond, &beslissing))
		return RESULT_OK;
	const struct gave gave = {.betrokkene = grond->betrokkene,
				  .rubriek = grond->rubriek,
				  .regels = beslissing.regels,
				  .regel_count = beslissing.regel_count};
	snprintf(text, sizeof text, "%s%u/%s", zicht->any ? "," : " ziet=", grond->betrokkene,
		 grond->overleg.len > 0 ? "agenda" : rubriek_naam(grond->rubriek));
	buffer_append_text(zicht->text, text);
	zicht->any = true;
	return grond->overleg.len > 0 ? RESULT_OK : note_same(zicht, &gave);
}

static void tell_nummers(struct zicht *zicht)
{
	bool first = true;
	for (size_t i = 0; i < zicht->gegeven.count; i++) {
		char number[32];
		if (!gegeven_is_for(zicht->gegeven.parts[i], &zicht->vraag->ontvanger))
			continue;
		snprintf(number, sizeof number, "%s%llu", first ? " nummers=" : ",",
			 (unsigned long long)zicht->gegeven.parts[i]->number);
		buffer_append_text(zicht->text, number);
		first = false;
	}
}

static enum result note_given(struct core *core, struct zicht *zicht)
{
	struct arena *arena = zicht->item->arena;
	const struct ontvanger *ontvanger = &zicht->vraag->ontvanger;
	const struct gegeven_welke welke = {zicht->melding->entry, UINT64_MAX,
					    bytes_of_text(convenant_name(zicht->vraag->convenant)),
					    arena};
	zicht->gesteld = arena_alloc(arena, sizeof *zicht->gesteld);
	enum result r =
		zicht->gesteld ? gegeven_read(core, &welke, &zicht->gegeven) : RESULT_NO_MEMORY;
	if (!r)
		r = gesteld_read(core, &zicht->gegeven, (struct gesteld_aan){ontvanger, 1}, arena,
				 zicht->gesteld);
	if (!r)
		tell_nummers(zicht);
	for (size_t i = 0; !r && i < zicht->gegeven.count; i++)
		for (size_t n = 0; !r && n < zicht->gegeven.parts[i]->grond_count &&
				   gegeven_is_for(zicht->gegeven.parts[i], ontvanger);
		     n++)
			r = note_grond(zicht, &zicht->gegeven.parts[i]->gronden[n]);
	return r ? r : zicht->text->status;
}

// ---- one melding ---------------------------------------------------------------------------

// What its sitting did not deal with stands on the next.
static void set_zitting(const struct agenda_vraag *vraag, const struct state_obligation *owed,
			struct agenda_melding *melding)
{
	const struct kalender *rooster = &overleg_asked(vraag)->rooster;
	int64_t due = (int64_t)owed->due;
	melding->aangehouden = due < vraag->now;
	int64_t from = date_to_days(date_amsterdam(melding->aangehouden ? vraag->now : due));
	if (!kalender_volgende(rooster, from, &melding->zitting))
		melding->zitting = 0;
}

static enum result look(struct core *core, const struct agenda_vraag *vraag, struct arena *arena,
			struct agenda *agenda, bool *ret_any)
{
	struct agenda_melding *melding = &agenda->meldingen[agenda->count];
	struct flow_item *item = arena_alloc(arena, sizeof *item);
	bool found = false;
	if (!item)
		return RESULT_NO_MEMORY;
	item->arena = arena;
	item->now = vraag->now;
	item->convenant = vraag->convenant;
	enum result r = recall_item(core, melding->entry, item, &found);
	struct zicht zicht = {
		.vraag = vraag, .item = item, .melding = melding, .text = &agenda->text};
	if (!r && found)
		r = note_given(core, &zicht);
	if (!r && found)
		melding->bron = item->feiten->bron;
	*ret_any = zicht.any;
	return r;
}

enum result agenda_add(struct core *core, const struct agenda_vraag *vraag,
		       const struct state_obligation *owed, struct arena *arena,
		       struct agenda *agenda)
{
	struct agenda_melding *melding = &agenda->meldingen[agenda->count];
	size_t used = arena_used(arena);
	bool any = false;
	*melding = (struct agenda_melding){
		.entry = owed->index,
		.voorzit = ontvanger_equal(&owed->owed_by, &vraag->ontvanger),
		.at = agenda->text.len,
		.item = agenda->count,
	};
	set_zitting(vraag, owed, melding);
	enum result r = look(core, vraag, arena, agenda, &any);
	arena_back(arena, used);
	if (!r && any) {
		melding->len = agenda->text.len - melding->at;
		agenda->count++;
	} else {
		agenda->text.len = melding->at;
	}
	// Of one that cannot be read nothing is told, the others are.
	return r == RESULT_ERASED || r == RESULT_DAMAGED ? RESULT_OK : r;
}

// ---- which are one item --------------------------------------------------------------------

// One to the knooppunt, and to who was told the same of both: that it knows more is not told.
static bool same_person(const struct agenda_persoon *a, const struct agenda_persoon *b)
{
	if (memcmp(a->handle, b->handle, HANDLE_LEN) != 0)
		return false;
	for (size_t i = 0; i < a->nummer_count; i++)
		for (size_t j = 0; j < b->nummer_count; j++)
			if (hash_equal(&a->nummers[i], &b->nummers[j]))
				return true;
	return a->has_naam && b->has_naam && hash_equal(&a->naam, &b->naam);
}

static bool is_same(const struct agenda_melding *a, const struct agenda_melding *b)
{
	if (oin_equal(&a->bron, &b->bron))
		return false;
	if (a->has_nummer && b->has_nummer && hash_equal(&a->nummer, &b->nummer))
		return true;
	for (size_t i = 0; i < a->persoon_count; i++)
		for (size_t j = 0; j < b->persoon_count; j++)
			if (same_person(&a->personen[i], &b->personen[j]))
				return true;
	return false;
}

static void tie(struct agenda *agenda, size_t a, size_t b)
{
	size_t from = agenda->meldingen[b].item, to = agenda->meldingen[a].item;
	size_t low = from < to ? from : to;
	for (size_t i = 0; i < agenda->count; i++)
		if (agenda->meldingen[i].item == from || agenda->meldingen[i].item == to)
			agenda->meldingen[i].item = low;
}

static void tell_item(const struct agenda *agenda, size_t first, struct buffer *out)
{
	const struct agenda_melding *head = &agenda->meldingen[first];
	char text[80], day[16] = "-";
	bool aangehouden = false, voorzit = false;
	struct civil_date date = date_from_days(head->zitting);
	for (size_t i = first; i < agenda->count; i++) {
		bool of = agenda->meldingen[i].item == first;
		aangehouden |= of && agenda->meldingen[i].aangehouden;
		voorzit |= of && agenda->meldingen[i].voorzit;
	}
	if (head->zitting)
		snprintf(day, sizeof day, "%04d-%02d-%02d", date.year % 10000, date.month % 100,
			 date.day % 100);
	snprintf(text, sizeof text, "%s aangehouden=%s voorzit=%s", day, aangehouden ? "ja" : "nee",
		 voorzit ? "ja" : "nee");
	control_append_text(out, "item", text);
}

static void tell_melding(const struct agenda *agenda, const struct agenda_melding *melding,
			 struct buffer *out)
{
	struct buffer line;
	char entry[24];
	buffer_init(&line, melding->len + sizeof entry);
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)melding->entry);
	buffer_append_text(&line, entry);
	buffer_append(&line, bytes_make(agenda->text.data + melding->at, melding->len));
	control_append(out, "melding", buffer_view(&line));
	buffer_done(&line);
}

void agenda_tell(struct agenda *agenda, struct buffer *out)
{
	for (size_t a = 0; a < agenda->count; a++)
		for (size_t b = a + 1; b < agenda->count; b++)
			if (is_same(&agenda->meldingen[a], &agenda->meldingen[b]))
				tie(agenda, a, b);
	for (size_t i = 0; i < agenda->count; i++) {
		if (agenda->meldingen[i].item != i)
			continue;
		tell_item(agenda, i, out);
		for (size_t n = i; n < agenda->count; n++)
			if (agenda->meldingen[n].item == i)
				tell_melding(agenda, &agenda->meldingen[n], out);
	}
}

int64_t agenda_uiterlijk(const struct convenant *convenant, const struct overleg *overleg,
			 int64_t now, int64_t since)
{
	int64_t until, unused, day;
	if (overleg_zitting(overleg, now, &day))
		return zitting_einde(day);
	if (overleg->rooster.dagen)
		return now + (int64_t)overleg->rooster.dagen * MS_PER_DAY;
	convenant_bewaar(convenant, NULL, 0, since, &until, &unused);
	return until;
}
