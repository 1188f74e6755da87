// SPDX-License-Identifier: EUPL-1.2
// The engine: files of a partner's system in, meldingen of them through the outbox of libknooppunt.
// Every line of a file ends as sent and receipted, or in quarantine; a file that was taken is gone
// through again after a kill, from its beginning: the id of a melding follows from its
// registratienummer, so what was pushed before is not pushed twice.
#ifndef KNP_ADAPTER_ADAPTER_H
#define KNP_ADAPTER_ADAPTER_H

#include "adapter/casussen.h"
#include "adapter/known.h"
#include "adapter/store.h"
#include "adapter/vragen.h"

struct adapter {
	struct adapter_settings *settings;
	struct client *client;
	struct store store;
	struct known known;
	struct casussen casussen;
	struct vragen vragen;
	char soort[32];      // of the partner
	const char *unsent;  // why attenderingen do not go, as the log said last; NULL: they do
	struct problem kept; // why something waits, no code: nothing does
};

// Opens client and store. RESULT_AGAIN: another program has the spool.
enum result adapter_open(struct adapter_settings *settings, struct adapter *ret_adapter,
			 struct problem *problem) KNP_MUST_CHECK;
void adapter_close(struct adapter *adapter);

struct adapter_report {
	size_t waiting; // files that are not done, and functies of which something waits
	uint64_t bad;   // lines in quarantine, of the files that this round was done with
};
// One round: takes files, pushes their lines, sends, settles, lets go of what is old. Whether
// something waits is in `kept`; RESULT_IO and the like only where the store itself cannot be used.
enum result adapter_round(struct adapter *adapter,
			  struct adapter_report *ret_report) KNP_MUST_CHECK;
// Nothing came for longer than `stil_uren`.
bool adapter_is_quiet(const struct adapter *adapter, int64_t now_ms);
// The file that was done with last had more or fewer lines than `verwacht` says.
bool adapter_is_unexpected(const struct adapter *adapter);

// The id of the melding with this registratienummer: the same whichever file brings it
// (client_make_id).
void adapter_make_id(const struct adapter *adapter, struct bytes number, char ret_id[ID_MAX + 1]);

// ---- one file (intake.c) -----------------------------------------------------------------------

struct intake_report {
	uint64_t lines;   // records, or documents
	uint64_t waiting; // without an outcome yet
	uint64_t bad;     // in quarantine
};
// Pushes what was not pushed, sees what became of the rest, and keeps in quarantine what cannot be
// sent. What is known of its lines counts once `known_commit` of the adapter's made it durable.
// RESULT_AGAIN, RESULT_FULL, RESULT_IO, …: it is left for the next round, nothing is lost;
// `problem` says why, as far as more is known than the result.
enum result intake_file(struct adapter *adapter, const struct taken *taken,
			struct intake_report *ret_report, struct problem *problem) KNP_MUST_CHECK;
// What would be sent, as a line of JSON for each line of the file: {"line","id","rubrieken"} or
// {"line","error"}. Nothing is pushed. RESULT_IO: standard output is closed; `ret_bad` how many are
// wrong. RESULT_MALFORMED: the file as a whole is, with the problem.
enum result intake_show(struct adapter *adapter, const char *path, uint64_t *ret_bad,
			struct problem *problem) KNP_MUST_CHECK;

#endif
