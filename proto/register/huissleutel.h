// SPDX-License-Identifier: EUPL-1.2
// What two roles sign to change a key of the knooppunt itself (act soort "huissleutel"), or to end
// one ("huissleutel-einde"): a text, so that whoever signs can read it, in this very form:
//
//   sleutel van het knooppunt
//   log knooppunt.example/oefening
//   gebruik ontvangen
//   sleutel <64 hex digits, the public key>
//   bewijs <64 hex digits>
//
//   einde van een sleutel van het knooppunt
//   log knooppunt.example/oefening
//   gebruik ontvangen
//   sleutel <64 hex digits>
//
// `gebruik` is what the key is for: ontvangen, the receive key that envelopes to the knooppunt are
// sealed for. `bewijs` proves that the knooppunt holds it: possession_prove() of kind 2 over all
// before that line, towards its send key.
#ifndef KNP_REGISTER_HUISSLEUTEL_H
#define KNP_REGISTER_HUISSLEUTEL_H

#include "register/register.h"

#define HUISSLEUTEL_SOORT "huissleutel"
#define HUISSLEUTEL_EINDE_SOORT "huissleutel-einde"
#define HUISSLEUTEL_MAX 640

struct huissleutel {
	bool einde; // the end of this key
	char origin[256];
	uint8_t key[32];
	struct hash bewijs; // not of an end
};
enum result huissleutel_write(const struct huissleutel *huissleutel,
			      struct buffer *out) KNP_MUST_CHECK;
// Strict: only what huissleutel_write() makes. RESULT_MALFORMED; RESULT_UNSUPPORTED for another
// gebruik.
enum result huissleutel_read(struct bytes text, struct huissleutel *ret_huissleutel) KNP_MUST_CHECK;
// The bewijs of a key, by whoever holds one of the two secrets.
enum result huissleutel_prove(const struct huissleutel *huissleutel,
			      const struct possession *possession,
			      struct hash *ret_bewijs) KNP_MUST_CHECK;

#endif
