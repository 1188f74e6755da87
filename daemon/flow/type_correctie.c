// SPDX-License-Identifier: EUPL-1.2
// What a melding says is not so, was added to, or may be kept and not used; or may be used again.
// Its source says so, or the house. Nothing of the melding changes by it: what is not so is given
// to nobody any more, and everybody who was given it is told. What is so instead comes as a melding
// of its own, that names this one as `vervangt` and is decided on as any other. A professional's
// judgement stays as it was given: with aangevuld a statement lies beside it, and that is told.
#include "control/control.h"
#include "flow/in_force.h"
#include "flow/ongelezen.h"
#include "flow/recheck.h"
#include "flow/rechtzetting.h"
#include "flow/type.h"

#include "state/bron.h"

#include <stdio.h>

#define PER_MELDING_MAX 64

// What one of them is about: of a betrokkene, or of everybody and the incident; one rubriek, or 0:
// all.
struct bedoeld {
	bool all;
	uint32_t betrokkene, rubriek;
};

static struct bedoeld bedoeld_of(struct veld *velden, size_t count)
{
	const struct statement s = {.velden = velden, .veld_count = count};
	struct bytes rubriek = veld_get(velden, count, CORRECTIE_RUBRIEK);
	const struct rubriek_row *row = rubriek.len > 0 ? rubriek_row_named(rubriek) : NULL;
	return (struct bedoeld){
		.all = veld_get(velden, count, CORRECTIE_BETROKKENE).len == 0,
		.betrokkene = (uint32_t)statement_number(&s, CORRECTIE_BETROKKENE, 0),
		// What this program does not know is of nobody.
		.rubriek = rubriek.len == 0 ? 0
			   : row            ? row->soort
					    : UINT32_MAX,
	};
}

// Who sent it stands with all of it, and goes with all of it alone.
static bool means(const struct bedoeld *b, uint32_t betrokkene, uint32_t rubriek)
{
	if (!b->all && b->rubriek == 0 && rubriek == RUBRIEK_HERKOMST)
		return false;
	return (b->all || b->betrokkene == betrokkene) &&
	       (b->rubriek == 0 || b->rubriek == rubriek);
}

static enum verstrekking_soort soort_of(struct bytes correctie)
{
	for (uint32_t soort = VERSTREKKING_ONJUIST; soort <= VERSTREKKING_OPGEHEVEN; soort++)
		if (bytes_equal(correctie, bytes_of_text(verstrekking_soort_name(soort))))
			return soort;
	return VERSTREKKING_AANGEVULD;
}

// The last that was said about a place counts.
static void close_places(struct feiten *feiten, const struct bedoeld *b,
			 enum verstrekking_soort soort)
{
	for (uint32_t rubriek = 0; rubriek <= RUBRIEK_SOORT_MAX; rubriek++)
		for (uint32_t who = 0; who <= BETROKKENEN_MAX; who++) {
			uint32_t bit = UINT32_C(1) << who;
			if (!means(b, who, rubriek))
				continue;
			if (soort == VERSTREKKING_OPGEHEVEN)
				feiten->gesloten[rubriek] &= ~bit;
			else if (soort != VERSTREKKING_AANGEVULD)
				feiten->gesloten[rubriek] |= bit;
		}
}

// ---- whether it may be said ------------------------------------------------------------------

// How many places it means, and how many of them are closed. Of what the sender gave; what the
// knooppunt adds is made anew each time.
static size_t count_places(const struct part_verantwoording *v, const struct bedoeld *b,
			   const struct feiten *feiten, size_t *ret_closed)
{
	size_t meant = 0, closed = 0;
	for (size_t i = 0; i < v->rubriek_count; i++) {
		const struct rubriekplaats *place = &v->rubrieken[i];
		if (!means(b, place->betrokkene, place->rubriek))
			continue;
		meant++;
		closed += feiten->gesloten[place->rubriek] >> place->betrokkene & 1;
	}
	*ret_closed = closed;
	return meant;
}

