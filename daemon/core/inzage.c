// SPDX-License-Identifier: EUPL-1.2
// `inzage`: what there is about one person, for a concept of the answer to a request of AVG art.
// 15, Wpg art. 25 or Wjsg art. 18: each melding in which the person occurs, newest first. Where it
// stopped before it was done it says "before <entry>", with which it is asked again.
//
//   melding <entry> <received, ms> <betrokkene>
//   m-feit <soort|thema|rol> <waarde>     as recorded: it outlives the content
//   m-bron <oin> <naam>  |  m-bron-onthouden yes       no ontvanger may know the source
//   m-bewaar <inhoud, ms; 0: gone; -: no term> <verantwoording, ms; -: no term>
//   m-gewist <ms> <entry> <grond>         the content was destroyed
//   m-gewist-klaar yes                    and a later tick says that it is done
//   m-rubriek base64:<Rubriek>            the person's own
//   m-toegevoegd base64:<Rubriek>         what the knooppunt stated about the person
//   m-overleg <overleg>                   at which table it came
//   m-geinformeerd <ms>                   the person was informed of what was given (AVG art. 14);
//                                         that it was put off, and why, is not said
//   m-verstrekking <entry> <ms> <bevestigd|klaargezet|vervangen|getoond> <oin> <functie> <naam>
//   v-rubriek <rubriek> <regel> <convenantartikel>      what of it, and why
//   v-doel <doel>, v-grondslag <grondslag>              of the v-rubriek before
//   m-correctie <entry> <ms> <onjuist|aangevuld|beperkt|opgeheven> <rubriek; all: ->
//   m-rechtzetting <entry> <ms> <soort> <bevestigd|klaargezet|vervangen> <oin> <functie> <naam>
//                                         who had got it was told of that, or that it was destroyed
//   naam <gemeenten|grondslagen> <code> <naam>          of each such code above, after all of it
//
// Never: who told it, what is of another person, free text (it may be of others), nor how many
// lines are left out. What may be in it is a list; what is not on the list is not said.
#include "core/command.h"
#include "core/why.h"

#include "base/clock.h"
#include "flow/type.h"
#include "state/bron.h"

#include <stdio.h>
#include <string.h>

#define MELDINGEN_MAX 64        // of one answer
#define ROOM (ANTWOORD_MAX / 4) // one melding more must fit

struct inzage {
	struct core *core;
	struct buffer *out;
	const struct state_occurrence *plek;
	struct recalled melding;
	struct codes_set *coded;        // rows of the code tables whose code was said
	const struct core_given *given; // of this betrokkene, in this melding
};

static void say(const struct inzage *inzage, const char *name, const char *text)
{
	control_append_text(inzage->out, name, text);
}

static bool is_text(struct bytes a, const char *b)
{
	return bytes_equal(a, bytes_of_text(b));
}

// ---- the melding ---------------------------------------------------------------------------

static void say_facts(const struct inzage *inzage)
{
	static const struct {
		uint32_t attribuut;
		const char *name;
	} rows[] = {{ATTRIBUUT_SOORT, "soort"}, {ATTRIBUUT_THEMA, "thema"}, {ATTRIBUUT_ROL, "rol"}};
	const struct part_verantwoording *v = inzage->melding.verantwoording;
	for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
		for (size_t i = 0; i < v->feit_count; i++) {
			const struct feit_waarde *feit = &v->feiten[i];
			bool own = rows[n].attribuut < ATTRIBUUT_BETROKKENE_FIRST ||
				   feit->betrokkene == inzage->plek->betrokkene;
			for (size_t w = 0;
			     feit->attribuut == rows[n].attribuut && own && w < feit->waarde_count;
			     w++) {
				char line[160];
				snprintf(line, sizeof line, "%s %.*s", rows[n].name,
					 (int)feit->waarden[w].len,
					 (const char *)feit->waarden[w].data);
				say(inzage, "m-feit", line);
			}
		}
}

