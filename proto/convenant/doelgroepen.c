// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <stdio.h>
#include <string.h>

static bool is_text(const struct yaml_node *node, const char *text)
{
	return node && yaml_kind(node) == YAML_SCALAR &&
	       bytes_equal(yaml_scalar(node), bytes_of_text(text));
}

static enum band parse_band(struct reader *reader, const struct yaml_node *node,
			    const struct doelgroep *groep)
{
	if (!node || !reader_ok(reader))
		return BAND_GEEN;
	if (strcmp(groep->soort, "gemeente") != 0)
		reader_fail(
			reader, node,
			(struct reader_fault){REASON_BAD_VALUE, "aan.gemeente", "Leave it out."},
			"Only a partij of soort \"gemeente\" has a gemeente.");
	if (is_text(node, "woon"))
		return BAND_WOON;
	if (is_text(node, "incident"))
		return BAND_INCIDENT;
	reader_fail(reader, node,
		    (struct reader_fault){REASON_BAD_VALUE, "aan.gemeente",
					  "Write woon (of the betrokkene) or incident."},
		    "This does not say which gemeente.");
	return BAND_GEEN;
}

static bool has_functie(const struct partij *partij, const char *functie)
{
	for (size_t i = 0; i < partij->functie_count; i++) {
		if (strcmp(partij->functies[i], functie) == 0)
			return true;
	}
	return false;
}

// A soort with a functie that no partij has would be a regel for nobody: a slip of the pen.
static void check_soort(struct reader *reader, const struct yaml_node *node,
			const struct doelgroep *groep)
{
	const struct convenant *convenant = reader->convenant;
	for (size_t i = 0; reader_ok(reader) && i < convenant->partij_count; i++) {
		const struct partij *partij = &convenant->partijen[i];
		if (strcmp(partij->soort, groep->soort) == 0 &&
		    has_functie(partij, groep->ontvanger.functie))
			return;
	}
	reader_fail(reader, node,
		    (struct reader_fault){REASON_UNKNOWN_PARTIJ, "aan",
					  "Name a soort and functie that the partijen have."},
		    "No partij of soort \"%s\" has functie \"%s\".", groep->soort,
		    groep->ontvanger.functie);
}

static void parse_soort(struct reader *reader, const struct yaml_node *node,
			struct doelgroep *groep)
{
	static const char *const keys[] = {"soort", "gemeente", "functie", NULL};
	reader_keys(reader, node, keys);
	const struct yaml_node *soort_node = reader_optional(reader, node, "soort");
	struct bytes soort = bytes_of_text("gemeente");
	if (soort_node)
		soort = reader_waarde(reader, soort_node, attribuut_row(ATTRIBUUT_BRON_SOORT),
				      "aan.soort");
	const char *functie =
		reader_name(reader, reader_required(reader, node, "functie"), "aan.functie");
	if (!reader_ok(reader))
		return;
	groep->soort = (const char *)soort.data;
	groep->band = parse_band(reader, yaml_find(node, "gemeente"), groep);
	snprintf(groep->ontvanger.functie, sizeof groep->ontvanger.functie, "%.*s", FUNCTIE_MAX,
		 functie);
	check_soort(reader, node, groep);
}

static void parse_groep(struct reader *reader, const struct yaml_node *node, const char *key,
			struct doelgroep *groep)
{
	if (is_text(node, "iedereen")) {
		groep->iedereen = true;
		return;
	}
	// The design writes {gemeente: woon, functie: nazorg}: no other soort has a gemeente.
	bool by_soort = yaml_kind(node) == YAML_MAPPING &&
			(yaml_find(node, "soort") || yaml_find(node, "gemeente"));
	if (by_soort)
		parse_soort(reader, node, groep);
	else
		groep->ontvanger = reader_ontvanger(reader, node, key);
}

void doelgroepen_parse(struct reader *reader, const struct yaml_node *node, const char *key,
		       struct doelgroep **ret_groepen, size_t *ret_count)
{
	if (!reader_ok(reader) || !node)
		return;
	size_t count = reader_count(node);
	if (count == 0)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_MISSING_FIELD, key,
						  "Name at least one ontvanger."},
			    "The list is empty.");
	struct doelgroep *groepen = reader_alloc(reader, count, sizeof *groepen);
	for (size_t i = 0; reader_ok(reader) && i < count; i++)
		parse_groep(reader, reader_item(node, i), key, &groepen[i]);
	if (!reader_ok(reader))
		return;
	*ret_groepen = groepen;
	*ret_count = count;
}
