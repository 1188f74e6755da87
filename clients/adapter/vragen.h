// SPDX-License-Identifier: EUPL-1.2
// Questions that an instance asked (`wat: zsm_verzoek`): which registratienummer of the partner's
// system each has, so that its answer leads back to it. Noted before a question is put into the
// outbox, so there is no answer without.
//
//   <spool>/adapter/<naam>/vragen  sealed (client_keep): a line for each, its id at the knooppunt
//                                  and its registratienummer, parted by a space
//
// A question is forgotten when the outbox has forgotten it, 14 days after its outcome.
#ifndef KNP_ADAPTER_VRAGEN_H
#define KNP_ADAPTER_VRAGEN_H

#include "lib/client.h"
#include "json/melding_json.h"

struct vraag {
	char id[ID_MAX + 1], number[REGISTRATIENUMMER_MAX + 1];
};
struct vragen {
	char path[520], name[33]; // of the instance
	struct vraag *rows;
	size_t count, room;
	bool changed;
};

// Reads what there is, below the folder of the instance of this name. The caller ends what it got
// with vragen_done. RESULT_DAMAGED, …
enum result vragen_open(struct client *client, const char *root, const char *name,
			struct vragen *ret_vragen) KNP_MUST_CHECK;
void vragen_done(struct vragen *vragen);
// This question is about to be asked under this id; again is fine. RESULT_NO_MEMORY.
enum result vragen_note(struct vragen *vragen, const char *id, struct bytes number) KNP_MUST_CHECK;
// The question whose entry this is. RESULT_NOT_FOUND: none of ours. RESULT_AGAIN: none, but one has
// no outcome yet, so that its entry is not known. RESULT_DAMAGED: none, but one may lie in a file
// of the outbox that cannot be read, which client_problem names.
enum result vragen_find(const struct vragen *vragen, struct client *client, uint64_t index,
			const struct vraag **ret_vraag) KNP_MUST_CHECK;
// Makes what was noted durable.
enum result vragen_save(struct vragen *vragen, struct client *client) KNP_MUST_CHECK;

#endif
