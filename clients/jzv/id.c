// SPDX-License-Identifier: EUPL-1.2
#include "jzv/call.h"

void jzv_make_id(const struct gateway *gateway, const char *what, struct bytes number,
		 char out[ID_MAX + 1])
{
	const struct client_settings *own = &gateway->settings->client;
	const struct bytes pieces[] = {bytes_of_text("knooppunt/jzv/v1"), bytes_of_text(what),
				       bytes_of_text(own->oin.text), bytes_of_text(own->systeem),
				       number};
	client_make_id(gateway->client, "jzv", pieces, sizeof pieces / sizeof pieces[0], out);
}

bool jzv_is_number(struct bytes text)
{
	const struct rubriek_row *kenmerken = rubriek_row(RUBRIEK_KENMERKEN);
	const struct veld_row *row =
		veld_row(kenmerken->velden, kenmerken->veld_count, KENMERK_REGISTRATIENUMMER);
	struct refusal refusal;
	return text.len <= NUMBER_MAX &&
	       veld_validate(row, text, (struct civil_date){2026, 1, 1}, &refusal);
}
