// SPDX-License-Identifier: EUPL-1.2
// From a line of a partner's file to a melding as JSON (docs/melding-json.md): which column goes
// where, declared in the settings (docs/adapters.md). Knows no partner.
#ifndef KNP_ADAPTER_MAPPING_H
#define KNP_ADAPTER_MAPPING_H

#include "adapter/csv.h"
#include "door/reading.h"
#include "json/build.h"

#define MAPPING_ROWS_MAX 128
#define MAPPING_CODES_MAX 128
#define COLUMN_MAX 64
#define POINTER_TEXT_MAX 120

enum mapping_date { DATE_AS_IT_IS, DATE_DAY_FIRST, DATE_BARE }; // dd-mm-jjjj, jjjjmmdd

struct mapping_code {
	char from[COLUMN_MAX], to[COLUMN_MAX];
};
struct mapping_row {
	char to[POINTER_TEXT_MAX];     // `naar`
	char column[COLUMN_MAX];       // `kolom`, "": `fixed`
	char fixed[200];               // `vast`
	char unless_empty[COLUMN_MAX]; // `mits`: nothing when that column is empty, "" none
	char before[COLUMN_MAX];       // `voor`: stands before what the column says
	char split;                    // `splits`: the cell is a list, 0: it is not
	enum mapping_date date;
	struct mapping_code *codes; // NULL: the cell as it is
	size_t code_count;
	size_t at, unless_at; // columns of the header that was bound
};
struct mapping {
	struct mapping_row *rows;
	size_t count;
	char (*ignored)[COLUMN_MAX]; // `negeer`
	size_t ignored_count;
	char number[COLUMN_MAX];   // `registratienummer`: tells the lines apart
	char sequence[COLUMN_MAX]; // `volgnummer`: counts them, "" none
	size_t number_at, sequence_at, columns;
};

// Of `afbeelding`, `negeer`, `registratienummer` and `volgnummer`. RESULT_CONFIG, RESULT_NO_MEMORY;
// the caller ends what it got, after a failure too.
enum result mapping_read(const struct reading *reading, const struct yaml_node *root,
			 struct mapping *ret_mapping) KNP_MUST_CHECK;
void mapping_done(struct mapping *mapping);
// Of `codes` (the caller frees them, after a failure too), `datum` and `scheiding` of a node; as
// without them where there are none. RESULT_CONFIG, RESULT_NO_MEMORY.
enum result mapping_read_codes(const struct reading *reading, const struct yaml_node *node,
			       struct mapping_code **ret_codes, size_t *ret_count) KNP_MUST_CHECK;
enum result mapping_read_date(const struct reading *reading, const struct yaml_node *node,
			      enum mapping_date *ret_date) KNP_MUST_CHECK;
enum result mapping_read_separator(const struct reading *reading, const struct yaml_node *root,
				   char *ret_separator) KNP_MUST_CHECK;

// Finds the columns in the first line of a file. RESULT_MALFORMED with the problem: a column that
// is not there, one twice, or one that the settings neither use nor ignore.
enum result mapping_bind(struct mapping *mapping, const struct csv_record *header,
			 struct problem *problem) KNP_MUST_CHECK;
// Puts a line into a document. RESULT_MALFORMED with the problem, `field` the column.
enum result mapping_apply(const struct mapping *mapping, const struct csv_record *record,
			  struct json_build *build, struct problem *problem) KNP_MUST_CHECK;
// The column that what stands at a JSON pointer came from, or the pointer itself.
const char *mapping_origin(const struct mapping *mapping, const char *pointer);

#endif
