// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_new_partij(struct reader *reader, const struct yaml_node *node,
			     const struct partij *partij)
{
	const struct convenant *convenant = reader->convenant;
	for (size_t i = 0; reader_ok(reader) && i < convenant->partij_count; i++) {
		if (strcmp(convenant->partijen[i].partij, partij->partij) == 0)
			reader_fail(reader, node,
				    (struct reader_fault){REASON_DUPLICATE, "partij",
							  "Give each partij a name of its own."},
				    "There are two partijen \"%s\".", partij->partij);
		else if (oin_equal(&convenant->partijen[i].oin, &partij->oin))
			reader_fail(reader, node,
				    (struct reader_fault){REASON_DUPLICATE, "oin",
							  "Give each partij the OIN that is its "
							  "own."},
				    "Partijen \"%s\" and \"%s\" have the same OIN.",
				    convenant->partijen[i].partij, partij->partij);
	}
}

static void add_functie(struct reader *reader, const struct yaml_node *node, struct partij *partij,
			const char **functies)
{
	struct convenant *convenant = reader->convenant;
	const char *functie = reader_name(reader, node, "functies");
	if (!reader_ok(reader))
		return;
	for (size_t i = 0; i < partij->functie_count; i++) {
		if (strcmp(functies[i], functie) == 0)
			reader_fail(reader, node,
				    (struct reader_fault){REASON_DUPLICATE, "functies",
							  "Name each functie once."},
				    "Functie \"%s\" stands there twice.", functie);
	}
	if (strlen(functie) > FUNCTIE_MAX || strchr(functie, '.'))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "functies",
						  "Use small letters, digits and \"-\", at most "
						  "32."},
			    "This is not the name of a functie.");
	if (convenant->ontvanger_count == ONTVANGERS_MAX)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_TOO_MANY, "functies",
						  "Split the convenant, or leave out functies that "
						  "receive nothing."},
			    "There are more than %d functies in all.", ONTVANGERS_MAX);
	if (!reader_ok(reader))
		return;
	functies[partij->functie_count++] = functie;
	size_t n = convenant->ontvanger_count++;
	convenant->ontvangers[n].oin = partij->oin;
	snprintf(convenant->ontvangers[n].functie, FUNCTIE_MAX + 1, "%s", functie);
	convenant->ontvanger_rows[n].partij = (uint16_t)convenant->partij_count;
	char naam[NAME_LEN_MAX + FUNCTIE_MAX + 2];
	int len = snprintf(naam, sizeof naam, "%s/%s", partij->partij, functie);
	convenant->ontvanger_namen[n] = arena_text(convenant->arena, bytes_make(naam, (size_t)len));
	if (!convenant->ontvanger_namen[n])
		reader->result = RESULT_NO_MEMORY;
}

static void parse_functies(struct reader *reader, const struct yaml_node *node,
			   struct partij *partij)
{
	if (!reader_ok(reader))
		return;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > FUNCTIES_MAX) {
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TYPE, "functies", NULL},
			    "A list of at most %d functies is needed here.", FUNCTIES_MAX);
		return;
	}
	const char **functies = reader_alloc(reader, yaml_count(node), sizeof *functies);
	for (size_t i = 0; reader_ok(reader) && i < yaml_count(node); i++)
		add_functie(reader, yaml_item(node, i), partij, functies);
	partij->functies = functies;
}

static bool is_hex_hash(const char *text)
{
	struct hash hash;
	return hex_decode(hash.b, sizeof hash.b, bytes_of_text(text)) == RESULT_OK;
}

// `getekend: nee`, or by whom and when; `pdf` is the hash of the paper.
static void parse_getekend(struct reader *reader, const struct yaml_node *mapping,
			   struct partij *partij)
{
	static const char *const keys[] = {"door", "op", NULL};
	const struct yaml_node *node = reader_required(reader, mapping, "getekend");
	const struct yaml_node *pdf = reader_optional(reader, mapping, "pdf");
	if (node && yaml_kind(node) == YAML_SCALAR) {
		if (reader_janee(reader, node, "getekend"))
			reader_fail(reader, node,
				    (struct reader_fault){REASON_BAD_TYPE, "getekend",
							  "Write {door: …, op: JJJJ-MM-DD}."},
				    "Who signed and when is missing.");
	} else if (node) {
		reader_keys(reader, node, keys);
		partij->getekend_door =
			reader_text(reader, reader_required(reader, node, "door"), "getekend.door");
		const struct yaml_node *op = reader_required(reader, node, "op");
		reader_date(reader, op, "getekend.op");
		partij->getekend_op = reader_text(reader, op, "getekend.op");
		partij->getekend = true;
	}
	partij->pdf = reader_text(reader, pdf, "pdf");
	if (reader_ok(reader) && partij->pdf && !is_hex_hash(partij->pdf))
		reader_fail(reader, pdf,
			    (struct reader_fault){REASON_BAD_VALUE, "pdf",
						  "Give what sha256sum prints, 64 hex digits."},
			    "This is not the SHA-256 of a file.");
}

