// SPDX-License-Identifier: EUPL-1.2
// What the knooppunt states to one ontvanger as its own. A fact may steer a decision unseen; given
// to anyone it counts only earlier meldingen of which that ontvanger got something (design §8), and
// that were put before the convenant it is given under, so that the number itself betrays nothing.
#include "flow/bekend.h"
#include "flow/casus.h"
#include "flow/toestemming.h"

#include "base/clock.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

#define OCCURRENCES_MAX 256
#define VERRIJKING_CASUS_MAX 4 // as the table of rubrieken says
#define YEAR_MS (365 * MS_PER_DAY)
#define MONTH_MS (30 * MS_PER_DAY)

struct bytes sent_rubriek(const struct flow_item *item, size_t n)
{
	if (item->recalled)
		return n < item->recalled->content.slots.count
			       ? item->recalled->content.slots.rubrieken[n]
			       : bytes_make(NULL, 0);
	return item->opened->slots.rubrieken[n];
}

bool gave_herkomst(const struct toedeling *toedeling)
{
	for (size_t i = 0; i < toedeling->count; i++)
		if (toedeling->gaves[i].rubriek == RUBRIEK_HERKOMST)
			return true;
	return false;
}

static enum result make_room(const struct flow_item *item, struct verrijkingen *out)
{
	if (out->count < out->cap)
		return RESULT_OK;
	size_t cap = out->cap ? 2 * out->cap : 64;
	struct opening *grown = arena_alloc(item->arena, cap * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	if (out->count > 0)
		memcpy(grown, out->openings, out->count * sizeof *grown);
	out->openings = grown;
	out->cap = cap;
	return RESULT_OK;
}

// As it goes into an opening; on the arena of the item.
static enum result encode(const struct flow_item *item, const struct rubriek *rubriek,
			  struct bytes *ret_value)
{
	struct buffer encoded;
	buffer_init(&encoded, STATEMENT_MAX);
	enum result r = rubriek_encode(rubriek, &encoded);
	*ret_value = arena_copy(item->arena, buffer_view(&encoded));
	buffer_wipe(&encoded);
	return r || ret_value->data ? r : RESULT_NO_MEMORY;
}

static enum result add_value(const struct flow_item *item, uint32_t part, struct bytes value,
			     struct verrijkingen *out)
{
	uint8_t salt[VECTOR_SALT_LEN];
	random_bytes(salt, sizeof salt);
	struct opening opening = {part, arena_copy(item->arena, bytes_make(salt, sizeof salt)),
				  value};
	if (!opening.salt.data)
		return RESULT_NO_MEMORY;
	enum result r = make_room(item, out);
	if (r)
		return r;
	out->openings[out->count++] = opening;
	out->bytes += opening.value.len + OPENING_OVERHEAD;
	return RESULT_OK;
}

enum result verrijking_add(const struct flow_item *item, uint32_t part,
			   const struct rubriek *rubriek, struct verrijkingen *out)
{
	struct bytes value;
	enum result r = encode(item, rubriek, &value);
	return r ? r : add_value(item, part, value, out);
}

enum result verrijking_restated(const struct flow_item *item, size_t n, struct bytes *ret_value)
{
	struct rubriek rubriek;
	enum result r = rubriek_decode(sent_rubriek(item, n), item->arena, &rubriek);
	if (r)
		return r;
	rubriek.bron = bytes_make(NULL, 0);
	return encode(item, &rubriek, ret_value);
}

static struct bytes number_text(const struct flow_item *item, uint64_t number)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	return arena_copy(item->arena, bytes_make(text, (size_t)n));
}

struct history {
	uint64_t day, month, year;
	bool samenloop;
};

