// SPDX-License-Identifier: EUPL-1.2
// Statement types with their velden, and the regimes.
#include "base/clock.h"
#include "melding/tables.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define ENTRY_MAX UINT32_MAX // of log indices and delivery numbers as a client names them
#define BATCH_ACKS 512       // deliveries confirmed in one statement
#define WAIT_MAX 60          // seconds of a long poll
#define MONTH (30 * MS_PER_DAY)
#define AT_ONCE (10 * MS_PER_MINUTE)

// Columns: number, name, kind, code list, min, max, at most, required.
static const struct veld_row ack_velden[] = {
	{ACK_FUNCTIE, "functie", VELD_NAME, NULL, 1, 32, 1, true},
	{ACK_ITEM, "item", VELD_BINARY, NULL, 40, 40, BATCH_ACKS, true},
};
static const struct veld_row fetch_velden[] = {
	{FETCH_FUNCTIE, "functie", VELD_NAME, NULL, 1, 32, 1, true},
	{FETCH_AFTER, "after", VELD_NUMBER, NULL, 0, ENTRY_MAX, 1, true},
	{FETCH_MAX, "max", VELD_NUMBER, NULL, 1, 256, 1, false},
	{FETCH_WAIT, "wait", VELD_NUMBER, NULL, 0, WAIT_MAX, 1, false},
};
static const struct veld_row hello_velden[] = {
	{HELLO_CHECKPOINT, "checkpoint", VELD_NOTE, NULL, 1, 4096, 1, false},
};
static const struct veld_row register_velden[] = {
	{REGISTER_AFTER, "after", VELD_NUMBER, NULL, 0, ENTRY_MAX, 1, false},
};
static const struct veld_row weging_velden[] = {
	{WEGING_ENTRY, "entry", VELD_NUMBER, NULL, 0, ENTRY_MAX, 1, true},
	{WEGING_REGEL, "regel", VELD_NAME, NULL, 1, 64, 1, true},
	{WEGING_BETROKKENE, "betrokkene", VELD_NUMBER, NULL, 0, BETROKKENEN_MAX, 1, true},
	{WEGING_UITKOMST, "uitkomst", VELD_NAME, NULL, 1, 32, 1, true},
	{WEGING_MEDEWERKER, "medewerker", VELD_REFERENCE, NULL, 1, 64, 1, true},
	{WEGING_MOTIVERING, "motivering", VELD_TEXT, NULL, 1, 4000, 1, true},
};
static const struct veld_row act_velden[] = {
	{ACT_SOORT, "soort", VELD_CODE, &list_act_soort, 0, 0, 1, true},
	{ACT_OBJECT, "object", VELD_BINARY, NULL, 32, 32, 1, true},
	{ACT_EXPIRES, "expires", VELD_TIME, NULL, 0, 31, 1, true},
};

// Columns: type, name, has slots, logged, largest age, velden.
static const struct type_row rows[] = {
	{TYPE_MELDING, "melding", true, true, MONTH, NULL, 0},
	{TYPE_ACK, "ack", false, true, MONTH, ack_velden, COUNT(ack_velden)},
	{TYPE_FETCH, "fetch", false, false, AT_ONCE, fetch_velden, COUNT(fetch_velden)},
	{TYPE_HELLO, "hello", false, false, AT_ONCE, hello_velden, COUNT(hello_velden)},
	{TYPE_REGISTER, "register", false, false, AT_ONCE, register_velden, COUNT(register_velden)},
	{TYPE_WEGING, "weging", false, true, MONTH, weging_velden, COUNT(weging_velden)},
	{TYPE_ACT, "act", false, true, AT_ONCE, act_velden, COUNT(act_velden)},
};

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
