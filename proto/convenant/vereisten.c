// SPDX-License-Identifier: EUPL-1.2
// What a regel may require besides its conditions: that a secrecy was lifted, that an act activated
// it, that the rubriek is held under a certain law.
#include "convenant/oordeel.h"

#include <string.h>

#define MS_PER_MINUTE INT64_C(60000)

static bool stands_in(const char *const *list, size_t count, struct bytes code)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes_equal(bytes_of_text(list[i]), code))
			return true;
	}
	return false;
}

static bool is_nobody(const struct oin *oin)
{
	return oin->text[0] == '\0';
}

// Whether what was given is of the sort that is asked.
static bool is_of_sort(const struct toestemming_eis *eis, const struct toestemming_feit *feit)
{
	if (!stands_in(eis->gronden, eis->grond_count, feit->grond))
		return false;
	if (eis->gever_count > 0 && bytes_equal(feit->grond, bytes_of_text("toestemming")) &&
	    !stands_in(eis->gevers, eis->gever_count, feit->gever))
		return false;
	return !eis->voor || bytes_equal(feit->doel, bytes_of_text(eis->voor));
}

static bool is_for(const struct toestemming_feit *feit, const struct ontvanger *ontvanger,
		   uint32_t rubriek)
{
	if (feit->rubriek != 0 && feit->rubriek != rubriek)
		return false;
	if (is_nobody(&feit->oin))
		return true;
	return oin_equal(&feit->oin, &ontvanger->oin) &&
	       (feit->functie.len == 0 ||
		bytes_equal(feit->functie, bytes_of_text(ontvanger->functie)));
}

static bool is_current(const struct ronde *ronde, const struct toestemming_feit *feit)
{
	return (!feit->has_van || date_to_days(feit->van) <= ronde->dag) &&
	       (!feit->has_tot || ronde->dag <= date_to_days(feit->tot));
}

struct stand ronde_toestemming(const struct ronde *ronde, const struct regel *regel,
			       const struct ontvanger *ontvanger, uint32_t rubriek)
{
	const struct feiten *feiten = ronde->feiten;
	uint32_t lifted = 0;
	for (size_t i = 0; i < feiten->toestemming_count; i++) {
		const struct toestemming_feit *feit = &feiten->toestemmingen[i];
		if (feit->betrokkene == 0 || feit->betrokkene > BETROKKENEN_MAX)
			continue;
		if (is_of_sort(&regel->toestemming, feit) && is_for(feit, ontvanger, rubriek) &&
		    (is_nobody(&feit->bron) || oin_equal(&feit->bron, &feiten->bron)) &&
		    is_current(ronde, feit))
			lifted |= 1u << feit->betrokkene;
	}
	lifted &= ronde->alle;
	return (struct stand){.ja = lifted,
			      .kan = feiten->toestemmingen_bekend ? lifted : ronde->alle};
}

struct stand ronde_nood(const struct ronde *ronde, const struct regel *regel,
			const struct ontvanger *ontvanger)
{
	const struct feiten *feiten = ronde->feiten;
	uint32_t active = 0;
	for (size_t i = 0; i < feiten->nood_count; i++) {
		const struct nood_feit *nood = &feiten->noden[i];
		if (nood->betrokkene == 0 || nood->betrokkene > BETROKKENEN_MAX ||
		    !bytes_equal(nood->regel, bytes_of_text(regel->text.regel)) ||
		    !oin_equal(&nood->oin, &ontvanger->oin) ||
		    !bytes_equal(nood->functie, bytes_of_text(ontvanger->functie)))
			continue;
		if (nood->van <= ronde->nu && ronde->nu <= nood->tot &&
		    ronde->nu - nood->van <= regel->nood.minuten * MS_PER_MINUTE)
			active |= 1u << nood->betrokkene;
	}
	active &= ronde->alle;
	return (struct stand){.ja = active, .kan = active};
}

struct stand ronde_regime(const struct ronde *ronde, const struct regel *regel, uint32_t rubriek)
{
	struct stand ret = {0};
	for (uint32_t b = 0; b <= BETROKKENEN_MAX; b++) {
		uint8_t held = ronde->feiten->regimes[b][rubriek];
		if (held & regel->regimes)
			ret.ja |= 1u << b;
		if (held == 0 || held & regel->regimes)
			ret.kan |= 1u << b;
	}
	return ret;
}
