// SPDX-License-Identifier: EUPL-1.2
// A verstrekking as lines of a CSV file, as the settings say which column is what
// (docs/adapters.md): one line for each betrokkene of whom something is given, what belongs to the
// incident on each.
#ifndef KNP_ADAPTER_SHEET_H
#define KNP_ADAPTER_SHEET_H

#include "adapter/mapping.h"
#include "lib/client.h"

#define SHEET_COLUMNS_MAX 128
#define SHEET_IGNORED_MAX 64

// What a column is: a veld of a rubriek, or something of the verstrekking as a whole.
enum sheet_what {
	SHEET_VELD,
	SHEET_NUMMER,
	SHEET_FUNCTIE,
	SHEET_SOORT, // verstrekking, vervallen, or what a rechtzetting says
	SHEET_ID,
	SHEET_BRON,
	SHEET_INDEX,
	SHEET_BETREFT, // index of the entry that a later one is about, or nothing
	SHEET_BETROKKENE,
	SHEET_REGELS,
	SHEET_GELDIG_TOT,
	SHEET_CASUS,
	SHEET_OEFENING,          // "OEFENING", or nothing
	SHEET_VOORLOPIG,         // "ja": something of it is (docs/codes.md)
	SHEET_REGISTRATIENUMMER, // of ours that it answers
	SHEET_STATUS,            // of a question: bekend, niets
};
struct sheet_column {
	char name[COLUMN_MAX];
	enum sheet_what what;
	uint32_t rubriek, veld;     // SHEET_VELD
	struct mapping_code *codes; // NULL: as it is
	size_t code_count;
	enum mapping_date date;
	char join; // between values where there are several
};
struct sheet {
	char separator;
	struct sheet_column *columns;
	size_t count;
	struct sheet_ignored {
		uint32_t rubriek, veld; // veld 0: all of it
	} ignored[SHEET_IGNORED_MAX];   // what goes without a column
	size_t ignored_count;
};

// Of `kolommen`, `negeer` and `scheiding`. A column must say that it is an OEFENING. RESULT_CONFIG,
// RESULT_NO_MEMORY; the caller ends what it got with sheet_done, after a failure too.
enum result sheet_read(const struct reading *reading, const struct yaml_node *root,
		       struct sheet *ret_sheet) KNP_MUST_CHECK;
void sheet_done(struct sheet *sheet);

struct sheet_input {
	const char *functie;
	const struct verstrekking *verstrekking;
	struct bytes casus; // numbers that the system has for the casussen it names
	const char *status, *registratienummer; // what it answers (SHEET_STATUS), "": nothing
};
// Writes the names of the columns and the lines; an apostrophe stands before what a spreadsheet
// would run as a formula. False: something of it is in no column, nor
// ignored, or a code has no translation; what could be written is.
bool sheet_write(const struct sheet *sheet, const struct sheet_input *input, struct buffer *out);

#endif