static enum result check_said(struct core *core, struct flow_item *item,
			      const struct recalled *melding)
{
	const struct statement *s = &item->opened->statement;
	const struct part_verantwoording *v = melding->verantwoording;
	const struct bedoeld b = bedoeld_of(s->velden, s->veld_count);
	enum verstrekking_soort soort = soort_of(said(item, CORRECTIE_CORRECTIE));
	const struct recall_question question = {melding->index, UINT64_MAX, NULL};
	struct feiten *feiten;
	enum result r = recall_feiten(core, &question, melding, item->arena, &feiten);
	if (r)
		return r;
	size_t closed, meant = count_places(v, &b, feiten, &closed);
	if (meant == 0)
		refuse_item(item, REASON_NOT_FOUND,
			    b.rubriek ? "correctie.rubriek" : "correctie.betrokkene");
	else if (feiten->correcties >= PER_MELDING_MAX)
		refuse_item(item, REASON_TOO_MANY, "correctie.entry");
	else if (soort == VERSTREKKING_OPGEHEVEN && closed == 0)
		refuse_item(item, REASON_NOT_FOUND, "correctie.correctie");
	else if (rechtzetting_closes(soort) && closed == meant)
		refuse_item(item, REASON_ALREADY_DECIDED, "correctie.correctie");
	return RESULT_OK;
}

// The same words whether it is not there or another's.
static enum result correctie_settle(struct core *core, struct flow_item *item)
{
	uint64_t melding = statement_number(&item->opened->statement, CORRECTIE_ENTRY, UINT64_MAX);
	struct bytes rubriek = said(item, CORRECTIE_RUBRIEK);
	bool house = oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house);
	struct recalled *recalled = arena_alloc(item->arena, sizeof *recalled);
	if (!recalled)
		return RESULT_NO_MEMORY;
	if (rubriek.len > 0 && !rubriek_row_named(rubriek)) {
		refuse_item(item, REASON_UNKNOWN_CODE, "correctie.rubriek");
		return RESULT_OK;
	}
	*recalled = (struct recalled){.index = 0};
	enum result r = melding < journal_size(core->journal)
				? recall_entry(core, melding, RECALL_PARTS, item->arena, recalled)
				: RESULT_NOT_FOUND;
	if (r && r != RESULT_NOT_FOUND)
		return r;
	const struct part_verantwoording *v = recalled->verantwoording;
	if (!v || v->betreft || v->rubriek_count == 0 ||
	    (!house && !bytes_equal(bron_of(v), bytes_of_text(item->signer->bundle.oin.text)))) {
		refuse_item(item, REASON_NOT_FOUND, "correctie.entry");
		return RESULT_OK;
	}
	item->betreft = melding;
	item->recalled = recalled; // it lies under that melding's slot
	return check_said(core, item, recalled);
}

// ---- what may be used again ------------------------------------------------------------------

// Regels give then what they would have given, if it was not given before.
static enum result correctie_prepare(struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	const struct bedoeld b = bedoeld_of(s->velden, s->veld_count);
	struct recalled *melding = item->recalled;
	bool found = false;
	if (soort_of(said(item, CORRECTIE_CORRECTIE)) != VERSTREKKING_OPGEHEVEN)
		return RESULT_OK;
	enum result r = recall_under_each(core, item->betreft, item, &found);
	if (!found)
		item->recalled = melding; // its content is gone: nothing can be given
	for (struct flow_item *each = item; !r && found && each; each = each->further)
		close_places(each->feiten, &b, VERSTREKKING_OPGEHEVEN);
	return r;
}

static enum result correctie_subtract(struct core *core, struct flow_item *item)
{
	return subtract_given(core, item, bytes_make(NULL, 0));
}

// ---- what follows from it --------------------------------------------------------------------

// What of a person it is about; 0: of another rubriek, which says nothing of who it is.
static uint8_t of_person(const struct bedoeld *b)
{
	switch (b->rubriek) {
	case 0:
		return GESLOTEN_PERSOON | GESLOTEN_IDENTIFICATIE | GESLOTEN_BSN;
	case RUBRIEK_IDENTIFICATIE:
		return GESLOTEN_IDENTIFICATIE;
	case RUBRIEK_BSN:
		return GESLOTEN_BSN;
	default:
		return 0;
	}
}

