// SPDX-License-Identifier: EUPL-1.2
// A toestemming, or another ground that lifts the secrecy of who sent a melding, about one
// betrokkene of it. A source speaks for its own secrecy; the house for the source it names.
// The melding it names is decided again at once, under each convenant that decided it, and every
// later one with it.
#include "control/control.h"
#include "flow/in_force.h"
#include "flow/namens.h"
#include "flow/toestemming.h"
#include "flow/type.h"

#include "base/clock.h"
#include "state/bron.h"

#include <stdio.h>
#include <string.h>

static void copy_oin(struct oin *out, struct bytes text)
{
	if (text.len > 0 && oin_parse(text, out) != RESULT_OK)
		*out = (struct oin){.text = ""};
}

static bool read_day(struct bytes text, struct civil_date *ret_date)
{
	return text.len > 0 && date_parse(text, ret_date) == RESULT_OK;
}

// What these velden lift, said by `signer`.
static struct toestemming_feit feit_of(const struct veld *velden, size_t count, struct bytes signer)
{
	struct toestemming_feit feit = {
		.grond = veld_get(velden, count, TOESTEMMING_GROND),
		.gever = veld_get(velden, count, TOESTEMMING_GEVER),
		.doel = veld_get(velden, count, TOESTEMMING_DOEL),
		.functie = veld_get(velden, count, TOESTEMMING_FUNCTIE),
	};
	struct bytes rubriek = veld_get(velden, count, TOESTEMMING_RUBRIEK);
	const struct rubriek_row *row = rubriek.len > 0 ? rubriek_row_named(rubriek) : NULL;
	// Of none it names every rubriek is meant; what this program does not know opens nothing.
	feit.rubriek = rubriek.len == 0 ? 0 : row ? row->soort : UINT32_MAX;
	copy_oin(&feit.bron, signer);
	copy_oin(&feit.oin, veld_get(velden, count, TOESTEMMING_ONTVANGER));
	feit.has_van = read_day(veld_get(velden, count, TOESTEMMING_VAN), &feit.van);
	feit.has_tot = read_day(veld_get(velden, count, TOESTEMMING_TOT), &feit.tot);
	return feit;
}

// Whose secrecy: that of who speaks, unless the velden say another; checked when it came in.
static struct bytes source_of(const struct veld *velden, size_t count, struct bytes signer)
{
	struct bytes bron = veld_get(velden, count, TOESTEMMING_BRON);
	struct bytes namens = veld_get(velden, count, TOESTEMMING_NAMENS);
	return bron.len > 0 ? bron : namens.len > 0 ? namens : signer;
}

// A person gives a toestemming; a conflict van plichten, a meldrecht or a duty is what a
// professional declares of himself.
static void check_grond(struct flow_item *item)
{
	if (toestemming_is_given(said(item, TOESTEMMING_GROND)))
		return;
	if (said(item, TOESTEMMING_GEVER).len > 0)
		refuse_item(item, REASON_BAD_VALUE, "toestemming.gever");
	else if (said(item, TOESTEMMING_LEEFTIJDSBAND).len > 0)
		refuse_item(item, REASON_BAD_VALUE, "toestemming.leeftijdsband");
	else if (!bytes_equal(said(item, TOESTEMMING_VORM), bytes_of_text("verklaring")))
		refuse_item(item, REASON_BAD_VALUE, "toestemming.vorm");
}

static bool says_sense(struct flow_item *item)
{
	struct bytes rubriek = said(item, TOESTEMMING_RUBRIEK), van = said(item, TOESTEMMING_VAN),
		     tot = said(item, TOESTEMMING_TOT);
	if (rubriek.len > 0 && !rubriek_row_named(rubriek))
		refuse_item(item, REASON_UNKNOWN_CODE, "toestemming.rubriek");
	else if (said(item, TOESTEMMING_FUNCTIE).len > 0 &&
		 said(item, TOESTEMMING_ONTVANGER).len == 0)
		refuse_item(item, REASON_BAD_VALUE, "toestemming.functie");
	else if (van.len > 0 && tot.len > 0 && tot.len == van.len &&
		 memcmp(tot.data, van.data, tot.len) < 0)
		refuse_item(item, REASON_BAD_VALUE, "toestemming.tot");
	if (item->refusal.reason == REASON_NONE)
		check_grond(item);
	return item->refusal.reason == REASON_NONE;
}

