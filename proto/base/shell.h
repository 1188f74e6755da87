// SPDX-License-Identifier: EUPL-1.2
// A command that is printed is copied into a shell.
#ifndef KNP_BASE_SHELL_H
#define KNP_BASE_SHELL_H

#include "base/bytes.h"

// Appends a word as a POSIX shell reads it back: as it is when that is safe, else in single quotes.
void shell_append(struct buffer *out, const char *word);
// "<option> <value> "; nothing when there is no value.
void shell_append_option(struct buffer *out, const char *option, const char *value);

#endif
