// SPDX-License-Identifier: EUPL-1.2
// Inside clients/json only: what the files that read JZV share.
#ifndef KNP_JSON_JZV_H
#define KNP_JSON_JZV_H

#include "json/jzv_json.h"
#include "json/parse.h"

#define JZV_POINTER_MAX 120
#define JZV_TEXT_MAX 8000 // of the rubriek toelichting

enum jzv_kind {
	JZV_OBJECT,
	JZV_TEXT,
	JZV_BOOL,
	JZV_NUMBER,
	JZV_LIST,      // communicatiemiddel
	JZV_EXTENSION, // read in its own way
};
struct jzv_code {
	const char *jzv, *here; // `here` NULL: nothing says so here, the words go into the text
};
// One key of a document. Rows stand in the order in which they are read, objects before their keys.
struct jzv_row {
	const char *path; // JSON pointer
	enum jzv_kind kind;
	bool required; // where its object is there
	bool of_person;
	const char *rubriek, *veld; // where it goes; NULL: see caption
	const char *caption;        // of the line that it is in the toelichting
	const struct jzv_code *codes;
};

struct jzv {
	const struct jzv_input *input;
	struct problem *problem;
	const struct jzv_row *rows;
	size_t row_count;
	json_t *doc; // what was read
	json_t *out; // the melding as docs/melding-json.md has it
};

// Fails at a pointer; always RESULT_MALFORMED.
enum result jzv_fail(const struct jzv *jzv, enum reason reason, const char *pointer,
		     const char *fix);
// Every key on the list, of the kind of its row, and every required one there.
enum result jzv_check(const struct jzv *jzv);
// The value at a pointer of the document, or NULL.
json_t *jzv_get(const struct jzv *jzv, const char *path);
// Text of a string; empty when it is none.
struct bytes jzv_text(const json_t *value);
// Appends a text that jzv_check passed; line ends of Windows become those of Unix.
void jzv_append_text(struct buffer *out, struct bytes text);
// Sets a veld of a rubriek (of the first betrokkene) unless it has one, and takes the value over,
// NULL included: RESULT_NO_MEMORY. RESULT_EXISTS when it has one.
enum result jzv_put(struct jzv *jzv, bool of_person, const char *rubriek, const char *veld,
		    json_t *value) KNP_MUST_CHECK;
// The pointer in the document that a pointer of `out` came from.
void jzv_origin(const struct jzv *jzv, const char *pointer, char ret_origin[JZV_POINTER_MAX]);

// ---- jzv_complete.c: what JZV lacks ------------------------------------------------------------

enum result jzv_add_extension(struct jzv *jzv) KNP_MUST_CHECK;
enum result jzv_add_defaults(struct jzv *jzv) KNP_MUST_CHECK;

#endif
