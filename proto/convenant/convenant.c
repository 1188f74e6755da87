// SPDX-License-Identifier: EUPL-1.2
#include "convenant/model.h"

#include <string.h>

bool ontvanger_equal(const struct ontvanger *a, const struct ontvanger *b)
{
	return oin_equal(&a->oin, &b->oin) &&
	       strncmp(a->functie, b->functie, sizeof a->functie) == 0;
}

const char *convenant_name(const struct convenant *convenant)
{
	return convenant->text.convenant;
}

struct hash convenant_hash(const struct convenant *convenant)
{
	return convenant->hash;
}

bool convenant_is_signed(const struct convenant *convenant)
{
	return convenant->is_signed;
}

const struct partij *convenant_signs_later(const struct convenant *convenant,
					   struct civil_date today)
{
	for (size_t n = 0; n < convenant->partij_count; n++) {
		const struct partij *partij = &convenant->partijen[n];
		struct civil_date op;
		if (partij->getekend && (date_parse(bytes_of_text(partij->getekend_op), &op) ||
					 date_to_days(op) > date_to_days(today)))
			return partij;
	}
	return NULL;
}

struct bytes convenant_document(const struct convenant *convenant)
{
	return convenant->document;
}

const struct convenant_text *convenant_text(const struct convenant *convenant)
{
	return &convenant->text;
}

size_t convenant_partij_count(const struct convenant *convenant)
{
	return convenant->partij_count;
}

const struct partij *convenant_partij(const struct convenant *convenant, size_t n)
{
	return n < convenant->partij_count ? &convenant->partijen[n] : NULL;
}

const struct partij *convenant_partij_of(const struct convenant *convenant, const struct oin *oin)
{
	for (size_t i = 0; i < convenant->partij_count; i++) {
		if (oin_equal(&convenant->partijen[i].oin, oin))
			return &convenant->partijen[i];
	}
	return NULL;
}

bool convenant_find_partij(const struct convenant *convenant, struct bytes name, size_t *ret_n)
{
	for (size_t i = 0; i < convenant->partij_count; i++) {
		if (bytes_equal(bytes_of_text(convenant->partijen[i].partij), name)) {
			*ret_n = i;
			return true;
		}
	}
	return false;
}

size_t convenant_ontvangers(const struct convenant *convenant,
			    const struct ontvanger **ret_ontvangers)
{
	*ret_ontvangers = convenant->ontvangers;
	return convenant->ontvanger_count;
}

int ontvanger_compare(const struct ontvanger *a, const struct ontvanger *b)
{
	int order = memcmp(a->oin.text, b->oin.text, OIN_LEN);
	return order ? order : strncmp(a->functie, b->functie, sizeof a->functie);
}

