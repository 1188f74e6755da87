// SPDX-License-Identifier: EUPL-1.2
// Reading casussen back from the log, and the facts they give. What a casus says is content: it is
// read from the entries themselves, no row holds it.
#include "flow/casus.h"
#include "flow/type.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

bool casus_who(struct bytes text, struct ontvanger *ret_ontvanger)
{
	struct ontvanger who = {.functie = ""};
	if (text.len < OIN_LEN + 2 || text.len > OIN_LEN + 1 + FUNCTIE_MAX ||
	    text.data[OIN_LEN] != ':' || oin_parse(bytes_make(text.data, OIN_LEN), &who.oin))
		return false;
	memcpy(who.functie, text.data + OIN_LEN + 1, text.len - OIN_LEN - 1);
	*ret_ontvanger = who;
	return true;
}

bool casus_is_number(struct bytes number)
{
	const uint8_t *colon = memchr(number.data, ':', number.len);
	return colon && colon > number.data && colon < number.data + number.len - 1;
}

const struct persoon_link *casus_link(const struct part_verantwoording *v, bool of_person)
{
	for (size_t i = 0; i < v->persoon_count; i++) {
		const struct persoon_link *link = &v->personen[i];
		bool numbers =
			link->identificatie_count > 0 && link->identificaties[0].soort == ID_CASUS;
		if (numbers != of_person)
			return link;
	}
	return NULL;
}

// ---- reading -------------------------------------------------------------------------------

// What one entry about a casus says, added to it.
static enum result read_entry(struct core *core, uint64_t index, struct arena *arena,
			      struct casus *casus)
{
	struct recalled recalled;
	struct statement statement;
	enum result r = recall_entry(core, index, RECALL_PARTS_AND_CONTENT, arena, &recalled);
	if (r)
		return r;
	casus->reading = index;
	const struct part_verantwoording *v = recalled.verantwoording;
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	if (!recalled.has_content || !handler || !handler->casus) {
		casus->gewist = true;
		return RESULT_OK;
	}
	r = statement_decode(recalled.content.sender.statement, arena, &statement);
	if (r)
		return r == RESULT_NO_MEMORY ? r : RESULT_DAMAGED;
	handler->casus(v, &statement, casus);
	return RESULT_OK;
}

static enum result read_newest(struct core *core, uint32_t type, struct arena *arena,
			       struct casus *casus)
{
	uint64_t index = 0;
	enum result r = state_newest(core->state, casus->first, type, &index);
	if (r == RESULT_NOT_FOUND || (!r && index == casus->first))
		return RESULT_OK;
	if (index > casus->newest)
		casus->newest = index;
	return r ? r : read_entry(core, index, arena, casus);
}

enum result casus_read(struct core *core, uint64_t first, struct arena *arena,
		       struct casus *ret_casus)
{
	struct casus casus = {.first = first, .newest = first};
	const struct type_row *row;
	enum result r = read_entry(core, first, arena, &casus);
	// One of which something is gone is read as far as one that is whole: it costs as much.
	for (size_t n = 0; !r && (row = type_row_at(n)); n++)
		if (type_handler((uint32_t)row->type)->casus)
			r = read_newest(core, (uint32_t)row->type, arena, &casus);
	if (!r)
		*ret_casus = casus.gewist ? (struct casus){.first = first, .gewist = true} : casus;
	return r;
}

enum result casussen_of(struct core *core, const uint8_t *handle, struct arena *arena,
			struct casussen **ret_casussen)
{
	struct casussen *all = arena_alloc(arena, sizeof *all);
	uint64_t first = 0;
	enum result r = all ? state_casus(core->state, handle, 0, &first) : RESULT_NO_MEMORY;
	if (!r) // almost nobody stands in one
		all->casussen = arena_alloc(arena, CASUSSEN_MAX * sizeof *all->casussen);
	if (!r && !all->casussen)
		r = RESULT_NO_MEMORY;
	while (!r) {
		if (all->count == CASUSSEN_MAX)
			return RESULT_TOO_LARGE;
		r = casus_read(core, first, arena, &all->casussen[all->count++]);
		if (!r)
			r = state_casus(core->state, handle, first + 1, &first);
	}
	if (r != RESULT_NOT_FOUND)
		return r;
	*ret_casussen = all;
	return RESULT_OK;
}