static void parse_gemeente(struct reader *reader, const struct yaml_node *mapping,
			   struct partij *partij)
{
	const struct yaml_node *node = reader_optional(reader, mapping, "gemeente");
	if (!reader_ok(reader))
		return;
	bool is_gemeente = strcmp(partij->soort, "gemeente") == 0;
	if (is_gemeente && !node)
		reader_required(reader, mapping, "gemeente");
	if (!is_gemeente && node)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "gemeente", "Leave it out."},
			    "Only a partij of soort \"gemeente\" has a gemeente.");
	struct bytes code =
		reader_waarde(reader, node, attribuut_row(ATTRIBUUT_GEMEENTE), "gemeente");
	partij->gemeente = (const char *)code.data;
}

static void parse_soort(struct reader *reader, const struct yaml_node *mapping,
			struct partij *partij)
{
	const struct yaml_node *node = reader_required(reader, mapping, "soort");
	struct bytes code =
		reader_waarde(reader, node, attribuut_row(ATTRIBUUT_BRON_SOORT), "soort");
	partij->soort = (const char *)code.data;
}

static void parse_oin(struct reader *reader, const struct yaml_node *mapping, struct partij *partij)
{
	const struct yaml_node *node = reader_required(reader, mapping, "oin");
	const char *text = reader_text(reader, node, "oin");
	if (reader_ok(reader) && oin_parse(bytes_of_text(text), &partij->oin) != RESULT_OK)
		reader_fail(reader, node,
			    (struct reader_fault){REASON_BAD_VALUE, "oin",
						  "Give the 20 positions of the OIN, in quotes."},
			    "This is not an OIN.");
}

static void parse_partij(struct reader *reader, const struct yaml_node *node)
{
	static const char *const keys[] = {"partij",   "naam",     "oin", "soort",  "gemeente",
					   "functies", "getekend", "pdf", "invoer", NULL};
	struct partij partij = {0};
	reader_keys(reader, node, keys);
	partij.partij = reader_name(reader, reader_required(reader, node, "partij"), "partij");
	if (!reader_ok(reader))
		return;
	reader_enter(reader, "partijen.%s", partij.partij);
	partij.naam = reader_text(reader, reader_required(reader, node, "naam"), "naam");
	parse_oin(reader, node, &partij);
	parse_soort(reader, node, &partij);
	parse_gemeente(reader, node, &partij);
	parse_getekend(reader, node, &partij);
	check_new_partij(reader, node, &partij);
	parse_functies(reader, reader_required(reader, node, "functies"), &partij);
	reader->convenant->is_signed &= partij.getekend;
	if (reader_ok(reader))
		reader->convenant->partijen[reader->convenant->partij_count++] = partij;
}

// Insertion sort: at most ONTVANGERS_MAX, once.
static void sort_ontvangers(struct convenant *convenant)
{
	for (size_t i = 0; i < convenant->ontvanger_count; i++) {
		size_t at = i;
		for (; at > 0; at--) {
			const struct ontvanger *before =
				&convenant->ontvangers[convenant->by_ontvanger[at - 1]];
			if (ontvanger_compare(before, &convenant->ontvangers[i]) <= 0)
				break;
			convenant->by_ontvanger[at] = convenant->by_ontvanger[at - 1];
		}
		convenant->by_ontvanger[at] = (uint16_t)i;
	}
}

void partijen_parse(struct reader *reader, const struct yaml_node *node)
{
	if (!reader_ok(reader))
		return;
	reader_enter(reader, "partijen");
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) == 0) {
		reader_fail(reader, node, (struct reader_fault){REASON_BAD_TYPE, NULL, NULL},
			    "A list of partijen is needed here.");
		return;
	}
	struct convenant *convenant = reader->convenant;
	convenant->partijen = reader_alloc(reader, yaml_count(node), sizeof *convenant->partijen);
	convenant->is_signed = true;
	for (size_t i = 0; reader_ok(reader) && i < yaml_count(node); i++) {
		reader_enter(reader, "partijen[%zu]", i);
		parse_partij(reader, yaml_item(node, i));
	}
	sort_ontvangers(convenant);
}

// Read once the house is known: it is one of its functies that enters, and not for itself.
void partijen_parse_invoer(struct reader *reader, const struct yaml_node *node)
{
	struct convenant *convenant = reader->convenant;
	for (size_t i = 0; reader_ok(reader) && i < convenant->partij_count; i++) {
		struct partij *partij = &convenant->partijen[i];
		const struct yaml_node *invoer =
			reader_optional(reader, yaml_item(node, i), "invoer");
		if (!invoer)
			continue;
		reader_enter(reader, "partijen.%s", partij->partij);
		if (i == convenant->text.huis)
			reader_fail(reader, invoer,
				    (struct reader_fault){REASON_BAD_VALUE, "invoer",
							  "Leave it out: the house has keys."},
				    "The house enters nothing for itself.");
		partij->invoer = reader_huis_functie(reader, invoer, "invoer");
	}
}