static enum result history_known_to(struct core *core, const struct flow_item *item,
				    const struct ontvanger *ontvanger, const uint8_t *handle,
				    struct history *ret_history)
{
	struct state_occurrence found[OCCURRENCES_MAX];
	struct state_span span = {.handle = handle,
				  .since = (uint64_t)(item->enriched_at - YEAR_MS),
				  .max = OCCURRENCES_MAX,
				  .below = item->betreft, // of an earlier melding: before it
				  .counted = true};
	size_t count = 0;
	enum result r = state_occurrences(core->state, span, found, &count);
	struct history history = {0};
	int64_t today = date_to_days(date_amsterdam(item->enriched_at));
	for (size_t i = 0; !r && i < count; i++) {
		bool known = false;
		int64_t at = (int64_t)found[i].received;
		bool again = i > 0 && found[i].index == found[i - 1].index; // in two rollen
		if (!convenant_hears(item->convenant, &found[i].bron, item->feiten->oefening))
			continue; // another samenwerkingsverband's
		r = state_known(core->state, ontvanger, found[i].index, &known);
		if (r || !known)
			continue;
		history.year += !again;
		history.month += !again && at >= item->enriched_at - MONTH_MS;
		history.day += !again && date_to_days(date_amsterdam(at)) == today;
		history.samenloop |= at >= item->enriched_at - MONTH_MS &&
				     !oin_equal(&found[i].bron, &item->feiten->bron);
	}
	if (!r)
		*ret_history = history;
	return r;
}

static enum result make_history(struct core *core, const struct flow_item *item,
				const struct toedeling *toedeling, const struct gave *gave,
				struct rubriek *rubriek)
{
	struct history history;
	const struct persoon_link *link =
		persoon_of(item->personen, item->persoon_count, gave->betrokkene);
	if (!link)
		return RESULT_INTERNAL; // decided on a fact that needs a link
	enum result r = history_known_to(core, item, &toedeling->ontvanger, link->handle, &history);
	if (r)
		return r;
	if (gave->rubriek == RUBRIEK_VERRIJKING_SAMENLOOP) {
		rubriek->velden[0] = (struct veld){SAMENLOOP_VELD,
						   bytes_of_text(history.samenloop ? "ja" : "nee")};
		rubriek->veld_count = 1;
		return RESULT_OK;
	}
	rubriek->velden[0] = (struct veld){EERDER_DAG, number_text(item, history.day)};
	rubriek->velden[1] = (struct veld){EERDER_30, number_text(item, history.month)};
	rubriek->velden[2] = (struct veld){EERDER_365, number_text(item, history.year)};
	rubriek->veld_count = 3;
	return RESULT_OK;
}

static enum result make_own(struct core *core, const struct flow_item *item,
			    const struct toedeling *toedeling, const struct gave *gave,
			    struct rubriek *rubriek)
{
	if (gave->rubriek != RUBRIEK_VERRIJKING_HUIS)
		return make_history(core, item, toedeling, gave, rubriek);
	const struct feit *huis =
		feiten_get(item->feiten, gave->betrokkene ? ATTRIBUUT_WOONHUIS : ATTRIBUUT_HUIS,
			   gave->betrokkene);
	if (!huis || !huis->bekend || huis->waarde_count != 1)
		return RESULT_INTERNAL;
	rubriek->velden[0] = (struct veld){HUIS_NAAM, huis->waarden[0]};
	rubriek->veld_count = 1;
	return RESULT_OK;
}

// One casus in which the ontvanger takes part; NULL: none.
static enum result add_casus(const struct flow_item *item, const struct casus *casus,
			     uint32_t betrokkene, uint32_t part, struct verrijkingen *out)
{
	struct veld velden[VELD_NUMBER_MAX];
	struct rubriek rubriek = {.soort = RUBRIEK_VERRIJKING_CASUS,
				  .betrokkene = betrokkene,
				  .regime = REGIME_AVG,
				  .velden = velden};
	velden[rubriek.veld_count++] =
		(struct veld){VERRIJKING_CASUS_DEELNEMER, bytes_of_text(casus ? "ja" : "nee")};
	if (casus) {
		const struct veld said[] = {{VERRIJKING_CASUS_STATUS, casus->status},
					    {VERRIJKING_CASUS_SINDS, casus->sinds},
					    {VERRIJKING_CASUS_NIVEAU, casus->niveau},
					    {VERRIJKING_CASUS_AVE, casus->ave},
					    {VERRIJKING_CASUS_TOP_X, casus->top_x},
					    {VERRIJKING_CASUS_PGA, casus->pga},
					    {VERRIJKING_CASUS_WTH, casus->wth},
					    {VERRIJKING_CASUS_LEVENSLOOP, casus->levensloop}};
		for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
			if (said[i].waarde.len > 0)
				velden[rubriek.veld_count++] = said[i];
	}
	return verrijking_add(item, part, &rubriek, out);
}

