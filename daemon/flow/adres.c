// SPDX-License-Identifier: EUPL-1.2
// A protected address stands in a melding more than once: as that of another betrokkene who lives
// there, and as the place of the incident. Whoever may not read the one may not read the others.
#include "flow/flow.h"

// The velden by which two addresses are told apart, in verblijfadres and in incident.
struct adres {
	struct bytes straat, huisnummer, postcode;
};
static struct bytes said(const struct rubriek *rubriek, uint32_t veld)
{
	return veld_get(rubriek->velden, rubriek->veld_count, veld);
}

static struct adres of_verblijf(const struct rubriek *r)
{
	return (struct adres){said(r, VERBLIJFADRES_STRAAT), said(r, VERBLIJFADRES_HUISNUMMER),
			      said(r, VERBLIJFADRES_POSTCODE)};
}

static struct adres of_incident(const struct rubriek *r)
{
	return (struct adres){said(r, INCIDENT_STRAAT), said(r, INCIDENT_HUISNUMMER),
			      said(r, INCIDENT_POSTCODE)};
}

static bool says_nothing(const struct adres *a)
{
	return a->straat.len + a->postcode.len + a->huisnummer.len == 0;
}

static bool differ(struct bytes a, struct bytes b)
{
	return a.len > 0 && b.len > 0 && !bytes_equal(a, b);
}

// Only what is written in one way tells two addresses apart: a street may be spelled in several.
// What is not shown to differ may be the same.
static bool may_be_same(const struct adres *a, const struct adres *b)
{
	return !says_nothing(a) && !says_nothing(b) && !differ(a->postcode, b->postcode) &&
	       !differ(a->huisnummer, b->huisnummer);
}

static bool is_protected(const struct rubriek *r)
{
	return r->soort == RUBRIEK_VERBLIJFADRES &&
	       bytes_equal(said(r, VERBLIJFADRES_AFGESCHERMD), bytes_of_text("ja"));
}

static bool may_be_protected(const struct melding *melding, const struct adres *adres)
{
	for (size_t i = 0; i < melding->count; i++) {
		if (!is_protected(&melding->rubrieken[i]))
			continue;
		struct adres other = of_verblijf(&melding->rubrieken[i]);
		if (may_be_same(adres, &other))
			return true;
	}
	return false;
}

void enrich_adressen(struct flow_item *item)
{
	const struct melding *melding = &item->opened->melding;
	struct feit *incident = feiten_at(item->feiten, ATTRIBUUT_INCIDENT_AFGESCHERMD, 0);
	feit_set(incident, bytes_of_text("nee"));
	for (size_t i = 0; i < melding->count; i++) {
		const struct rubriek *r = &melding->rubrieken[i];
		bool home = r->soort == RUBRIEK_VERBLIJFADRES;
		if (!home && r->soort != RUBRIEK_INCIDENT)
			continue;
		struct adres adres = home ? of_verblijf(r) : of_incident(r);
		if (may_be_protected(melding, &adres))
			feit_set(
				home ? feiten_at(item->feiten, ATTRIBUUT_AFGESCHERMD, r->betrokkene)
				     : incident,
				bytes_of_text("ja"));
	}
}
