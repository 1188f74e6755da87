// SPDX-License-Identifier: EUPL-1.2
// How a casus stands, by the house from a dossier system. The first statement about it opens it and
// names its person; later ones are found by any of its numbers. Who has the regie is said once:
// from then on only a statement `regie` changes it (R10). What it says is content.
#include "flow/casus.h"
#include "flow/type.h"

#include "codes/openingstijd.h"

#include <string.h>

// ---- what it says --------------------------------------------------------------------------

static size_t read_all(const struct statement *s, uint32_t veld, struct ontvanger *out, size_t max)
{
	size_t count = 0;
	for (size_t i = 0; i < s->veld_count && count < max; i++)
		if (s->velden[i].veld == veld && casus_who(s->velden[i].waarde, &out[count]))
			count++;
	return count;
}

static void casus_say(const struct part_verantwoording *v, const struct statement *s,
		      struct casus *casus)
{
	const struct {
		uint32_t veld;
		struct bytes *text;
	} texts[] = {{CASUS_CASUS, &casus->nummer},
		     {CASUS_ROL, &casus->rol},
		     {CASUS_STATUS, &casus->status},
		     {CASUS_SINDS, &casus->sinds},
		     {CASUS_NIVEAU, &casus->niveau},
		     {CASUS_AVE, &casus->ave},
		     {CASUS_TOP_X, &casus->top_x},
		     {CASUS_PGA, &casus->pga},
		     {CASUS_WTH, &casus->wth},
		     {CASUS_LEVENSLOOP, &casus->levensloop},
		     {CASUS_BELLEN, &casus->bellen},
		     {CASUS_TELEFOON, &casus->telefoon},
		     {CASUS_CASUSTELEFOON, &casus->casustelefoon},
		     {CASUS_BEREIKBAAR, &casus->bereikbaar},
		     {CASUS_CASUSBEREIKBAAR, &casus->casusbereikbaar}};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		*texts[i].text = veld_get(s->velden, s->veld_count, texts[i].veld);
	casus->stood = casus->reading;
	casus->besloten = bytes_equal(veld_get(s->velden, s->veld_count, CASUS_BESLOTEN),
				      bytes_of_text("ja"));
	if (!v->betreft)
		read_all(s, CASUS_REGIE, &casus->regie, 1);
	memset(&casus->casusregie, 0, sizeof casus->casusregie);
	read_all(s, CASUS_CASUSREGIE, &casus->casusregie, 1);
	casus->inbrenger_count =
		read_all(s, CASUS_INBRENGER, casus->inbrengers, CASUS_INBRENGERS_MAX);
	casus->deelnemer_count =
		read_all(s, CASUS_DEELNEMER, casus->deelnemers, CASUS_DEELNEMERS_MAX);
}

// ---- settling ------------------------------------------------------------------------------

static void check_hours(struct flow_item *item, uint32_t veld, const char *field)
{
	struct openingstijd tijd;
	struct bytes text = said(item, veld);
	if (text.len > 0 && openingstijd_parse(text, &tijd))
		refuse_item(item, REASON_BAD_VALUE, field);
}

static void check_texts(struct flow_item *item)
{
	static const struct {
		uint32_t veld;
		const char *field;
	} persons[] = {{CASUS_REGIE, "casus.regie"},
		       {CASUS_CASUSREGIE, "casus.casusregie"},
		       {CASUS_INBRENGER, "casus.inbrenger"},
		       {CASUS_DEELNEMER, "casus.deelnemer"}};
	const struct statement *s = &item->opened->statement;
	struct ontvanger who;
	for (size_t i = 0; i < s->veld_count; i++) {
		if (s->velden[i].veld == CASUS_CASUS && !casus_is_number(s->velden[i].waarde))
			refuse_item(item, REASON_BAD_VALUE, "casus.casus");
		for (size_t n = 0; n < sizeof persons / sizeof persons[0]; n++)
			if (s->velden[i].veld == persons[n].veld &&
			    !casus_who(s->velden[i].waarde, &who))
				refuse_item(item, REASON_BAD_VALUE, persons[n].field);
	}
	check_hours(item, CASUS_BEREIKBAAR, "casus.bereikbaar");
	check_hours(item, CASUS_CASUSBEREIKBAAR, "casus.casusbereikbaar");
}

// The casus that one of the numbers leads to. Two that lead to two are a mistake of who writes.
static enum result find_casus(struct core *core, struct flow_item *item, bool *ret_known,
			      uint64_t *ret_first)
{
	const struct statement *s = &item->opened->statement;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < s->veld_count; i++) {
		uint64_t first;
		if (s->velden[i].veld != CASUS_CASUS)
			continue;
		r = casus_named(core, s->velden[i].waarde, &first);
		if (r == RESULT_NOT_FOUND) {
			r = RESULT_OK;
			continue;
		}
		if (!r && *ret_known && first != *ret_first)
			refuse_item(item, REASON_BAD_VALUE, "casus.casus");
		*ret_known = true;
		*ret_first = first;
	}
	return r;
}

static size_t person_numbers(const struct flow_item *item, struct identificatie out[3])
{
	static const struct {
		uint32_t veld, soort;
	} numbers[] = {{CASUS_BSN, ID_BSN}, {CASUS_SKN, ID_SKN}, {CASUS_VNUMMER, ID_VNUMMER}};
	size_t count = 0;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (said(item, numbers[i].veld).len > 0)
			out[count++] = (struct identificatie){numbers[i].soort,
							      said(item, numbers[i].veld)};
	return count;
}

