// SPDX-License-Identifier: EUPL-1.2
// Making a new environment so that a crash leaves either nothing or all of it.
#ifndef KNP_STORE_CREATE_H
#define KNP_STORE_CREATE_H

#include "store/store.h"

// Opens an environment at `path` (a folder, or a file with MDB_NOSUBDIR in `extra_flags`).
enum result store_open_path(const char *path, const struct store_options *options,
			    unsigned extra_flags, struct store **ret_store) KNP_MUST_CHECK;

// Makes `path` (<folder>/data.mdb) with its tables; an environment that somebody else made in the
// meantime is kept.
enum result store_create(const char *folder, const char *path,
			 const struct store_options *options) KNP_MUST_CHECK;

#endif
