// SPDX-License-Identifier: EUPL-1.2
// Inside proto/convenant only: reads typed values out of YAML nodes into the convenant's arena. The
// first failure is kept in `result` with the problem filled in; later calls do nothing and give
// empty values, so that a parser checks once at the end of a section.
#ifndef KNP_CONVENANT_READER_H
#define KNP_CONVENANT_READER_H

#include "convenant/model.h"
#include "melding/reason.h"
#include "yaml/yaml.h"

struct reader {
	const struct yaml *yaml;
	const char *file;          // what problems name
	const struct codes *codes; // NULL allowed
	struct convenant *convenant;
	struct problem *problem;
	enum result result;
	char place[112]; // where we are: "regels.detentie-lokaal"
};

// Where the following values stand; a printf format.
void reader_enter(struct reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// The first failure: reason, its code and default fix (or `fix`), the line of the node, and the
// place with `key` (NULL: the place itself) as the field.
struct reader_fault {
	enum reason reason;
	const char *key, *fix;
};
void reader_fail(struct reader *reader, const struct yaml_node *node, struct reader_fault fault,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));
bool reader_ok(const struct reader *reader);
// Zeroed memory of the convenant for `count` items, never NULL while reader_ok.
void *reader_alloc(struct reader *reader, size_t count, size_t size);

// A mapping with only these keys (NULL-terminated); fails otherwise, also for NULL nodes.
void reader_keys(struct reader *reader, const struct yaml_node *node, const char *const *allowed);
// The value of a key; NULL when it is absent, which fails when it is required.
const struct yaml_node *reader_optional(struct reader *reader, const struct yaml_node *mapping,
					const char *key);
const struct yaml_node *reader_required(struct reader *reader, const struct yaml_node *mapping,
					const char *key);
// Items of a value that is either a sequence or a single thing.
size_t reader_count(const struct yaml_node *node);
const struct yaml_node *reader_item(const struct yaml_node *node, size_t n);

// One scalar. `key` names it in the problem; NULL nodes give the empty value.
const char *reader_text(struct reader *reader, const struct yaml_node *node, const char *key);
// The same of what goes into parts: at most GROND_TEXT_MAX bytes.
const char *reader_grond(struct reader *reader, const struct yaml_node *node, const char *key);
const char *reader_name(struct reader *reader, const struct yaml_node *node, const char *key);
bool reader_janee(struct reader *reader, const struct yaml_node *node, const char *key);
struct civil_date reader_date(struct reader *reader, const struct yaml_node *node, const char *key);
struct termijn reader_termijn(struct reader *reader, const struct yaml_node *node, const char *key);
// {inhoud, verantwoording}; the proof may not end before what it proves.
void reader_bewaar(struct reader *reader, const struct yaml_node *node, struct termijn *ret_inhoud,
		   struct termijn *ret_verantwoording);
// A rubriek by its name on the list.
const struct rubriek_row *reader_rubriek(struct reader *reader, const struct yaml_node *node,
					 const char *key);
// {partij, functie} that the convenant has.
struct ontvanger reader_ontvanger(struct reader *reader, const struct yaml_node *node,
				  const char *key);
// A functie of the house.
const char *reader_huis_functie(struct reader *reader, const struct yaml_node *node,
				const char *key);
// One regime or a list of them, as bits (1 << regime); none for a NULL node.
uint8_t reader_regimes(struct reader *reader, const struct yaml_node *node);
// The value of an attribute as facts hold it ("ja" for true), checked against the attribute's list.
struct bytes reader_waarde(struct reader *reader, const struct yaml_node *node,
			   const struct attribuut_row *row, const char *key);
// [a-z0-9.-], 1..NAME_MAX_LEN, beginning with a letter or digit.
#define NAME_LEN_MAX 64
bool name_is_valid(struct bytes name);

#endif
