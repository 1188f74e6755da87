// SPDX-License-Identifier: EUPL-1.2
// Inside core/ only: a drill, from its words to its report.
#ifndef KNP_CORE_DRILL_H
#define KNP_CORE_DRILL_H

#include "core/backup.h"
#include "core/backup_check.h"

struct drill {
	const char *backup;      // <folder>/log/<moment>
	const char *scratch;     // a folder that is made, and removed
	const char *out;         // of the report; its signature lies beside it, with .act behind
	const char *key;         // folder of the role that signs
	const char *role_unlock; // its unlock file
	char keystore[BACKUP_PATH_MAX]; // the sealed copy
	char unlock_path[BACKUP_PATH_MAX];
	struct settings settings; // of the house; data and guard those of the scratch folder
	struct problem problem;
	// What was found.
	int64_t begun, took_ms;
	uint64_t log_bytes, keystore_bytes, keystore_size; // size: of the log it was copied with
	uint64_t erased_again; // keys that the copy still had and an order ends
	struct backup_found found;
	struct checkpoint checkpoint; // of the backup
};

enum result drill_fail(struct drill *drill, enum result result, enum reason reason,
		       const char *file, const char *what) KNP_MUST_CHECK;
// Writes the report and its signature (drill_report.c): an act of soort "drill" over the SHA-256 of
// the report, which must be that of a role in force.
enum result drill_report(struct drill *drill, const struct core *core) KNP_MUST_CHECK;

#endif