// What one source may have said about one person, and about one melding, withdrawn or not: each
// later melding about that person is decided on all of it.
#define PER_PERSON_MAX 64
#define PER_MELDING_MAX 128

static enum result settle_number(struct core *core, struct flow_item *item, uint64_t melding,
				 const struct part_verantwoording *v)
{
	struct toestemming_telling telling = {
		.signer = bytes_of_text(item->signer->bundle.oin.text),
		.betrokkene = (uint32_t)statement_number(&item->opened->statement,
							 TOESTEMMING_BETROKKENE, 0)};
	const struct persoon_link *link =
		persoon_of(v->personen, v->persoon_count, telling.betrokkene);
	const struct toestemming_vraag vraag = {melding, link, link != NULL, UINT64_MAX,
						item->arena};
	enum result r = toestemmingen_count(core, &vraag, &telling);
	if (!r && telling.about >= PER_PERSON_MAX)
		refuse_item(item, REASON_TOO_MANY, "toestemming.betrokkene");
	else if (!r && telling.here >= PER_MELDING_MAX)
		refuse_item(item, REASON_TOO_MANY, "toestemming.entry");
	return r;
}

// The melding of its own source, or any for the house. The same words whether it is not there or
// another's.
static enum result toestemming_settle(struct core *core, struct flow_item *item)
{
	uint64_t melding =
		statement_number(&item->opened->statement, TOESTEMMING_ENTRY, UINT64_MAX);
	struct recalled recalled = {.index = 0};
	struct oin speaker;
	if (!says_sense(item) ||
	    !namens_speaks(core, item, TOESTEMMING_NAMENS, "toestemming.namens", &speaker))
		return RESULT_OK;
	struct bytes own = bytes_of_text(speaker.text);
	bool house = oin_equal(&speaker, &core->registry.genesis.house);
	enum result r = melding < journal_size(core->journal)
				? recall_entry(core, melding, RECALL_PARTS, item->arena, &recalled)
				: RESULT_NOT_FOUND;
	if (r && r != RESULT_NOT_FOUND)
		return r;
	const struct part_verantwoording *v = recalled.verantwoording;
	bool is_source = v && bytes_equal(bron_of(v), own);
	if (!v || v->betreft || v->feit_count == 0 || (!house && !is_source))
		refuse_item(item, REASON_NOT_FOUND, "toestemming.entry");
	else if (!is_source && !toestemming_is_given(said(item, TOESTEMMING_GROND)))
		refuse_item(item, REASON_BAD_VALUE, "toestemming.grond"); // only its source can
	else if ((!house || !toestemming_is_given(said(item, TOESTEMMING_GROND))) &&
		 said(item, TOESTEMMING_BRON).len > 0 &&
		 !bytes_equal(said(item, TOESTEMMING_BRON), own))
		refuse_item(item, REASON_BAD_VALUE, "toestemming.bron");
	if (item->refusal.reason)
		return RESULT_OK;
	item->betreft = melding;
	return settle_number(core, item, melding, v);
}

// Whether somebody who was `years` when the melding came can be in this band by now, and younger
// than twelve still. Nothing is known of who has no birth date.
static bool band_fits(const struct feiten *feiten, uint32_t betrokkene, struct bytes band,
		      int64_t later, bool *ret_under_twelve)
{
	const struct feit *leeftijd = feiten_get(feiten, ATTRIBUUT_LEEFTIJD, betrokkene);
	uint64_t years, oldest;
	*ret_under_twelve = bytes_equal(band, bytes_of_text("jonger-dan-12"));
	if (!leeftijd || !leeftijd->bekend || leeftijd->waarde_count != 1 ||
	    number_parse(leeftijd->waarden[0], &years))
		return true;
	oldest = years + (uint64_t)(later > 0 ? later / (365 * MS_PER_DAY) + 1 : 0);
	*ret_under_twelve |= oldest < 12;
	if (bytes_equal(band, bytes_of_text("jonger-dan-12")))
		return years < 12;
	if (bytes_equal(band, bytes_of_text("12-tot-16")))
		return oldest >= 12 && years < 16;
	return band.len == 0 || oldest >= 16;
}

