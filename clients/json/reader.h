// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of json/ that read: a file, where in it one is, and what is wrong there.
#ifndef KNP_JSON_READER_H
#define KNP_JSON_READER_H

#include "json/melding_json.h"

#include <jansson.h>

#define POINTER_MAX 120

struct reader {
	const struct melding_json_input *input;
	struct bytes partner_soort; // of whose melding it is: the sender, or whom it is entered for
	struct arena *arena;
	struct problem *problem;
	struct rubriek *rubrieken; // room for RUBRIEKEN_MAX
	const char **pointers;     // of each rubriek
	size_t count;
	size_t betrokkenen;
};

// Parses the input, with no key twice. The root is released by who asked.
enum result reader_load(struct reader *reader, json_t **ret_root) KNP_MUST_CHECK;
// JSON pointers, built of our own names and numbers. Longer than any of a good file; a longer one
// of a bad file is cut.
void reader_point(char out[POINTER_MAX], const char *path, const char *key);
void reader_point_item(char out[POINTER_MAX], const char *path, size_t n);
// Always RESULT_MALFORMED: fills the problem. `fix` NULL is the reason's own.
enum result reader_fail(struct reader *reader, enum reason reason, const char *pointer,
			const char *fix);
enum result reader_fail_key(struct reader *reader, const char *path, const char *key,
			    const char *fix);
// "Known here: " and the names, after `first`.
void reader_list_velden(const struct veld_row *rows, size_t count, const char *first, char *out,
			size_t size);
// Adds one value, or each of an array where several are allowed, to the velden of a rubriek, which
// have room.
enum result reader_add_waarde(struct reader *reader, struct rubriek *rubriek,
			      const struct veld_row *row, json_t *value,
			      const char *pointer) KNP_MUST_CHECK;
enum result reader_add_waarden(struct reader *reader, struct rubriek *rubriek,
			       const struct veld_row *row, json_t *value,
			       const char *pointer) KNP_MUST_CHECK;
// Velden there may be in an object: its values, and one more.
size_t reader_count_waarden(json_t *object);

#endif
