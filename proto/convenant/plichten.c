// SPDX-License-Identifier: EUPL-1.2
// What is owed to a person after a verstrekking by a regel: to be informed (AVG art. 14), to be
// followed for a time. The convenant says which regels oblige, whom, and within which term.
#include "convenant/parse.h"

#include <string.h>

// A functie of the house, or any other by its partij.
static struct ontvanger parse_door(struct reader *reader, const struct yaml_node *node)
{
	const struct convenant *convenant = reader->convenant;
	struct ontvanger door = {.functie = ""};
	if (!reader_ok(reader) || yaml_kind(node) == YAML_MAPPING)
		return reader_ok(reader) ? reader_ontvanger(reader, node, "door") : door;
	const char *functie = reader_huis_functie(reader, node, "door");
	size_t len = functie ? strlen(functie) : 0;
	door.oin = convenant->partijen[convenant->text.huis].oin;
	memcpy(door.functie, functie, len < FUNCTIE_MAX ? len : FUNCTIE_MAX);
	return door;
}

static void parse_binnen(struct reader *reader, const struct yaml_node *node, const char *key,
			 struct plicht *plicht)
{
	const struct yaml_node *binnen = reader_required(reader, node, key);
	plicht->eis.door = parse_door(reader, reader_required(reader, node, "door"));
	plicht->eis.binnen = reader_text(reader, binnen, key);
	plicht->binnen = reader_termijn(reader, binnen, key);
	plicht->has = true;
}

static void parse_informeren(struct reader *reader, const struct yaml_node *node,
			     struct plicht *plicht)
{
	static const char *const keys[] = {"door", "binnen", NULL};
	reader_keys(reader, node, keys);
	parse_binnen(reader, node, "binnen", plicht);
}

static void parse_volgen(struct reader *reader, const struct yaml_node *node, struct plicht *plicht)
{
	static const char *const keys[] = {"door", "iedere", "duur", NULL};
	const struct yaml_node *duur = reader_required(reader, node, "duur");
	reader_keys(reader, node, keys);
	parse_binnen(reader, node, "iedere", plicht);
	plicht->eis.duur = reader_text(reader, duur, "duur");
	plicht->duur = reader_termijn(reader, duur, "duur");
}

void plichten_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel)
{
	static const struct {
		const char *key;
		void (*parse)(struct reader *reader, const struct yaml_node *node,
			      struct plicht *plicht);
	} rows[PLICHT_COUNT] = {[PLICHT_INFORMEREN] = {"informeren", parse_informeren},
				[PLICHT_VOLGEN] = {"volgen", parse_volgen}};
	for (size_t i = 0; reader_ok(reader) && i < PLICHT_COUNT; i++) {
		const struct yaml_node *plicht = reader_optional(reader, node, rows[i].key);
		if (!plicht)
			continue;
		if (regel->text.soort != REGEL_VERSTREK)
			reader_fail(reader, plicht,
				    (struct reader_fault){REASON_UNKNOWN_KEYWORD, rows[i].key,
							  "Write it beside verstrek."},
				    "Only for what is given is this owed.");
		reader_enter(reader, "regels.%s.vereis.%s", regel->text.regel, rows[i].key);
		if (reader_ok(reader))
			rows[i].parse(reader, plicht, &regel->plichten[i]);
		if (reader_ok(reader))
			reader_enter(reader, "regels.%s", regel->text.regel);
	}
}

static const struct plicht *plicht_of(const struct convenant *convenant, size_t n,
				      enum plicht_soort soort)
{
	const struct plicht *plicht =
		n < convenant->regel_count ? &convenant->regels[n].plichten[soort] : NULL;
	return plicht && plicht->has ? plicht : NULL;
}

const struct plicht_eis *convenant_plicht(const struct convenant *convenant, size_t n,
					  enum plicht_soort soort)
{
	const struct plicht *plicht = plicht_of(convenant, n, soort);
	return plicht ? &plicht->eis : NULL;
}

int64_t convenant_plicht_uiterlijk(const struct convenant *convenant, size_t n,
				   enum plicht_soort soort, struct plicht_tijd tijd)
{
	const struct plicht *plicht = plicht_of(convenant, n, soort);
	if (!plicht)
		return 0;
	int64_t next = termijn_end(&plicht->binnen, tijd.from);
	if (!plicht->eis.duur)
		return next;
	int64_t end = termijn_end(&plicht->duur, tijd.since);
	if (tijd.from >= end)
		return 0;
	return next < end ? next : end;
}
