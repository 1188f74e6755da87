// SPDX-License-Identifier: EUPL-1.2
// A melding as a partner's system writes it (docs/melding-json.md), and rubrieken as `knooppunt
// fetch` prints them. Driven by the tables of melding/lists.h: keys are the names there.
#ifndef KNP_JSON_MELDING_JSON_H
#define KNP_JSON_MELDING_JSON_H

#include "base/arena.h"
#include "base/json_out.h"
#include "base/problem.h"
#include "melding/validate.h"

#define MELDING_JSON_MAX (1024 * 1024) // bytes of one file
#define REGISTRATIENUMMER_MAX 64

// Whether a text can be a registratienummer.
bool registratienummer_is_valid(struct bytes text);

struct melding_json_input {
	struct bytes text;
	const char *file; // what problems name
	struct bytes
		partner_soort; // of the sender (list partner-soort): decides the default regime
	struct civil_date today;
	// Of the house alone, that enters it for a partner without keys of its own: "OIN" or
	// "OIN:functie", its soort and the medewerker who does; the rubriek namens says so. Empty:
	// for nobody, but for whom the file itself says. Its soort decides the default regime then.
	struct bytes namens, namens_soort, medewerker;
};

// A file that was read. Views live as long as the arena.
struct melding_file {
	struct bytes id, systeem; // empty when the file gives none
	struct melding melding;   // passes melding_validate
};

// Reads one JSON object. RESULT_MALFORMED with the problem's code and fix, `field` a JSON pointer
// to the place (RFC 6901, "" for the whole) and `line` for what is no JSON; nothing of the content
// is repeated. RESULT_NO_MEMORY when the arena is too small (8 times the text plus 64 KiB
// suffices).
enum result melding_json_read(const struct melding_json_input *input, struct arena *arena,
			      struct melding_file *ret_file,
			      struct problem *problem) KNP_MUST_CHECK;

// A statement without slots, as a file: one JSON object with the velden of its type by name.
struct velden_json_input {
	struct bytes text;
	const char *file;           // what problems name
	const struct type_row *row; // of the type
	struct civil_date today;
	// A file of its own system may say its registratienummer beside them.
	bool numbered;
};
struct velden_file { // views live as long as the arena
	struct veld *velden;
	size_t count;
	struct bytes registratienummer; // empty: it says none
};
// As melding_json_read; what the velden say together only the knooppunt checks.
enum result velden_json_read(const struct velden_json_input *input, struct arena *arena,
			     struct velden_file *ret_file, struct problem *problem) KNP_MUST_CHECK;

// The regime a sender of this kind holds a rubriek under when its file does not say.
enum regime melding_default_regime(const struct rubriek_row *row, struct bytes partner_soort);

// Writes an array of {"rubriek","betrokkene","regime","bron","velden":{…}}: numbers as numbers,
// ja/nee as true/false, velden that may occur more often as arrays. Rubrieken and velden that a
// newer knooppunt knows and we do not are written by number.
void melding_json_write(struct json_out *out, const struct rubriek *rubrieken, size_t count);

#endif