bool convenant_find_ontvanger(const struct convenant *convenant, const struct ontvanger *ontvanger,
			      size_t *ret_n)
{
	size_t low = 0, high = convenant->ontvanger_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t n = convenant->by_ontvanger[middle];
		int order = ontvanger_compare(ontvanger, &convenant->ontvangers[n]);
		if (order == 0) {
			*ret_n = n;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

int convenant_find_overleg(const struct convenant *convenant, struct bytes name)
{
	for (size_t i = 0; i < convenant->overleg_count; i++) {
		if (bytes_equal(bytes_of_text(convenant->overleggen[i].overleg), name))
			return (int)i;
	}
	return -1;
}

const char *rubriek_naam(uint32_t rubriek)
{
	const struct rubriek_row *row = rubriek_row(rubriek);
	return row ? row->name : "bericht";
}

size_t convenant_overleg_count(const struct convenant *convenant)
{
	return convenant->overleg_count;
}

const struct ontvanger *overleg_voorzitter(const struct overleg *overleg, const struct oin *bron)
{
	if (oin_equal(&overleg->voorzitter.oin, bron))
		return &overleg->voorzitter;
	for (size_t i = 0; i < overleg->medevoorzitter_count; i++)
		if (oin_equal(&overleg->medevoorzitters[i].oin, bron))
			return &overleg->medevoorzitters[i];
	return &overleg->voorzitter;
}

bool overleg_seats(const struct overleg *overleg, const struct ontvanger *ontvanger)
{
	for (size_t i = 0; i < overleg->lid_count; i++)
		if (ontvanger_equal(&overleg->leden[i], ontvanger))
			return true;
	return ontvanger_equal(&overleg->voorzitter, ontvanger);
}

bool overleg_zitting(const struct overleg *overleg, int64_t at, int64_t *ret_day)
{
	const struct zitting_tijd tijd = {overleg->aanvang,
					  overleg->has_sluiting ? &overleg->sluiting : NULL};
	return kalender_zitting(&overleg->rooster, &tijd, at, ret_day);
}

int64_t zitting_einde(int64_t day)
{
	return clock_from_amsterdam((day + 1) * MS_PER_DAY) - 1;
}

const struct overleg *convenant_overleg_named(const struct convenant *convenant, struct bytes name)
{
	int n = convenant_find_overleg(convenant, name);
	return n < 0 ? NULL : &convenant->overleggen[n];
}

const struct overleg *convenant_overleg(const struct convenant *convenant, size_t n)
{
	return n < convenant->overleg_count ? &convenant->overleggen[n] : NULL;
}

size_t convenant_regel_count(const struct convenant *convenant)
{
	return convenant->regel_count;
}

const struct regel_text *convenant_regel(const struct convenant *convenant, size_t n)
{
	return n < convenant->regel_count ? &convenant->regels[n].text : NULL;
}

static int compare_name(struct bytes name, const char *other)
{
	size_t len = strlen(other);
	int order = name.len && len ? memcmp(name.data, other, name.len < len ? name.len : len) : 0;
	return order ? order : (name.len > len) - (name.len < len);
}

enum result convenant_regel_named(const struct convenant *convenant, struct bytes name,
				  size_t *ret_n)
{
	size_t low = 0, high = convenant->regel_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t n = convenant->by_name[middle];
		int order = compare_name(name, convenant->regels[n].text.regel);
		if (order == 0) {
			*ret_n = n;
			return RESULT_OK;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return RESULT_NOT_FOUND;
}

static bool gives(const struct regel *regel, uint32_t rubriek, int64_t day)
{
	bool named = false;
	for (size_t i = 0; i < regel->rubriek_count; i++)
		named |= regel->rubrieken[i] == rubriek;
	return named && regel->text.soort == REGEL_VERSTREK &&
	       (!regel->has_van || regel->van <= day) && (!regel->has_tot || regel->tot >= day);
}

enum result convenant_gives(const struct convenant *convenant, uint32_t rubriek,
			    struct civil_date on, size_t *ret_n)
{
	for (size_t n = 0; n < convenant->regel_count; n++)
		if (gives(&convenant->regels[n], rubriek, date_to_days(on))) {
			*ret_n = n;
			return RESULT_OK;
		}
	return RESULT_NOT_FOUND;
}

const struct weging_eis *convenant_weging(const struct convenant *convenant, size_t n)
{
	if (n >= convenant->regel_count || !convenant->regels[n].has_weging)
		return NULL;
	return &convenant->regels[n].weging;
}

int64_t convenant_weging_uiterlijk(const struct convenant *convenant, size_t n, int64_t from)
{
	if (!convenant_weging(convenant, n))
		return from;
	return termijn_end(&convenant->regels[n].binnen, from);
}

const struct overdracht_eis *convenant_overdracht(const struct convenant *convenant, size_t n)
{
	if (n >= convenant->regel_count || !convenant->regels[n].has_overdracht)
		return NULL;
	return &convenant->regels[n].overdracht;
}

int64_t convenant_overdracht_uiterlijk(const struct convenant *convenant, size_t n, int64_t from)
{
	if (!convenant_overdracht(convenant, n))
		return from;
	return termijn_end(&convenant->regels[n].overdracht_binnen, from);
}

const struct antwoord_eis *convenant_antwoord(const struct convenant *convenant, size_t n)
{
	if (n >= convenant->regel_count || !convenant->regels[n].has_antwoord)
		return NULL;
	return &convenant->regels[n].antwoord;
}

int64_t convenant_antwoord_uiterlijk(const struct convenant *convenant, size_t n, int64_t from)
{
	if (!convenant_antwoord(convenant, n))
		return from;
	return termijn_end(&convenant->regels[n].antwoord_binnen, from);
}

const struct nood_eis *convenant_nood(const struct convenant *convenant, size_t n)
{
	if (n >= convenant->regel_count || convenant->regels[n].text.soort != REGEL_NOOD)
		return NULL;
	return &convenant->regels[n].nood;
}

bool convenant_hears(const struct convenant *convenant, const struct oin *bron, bool oefening)
{
	const struct partij *partij = convenant_partij_of(convenant, bron);
	return partij && (partij->getekend || oefening);
}

bool convenant_concerns(const struct convenant *convenant, const struct feiten *feiten)
{
	return convenant_hears(convenant, &feiten->bron, feiten->oefening);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void convenant_bewaar(const struct convenant *convenant, const uint16_t *regels, size_t count,
		      int64_t from, int64_t *ret_inhoud_until, int64_t *ret_verantwoording_until)
{
	int64_t inhoud = from, verantwoording = from;
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		if (regels[i] >= convenant->regel_count)
			continue;
		const struct regel *regel = &convenant->regels[regels[i]];
		const struct termijn *own = regel->has_bewaar ? &regel->inhoud : &convenant->inhoud;
		const struct termijn *proof =
			regel->has_bewaar ? &regel->verantwoording : &convenant->verantwoording;
		inhoud = later(inhoud, termijn_end(own, from));
		verantwoording = later(verantwoording, termijn_end(proof, from));
		any = true;
	}
	if (!any) {
		inhoud = termijn_end(&convenant->inhoud, from);
		verantwoording = termijn_end(&convenant->verantwoording, from);
	}
	*ret_inhoud_until = inhoud;
	*ret_verantwoording_until = verantwoording;
}

uint8_t convenant_regimes(const struct convenant *convenant, const uint16_t *regels, size_t count)
{
	uint8_t regimes = 0;
	for (size_t i = 0; i < count; i++) {
		uint8_t one = convenant->regels[regels[i]].regimes;
		regimes |= one ? one : UINT8_MAX;
	}
	return regimes;
}