// The name under which an OIN was enrolled, when that entry came or else at any time; NULL: it
// never was.
static const char *enrolled_as(const struct core *core, struct bytes oin, uint64_t index)
{
	const char *naam = NULL;
	for (size_t i = 0; i < core->registry.party_count; i++) {
		const struct party *party = &core->registry.parties[i];
		if (!is_text(oin, party->bundle.oin.text) || party->is_role)
			continue;
		naam = party->bundle.naam;
		if (party_valid_at(party, index))
			return naam;
	}
	return naam;
}

// Without keys of its own it has its name from the convenant that the entry was decided under;
// where that has none, from those in force now.
static void name_in_convenant(struct core *core, const struct oin *partner,
			      const struct part_verantwoording *v, char out[CORE_NAAM_LEN])
{
	struct convenant *loaded = NULL;
	const struct convenant *then = NULL;
	const struct partij *partij = NULL;
	if (v && v->has_convenant &&
	    why_convenant(core, &v->convenant_hash, &loaded, &then) == RESULT_OK)
		partij = convenant_partij_of(then, partner);
	for (size_t i = 0; !partij && i < core->convenant_count; i++)
		partij = convenant_partij_of(core->convenanten[i], partner);
	snprintf(out, CORE_NAAM_LEN, "%s", partij ? partij->naam : "onbekend");
	convenant_free(loaded);
}

void core_find_naam(struct core *core, struct bytes oin, const struct recalled *entry,
		    char out[CORE_NAAM_LEN])
{
	const char *naam = enrolled_as(core, oin, entry->index);
	struct oin partner;
	snprintf(out, CORE_NAAM_LEN, "%s", naam ? naam : "onbekend");
	if (!naam && oin_parse(oin, &partner) == RESULT_OK)
		name_in_convenant(core, &partner, entry->verantwoording, out);
}

// What anybody was told of a melding: something of it; who sent it; for which partner.
struct told {
	bool given, herkomst, namens;
};

static void add_told(const struct recalled *entry, struct told *told)
{
	told->given |= entry->verantwoording->gift_count > 0;
	for (size_t i = 0; i < entry->part_count; i++) {
		const struct part_verstrekking *v = &entry->parts[i].verstrekking;
		if (entry->parts[i].kind != PART_VERSTREKKING || v->soort != VERSTREKKING_GEGEVEN)
			continue;
		told->herkomst |= !v->herkomst_onthouden;
		for (size_t g = 0; g < v->grond_count; g++)
			told->namens |= v->gronden[g].rubriek == RUBRIEK_NAMENS;
	}
}

// A source whose name the convenant withholds from every ontvanger is not named here either: that
// it is the source may itself tell something about the health of the person. Of what the house
// entered for a partner, who was told only that the house sent it was not told whose it is.
static void say_source(const struct inzage *inzage, const struct told *told)
{
	const struct part_verantwoording *v = inzage->melding.verantwoording;
	struct bytes bron = !told->given || told->namens ? bron_of(v) : v->signer;
	char line[CORE_NAAM_LEN + 40], naam[CORE_NAAM_LEN];
	if (told->given && !told->herkomst && !told->namens) {
		say(inzage, "m-bron-onthouden", "yes");
		return;
	}
	core_find_naam(inzage->core, bron, &inzage->melding, naam);
	snprintf(line, sizeof line, "%.*s %s", (int)bron.len, (const char *)bron.data, naam);
	say(inzage, "m-bron", line);
}

static void term_text(uint64_t until, char text[24])
{
	snprintf(text, 24, until == STATE_BEWAAR_NOOIT ? "-" : "%llu", (unsigned long long)until);
}

static enum result say_terms(const struct inzage *inzage)
{
	struct state_bewaar bewaar;
	struct core_wissing gone;
	char line[WISSING_GROND_MAX + 64], inhoud[24], verantwoording[24];
	uint32_t slot = inzage->melding.verantwoording->slot_inhoud;
	enum result r = state_bewaar(inzage->core->state, inzage->melding.index, &bewaar);
	if (!r && bewaar.melding == inzage->melding.index) {
		term_text(bewaar.inhoud, inhoud);
		term_text(bewaar.verantwoording, verantwoording);
		snprintf(line, sizeof line, "%s %s", inhoud, verantwoording);
		say(inzage, "m-bewaar", line);
	}
	if (!r || r == RESULT_NOT_FOUND)
		r = slot ? core_wissing(inzage->core, slot, &gone) : RESULT_NOT_FOUND;
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	snprintf(line, sizeof line, "%lld %llu %s", (long long)gone.time,
		 (unsigned long long)gone.begonnen, gone.grond);
	say(inzage, "m-gewist", line);
	if (gone.klaar)
		say(inzage, "m-gewist-klaar", "yes");
	return RESULT_OK;
}

