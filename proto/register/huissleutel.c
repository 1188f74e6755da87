// SPDX-License-Identifier: EUPL-1.2
#include "register/huissleutel.h"

#include "crypto/hash.h"
#include "crypto/sign.h"

#include <stdio.h>
#include <string.h>

#define FIRST "sleutel van het knooppunt\nlog "
#define FIRST_OF_END "einde van een sleutel van het knooppunt\nlog "
#define SECOND "\ngebruik "
#define THIRD "\nsleutel "
#define LAST "bewijs "
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
};

const char *house_use_name(enum house_use use)
{
	return uses[use].name;
}

enum key_kind house_use_kind(enum house_use use)
{
	return uses[use].kind;
}

// All but the bewijs: what that is about.
static void write_claim(const struct huissleutel *huissleutel, struct buffer *out)
{
	char hex[2 * KEY_LEN + 1];
	hex_encode(hex, bytes_make(huissleutel->key, KEY_LEN));
	buffer_append_format(out, "%s%s" SECOND "%s" THIRD "%s\n",
			     huissleutel->einde ? FIRST_OF_END : FIRST, huissleutel->origin,
			     uses[huissleutel->use].name, hex);
}

enum result huissleutel_write(const struct huissleutel *huissleutel, struct buffer *out)
{
	char hex[2 * SIGN_LEN + 1];
	write_claim(huissleutel, out);
	hex_encode(hex, bytes_make(huissleutel->bewijs, uses[huissleutel->use].bewijs));
	if (!huissleutel->einde)
		buffer_append_format(out, LAST "%s\n", hex);
	return out->status;
}

static bool take_hex(struct bytes *rest, uint8_t *out, size_t len)
{
	size_t digits = 2 * len;
	if (rest->len < digits + 1 || rest->data[digits] != '\n' ||
	    hex_decode(out, len, bytes_make(rest->data, digits)) != RESULT_OK)
		return false;
	*rest = bytes_make(rest->data + digits + 1, rest->len - digits - 1);
	return true;
}

static bool take_origin(struct bytes *rest, char out[256])
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : 0;
	if (len == 0 || len > 255)
		return false;
	memcpy(out, rest->data, len);
	out[len] = '\0';
	*rest = bytes_make(rest->data + len, rest->len - len);
	return true;
}

static bool take_use(struct bytes *rest, enum house_use *ret_use)
{
	for (size_t i = 0; i < HOUSE_USES; i++) {
		struct bytes tried = *rest;
		if (!bytes_take_text(&tried, uses[i].name) || !bytes_take_text(&tried, THIRD))
			continue;
		*rest = tried;
		*ret_use = (enum house_use)i;
		return true;
	}
	return false;
}

static enum result read_lines(struct bytes text, struct huissleutel *huissleutel)
{
	huissleutel->einde = bytes_take_text(&text, FIRST_OF_END);
	if ((!huissleutel->einde && !bytes_take_text(&text, FIRST)) ||
	    !take_origin(&text, huissleutel->origin) || !bytes_take_text(&text, SECOND))
		return RESULT_MALFORMED;
	if (!take_use(&text, &huissleutel->use))
		return RESULT_UNSUPPORTED;
	if (!take_hex(&text, huissleutel->key, KEY_LEN))
		return RESULT_MALFORMED;
	if (!huissleutel->einde &&
	    (!bytes_take_text(&text, LAST) ||
	     !take_hex(&text, huissleutel->bewijs, uses[huissleutel->use].bewijs)))
		return RESULT_MALFORMED;
	return text.len == 0 ? RESULT_OK : RESULT_MALFORMED;
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
