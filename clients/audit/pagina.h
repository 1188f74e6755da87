// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: a page in Dutch that is read and printed: a letter, a yearly account.
#ifndef KNP_AUDIT_PAGINA_H
#define KNP_AUDIT_PAGINA_H

#include "base/bytes.h"

// From the doctype to the body; `oefening` stands above all else. In print a page is an A4.
void pagina_begin(struct buffer *out, const char *title, bool oefening);
void pagina_end(struct buffer *out);
// Text with what HTML would read escaped, between two pieces of HTML.
void pagina_text(struct buffer *out, const char *before, const char *text, const char *after);
void pagina_bytes(struct buffer *out, struct bytes text);

#endif