// Only of casussen of which this ontvanger may know: where there is none it gets the same as of a
// person who stands in none.
struct casus_vraag {
	const struct ontvanger *ontvanger;
	uint32_t betrokkene, part;
};
static enum result make_casus(struct core *core, const struct flow_item *item,
			      const struct casus_vraag *vraag, struct verrijkingen *out)
{
	const struct persoon_link *link =
		persoon_of(item->personen, item->persoon_count, vraag->betrokkene);
	struct casussen *all = NULL;
	size_t told = 0;
	if (!link)
		return RESULT_INTERNAL; // decided on a fact that needs a link
	enum result r = casussen_of(core, link->handle, item->arena, &all);
	for (size_t i = 0; !r && i < all->count && told < VERRIJKING_CASUS_MAX; i++) {
		const struct casus *casus = &all->casussen[i];
		if (casus->gewist || casus->besloten ||
		    !casus_known_to(core, casus, vraag->ontvanger))
			continue;
		r = add_casus(item, casus, vraag->betrokkene, vraag->part, out);
		told++;
	}
	return r || told ? r : add_casus(item, NULL, vraag->betrokkene, vraag->part, out);
}

static enum result restate(const struct flow_item *item, const struct gave *gave, uint32_t part,
			   struct verrijkingen *out)
{
	for (size_t n = 0; n < item->sent_count; n++) {
		if (!gave_opens(item->convenant, gave, &item->sent[n]))
			continue;
		struct bytes value;
		enum result r = verrijking_restated(item, n, &value);
		if (!r)
			r = add_value(item, part, value, out);
		if (r)
			return r;
	}
	return RESULT_OK;
}

enum result verrijking_make(struct core *core, const struct flow_item *item,
			    const struct toedeling *toedeling, uint32_t part,
			    struct verrijkingen *ret_verrijkingen)
{
	bool herkomst = gave_herkomst(toedeling);
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < toedeling->count; i++) {
		const struct gave *gave = &toedeling->gaves[i];
		struct veld velden[4];
		struct rubriek rubriek = {.soort = gave->rubriek,
					  .betrokkene = gave->betrokkene,
					  .regime = REGIME_AVG,
					  .velden = velden};
		if (gave->rubriek == RUBRIEK_HERKOMST)
			continue;
		if (!verrijking_is(gave->rubriek)) {
			if (!herkomst)
				r = restate(item, gave, part, ret_verrijkingen);
			continue;
		}
		if (context_is(gave->rubriek)) {
			r = context_make(core, item, gave, part, ret_verrijkingen);
			continue;
		}
		if (bekend_is(gave->rubriek)) {
			r = bekend_make(item, toedeling, gave, part, ret_verrijkingen);
			continue;
		}
		if (gave->rubriek == RUBRIEK_VERRIJKING_TERUGKOPPELING) {
			r = terugkoppeling_make(core, item, &toedeling->ontvanger, part,
						ret_verrijkingen);
			continue;
		}
		if (gave->rubriek == RUBRIEK_VERRIJKING_CASUS) {
			const struct casus_vraag vraag = {&toedeling->ontvanger, gave->betrokkene,
							  part};
			r = make_casus(core, item, &vraag, ret_verrijkingen);
			continue;
		}
		r = make_own(core, item, toedeling, gave, &rubriek);
		if (!r)
			r = verrijking_add(item, part, &rubriek, ret_verrijkingen);
	}
	return r;
}