static bool is_another(const struct persoon_link *person, const struct identificatie *number)
{
	for (size_t i = 0; i < person->identificatie_count; i++)
		if (person->identificaties[i].soort == number->soort &&
		    !bytes_equal(person->identificaties[i].waarde, number->waarde))
			return true;
	return false;
}

// A number of somebody else would put this person's casus on another: one that leads to another
// person, or is not the one that the casus was opened with.
static enum result check_person(struct core *core, struct flow_item *item)
{
	const struct persoon_link *person = casus_link(item->recalled->verantwoording, true);
	struct identificatie numbers[3];
	uint8_t handle[HANDLE_LEN];
	size_t count = person_numbers(item, numbers);
	enum result r = person ? RESULT_OK : RESULT_DAMAGED;
	for (size_t i = 0; !r && i < count; i++) {
		r = state_person(core->state, &numbers[i], handle);
		if (is_another(person, &numbers[i]) ||
		    (!r && memcmp(handle, person->handle, HANDLE_LEN) != 0))
			refuse_item(item, REASON_BAD_VALUE, "casus.bsn");
		r = r == RESULT_NOT_FOUND ? RESULT_OK : r;
		if (item->refusal.reason)
			break;
	}
	return r;
}

static enum result check_regie(struct core *core, struct flow_item *item)
{
	struct casus casus;
	struct ontvanger who;
	enum result r = casus_read(core, item->betreft, item->arena, &casus);
	if (!r && casus.gewist)
		refuse_item(item, REASON_NOT_FOUND, "casus.casus");
	else if (!r && casus_who(said(item, CASUS_REGIE), &who) &&
		 !ontvanger_equal(&who, &casus.regie))
		refuse_item(item, REASON_BAD_VALUE, "casus.regie");
	return r;
}

static enum result settle_later(struct core *core, struct flow_item *item, uint64_t first)
{
	enum result r = casus_settle(core, item, first);
	if (r == RESULT_NOT_FOUND) {
		refuse_item(item, REASON_NOT_FOUND, "casus.casus");
		return RESULT_OK;
	}
	if (!r)
		r = check_person(core, item);
	if (!r && !item->refusal.reason)
		r = check_regie(core, item);
	return r;
}

static enum result casus_settle_statement(struct core *core, struct flow_item *item)
{
	struct identificatie numbers[3];
	bool known = false;
	uint64_t first = 0;
	if (!oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house)) {
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "signer");
		return RESULT_OK;
	}
	check_texts(item);
	enum result r = find_casus(core, item, &known, &first);
	if (r || item->refusal.reason)
		return r;
	if (known)
		return settle_later(core, item, first);
	if (person_numbers(item, numbers) == 0)
		refuse_item(item, REASON_MISSING_FIELD, "casus.bsn");
	return RESULT_OK;
}

// ---- whose it is ---------------------------------------------------------------------------

static enum result casus_numbers(const struct flow_item *item, struct persoon_link *link)
{
	const struct statement *s = &item->opened->statement;
	link->identificaties =
		arena_alloc(item->arena, (s->veld_count + 1) * sizeof *link->identificaties);
	if (!link->identificaties)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < s->veld_count; i++)
		if (s->velden[i].veld == CASUS_CASUS)
			link->identificaties[link->identificatie_count++] =
				(struct identificatie){ID_CASUS, s->velden[i].waarde};
	return RESULT_OK;
}

// Two links without betrokkene: the person with its numbers, the casus with its own.
static enum result casus_persons(struct core *core, struct flow_item *item)
{
	struct persoon_link *links = arena_alloc(item->arena, 2 * sizeof *links);
	struct identificatie *numbers = arena_alloc(item->arena, 3 * sizeof *numbers);
	if (!links || !numbers)
		return RESULT_NO_MEMORY;
	links[0].identificaties = numbers;
	links[0].identificatie_count = person_numbers(item, numbers);
	enum result r = casus_numbers(item, &links[1]);
	if (item->recalled) {
		const struct part_verantwoording *v = item->recalled->verantwoording;
		const struct persoon_link *person = casus_link(v, true),
					  *own = casus_link(v, false);
		if (!person || !own)
			return RESULT_DAMAGED;
		memcpy(links[0].handle, person->handle, HANDLE_LEN);
		memcpy(links[1].handle, own->handle, HANDLE_LEN);
	} else if (!r) {
		handle_mint(core, links[1].handle);
		r = person_find(core, item, &links[0], links[0].handle);
	}
	item->personen = links;
	item->persoon_count = 2;
	return r;
}

static enum result casus_apply(struct state *state, const struct part_verantwoording *v)
{
	if (v->persoon_count > 0) // accepted
		state_is_newest(state, v);
	return RESULT_OK;
}

#define ALL_BUT(veld) (~(UINT64_C(1) << (veld)))

const struct type_handler type_casus = {
	.read = read_signed,
	.settle = casus_settle_statement,
	.enrich = casus_persons,
	.apply = casus_apply,
	.is_content = true,
	.content = ALL_BUT(CASUS_MEDEWERKER),
	.casus = casus_say,
};
