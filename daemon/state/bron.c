// SPDX-License-Identifier: EUPL-1.2
#include "state/bron.h"

#include "melding/validate.h"

struct bytes bron_namens(const struct part_verantwoording *v, uint32_t what)
{
	return veld_get(v->velden, v->veld_count, what);
}

struct bytes bron_of(const struct part_verantwoording *v)
{
	struct bytes partner = bron_namens(v, BRON_PARTNER);
	return partner.len > 0 ? partner : v->signer;
}