// ---- a question ----------------------------------------------------------------------------

static size_t entries_per_casus(void)
{
	const struct type_row *row;
	size_t count = 1; // that opened it
	for (size_t n = 0; (row = type_row_at(n)); n++)
		count += type_handler((uint32_t)row->type)->casus != NULL;
	return count;
}

// Reads this casus for its cost; what it says is of nobody here.
static enum result read_other(struct core *core, uint64_t first, struct arena *arena)
{
	struct casus other;
	enum result r = casus_read(core, first, arena, &other);
	return r == RESULT_DAMAGED ? RESULT_OK : r;
}

// One look for a casus of the person and one for another, then one of them is read.
static enum result read_next(struct core *core, const uint8_t *handle, const uint8_t *place,
			     struct arena *arena, struct casussen *all)
{
	uint64_t from = all->count > 0 ? all->casussen[all->count - 1].first + 1 : 0;
	uint64_t own = 0, other = 0;
	enum result r = state_casus(core->state, handle, from, &own);
	enum result found = state_any_casus(core->state, place, &other);
	if (r == RESULT_NOT_FOUND && !found)
		return read_other(core, other, arena);
	if (r == RESULT_NOT_FOUND)
		return found == RESULT_NOT_FOUND ? RESULT_OK : found;
	if (r)
		return r;
	r = casus_read(core, own, arena, &all->casussen[all->count]);
	all->count += !r;
	return r;
}

