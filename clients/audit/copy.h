// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: an export, from where core may write to where the officer wants it.
#ifndef KNP_AUDIT_COPY_H
#define KNP_AUDIT_COPY_H

#include "base/result.h"

// Copies every file below `from` to the same place below `to`, which is made when it is not there;
// what is there already and is not in `from` stays. As file_read, file_replace and folder_ensure.
enum result copy_tree(const char *from, const char *to) KNP_MUST_CHECK;

#endif