static enum result close_persons(struct state *state, const struct part_verantwoording *v)
{
	const struct bedoeld b = bedoeld_of(v->velden, v->veld_count);
	enum verstrekking_soort soort =
		soort_of(veld_get(v->velden, v->veld_count, CORRECTIE_CORRECTIE));
	uint8_t what = soort == VERSTREKKING_AANGEVULD ? 0 : of_person(&b);
	enum result r = RESULT_OK;
	for (uint32_t who = 1; !r && what && who <= BETROKKENEN_MAX; who++)
		if (b.all || b.betrokkene == who)
			r = state_is_gesloten(state, v, who, what, soort != VERSTREKKING_OPGEHEVEN);
	return r;
}

static enum result correctie_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled feit = {.soort = VERPLICHTING_FEIT, .convenant = v->convenant};
	enum result r = v->betreft && v->veld_count > 0 ? close_persons(state, v) : RESULT_OK;
	return !r && v->betreft && v->has_convenant ? state_settle(state, v, &feit) : r;
}

// A leaf by which a further convenant decided on it says nothing anew.
static enum result correctie_recall(const struct recall_question *question,
				    const struct part_verantwoording *v, struct arena *arena,
				    struct feiten *feiten)
{
	const struct bedoeld b = bedoeld_of(v->velden, v->veld_count);
	(void)question;
	(void)arena;
	if (v->veld_count == 0)
		return RESULT_OK;
	feiten->correcties++;
	close_places(feiten, &b, soort_of(veld_get(v->velden, v->veld_count, CORRECTIE_CORRECTIE)));
	return RESULT_OK;
}

static enum result concerns(void *context, const struct part_verstrekking *given,
			    const struct grond *grond, bool *ret_concerns)
{
	(void)given;
	*ret_concerns = means(context, grond->betrokkene, grond->rubriek);
	return RESULT_OK;
}

// What cannot be decided again without it is held.
static enum result correctie_account(struct core *core, struct flow_item *item,
				     struct part_verantwoording *v)
{
	struct ongelezen ongelezen = {.count = 0};
	if (!rechtzetting_closes(soort_of(said(item, CORRECTIE_CORRECTIE))))
		return RESULT_OK;
	enum result r = ongelezen_find(core, item->betreft, &ongelezen);
	return r ? r : ongelezen_account(core, &ongelezen, item->arena, v);
}

// Who was given any of it is found before what waits is decided again without it.
static enum result correctie_recorded(struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	struct bedoeld b = bedoeld_of(s->velden, s->veld_count);
	struct rechtzetting rechtzetting = {.core = core,
					    .melding = item->betreft,
					    .before = item->index,
					    .soort = soort_of(said(item, CORRECTIE_CORRECTIE)),
					    .concerns = concerns,
					    .context = &b};
	enum result r = rechtzetting_gather(&rechtzetting);
	if (!r && rechtzetting_closes(rechtzetting.soort))
		r = recheck_melding(core, item->betreft);
	return r ? r : rechtzetting_give(&rechtzetting, item->now);
}

// "g-correctie <correctie> <betrokkene, or -> <rubriek, or -> <oin>"
static void correctie_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes correctie = veld_get(v->velden, v->veld_count, CORRECTIE_CORRECTIE);
	struct bytes betrokkene = veld_get(v->velden, v->veld_count, CORRECTIE_BETROKKENE);
	struct bytes rubriek = veld_get(v->velden, v->veld_count, CORRECTIE_RUBRIEK);
	char line[160];
	if (betrokkene.len == 0)
		betrokkene = bytes_of_text("-");
	if (rubriek.len == 0)
		rubriek = bytes_of_text("-");
	snprintf(line, sizeof line, "%.*s %.*s %.*s %.*s", (int)correctie.len,
		 (const char *)correctie.data, (int)betrokkene.len, (const char *)betrokkene.data,
		 (int)rubriek.len, (const char *)rubriek.data, (int)v->signer.len,
		 (const char *)v->signer.data);
	control_append_text(out, "g-correctie", line);
}

const struct type_handler type_correctie = {
	.decided = true,
	.read = read_signed,
	.settle = correctie_settle,
	.enrich = correctie_prepare,
	.afterwards = correctie_subtract,
	.apply = correctie_apply,
	.content = UINT64_C(1) << CORRECTIE_MOTIVERING,
	.recall = correctie_recall,
	.account = correctie_account,
	.recorded = correctie_recorded,
	.event = "correctie",
	.tell = correctie_tell,
};