// Until so many entries were read back in all.
static enum result read_until(struct core *core, uint64_t count, const uint8_t *place,
			      struct arena *arena)
{
	uint64_t other;
	enum result r = state_any_casus(core->state, place, &other);
	while (!r && core->counts.recalled < count) {
		struct recalled recalled;
		r = recall_entry(core, other, RECALL_PARTS_AND_CONTENT, arena, &recalled);
		r = r == RESULT_DAMAGED ? RESULT_OK : r;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result casussen_asked(struct core *core, const uint8_t *handle, const uint8_t *place,
			   struct arena *arena, struct casussen **ret_casussen)
{
	struct casussen *all = arena_alloc(arena, sizeof *all);
	uint64_t until = core->counts.recalled + CASUSSEN_MAX * entries_per_casus(), more;
	enum result r = all ? RESULT_OK : RESULT_NO_MEMORY;
	if (!r)
		all->casussen = arena_alloc(arena, CASUSSEN_MAX * sizeof *all->casussen);
	if (!r && !all->casussen)
		r = RESULT_NO_MEMORY;
	for (size_t i = 0; !r && i < CASUSSEN_MAX; i++)
		r = read_next(core, handle, place, arena, all);
	if (!r && all->count == CASUSSEN_MAX &&
	    !state_casus(core->state, handle, all->casussen[CASUSSEN_MAX - 1].first + 1, &more))
		r = RESULT_TOO_LARGE;
	enum result read = r == RESULT_NO_MEMORY ? r : read_until(core, until, place, arena);
	if (r || read)
		return r ? r : read;
	*ret_casussen = all;
	return RESULT_OK;
}

// ---- by its number -------------------------------------------------------------------------

enum result casus_named(struct core *core, struct bytes number, uint64_t *ret_first)
{
	const struct identificatie wanted = {ID_CASUS, number};
	uint8_t handle[HANDLE_LEN];
	enum result r = state_person(core->state, &wanted, handle);
	if (!r)
		*ret_first = get_u64be(handle); // where it was minted
	return r;
}

enum result casus_settle(struct core *core, struct flow_item *item, uint64_t first)
{
	struct recalled *recalled = arena_alloc(item->arena, sizeof *recalled);
	if (!recalled)
		return RESULT_NO_MEMORY;
	enum result r = recall_entry(core, first, RECALL_PARTS, item->arena, recalled);
	if (!r && !recalled->verantwoording)
		r = RESULT_NOT_FOUND;
	if (r)
		return r;
	item->betreft = first;
	item->recalled = recalled;
	return RESULT_OK;
}

bool casus_known_to(const struct core *core, const struct casus *casus,
		    const struct ontvanger *ontvanger)
{
	bool named = oin_equal(&ontvanger->oin, &core->registry.genesis.house) ||
		     ontvanger_equal(&casus->regie, ontvanger) ||
		     ontvanger_equal(&casus->casusregie, ontvanger);
	for (size_t i = 0; i < casus->inbrenger_count; i++)
		named |= ontvanger_equal(&casus->inbrengers[i], ontvanger);
	for (size_t i = 0; i < casus->deelnemer_count; i++)
		named |= ontvanger_equal(&casus->deelnemers[i], ontvanger);
	return named;
}

enum result casus_settle_by(struct core *core, struct flow_item *item,
			    const struct casus_velden *velden, struct casus *ret_casus,
			    struct ontvanger *ret_who)
{
	const struct statement *s = &item->opened->statement;
	struct bytes functie = veld_get(s->velden, s->veld_count, velden->functie);
	struct ontvanger who = {.oin = item->signer->bundle.oin};
	struct casus casus = {.gewist = true};
	uint64_t first = 0;
	memcpy(who.functie, functie.data, functie.len < FUNCTIE_MAX ? functie.len : FUNCTIE_MAX);
	if (!party_has_functie(item->signer, who.functie)) {
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, velden->functie_field);
		return RESULT_OK;
	}
	enum result r =
		casus_named(core, veld_get(s->velden, s->veld_count, velden->casus), &first);
	if (!r)
		r = casus_read(core, first, item->arena, &casus);
	if (!r && (casus.gewist || !casus_known_to(core, &casus, &who)))
		r = RESULT_NOT_FOUND;
	if (!r)
		r = casus_settle(core, item, first);
	if (r == RESULT_NOT_FOUND) {
		refuse_item(item, REASON_NOT_FOUND, velden->casus_field);
		return RESULT_OK;
	}
	*ret_casus = casus;
	*ret_who = who;
	return r;
}

// ---- facts ---------------------------------------------------------------------------------

bool casus_is_open(const struct casus *casus)
{
	return !casus->gewist && !casus->besloten &&
	       !bytes_equal(casus->status, bytes_of_text("gesloten"));
}

bool casus_is_advised(const struct casus *casus, struct civil_date on)
{
	struct civil_date until;
	return casus->advies.geldig_tot.len > 0 && !date_parse(casus->advies.geldig_tot, &until) &&
	       date_to_days(until) >= date_to_days(on);
}

static bool counts(const struct casus *casus, bool as_verdachte)
{
	static const char *const rollen[] = {"betrokkene", "vermoedelijke-pleger", "verdachte",
					     "gedetineerde"};
	bool about = !as_verdachte;
	for (size_t i = 0; i < sizeof rollen / sizeof rollen[0]; i++)
		about |= bytes_equal(casus->rol, bytes_of_text(rollen[i]));
	return about && !casus->gewist && !casus->besloten;
}

// The casussen that say how it stands with the person: those still open; the closed ones when
// there is no other.
struct standing {
	const struct casus *casussen[CASUSSEN_MAX];
	size_t count;
};
static struct standing standing_of(const struct casussen *all)
{
	struct standing s = {.count = 0};
	for (size_t i = 0; i < all->count; i++)
		if (casus_is_open(&all->casussen[i]))
			s.casussen[s.count++] = &all->casussen[i];
	for (size_t i = 0; s.count == 0 && i < all->count; i++)
		s.casussen[s.count++] = &all->casussen[i];
	return s;
}

// Those that do not count are not there at all.
static void keep_counting(struct casussen *all, bool as_verdachte)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->count; i++)
		if (counts(&all->casussen[i], as_verdachte))
			all->casussen[kept++] = all->casussen[i];
	all->count = kept;
}

