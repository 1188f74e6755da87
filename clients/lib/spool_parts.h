// SPDX-License-Identifier: EUPL-1.2
// Inside clients/lib only: what the files of the spool share.
#ifndef KNP_LIB_SPOOL_PARTS_H
#define KNP_LIB_SPOOL_PARTS_H

#include "lib/spool.h"

#define SPOOL_HEADER_LEN 40

// Tells the spool's problem what could not be done with which file; returns `result`, keeps errno.
enum result spool_explain(const struct spool *spool, enum result result, const char *path,
			  const char *doing);
// RESULT_FULL or RESULT_IO, from errno.
enum result spool_errno(void);
enum result spool_write_all(int fd, struct bytes content) KNP_MUST_CHECK;
// Appends header and ciphertext to `out`.
enum result spool_seal(const struct spool *spool, const struct spool_file *file, struct bytes plain,
		       struct buffer *out) KNP_MUST_CHECK;
// The same to where there is room for both; `plain` may lie where its ciphertext goes.
void spool_seal_at(const struct spool *spool, const struct spool_file *file, struct bytes plain,
		   uint8_t *out);
// Opens into an initialised buffer. RESULT_DAMAGED, RESULT_UNSUPPORTED.
enum result spool_unseal(const struct spool *spool, const struct spool_file *file,
			 struct bytes sealed, struct buffer *out) KNP_MUST_CHECK;

#endif
