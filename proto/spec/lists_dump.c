// SPDX-License-Identifier: EUPL-1.2
// knp-lists: prints every closed list as JSON, one row a line. Its output is kept as
// proto/spec/vectors/lists.json: a client in any language reads the lists from there, and a row
// that changes its meaning shows as a change of that file.
#include "melding/validate.h"

#include <stdio.h>

static const char *const kinds[] = {
	[VELD_TEXT] = "text",           [VELD_LINE] = "line",         [VELD_CODE] = "code",
	[VELD_DATE] = "date",           [VELD_TIME] = "time",         [VELD_JANEE] = "janee",
	[VELD_NUMBER] = "number",       [VELD_GEMEENTE] = "gemeente", [VELD_BSN] = "bsn",
	[VELD_POSTCODE] = "postcode",   [VELD_OIN] = "oin",           [VELD_NAME] = "name",
	[VELD_REFERENCE] = "reference", [VELD_BINARY] = "binary",     [VELD_NOTE] = "note",
};

static const char *yes_no(bool value)
{
	return value ? "true" : "false";
}

// The texts of the lists have no control characters; quotes and backslashes need escaping.
static void print_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void print_velden(const struct veld_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct veld_row *row = &rows[i];
		printf("%s\n   {\"veld\": %u, \"name\": \"%s\", \"kind\": \"%s\"", i ? "," : "",
		       row->veld, row->name, kinds[row->kind]);
		if (row->list)
			printf(", \"list\": \"%s\"", row->list->name);
		printf(", \"min\": %u, \"max\": %u, \"at_most\": %u, \"required\": %s}", row->min,
		       row->max, row->at_most, yes_no(row->required));
	}
}

static void print_regime_names(uint32_t regimes)
{
	const char *comma = "";
	for (uint32_t regime = 1; regime_name(regime); regime++) {
		if (!(regimes & 1U << regime))
			continue;
		printf("%s\"%s\"", comma, regime_name(regime));
		comma = ", ";
	}
}

static void print_rubrieken(void)
{
	const struct rubriek_row *row;
	printf("\"rubrieken\": [");
	for (size_t n = 0; (row = rubriek_row_at(n)); n++) {
		printf("%s\n {\"rubriek\": %d, \"name\": \"%s\", \"caption\": ", n ? "," : "",
		       (int)row->soort, row->name);
		print_text(row->caption);
		printf(", \"of_betrokkene\": %s, \"by_knooppunt\": %s, \"at_most\": %u,\n"
		       "  \"regimes\": [",
		       yes_no(row->of_betrokkene), yes_no(row->by_knooppunt), row->at_most);
		print_regime_names(row->regimes);
		printf("],\n  \"velden\": [");
		print_velden(row->velden, row->veld_count);
		printf("]}");
	}
	printf("],\n");
}

static void print_types(void)
{
	const struct type_row *row;
	printf("\"types\": [");
	for (size_t n = 0; (row = type_row_at(n)); n++) {
		printf("%s\n {\"type\": %d, \"name\": \"%s\", \"has_slots\": %s, \"logged\": %s, "
		       "\"max_age_ms\": %lld,\n  \"velden\": [",
		       n ? "," : "", (int)row->type, row->name, yes_no(row->has_slots),
		       yes_no(row->logged), (long long)row->max_age_ms);
		print_velden(row->velden, row->veld_count);
		printf("]}");
	}
	printf("],\n");
}

static void print_codes(void)
{
	const struct code_list *list;
	printf("\"lists\": {");
	for (size_t n = 0; (list = code_list_at(n)); n++) {
		printf("%s\n \"%s\": [", n ? "," : "", list->name);
		for (size_t i = 0; i < list->count; i++) {
			printf("%s\n  {\"code\": \"%s\", \"text\": ", i ? "," : "",
			       list->codes[i].code);
			print_text(list->codes[i].text);
			putchar('}');
		}
		printf("]");
	}
	printf("},\n");
}

static void print_regimes(void)
{
	printf("\"regimes\": [");
	for (uint32_t regime = 1; regime_name(regime); regime++)
		printf("%s\n {\"regime\": %u, \"name\": \"%s\"}", regime > 1 ? "," : "", regime,
		       regime_name(regime));
	printf("],\n");
}

static void print_reasons(void)
{
	enum reason reason;
	printf("\"reasons\": [");
	for (size_t n = 0; reason_at(n, &reason); n++) {
		printf("%s\n {\"reason\": %d, \"code\": \"%s\",\n  \"text\": ", n ? "," : "",
		       (int)reason, reason_code(reason));
		print_text(reason_text(reason));
		printf(",\n  \"fix\": ");
		print_text(reason_fix(reason));
		putchar('}');
	}
	printf("],\n");
}

static void print_maxima(void)
{
	printf("\"maxima\": {\"betrokkenen\": %d, \"rubrieken\": %d, \"velden\": %d, \"waarde\": "
	       "%d, "
	       "\"bron\": %d,\n  \"id_min\": %d, \"id_max\": %d, \"source\": %d, \"statement\": "
	       "%d, "
	       "\"batch\": %d}\n",
	       BETROKKENEN_MAX, RUBRIEKEN_MAX, VELDEN_MAX, WAARDE_MAX, BRON_MAX, ID_MIN, ID_MAX,
	       SOURCE_MAX, STATEMENT_MAX, BATCH_MAX);
}

int main(void)
{
	printf("{\n");
	print_regimes();
	print_rubrieken();
	print_types();
	print_codes();
	print_reasons();
	print_maxima();
	printf("}\n");
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 5;
}