// Each of these is a text of a casus, under one attribute.
static struct bytes text_of(const struct casus *casus, enum attribuut attribuut)
{
	switch ((int)attribuut) {
	case ATTRIBUUT_CASUS_STATUS:
		return casus->status;
	case ATTRIBUUT_AVE:
		return casus->ave;
	case ATTRIBUUT_REGIE_NIVEAU:
		return casus->niveau;
	case ATTRIBUUT_TOP_X:
		return casus->top_x;
	case ATTRIBUUT_PGA:
		return casus->pga;
	case ATTRIBUUT_WTH:
		return casus->wth;
	case ATTRIBUUT_LEVENSLOOP:
		return casus->levensloop;
	default:
		return bytes_make(NULL, 0);
	}
}

static void add_once(struct feit *feit, struct bytes waarde)
{
	for (size_t i = 0; i < feit->waarde_count; i++)
		if (bytes_equal(feit->waarden[i], waarde))
			return;
	feit_add(feit, waarde);
}

// One value each; casussen that contradict each other make it two, which nothing rests on.
static void set_texts(struct feit *feit, const struct standing *s, enum attribuut attribuut)
{
	feit_set_none(feit);
	for (size_t i = 0; i < s->count; i++)
		if (text_of(s->casussen[i], attribuut).len > 0)
			add_once(feit, text_of(s->casussen[i], attribuut));
}

// One digit: the highest level.
static void set_highest(struct feit *feit, const struct standing *s, enum attribuut attribuut)
{
	feit_set_none(feit);
	for (size_t i = 0; i < s->count; i++) {
		struct bytes level = text_of(s->casussen[i], attribuut);
		if (level.len == 1 &&
		    (feit->waarde_count == 0 || level.data[0] > feit->waarden[0].data[0]))
			feit_set(feit, level);
	}
}

// What runs, runs while the casus is not closed.
static void set_runs(struct feit *feit, const struct standing *s, enum attribuut attribuut)
{
	bool runs = false;
	for (size_t i = 0; i < s->count; i++)
		runs |= casus_is_open(s->casussen[i]) &&
			bytes_equal(text_of(s->casussen[i], attribuut), bytes_of_text("ja"));
	feit_set(feit, bytes_of_text(runs ? "ja" : "nee"));
}

// "partij/functie" as the convenant calls it. Somebody it does not know has no name in its
// language: the fact is not known then.
static enum result add_who(const struct flow_item *item, struct feit *feit,
			   const struct ontvanger *who)
{
	const struct partij *partij =
		item->convenant ? convenant_partij_of(item->convenant, &who->oin) : NULL;
	struct buffer text;
	if (who->oin.text[0] == '\0')
		return RESULT_OK;
	if (!partij) {
		feit->te_veel = true;
		feit->bekend = false;
		feit->waarde_count = 0;
		return RESULT_OK;
	}
	buffer_init(&text, 256);
	buffer_append_text(&text, partij->partij);
	buffer_append_text(&text, "/");
	buffer_append_text(&text, who->functie);
	struct bytes copy = arena_copy(item->arena, buffer_view(&text));
	buffer_done(&text);
	if (!copy.data)
		return RESULT_NO_MEMORY;
	add_once(feit, copy);
	return RESULT_OK;
}

static enum result set_who(struct flow_item *item, uint32_t betrokkene, const struct standing *s)
{
	struct feit *regie = feiten_at(item->feiten, ATTRIBUUT_REGIE, betrokkene);
	struct feit *casusregie = feiten_at(item->feiten, ATTRIBUUT_CASUSREGIE, betrokkene);
	struct feit *inbrenger = feiten_at(item->feiten, ATTRIBUUT_INBRENGER, betrokkene);
	enum result r = RESULT_OK;
	feit_set_none(regie);
	feit_set_none(casusregie);
	feit_set_none(inbrenger);
	for (size_t i = 0; !r && i < s->count; i++) {
		const struct casus *casus = s->casussen[i];
		r = add_who(item, regie, &casus->regie);
		if (!r)
			r = add_who(item, casusregie, &casus->casusregie);
		for (size_t n = 0; !r && n < casus->inbrenger_count; n++)
			r = add_who(item, inbrenger, &casus->inbrengers[n]);
	}
	return r;
}

