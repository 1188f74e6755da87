// SPDX-License-Identifier: EUPL-1.2
// Inside core/ only: backups, below the folder that the settings name.
//
//   log/<moment>/          data.mdb, the log up to the checkpoint beside it; checkpoint, genesis,
//                          log.vkey
//   keystore/<moment>.sealed   the keystore that goes with it (keystore/copy.h)
//
// <moment> is when it was begun, as 20261130T204512Z. Each comes under a temporary name and is
// renamed when it is whole and verified, the keystore first: a folder below log/ is a whole backup.
#ifndef KNP_CORE_BACKUP_H
#define KNP_CORE_BACKUP_H

#include "core/core.h"

#define BACKUP_LOG "log"
#define BACKUP_KEYSTORE "keystore"
#define BACKUP_SEALED ".sealed"
#define BACKUP_TEMPORARY ".tmp-"
#define BACKUP_MOMENT_LEN 16
#define BACKUP_PATH_MAX 400

// The name of a moment, and the moment of a name that begins so. RESULT_MALFORMED.
void backup_moment(int64_t wall_ms, char ret_name[BACKUP_MOMENT_LEN + 1]);
enum result backup_moment_of(const char *name, int64_t *ret_wall_ms) KNP_MUST_CHECK;

// The newest backup below `folder` that is not from after `latest`. RESULT_NOT_FOUND: none;
// RESULT_DENIED, RESULT_IO: it cannot be looked at.
enum result backup_newest(const char *folder, int64_t latest, int64_t *ret_wall_ms) KNP_MUST_CHECK;
// Whether all of them are of this log, by their genesis. RESULT_EXISTS: that of ret_name is not;
// RESULT_DENIED, RESULT_IO as backup_newest.
enum result backup_ours(const struct core *core,
			char ret_name[BACKUP_MOMENT_LEN + 1]) KNP_MUST_CHECK;
// Takes what a reader answered to `backup-newest`, or to a `backup` that was made.
void backup_told(struct core *core, struct bytes answer);
// Removes what an interrupted backup left. Only while nobody else makes one.
void backup_clear(const char *folder);
// Overwrites and removes each copy of a keystore from before `limit`; tells its name to `removed`.
// RESULT_IO, RESULT_DENIED: not all could be.
typedef void backup_removed_fn(void *context, const char *name);
enum result backup_lapse(const char *folder, int64_t limit, backup_removed_fn *removed,
			 void *context) KNP_MUST_CHECK;

#endif
