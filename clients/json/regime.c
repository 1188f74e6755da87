// SPDX-License-Identifier: EUPL-1.2
// Under which law a sender holds what it sends, when its file does not say.
#include "json/melding_json.h"

static const struct {
	const char *partner_soort;
	enum regime regime;
} by_sender[] = {
	{"politie", REGIME_WPG},
	{"om", REGIME_WJSG_STRAFVORDERLIJK},
	{"dji", REGIME_WJSG_TENUITVOERLEGGING},
	{"pi", REGIME_WJSG_TENUITVOERLEGGING},
	{"reclassering", REGIME_WJSG_TENUITVOERLEGGING},
	{"ggz", REGIME_WGBO},
	{"verslavingszorg", REGIME_WGBO},
	{"gehandicaptenzorg", REGIME_WGBO},
	{"ggd", REGIME_WGBO},
	{"huisarts", REGIME_WGBO},
	{"zorgpraktijk", REGIME_WGBO},
	{"gecertificeerde-instelling", REGIME_JEUGDWET},
	{"jeugdhulp", REGIME_JEUGDWET},
	{"cjg", REGIME_JEUGDWET},
	{"veilig-thuis", REGIME_WMO_VT},
};

enum regime melding_default_regime(const struct rubriek_row *row, struct bytes partner_soort)
{
	enum regime regime = REGIME_AVG;
	for (size_t i = 0; i < sizeof by_sender / sizeof by_sender[0]; i++) {
		if (bytes_equal(bytes_of_text(by_sender[i].partner_soort), partner_soort))
			regime = by_sender[i].regime;
	}
	if (row->regimes & 1U << regime)
		return regime;
	// Where the sender's own law cannot be, the first that can: AVG where it is allowed.
	for (regime = REGIME_AVG; regime < REGIME_WMO_VT; regime++) {
		if (row->regimes & 1U << regime)
			break;
	}
	return regime;
}