static void set_origin(struct feiten *feiten, enum attribuut attribuut, uint32_t betrokkene,
		       const struct standing *s)
{
	struct feit *feit = feiten_at(feiten, attribuut, betrokkene);
	feit->herkomst_count = 0;
	for (size_t i = 0; i < s->count; i++) {
		feit->herkomst[feit->herkomst_count++] = s->casussen[i]->first;
		if (s->casussen[i]->newest != s->casussen[i]->first)
			feit->herkomst[feit->herkomst_count++] = s->casussen[i]->newest;
	}
}

// How each attribute is made of the casussen; of those without a way, set_who makes them.
static const struct {
	enum attribuut attribuut;
	void (*set)(struct feit *feit, const struct standing *s, enum attribuut attribuut);
} attributen[] = {
	{ATTRIBUUT_CASUS_STATUS, set_texts}, {ATTRIBUUT_AVE, set_highest},
	{ATTRIBUUT_TOP_X, set_runs},         {ATTRIBUUT_PGA, set_runs},
	{ATTRIBUUT_WTH, set_runs},           {ATTRIBUUT_LEVENSLOOP, set_runs},
	{ATTRIBUUT_REGIE_NIVEAU, set_texts}, {ATTRIBUUT_REGIE, NULL},
	{ATTRIBUUT_CASUSREGIE, NULL},        {ATTRIBUUT_INBRENGER, NULL},
	{ATTRIBUUT_ZSM_ADVIES, NULL},
};

static void set_advised(struct flow_item *item, uint32_t betrokkene, const struct standing *s)
{
	bool advised = false;
	for (size_t i = 0; i < s->count; i++)
		advised |= casus_is_open(s->casussen[i]) &&
			   casus_is_advised(s->casussen[i], date_amsterdam(item->now));
	feit_set(feiten_at(item->feiten, ATTRIBUUT_ZSM_ADVIES, betrokkene),
		 bytes_of_text(advised ? "ja" : "nee"));
}

void casus_forget(struct feiten *feiten, uint32_t betrokkene)
{
	for (size_t i = 0; i < sizeof attributen / sizeof attributen[0]; i++) {
		struct feit *feit = feiten_at(feiten, attributen[i].attribuut, betrokkene);
		memset(feit, 0, sizeof *feit);
	}
}

enum result casus_feiten(struct core *core, struct flow_item *item,
			 const struct casus_person *person)
{
	uint32_t betrokkene = person->betrokkene;
	struct casussen *all = NULL;
	casus_forget(item->feiten, betrokkene); // as it was gathered for another convenant
	enum result r = person->as_verdachte
				? casussen_asked(core, person->handle, item->opened->header_hash.b,
						 item->arena, &all)
				: casussen_of(core, person->handle, item->arena, &all);
	// Too many, or one that does not unseal because its key was changed: what they say is not
	// known, and what rests on it waits. The melding does not.
	if (r == RESULT_TOO_LARGE || (r == RESULT_DAMAGED && !state_is_damaged(core->state))) {
		log_line(LOG_LEVEL_ERROR, "event=casus-not-read result=\"%s\"", result_name(r));
		return RESULT_OK;
	}
	if (r)
		return r;
	keep_counting(all, person->as_verdachte);
	item->casussen = person->as_verdachte ? all : NULL;
	const struct standing s = standing_of(all);
	for (size_t i = 0; i < sizeof attributen / sizeof attributen[0]; i++)
		if (attributen[i].set)
			attributen[i].set(
				feiten_at(item->feiten, attributen[i].attribuut, betrokkene), &s,
				attributen[i].attribuut);
	set_advised(item, betrokkene, &s);
	r = set_who(item, betrokkene, &s);
	for (size_t i = 0; !r && i < sizeof attributen / sizeof attributen[0]; i++)
		set_origin(item->feiten, attributen[i].attribuut, betrokkene, &s);
	return r;
}