// The band contradicts no birth date, and a child under twelve gives no toestemming of its own
// (WGBO, BW 7:447 and 7:450): who has the gezag does.
static void check_age(struct flow_item *item, uint32_t betrokkene)
{
	bool under_twelve;
	int64_t later = item->now - (int64_t)item->recalled->verantwoording->received;
	if (!band_fits(item->feiten, betrokkene, said(item, TOESTEMMING_LEEFTIJDSBAND), later,
		       &under_twelve))
		refuse_whole(item, REASON_BAD_VALUE, "toestemming.leeftijdsband");
	else if (under_twelve &&
		 bytes_equal(said(item, TOESTEMMING_GEVER), bytes_of_text("betrokkene")))
		refuse_whole(item, REASON_BAD_VALUE, "toestemming.gever");
}

// For the betrokkene it is about, and wherever else that person stands in this melding.
static enum result add_for_person(struct flow_item *item, struct toestemming_feit feit,
				  uint32_t betrokkene)
{
	const struct persoon_link *about =
		persoon_of(item->personen, item->persoon_count, betrokkene);
	feit.betrokkene = betrokkene;
	enum result r = toestemming_add(item->feiten, &feit, item->arena);
	for (size_t i = 0; !r && about && i < item->persoon_count; i++) {
		feit.betrokkene = item->personen[i].betrokkene;
		if (&item->personen[i] != about && persoon_same(&item->personen[i], about))
			r = toestemming_add(item->feiten, &feit, item->arena);
	}
	return r;
}

static enum result toestemming_prepare(struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	struct bytes signer = bytes_of_text(item->signer->bundle.oin.text);
	bool found = false;
	enum result r = recall_under_each(core, item->betreft, item, &found);
	if (r)
		return r;
	uint32_t betrokkene = (uint32_t)statement_number(s, TOESTEMMING_BETROKKENE, 0);
	if (!found)
		refuse_whole(item, REASON_NOT_FOUND, "toestemming.entry");
	else if (betrokkene == 0 || betrokkene > item->feiten->betrokkenen)
		refuse_whole(item, REASON_UNKNOWN_BETROKKENE, "toestemming.betrokkene");
	else
		check_age(item, betrokkene);
	if (item->refusal.reason)
		return RESULT_OK;
	struct toestemming_feit feit =
		feit_of(s->velden, s->veld_count, source_of(s->velden, s->veld_count, signer));
	for (struct flow_item *each = item; !r && each; each = each->further)
		r = add_for_person(each, feit, betrokkene);
	return r;
}

static enum result toestemming_subtract(struct core *core, struct flow_item *item)
{
	return subtract_given(core, item, bytes_make(NULL, 0));
}

static enum result toestemming_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled feit = {.soort = VERPLICHTING_FEIT, .convenant = v->convenant};
	return v->betreft && v->has_convenant ? state_settle(state, v, &feit) : RESULT_OK;
}

static bool toestemming_lifts(const struct part_verantwoording *v, uint32_t betrokkene,
			      struct toestemming_feit *ret_feit)
{
	const struct statement s = {.velden = v->velden, .veld_count = v->veld_count};
	if (statement_number(&s, TOESTEMMING_BETROKKENE, 0) != betrokkene)
		return false;
	*ret_feit =
		feit_of(v->velden, v->veld_count, source_of(v->velden, v->veld_count, v->signer));
	return true;
}

// "g-toestemming <betrokkene> <grond> <oin>"
static void toestemming_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes betrokkene = veld_get(v->velden, v->veld_count, TOESTEMMING_BETROKKENE);
	struct bytes grond = veld_get(v->velden, v->veld_count, TOESTEMMING_GROND);
	struct bytes speaker = namens_said(v, TOESTEMMING_NAMENS);
	char line[160];
	snprintf(line, sizeof line, "%.*s %.*s %.*s", (int)betrokkene.len,
		 (const char *)betrokkene.data, (int)grond.len, (const char *)grond.data,
		 (int)speaker.len, (const char *)speaker.data);
	control_append_text(out, "g-toestemming", line);
	namens_tell_said(v, TOESTEMMING_NAMENS, TOESTEMMING_MEDEWERKER, out);
}

const struct type_handler type_toestemming = {
	.decided = true,
	.read = read_signed,
	.settle = toestemming_settle,
	.enrich = toestemming_prepare,
	.afterwards = toestemming_subtract,
	.apply = toestemming_apply,
	.lifts = toestemming_lifts,
	.event = "toestemming",
	.tell = toestemming_tell,
};
