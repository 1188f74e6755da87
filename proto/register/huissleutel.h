// SPDX-License-Identifier: EUPL-1.2
// What two roles sign to change a key of the knooppunt itself (act soort "huissleutel"), or to end
// one ("huissleutel-einde"): a text, so that whoever signs can read it, in this very form:
//
//   sleutel van het knooppunt
//   log knooppunt.example/oefening
//   gebruik ontvangen
//   sleutel <64 hex digits, the public key>
//   adres tcp://knooppunt.example:7478          (of a transport key alone)
//   bewijs <hex digits>
//
//   einde van een sleutel van het knooppunt
//   log knooppunt.example/oefening
//   gebruik ontvangen
//   sleutel <64 hex digits>
//
// `gebruik` is what the key is for: ontvangen, the receive key that envelopes to the knooppunt are
// sealed for; log, which signs checkpoints; verzenden, the send key that answers are sealed with;
// verbinding, the transport key that the knooppunt proves itself by at `adres`.
// `bewijs` proves that the knooppunt holds it, by all
// before that line: of a receive or send key possession_prove() of kind 2 towards its send key (32
// bytes), of a transport key the same of kind 3, of a log key its Ed25519 signature of
// PAE("knooppunt/huissleutel/v1", text) (64).
#ifndef KNP_REGISTER_HUISSLEUTEL_H
#define KNP_REGISTER_HUISSLEUTEL_H

#include "register/register.h"

#define HUISSLEUTEL_SOORT "huissleutel"
#define HUISSLEUTEL_EINDE_SOORT "huissleutel-einde"
#define HUISSLEUTEL_MAX 640

struct huissleutel {
	bool einde; // the end of this key
	enum house_use use;
	char origin[256];
	uint8_t key[32];
	char adres[HOUSE_ADRES_MAX + 1]; // of a transport key, not of an end
	uint8_t bewijs[SIGN_LEN];        // not of an end; as many bytes as its use has
};
// What a use is called in the text, and what kind of key it takes.
const char *house_use_name(enum house_use use);
enum key_kind house_use_kind(enum house_use use);

enum result huissleutel_write(const struct huissleutel *huissleutel,
			      struct buffer *out) KNP_MUST_CHECK;
// Strict: only what huissleutel_write() makes. RESULT_MALFORMED; RESULT_UNSUPPORTED for another
// gebruik.
enum result huissleutel_read(struct bytes text, struct huissleutel *ret_huissleutel) KNP_MUST_CHECK;
// Fills in the bewijs of `own`, the private half of its key, towards the public send key.
enum result huissleutel_prove(struct huissleutel *huissleutel, const struct private_key *own,
			      const uint8_t send[32]) KNP_MUST_CHECK;
// Checks it: of a log key everybody can, of the others who has the send key that it is proven to
// (NULL: not checked).
// RESULT_BAD_SIGNATURE.
enum result huissleutel_check(const struct huissleutel *huissleutel,
			      const struct private_key *send) KNP_MUST_CHECK;

#endif
