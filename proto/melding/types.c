// SPDX-License-Identifier: EUPL-1.2
// Statement types with their velden, and the regimes.
#include "base/clock.h"
#include "melding/tables.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define WAIT_MAX 60     // seconds of a long poll
#define ENVELOPES_MAX 8 // of the answer to one fetch
#define MONTH (30 * MS_PER_DAY)
#define AT_ONCE (10 * MS_PER_MINUTE)

// A row of velden ends in one of zeros, so that none is a list as well.
#define VELD(type, veld, number, name, kind, list, min, max, at_most, required)                    \
	{type##_##veld, name, kind, list, min, max, at_most, required},
#define VELDEN(...) ((const struct veld_row[]){__VA_ARGS__{0}})
#define TYPE(NAME, name, number, slots, logged, by_library, age, ...)                              \
	{TYPE_##NAME,                                                                              \
	 #name,                                                                                    \
	 slots,                                                                                    \
	 logged,                                                                                   \
	 age,                                                                                      \
	 VELDEN(__VA_ARGS__),                                                                      \
	 COUNT(VELDEN(__VA_ARGS__)) - 1,                                                           \
	 by_library},
static const struct type_row rows[] = {
#include "melding/types.def"
};
#undef TYPE
#undef VELD

static const struct {
	enum regime regime;
	const char *name;
} regimes[] = {
	{REGIME_AVG, "avg"},
	{REGIME_WPG, "wpg"},
	{REGIME_WJSG_STRAFVORDERLIJK, "wjsg-strafvorderlijk"},
	{REGIME_WJSG_TENUITVOERLEGGING, "wjsg-tenuitvoerlegging"},
	{REGIME_WGBO, "wgbo"},
	{REGIME_JEUGDWET, "jeugdwet"},
	{REGIME_WMO_VT, "wmo-vt"},
};

const struct type_row *type_row(uint32_t type)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if ((uint32_t)rows[i].type == type)
			return &rows[i];
	}
	return NULL;
}

bool type_by_library(uint32_t type)
{
	const struct type_row *row = type_row(type);
	return row && row->by_library;
}

const struct type_row *type_row_at(size_t n)
{
	return n < COUNT(rows) ? &rows[n] : NULL;
}

const char *regime_name(uint32_t regime)
{
	for (size_t i = 0; i < COUNT(regimes); i++) {
		if ((uint32_t)regimes[i].regime == regime)
			return regimes[i].name;
	}
	return NULL;
}

enum result regime_parse(struct bytes name, enum regime *ret_regime)
{
	for (size_t i = 0; i < COUNT(regimes); i++) {
		if (bytes_equal(bytes_of_text(regimes[i].name), name)) {
			*ret_regime = regimes[i].regime;
			return RESULT_OK;
		}
	}
	return RESULT_NOT_FOUND;
}
