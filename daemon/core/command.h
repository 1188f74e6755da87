// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of core/ that answer control questions.
#ifndef KNP_CORE_COMMAND_H
#define KNP_CORE_COMMAND_H

#include "control/control.h"
#include "core/core.h"

#define OBJECT_MAX (1024u * 1024) // bytes of a bundle, a convenant, an act

// One command: reads its lines from `ask`, writes the answer's. The first line is the result.
typedef void command_fn(struct core *core, const struct control_message *ask, struct buffer *out);

command_fn command_propose, command_proposals, command_proposal, command_approve;
command_fn command_refusals, command_trail, command_replay, command_impact;
command_fn command_convenanten, command_document, command_register;
command_fn command_terms, command_erasures, command_stops, command_completeness;
command_fn command_codes, command_backup, command_backup_newest;
// Questions of the privacy officer alone (vraag.c).
command_fn command_inzage, command_why, command_gezien, command_stromen, command_datalek;
command_fn command_rapport, command_toestemmingen, command_noodverstrekkingen;
command_fn command_logboek, command_search, command_opvallend, command_automatisch;
command_fn command_vrije_tekst, command_jaarverslag, command_verzoeken, command_tiles;

// A question that goes back through the log, a stretch at a time: from which time on (stays as it
// is when none was said), and before which entry (never beyond what it is). False and says why.
bool read_stretch(const struct control_message *ask, int64_t *since, uint64_t *before,
		  struct buffer *out);
// One entry after the other, newest first, until one is older than `since`, so many were looked at,
// or the answer is half full; then it says "before <entry>". `what` cannot be read when `each`
// fails.
struct stretch {
	struct core *core;
	const struct control_message *ask;
	const void *context; // of the walk
	struct buffer *out;
	int64_t since, until; // `until`, when it is said, leaves entries out by each
	// of the entry in hand
	uint64_t index;
	struct entry entry;
};
struct stretch_walk {
	enum result (*each)(const struct stretch *stretch);
	// NULL, or what the first answer begins with.
	void (*begin)(const struct core *core, struct buffer *out);
	const void *context;
};
// False: it says why not.
bool walk_stretch(struct core *core, const struct control_message *ask, struct buffer *out,
		  const struct stretch_walk *walk);
// " <thema,…>" of a melding, " -" where there is none or `v` is NULL (stromen.c).
void append_themas(struct buffer *line, const struct part_verantwoording *v);
// Of an accountability (rapport.c): the first value of a fact, empty where it has none; the number
// of the last betrokkene of whom something was said.
struct bytes feit_of(const struct part_verantwoording *v, enum attribuut attribuut,
		     uint32_t betrokkene);
uint32_t betrokkenen_of(const struct part_verantwoording *v);
// The number by which a question names a person: of its lines bsn, skn and v-nummer the first that
// is there (gezien.c). False: none is.
bool person_asked(const struct control_message *ask, struct identificatie *ret_id);
// "bevestigd" when the ontvanger has this very part, of the entry at `index`; "klaargezet" while it
// waits to be fetched or confirmed; "vervangen" when under its number another part stands by now,
// or nothing: core keeps no note of a fetch, so that it may have been seen all the same; "getoond"
// what it saw on the screen of an overleg (delivery.c).
enum result core_delivery_status(struct core *core, const struct part_verstrekking *v,
				 uint64_t index, const char **ret_status) KNP_MUST_CHECK;
// Whether this part of an entry is by what its ontvanger came to know something: given, or shown.
bool core_is_told(const struct recalled *entry, size_t place);
// What a statement says of itself under a name, where its accountability has it (gebeurtenis.c).
struct bytes core_recorded(const struct part_verantwoording *v, const char *name);
// Whether a verstrekking is about this betrokkene (put_right.c).
bool core_is_about(const struct part_verstrekking *v, uint32_t betrokkene);
// Whether a rubriek is one of which `inzage` speaks: who told it is not said, nor that somebody
// did.
bool core_is_named(uint32_t rubriek);
// Who was given something about a betrokkene, from the newest on; whoever else was given something
// of that melding, and is told that it is not so, is not named to that one.
struct core_given {
	struct ontvanger ontvanger;
	const struct core_given *before;
};
// Of an entry about a melding the lines m-correctie and m-rechtzetting of `inzage`.
struct core_put_right {
	uint32_t own; // betrokkene
	const struct core_given *given;
	struct buffer *out;
};
enum result core_say_put_right(struct core *core, const struct recalled *entry,
			       const struct core_put_right *own) KNP_MUST_CHECK;
// The name of an OIN when this entry came: as it was enrolled then or at any time; without keys of
// its own, as the convenant that the entry was decided under has it, or one in force (inzage.c).
#define CORE_NAAM_LEN 200
void core_find_naam(struct core *core, struct bytes oin, const struct recalled *entry,
		    char out[CORE_NAAM_LEN]);
// Whose log it is: "huis", "huis-oin", and the "contactpunt" of each convenant (inzage.c).
void core_say_house(const struct core *core, struct buffer *out);
// "naam <oin> <name>" of each that was enrolled (stromen.c).
void core_say_namen(const struct core *core, struct buffer *out);
// The entry if it lies under the key of the system, and is no statement; else one without parts
// (terms.c).
enum result core_recall_system(struct core *core, uint64_t index,
			       struct recalled *ret_recalled) KNP_MUST_CHECK;
// In an oefening it says so: every answer but the metrics.
void say_ok(const struct core *core, struct buffer *out);
// Replaces what was said by the problem.
void say_problem(struct buffer *out, const struct problem *problem, enum result result);
void say_reason(struct buffer *out, enum reason reason, const char *message);
// What would go with the content of this entry: "wat" is the type of its statement, and "over" the
// entry of the melding it is about when it is none itself; that melding is *ret_melding.
enum result say_what_goes(struct core *core, uint64_t index, struct buffer *out,
			  uint64_t *ret_melding) KNP_MUST_CHECK;
// Beside an export of a log whose key changed: its register, from which its keys are known.
enum result core_export_register(struct core *core, const char *folder) KNP_MUST_CHECK;

#endif
