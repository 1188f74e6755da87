// SPDX-License-Identifier: EUPL-1.2
// Meldingen and uitkomsten as VNG Realisatie's "JZV Meldingen" 1.0 writes them, read as meldingen
// of the knooppunt. What that interface lacks comes from its extension block `knooppunt` (rubrieken
// as in docs/melding-json.md) or from the settings of who reads it; docs/jzv.md says which of the
// two.
#ifndef KNP_JSON_JZV_JSON_H
#define KNP_JSON_JZV_JSON_H

#include "json/melding_json.h"

#define JZV_SOORTEN 3
#define JZV_THEMA_MAX 4
#define JZV_CODE_MAX 32

// What a soort of JZV is here; `soort` "" where the settings do not say.
struct jzv_soort {
	char soort[JZV_CODE_MAX], klasse[JZV_CODE_MAX], urgentie[JZV_CODE_MAX];
	char thema[JZV_THEMA_MAX][JZV_CODE_MAX];
	size_t thema_count;
};
struct jzv_postcodes {
	unsigned van, tot; // first four digits, both inclusive
	char gemeente[7];
};
struct jzv_defaults {
	struct jzv_soort soorten[JZV_SOORTEN]; // in the order of jzv_soort_name
	char gemeente[7];                      // where nothing names a postcode, "" none
	struct jzv_postcodes *postcodes;
	size_t postcode_count;
};
// "NAZ", "VT", "ZVH"; NULL past the end.
const char *jzv_soort_name(size_t n);

struct jzv_input {
	struct melding_json_input json;
	const struct jzv_defaults *defaults;
};

// Views live as long as the arena.
struct jzv_melding {
	struct bytes registratienummer;
	struct melding melding; // passes melding_validate
};
// RESULT_MALFORMED: `field` of the problem is a JSON pointer into the text that was read; what is
// missing is named where it can be given. RESULT_NO_MEMORY. Arena as for melding_json_read.
enum result jzv_melding_read(const struct jzv_input *input, struct arena *arena,
			     struct jzv_melding *ret_melding,
			     struct problem *problem) KNP_MUST_CHECK;

// What Veilig Thuis says of a melding that it was given, as an overdracht of the knooppunt.
struct jzv_uitkomst {
	struct bytes registratienummer;
	struct bytes entry, regel, medewerker; // of the extension block
	const char *antwoord;                  // code of the list overdracht-antwoord
	struct bytes motivering;               // the code of JZV in words, and what was given
};
enum result jzv_uitkomst_read(const struct jzv_input *input, struct arena *arena,
			      struct jzv_uitkomst *ret_uitkomst,
			      struct problem *problem) KNP_MUST_CHECK;

#endif