// ---- what it says --------------------------------------------------------------------------

static bool is_own(uint32_t soort)
{
	static const uint32_t own[] = {
		RUBRIEK_BETROKKENHEID,   RUBRIEK_IDENTIFICATIE, RUBRIEK_BSN,
		RUBRIEK_KETENNUMMER,     RUBRIEK_CONTACT,       RUBRIEK_VERBLIJFADRES,
		RUBRIEK_STRAFRECHTELIJK, RUBRIEK_GEZONDHEID,    RUBRIEK_DETENTIE,
		RUBRIEK_LEEFGEBIEDEN,    RUBRIEK_REGIE,         RUBRIEK_ZSM_ADVIES,
		RUBRIEK_VOORWAARDEN};
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (own[i] == soort)
			return true;
	return false;
}

static void note_gemeenten(const struct inzage *inzage, const struct rubriek *rubriek)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	const struct civil_date on = date_amsterdam((int64_t)inzage->plek->received);
	for (size_t i = 0; row && i < rubriek->veld_count; i++) {
		const struct veld *veld = &rubriek->velden[i];
		const struct veld_row *known = veld_row(row->velden, row->veld_count, veld->veld);
		if (known && known->kind == VELD_GEMEENTE)
			codes_set_add(inzage->coded,
				      codes_number_gemeente(inzage->core->codes, veld->waarde, on));
	}
}

static enum result say_rubriek(const struct inzage *inzage, const char *name, struct bytes wire,
			       bool (*wanted)(uint32_t soort))
{
	struct rubriek rubriek;
	enum result r = rubriek_decode(wire, inzage->core->command_arena, &rubriek);
	if (!r && rubriek.betrokkene == inzage->plek->betrokkene && wanted(rubriek.soort)) {
		control_append(inzage->out, name, wire);
		note_gemeenten(inzage, &rubriek);
	}
	return r && r != RESULT_NO_MEMORY ? RESULT_DAMAGED : r;
}

static bool was_said(const struct recalled *entry, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes_equal(entry->content.verrijkingen[i].value,
				entry->content.verrijkingen[n].value))
			return true;
	return false;
}

static enum result say_content(const struct inzage *inzage, const struct recalled *entry)
{
	enum result r = RESULT_OK;
	if (!entry->has_content)
		return r;
	for (size_t i = 0; !r && i < entry->content.slots.count; i++)
		r = say_rubriek(inzage, "m-rubriek", entry->content.slots.rubrieken[i], is_own);
	for (size_t i = 0; !r && i < entry->content.verrijking_count; i++)
		if (!was_said(entry, i)) // each ontvanger has its own copy
			r = say_rubriek(inzage, "m-toegevoegd",
					entry->content.verrijkingen[i].value, verrijking_is);
	return r;
}

// ---- to whom it went -----------------------------------------------------------------------

static bool may_be_named(const struct grond *grond, uint32_t betrokkene)
{
	return (grond->betrokkene == betrokkene || grond->betrokkene == 0) &&
	       core_is_named(grond->rubriek);
}

