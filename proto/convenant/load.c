// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_CEILING ((size_t)64 << 20)

static const char *parse_text(struct reader *reader, const struct yaml_node *mapping,
			      const char *key)
{
	return reader_text(reader, reader_required(reader, mapping, key), key);
}

static const char *const wpg20_names[WPG20_COUNT + 1] = {
	"zwaarwegend_belang", "samenwerkingsverband", "doel", "gegevens",
	"voorwaarden",        "ontvangers",           NULL};

const char *convenant_wpg20_name(size_t n)
{
	return n < WPG20_COUNT ? wpg20_names[n] : NULL;
}

static void parse_wpg20(struct reader *reader, const struct yaml_node *node)
{
	reader_enter(reader, "wpg20");
	reader_keys(reader, node, wpg20_names);
	for (size_t i = 0; i < WPG20_COUNT; i++)
		reader->convenant->text.wpg20[i] = reader_grond(
			reader, reader_required(reader, node, wpg20_names[i]), wpg20_names[i]);
	reader_enter(reader, "%s", "");
}

static void parse_huis(struct reader *reader, const struct yaml_node *mapping)
{
	struct convenant *convenant = reader->convenant;
	reader_enter(reader, "%s", "");
	const struct yaml_node *node = reader_required(reader, mapping, "huis");
	const char *huis = reader_name(reader, node, "huis");
	if (reader_ok(reader) &&
	    !convenant_find_partij(convenant, bytes_of_text(huis), &convenant->text.huis))
		reader_fail(reader, node,
			    (struct reader_fault){REASON_UNKNOWN_PARTIJ, "huis", NULL},
			    "There is no partij \"%s\".", huis);
}

static void parse_convenant(struct reader *reader, const struct yaml_node *root)
{
	static const char *const keys[] = {"convenant", "versie",      "status", "huis",
					   "doel",      "contactpunt", "wpg20",  "bewaar",
					   "partijen",  "overleggen",  "regels", NULL};
	struct convenant_text *text = &reader->convenant->text;
	reader_keys(reader, root, keys);
	text->convenant =
		reader_name(reader, reader_required(reader, root, "convenant"), "convenant");
	text->versie = parse_text(reader, root, "versie");
	text->status = parse_text(reader, root, "status");
	text->doel = parse_text(reader, root, "doel");
	text->contactpunt = parse_text(reader, root, "contactpunt");
	parse_wpg20(reader, reader_required(reader, root, "wpg20"));
	reader_bewaar(reader, reader_required(reader, root, "bewaar"), &reader->convenant->inhoud,
		      &reader->convenant->verantwoording);
	partijen_parse(reader, reader_required(reader, root, "partijen"));
	parse_huis(reader, root);
	partijen_parse_invoer(reader, reader_required(reader, root, "partijen"));
	overleggen_parse(reader, reader_optional(reader, root, "overleggen"));
	reader_enter(reader, "%s", "");
	regels_parse(reader, reader_required(reader, root, "regels"));
	index_build(reader);
	gronden_check(reader);
	if (reader_ok(reader)) {
		regels_weigh_codes(reader->convenant, reader->codes);
		reader->convenant->vormen = vormen_of_regels(reader->convenant);
		reader->convenant->asked = asked_by_regels(reader->convenant);
	}
	proeven_run(reader);
}

// The convenant with a copy of its document and nothing in it yet.
static enum result convenant_new(struct bytes document, struct convenant **ret_convenant)
{
	struct arena *arena;
	enum result result = arena_new(ARENA_CEILING, &arena);
	if (result != RESULT_OK)
		return result;
	struct convenant *convenant = arena_alloc(arena, sizeof *convenant);
	struct bytes copy = arena_copy(arena, document);
	if (!convenant || !copy.data) {
		arena_free(arena);
		return RESULT_NO_MEMORY;
	}
	convenant->arena = arena;
	convenant->document = copy;
	convenant->hash = sha256(copy);
	*ret_convenant = convenant;
	return RESULT_OK;
}

void convenant_free(struct convenant *convenant)
{
	if (convenant)
		arena_free(convenant->arena);
}

enum result convenant_load(struct bytes document, const char *file,
			   struct convenant **ret_convenant, struct problem *problem)
{
	return convenant_load_beside(document, file, NULL, ret_convenant, problem);
}

enum result convenant_load_beside(struct bytes document, const char *file,
				  const struct codes *codes, struct convenant **ret_convenant,
				  struct problem *problem)
{
	struct problem unheard = {0};
	struct yaml *yaml;
	problem = problem ? problem : &unheard;
	if (document.len > CONVENANT_MAX) {
		problem_set_file(problem, file);
		problem_set(problem, reason_code(REASON_TOO_LONG), "Split the convenant.",
			    "The convenant is longer than %u bytes.", CONVENANT_MAX);
		return RESULT_CONFIG;
	}
	enum result result = yaml_parse(document, file, &yaml, problem);
	if (result != RESULT_OK)
		return result;
	struct convenant *convenant = NULL;
	result = convenant_new(document, &convenant);
	struct reader reader = {.yaml = yaml,
				.file = file,
				.codes = codes,
				.convenant = convenant,
				.problem = problem,
				.result = result};
	if (result == RESULT_OK)
		parse_convenant(&reader, yaml_root(yaml));
	yaml_close(yaml);
	if (reader_ok(&reader))
		*ret_convenant = convenant;
	else
		convenant_free(convenant);
	return reader.result;
}
