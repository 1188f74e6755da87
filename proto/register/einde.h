// SPDX-License-Identifier: EUPL-1.2
// What two roles sign to end a convenant that nothing replaces (act soort "convenant-einde"): a
// text, so that whoever signs can read it, in this very form:
//
//   einde van een convenant
//   log knooppunt.example/oefening
//   convenant voorbeeld-radicalisering
//   hash <64 hex digits, SHA-256 of the document in force>
#ifndef KNP_REGISTER_EINDE_H
#define KNP_REGISTER_EINDE_H

#include "register/register.h"

#define CONVENANT_EINDE_SOORT "convenant-einde"
#define CONVENANT_EINDE_MAX 512

struct convenant_einde {
	char origin[256], naam[65];
	struct hash hash;
};
enum result convenant_einde_write(const struct convenant_einde *einde,
				  struct buffer *out) KNP_MUST_CHECK;
// Strict: only what convenant_einde_write() makes. RESULT_MALFORMED.
enum result convenant_einde_read(struct bytes text,
				 struct convenant_einde *ret_einde) KNP_MUST_CHECK;

#endif