static enum result keep_given(struct inzage *inzage, const struct part_verstrekking *v)
{
	struct core_given *given = arena_alloc(inzage->core->command_arena, sizeof *given);
	if (!given)
		return RESULT_NO_MEMORY;
	*given = (struct core_given){.before = inzage->given};
	if (oin_parse(v->oin, &given->ontvanger.oin) || v->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(given->ontvanger.functie, v->functie.data, v->functie.len);
	inzage->given = given;
	return RESULT_OK;
}

static void say_gronden(const struct inzage *inzage, const struct part_verstrekking *v)
{
	for (size_t i = 0; i < v->grond_count; i++) {
		const struct grond *grond = &v->gronden[i];
		char line[400];
		if (!may_be_named(grond, inzage->plek->betrokkene))
			continue;
		snprintf(line, sizeof line, "%s %.*s %.*s",
			 grond->overleg.len > 0 ? "agenda" : rubriek_naam(grond->rubriek),
			 (int)grond->regel.len, (const char *)grond->regel.data,
			 (int)grond->convenantartikel.len,
			 (const char *)grond->convenantartikel.data);
		say(inzage, "v-rubriek", line);
		control_append(inzage->out, "v-doel", grond->doel);
		if (grond->voorlopig)
			say(inzage, "v-voorlopig", "ja");
		for (size_t g = 0; g < grond->grondslag_count; g++) {
			control_append(inzage->out, "v-grondslag", grond->grondslag[g]);
			codes_set_add(inzage->coded,
				      codes_number(inzage->core->codes, TABEL_GRONDSLAGEN,
						   grond->grondslag[g]));
		}
		if (grond->overleg.len > 0)
			control_append(inzage->out, "m-overleg", grond->overleg);
	}
}

static enum result say_given(struct inzage *inzage, const struct recalled *entry)
{
	struct entry decoded;
	enum result r = entry_decode(bytes_make(entry->entry, ENTRY_LEN), &decoded);
	for (size_t i = 0; !r && i < entry->part_count; i++) {
		const struct part_verstrekking *v = &entry->parts[i].verstrekking;
		const char *status = "";
		char line[CORE_NAAM_LEN + 160], naam[CORE_NAAM_LEN];
		if (!core_is_told(entry, i) || !core_is_about(v, inzage->plek->betrokkene))
			continue;
		r = core_delivery_status(inzage->core, v, entry->index, &status);
		if (!r)
			r = keep_given(inzage, v);
		core_find_naam(inzage->core, v->oin, entry, naam);
		snprintf(line, sizeof line, "%llu %llu %s %.*s %.*s %s",
			 (unsigned long long)entry->index, (unsigned long long)decoded.time, status,
			 (int)v->oin.len, (const char *)v->oin.data, (int)v->functie.len,
			 (const char *)v->functie.data, naam);
		say(inzage, "m-verstrekking", line);
		say_gronden(inzage, v);
	}
	return r;
}

static void say_informed(const struct inzage *inzage, const struct recalled *entry)
{
	const struct part_verantwoording *v = entry->verantwoording;
	const struct type_handler *handler = type_handler(v->type);
	struct informed informed;
	char line[24];
	if (!handler || !handler->informs ||
	    !handler->informs(v, inzage->plek->betrokkene, &informed) || informed.tot.len > 0)
		return;
	snprintf(line, sizeof line, "%llu", (unsigned long long)v->received);
	say(inzage, "m-geinformeerd", line);
}

// ---- one melding after the other -----------------------------------------------------------

// A tick in which something lapsed tells of others too: only entries of the melding itself are
// read.
static enum result say_later(struct inzage *inzage, struct told *told, bool telling)
{
	enum result r = RESULT_OK;
	for (uint64_t at = 0, from = 0; !r; from = at + 1) {
		struct recalled later;
		r = state_next_cause(inzage->core->state, inzage->melding.index, from, &at);
		if (r)
			break;
		r = recall_entry(inzage->core, at, RECALL_PARTS_AND_CONTENT,
				 inzage->core->command_arena, &later);
		if (r || !later.verantwoording)
			continue;
		add_told(&later, told);
		if (telling)
			say_informed(inzage, &later);
		if (telling)
			r = say_content(inzage, &later);
		if (!r && telling)
			r = say_given(inzage, &later);
		const struct core_put_right own = {inzage->plek->betrokkene, inzage->given,
						   inzage->out};
		if (!r && telling)
			r = core_say_put_right(inzage->core, &later, &own);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result say_melding(struct inzage *inzage)
{
	char line[80];
	struct told told = {.given = false};
	inzage->given = NULL;
	enum result r = recall_entry(inzage->core, inzage->plek->index, RECALL_PARTS_AND_CONTENT,
				     inzage->core->command_arena, &inzage->melding);
	if (!r && !inzage->melding.verantwoording)
		return RESULT_OK; // its account is gone, and so is the person in it
	if (r)
		return r;
	snprintf(line, sizeof line, "%llu %llu %u", (unsigned long long)inzage->plek->index,
		 (unsigned long long)inzage->plek->received, inzage->plek->betrokkene);
	say(inzage, "melding", line);
	say_facts(inzage);
	add_told(&inzage->melding, &told);
	r = say_later(inzage, &told, false);
	if (!r) {
		say_source(inzage, &told);
		r = say_terms(inzage);
	}
	if (!r)
		r = say_content(inzage, &inzage->melding);
	if (!r)
		r = say_given(inzage, &inzage->melding);
	return r ? r : say_later(inzage, &told, true);
}

// Somebody may occur in one melding more than once: an answer does not end between the two.
static bool same_melding(const struct state_occurrence *found, size_t n)
{
	return n > 0 && found[n].index == found[n - 1].index;
}

static size_t whole_meldingen(const struct state_occurrence *found, size_t count)
{
	size_t end = count - 1;
	while (end > 0 && same_melding(found, end))
		end--;
	return end;
}

// What people call the gemeenten and grondslagen that were said by their code.
static void say_namen(const struct inzage *inzage)
{
	const struct codes *codes = inzage->core->codes;
	const struct gemeenten *gemeenten = codes_gemeenten(codes);
	for (size_t n = 0; n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		char line[RIJ_CODE_MAX + RIJ_TEXT_MAX + 40];
		if (!codes_set_has(inzage->coded, n))
			continue;
		const struct gemeente *gemeente = gemeenten_at(gemeenten, n); // they come first
		const struct rij *rij =
			tabel_find(codes_tabel(codes, TABEL_GRONDSLAGEN), bytes_of_text(row.code));
		snprintf(line, sizeof line, "%s %s %s", row.tabel, row.code,
			 gemeente ? gemeente->naam
			 : rij    ? rij->naam
				  : row.code);
		say(inzage, "naam", line);
	}
}

static enum result say_person(struct core *core, const struct identificatie *id, uint64_t before,
			      struct buffer *out)
{
	struct codes_set coded = {{0}};
	struct inzage inzage = {.core = core, .out = out, .coded = &coded};
	struct state_occurrence found[MELDINGEN_MAX];
	uint8_t handle[HANDLE_LEN];
	size_t count = 0, n = 0;
	enum result r = state_person(core->state, id, handle);
	const struct state_span span = {.handle = handle, .max = MELDINGEN_MAX, .below = before};
	if (!r)
		r = state_occurrences(core->state, span, found, &count);
	size_t end = count == MELDINGEN_MAX ? whole_meldingen(found, count) : count;
	for (; !r && n < end && (out->len < ROOM || same_melding(found, n)); n++) {
		inzage.plek = &found[n];
		r = say_melding(&inzage);
		arena_clear(core->command_arena);
		if (!r)
			r = core_breathe(core);
	}
	say_namen(&inzage);
	if (!r && n > 0 && n < count)
		control_append_number(out, "before", found[n - 1].index);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

void core_say_house(const struct core *core, struct buffer *out)
{
	control_append_text(out, "huis", core->registry.genesis.naam);
	control_append_text(out, "huis-oin", core->registry.genesis.house.text);
	for (size_t i = 0; i < core->convenant_count; i++)
		control_append_text(out, "contactpunt",
				    convenant_text(core->convenanten[i])->contactpunt);
}

void command_inzage(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct identificatie id;
	struct bytes text = control_value(ask, "before");
	uint64_t before = UINT64_MAX;
	if (!person_asked(ask, &id) || (text.data && number_parse(text, &before))) {
		say_reason(
			out, REASON_USAGE,
			"name a person by bsn, skn or v-nummer; before is the number of an entry");
		return;
	}
	say_ok(core, out);
	core_say_house(core, out);
	control_append_number(out, "size", core->checkpoint.size);
	if (say_person(core, &id, before, out))
		say_reason(out, REASON_DAMAGED, "an entry of the log cannot be read");
}
