// SPDX-License-Identifier: EUPL-1.2
#include "register/huissleutel.h"

#include "base/endpoint.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "register/lines.h"

#include <stdio.h>
#include <string.h>

#define FIRST "sleutel van het knooppunt\n"
#define FIRST_OF_END "einde van een sleutel van het knooppunt\n"
#define LABEL "knooppunt/huissleutel/v1"
#define KEY_LEN 32

static const struct {
	const char *name;
	enum key_kind kind;
	size_t bewijs; // bytes
} uses[HOUSE_USES] = {
	[HOUSE_RECEIVE] = {"ontvangen", KEY_KIND_SEALING, sizeof(struct hash)},
	[HOUSE_LOG] = {"log", KEY_KIND_LOG, SIGN_LEN},
	[HOUSE_SEND] = {"verzenden", KEY_KIND_SEALING, sizeof(struct hash)},
	[HOUSE_TRANSPORT] = {"verbinding", KEY_KIND_TRANSPORT, sizeof(struct hash)},
};

const char *house_use_name(enum house_use use)
{
	return uses[use].name;
}

enum key_kind house_use_kind(enum house_use use)
{
	return uses[use].kind;
}

static bool has_adres(const struct huissleutel *huissleutel)
{
	return huissleutel->use == HOUSE_TRANSPORT && !huissleutel->einde;
}

// All but the bewijs: what that is about.
static void write_claim(const struct huissleutel *huissleutel, struct buffer *out)
{
	char hex[2 * KEY_LEN + 1];
	hex_encode(hex, bytes_make(huissleutel->key, KEY_LEN));
	buffer_append_format(out, "%slog %s\ngebruik %s\nsleutel %s\n",
			     huissleutel->einde ? FIRST_OF_END : FIRST, huissleutel->origin,
			     uses[huissleutel->use].name, hex);
	if (has_adres(huissleutel))
		buffer_append_format(out, "adres %s\n", huissleutel->adres);
}

enum result huissleutel_write(const struct huissleutel *huissleutel, struct buffer *out)
{
	char hex[2 * SIGN_LEN + 1];
	write_claim(huissleutel, out);
	hex_encode(hex, bytes_make(huissleutel->bewijs, uses[huissleutel->use].bewijs));
	if (!huissleutel->einde)
		buffer_append_format(out, "bewijs %s\n", hex);
	return out->status;
}

static bool take_use(struct bytes *rest, enum house_use *ret_use)
{
	char name[16];
	if (!lines_take(rest, "gebruik ", name, sizeof name))
		return false;
	for (size_t i = 0; i < HOUSE_USES; i++) {
		*ret_use = (enum house_use)i;
		if (strcmp(uses[i].name, name) == 0)
			return true;
	}
	return false;
}

static enum result read_lines(struct bytes text, struct huissleutel *huissleutel)
{
	huissleutel->einde = bytes_take_text(&text, FIRST_OF_END);
	if ((!huissleutel->einde && !bytes_take_text(&text, FIRST)) ||
	    !lines_take(&text, "log ", huissleutel->origin, sizeof huissleutel->origin))
		return RESULT_MALFORMED;
	if (!take_use(&text, &huissleutel->use))
		return RESULT_UNSUPPORTED;
	if (!lines_take_hex(&text, "sleutel ", huissleutel->key, KEY_LEN))
		return RESULT_MALFORMED;
	if (has_adres(huissleutel) &&
	    (!lines_take(&text, "adres ", huissleutel->adres, sizeof huissleutel->adres) ||
	     !endpoint_is_reachable(bytes_of_text(huissleutel->adres))))
		return RESULT_MALFORMED;
	if (!huissleutel->einde &&
	    !lines_take_hex(&text, "bewijs ", huissleutel->bewijs, uses[huissleutel->use].bewijs))
		return RESULT_MALFORMED;
	return RESULT_OK;
}

enum result huissleutel_read(struct bytes text, struct huissleutel *ret_huissleutel)
{
	struct huissleutel huissleutel = {.einde = false};
	struct buffer again;
	enum result r = read_lines(text, &huissleutel);
	if (r)
		return r;
	// One way of writing each: what is signed is what is read.
	buffer_init(&again, HUISSLEUTEL_MAX);
	r = huissleutel_write(&huissleutel, &again);
	if (!r && !bytes_equal(buffer_view(&again), text))
		r = RESULT_MALFORMED;
	buffer_done(&again);
	if (!r)
		*ret_huissleutel = huissleutel;
	return r;
}

// ---- possession ------------------------------------------------------------------------------

static void pae_of(struct bytes claim, struct buffer *out)
{
	const struct bytes pieces[] = {bytes_of_text(LABEL), claim};
	pae_append(out, pieces, sizeof pieces / sizeof pieces[0]);
}

static enum result prove_claim(struct huissleutel *huissleutel, const struct private_key *own,
			       const uint8_t send[32], struct bytes claim)
{
	struct possession possession = {uses[huissleutel->use].kind, own->secret, own->public_key,
					send};
	struct buffer message;
	struct hash proof;
	if (huissleutel->use != HOUSE_LOG) {
		enum result r = possession_prove(&possession, claim, &proof);
		if (!r)
			memcpy(huissleutel->bewijs, proof.b, sizeof proof.b);
		return r;
	}
	buffer_init(&message, 2 * HUISSLEUTEL_MAX);
	pae_of(claim, &message);
	enum result r = message.status;
	if (!r)
		sign_detached(huissleutel->bewijs, buffer_view(&message), own->secret);
	buffer_done(&message);
	return r;
}

enum result huissleutel_prove(struct huissleutel *huissleutel, const struct private_key *own,
			      const uint8_t send[32])
{
	struct buffer claim;
	buffer_init(&claim, HUISSLEUTEL_MAX);
	write_claim(huissleutel, &claim);
	enum result r = claim.status;
	if (!r)
		r = prove_claim(huissleutel, own, send, buffer_view(&claim));
	buffer_done(&claim);
	return r;
}

static enum result check_signature(const struct huissleutel *huissleutel, struct bytes claim)
{
	struct buffer message;
	buffer_init(&message, 2 * HUISSLEUTEL_MAX);
	pae_of(claim, &message);
	enum result r = message.status;
	if (!r)
		r = sign_verify(bytes_make(huissleutel->bewijs, SIGN_LEN), buffer_view(&message),
				huissleutel->key);
	buffer_done(&message);
	return r;
}

static enum result check_agreement(const struct huissleutel *huissleutel, struct bytes claim,
				   const struct private_key *send)
{
	struct possession possession = {.kind = uses[huissleutel->use].kind,
					.secret = send->secret,
					.party = huissleutel->key,
					.send = send->public_key};
	struct hash proof;
	enum result r = possession_prove(&possession, claim, &proof);
	bool same = !r && bytes_equal(bytes_of_hash(&proof),
				      bytes_make(huissleutel->bewijs, sizeof(struct hash)));
	return same ? RESULT_OK : RESULT_BAD_SIGNATURE;
}

enum result huissleutel_check(const struct huissleutel *huissleutel, const struct private_key *send)
{
	struct buffer claim;
	buffer_init(&claim, HUISSLEUTEL_MAX);
	write_claim(huissleutel, &claim);
	enum result r = claim.status;
	if (!r && huissleutel->use == HOUSE_LOG)
		r = check_signature(huissleutel, buffer_view(&claim));
	else if (!r && send)
		r = check_agreement(huissleutel, buffer_view(&claim), send);
	buffer_done(&claim);
	return r;
}
