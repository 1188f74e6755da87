// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <stdio.h>
#include <string.h>

static bool is_text(const struct yaml_node *node, const char *text)
{
	return node && yaml_kind(node) == YAML_SCALAR &&
	       bytes_equal(yaml_scalar(node), bytes_of_text(text));
}

static enum band parse_band(struct reader *reader, const struct yaml_node *node, bool is_rol)
{
	for (unsigned band = BAND_GEEN + 1; reader_ok(reader) && band < BAND_COUNT; band++) {
		const struct band_row *row = band_row((enum band)band);
		if (row->is_rol == is_rol && is_text(node, row->name))
			return (enum band)band;
	}
	reader_fail(
		reader, node,
		(struct reader_fault){
			REASON_BAD_VALUE, is_rol ? "aan.rol" : "aan.gemeente",
			is_rol ? "Write indiener, inbrenger, regie, casusregie, eerder or vrager."
			       : "Write woon or verblijf (of the betrokkene), or incident."},
		is_rol ? "This is not a rol." : "This does not say which gemeente.");
	return BAND_GEEN;
}

bool doelgroep_names(const struct convenant *convenant, const struct doelgroep *groep, size_t n)
{
	const struct ontvanger *ontvanger = &convenant->ontvangers[n];
	const struct partij *partij = &convenant->partijen[convenant->ontvanger_rows[n].partij];
	if (groep->iedereen)
		return true;
	if (groep->overleg)
		return overleg_seats(groep->overleg, ontvanger);
	if (groep->of_partij)
		return ontvanger_equal(ontvanger, &groep->ontvanger);
	return (!groep->soort || strcmp(partij->soort, groep->soort) == 0) &&
	       (!groep->ontvanger.functie[0] ||
		strcmp(ontvanger->functie, groep->ontvanger.functie) == 0);
}

// A groep that names nobody would be a regel for nobody: a slip of the pen.
static void check_somebody(struct reader *reader, const struct yaml_node *node,
			   const struct doelgroep *groep)
{
	const struct convenant *convenant = reader->convenant;
	for (size_t i = 0; reader_ok(reader) && i < convenant->ontvanger_count; i++) {
		if (doelgroep_names(convenant, groep, i))
			return;
	}
	reader_fail(reader, node,
		    (struct reader_fault){REASON_UNKNOWN_PARTIJ, "aan",
					  "Name a soort and functie that the partijen have."},
		    "No partij of soort \"%s\" has functie \"%s\".",
		    groep->soort ? groep->soort : "(any)", groep->ontvanger.functie);
}

static void parse_functie(struct reader *reader, const struct yaml_node *node,
			  struct doelgroep *groep)
{
	const char *functie = reader_name(reader, node, "aan.functie");
	if (functie)
		snprintf(groep->ontvanger.functie, sizeof groep->ontvanger.functie, "%.*s",
			 FUNCTIE_MAX, functie);
}

static void parse_soort(struct reader *reader, const struct yaml_node *node,
			struct doelgroep *groep)
{
	const struct yaml_node *soort = reader_optional(reader, node, "soort");
	if (soort)
		groep->soort = (const char *)reader_waarde(reader, soort,
							   attribuut_row(ATTRIBUUT_BRON_SOORT),
							   "aan.soort")
				       .data;
}

static void parse_by_soort(struct reader *reader, const struct yaml_node *node,
			   struct doelgroep *groep)
{
	static const char *const keys[] = {"soort", "gemeente", "functie", NULL};
	reader_keys(reader, node, keys);
	groep->soort = "gemeente";
	parse_soort(reader, node, groep);
	parse_functie(reader, reader_required(reader, node, "functie"), groep);
	const struct yaml_node *gemeente = reader_optional(reader, node, "gemeente");
	if (gemeente && reader_ok(reader) && strcmp(groep->soort, "gemeente") != 0)
		reader_fail(
			reader, gemeente,
			(struct reader_fault){REASON_BAD_VALUE, "aan.gemeente", "Leave it out."},
			"Only a partij of soort \"gemeente\" has a gemeente.");
	if (gemeente)
		groep->band = parse_band(reader, gemeente, false);
	check_somebody(reader, node, groep);
}

static void parse_by_rol(struct reader *reader, const struct yaml_node *node,
			 struct doelgroep *groep)
{
	static const char *const keys[] = {"rol", "soort", "functie", NULL};
	reader_keys(reader, node, keys);
	groep->band = parse_band(reader, reader_required(reader, node, "rol"), true);
	parse_soort(reader, node, groep);
	parse_functie(reader, reader_optional(reader, node, "functie"), groep);
	check_somebody(reader, node, groep);
}

static void parse_by_overleg(struct reader *reader, const struct yaml_node *node,
			     struct doelgroep *groep)
{
	static const char *const keys[] = {"overleg", NULL};
	reader_keys(reader, node, keys);
	const struct yaml_node *name = reader_required(reader, node, "overleg");
	const char *overleg = reader_name(reader, name, "aan.overleg");
	int n = overleg ? convenant_find_overleg(reader->convenant, bytes_of_text(overleg)) : -1;
	if (n < 0)
		reader_fail(reader, name,
			    (struct reader_fault){REASON_UNKNOWN_CODE, "aan.overleg",
						  "Name a table of \"overleggen\"."},
			    "There is no overleg \"%s\".", overleg ? overleg : "");
	else
		groep->overleg = &reader->convenant->overleggen[n];
}

static void parse_groep(struct reader *reader, const struct yaml_node *node, const char *key,
			struct doelgroep *groep)
{
	bool mapping = yaml_kind(node) == YAML_MAPPING;
	groep->iedereen = is_text(node, "iedereen");
	if (groep->iedereen)
		return;
	if (mapping && yaml_find(node, "overleg")) {
		parse_by_overleg(reader, node, groep);
	} else if (mapping && yaml_find(node, "rol")) {
		parse_by_rol(reader, node, groep);
	} else if (mapping && (yaml_find(node, "soort") || yaml_find(node, "gemeente"))) {
		// The design writes {gemeente: woon, functie: nazorg}: no other soort has one.
		parse_by_soort(reader, node, groep);
	} else {
		groep->of_partij = true;
		groep->ontvanger = reader_ontvanger(reader, node, key);
	}
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
