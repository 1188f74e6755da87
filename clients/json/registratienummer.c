// SPDX-License-Identifier: EUPL-1.2
#include "json/melding_json.h"

bool registratienummer_is_valid(struct bytes text)
{
	const struct rubriek_row *kenmerken = rubriek_row(RUBRIEK_KENMERKEN);
	const struct veld_row *row =
		veld_row(kenmerken->velden, kenmerken->veld_count, KENMERK_REGISTRATIENUMMER);
	struct refusal refusal;
	return text.len <= REGISTRATIENUMMER_MAX &&
	       veld_validate(row, text, (struct civil_date){2026, 1, 1}, &refusal);
}
