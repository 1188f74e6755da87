// SPDX-License-Identifier: EUPL-1.2
// Which numbers of dossier systems are of one casus ("pgax:4711", "gcos:G-99"), as the lines said
// that were taken: so what names a casus by the number of one system is found in another.
//
//   <spool>/adapter/.casussen  sealed (client_keep): a line for each casus, the month in which a
//   line
//                              named it last ("202611") and its numbers, parted by spaces
//
// All instances that work with a spool share it. A casus that no line named for 13 months goes.
#ifndef KNP_ADAPTER_CASUSSEN_H
#define KNP_ADAPTER_CASUSSEN_H

#include "lib/client.h"

#define CASUS_NUMBER_MAX 64
#define CASUS_NUMBERS_MAX 16 // of one casus

struct casus_numbers {
	char numbers[CASUS_NUMBERS_MAX][CASUS_NUMBER_MAX + 1];
	size_t count;
	uint32_t month; // in which it was named last, since year 0
};
struct casussen {
	char path[400];
	struct casus_numbers *rows;
	size_t count, room;
	uint32_t *index;   // open addressing by number: a row and 1, 0 free
	size_t index_room; // 0: there is none, and rows are looked at one by one
	size_t indexed;    // numbers in it
	uint32_t month;    // it was when something was said last
	bool changed;
};

// A system whose numbers are looked for: "<OIN>:pgax:4711" of that of its organisation, or else
// "pgax:4711", of that of the house.
struct casus_system {
	const char *oin, *name;
};

// Whether a number is one of this system.
bool casus_is_of(struct bytes number, const struct casus_system *system);
// Whether a veld of this row names a casus by a number; NULL does not.
bool casus_is_number(const struct veld_row *row);

// Reads what there is. The caller ends what it got with casussen_done. RESULT_DAMAGED, …
enum result casussen_open(struct client *client, const char *spool,
			  struct casussen *ret_casussen) KNP_MUST_CHECK;
void casussen_done(struct casussen *casussen);
// These numbers are of one casus: with what was known of any of them. More than fit are left out.
enum result casussen_note(struct casussen *casussen, const struct bytes *numbers,
			  size_t count) KNP_MUST_CHECK;
// The same, of the numbers that a statement of this type names a casus by, where they are several.
enum result casussen_note_said(struct casussen *casussen, const struct type_row *type,
			       const struct veld *velden, size_t count) KNP_MUST_CHECK;
// The number that a casus has in this system: the first, where it has several; NULL: none is known.
const char *casussen_find(const struct casussen *casussen, struct bytes number,
			  const struct casus_system *system);
// Makes what was noted durable.
enum result casussen_save(struct casussen *casussen, struct client *client) KNP_MUST_CHECK;

#endif
