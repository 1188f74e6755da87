// SPDX-License-Identifier: EUPL-1.2
#include "wire/envelope.h"

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"

#include <string.h>

#define VERSION 1
#define SUITE 1
#define LENGTH_FIELD 4

enum prefix_offset {
	AT_MAGIC = 0,
	AT_VERSION = 4,
	AT_SUITE = 5,
	AT_DIRECTION = 6,
	AT_ZERO = 7,
	AT_SENDER = 8,
	AT_RECIPIENT = 16,
	AT_NONCE = 24,
};

static const uint8_t magic[4] = {'K', 'N', 'P', 'E'};
static const uint8_t hint_magic[4] = {'K', 'N', 'P', 'H'};

static const size_t classes[] = {512,   1024,  2048,  4096,   8192,
				 16384, 32768, 65536, 131072, ENVELOPE_CONTENT_MAX + LENGTH_FIELD};
#define CLASS_COUNT (sizeof classes / sizeof classes[0])

_Static_assert(ENVELOPE_CONTENT_MAX + LENGTH_FIELD == 262080, "the largest class fills a frame");

// The other end's public key, whichever end the caller is.
static enum result find_peer(const struct pair_end *sender, const struct pair_end *recipient,
			     const uint8_t own_secret[32], const uint8_t **ret_peer)
{
	uint8_t own_public[SEAL_PUBLIC_LEN];
	seal_public_of(own_public, own_secret);
	if (memcmp(own_public, sender->public_key, sizeof own_public) == 0)
		*ret_peer = recipient->public_key;
	else if (memcmp(own_public, recipient->public_key, sizeof own_public) == 0)
		*ret_peer = sender->public_key;
	else
		return RESULT_MALFORMED;
	return RESULT_OK;
}

static void append_pair_context(struct buffer *out, const struct pair_direction *pair)
{
	const uint8_t suite = SUITE, way = (uint8_t)pair->direction, with_psk = pair->psk != NULL;
	const struct bytes pieces[] = {
		bytes_make(&suite, 1),
		bytes_make(&way, 1),
		bytes_of_text(pair->origin),
		bytes_make(pair->sender->oin.text, OIN_LEN),
		bytes_make(pair->sender->public_key, SEAL_PUBLIC_LEN),
		bytes_make(pair->recipient->oin.text, OIN_LEN),
		bytes_make(pair->recipient->public_key, SEAL_PUBLIC_LEN),
		bytes_make(&with_psk, 1),
	};
	pae_append(out, pieces, sizeof pieces / sizeof pieces[0]);
}

enum result envelope_pair_key(const struct pair_direction *pair, const uint8_t own_secret[32],
			      struct pair_key *ret_key)
{
	const uint8_t *peer;
	enum result result = find_peer(pair->sender, pair->recipient, own_secret, &peer);
	if (result)
		return result;
	uint8_t secret[64];
	result = seal_agree(secret, own_secret, peer);
	if (result)
		return result;
	if (pair->psk)
		memcpy(secret + 32, pair->psk, 32);
	struct buffer info;
	buffer_init(&info, 1024);
	append_pair_context(&info, pair);
	result = info.status;
	if (!result)
		result = hkdf_sha256(ret_key->key, sizeof ret_key->key,
				     bytes_of_text("knooppunt/envelope/v1"),
				     bytes_make(secret, pair->psk ? 64 : 32), buffer_view(&info));
	secret_wipe(secret, sizeof secret);
	buffer_done(&info);
	return result;
}

size_t envelope_class(size_t content_len)
{
	for (size_t i = 0; i < CLASS_COUNT; i++) {
		if (content_len <= classes[i] - LENGTH_FIELD)
			return classes[i];
	}
	return 0;
}

static bool is_class(size_t plain_len)
{
	for (size_t i = 0; i < CLASS_COUNT; i++) {
		if (plain_len == classes[i])
			return true;
	}
	return false;
}

static void write_prefix(uint8_t *frame, const struct envelope_prefix *prefix)
{
	memcpy(frame + AT_MAGIC, magic, sizeof magic);
	frame[AT_VERSION] = VERSION;
	frame[AT_SUITE] = SUITE;
	frame[AT_DIRECTION] = (uint8_t)prefix->direction;
	frame[AT_ZERO] = 0;
	memcpy(frame + AT_SENDER, prefix->sender.b, KEY_ID_LEN);
	memcpy(frame + AT_RECIPIENT, prefix->recipient.b, KEY_ID_LEN);
	random_bytes(frame + AT_NONCE, SEAL_NONCE_LEN);
}

enum result envelope_seal(const struct envelope_prefix *prefix, const struct pair_key *key,
			  struct bytes content, struct buffer *out)
{
	return envelope_seal_wide(prefix, key, content, 0, out);
}

enum result envelope_seal_wide(const struct envelope_prefix *prefix, const struct pair_key *key,
			       struct bytes content, size_t at_least, struct buffer *out)
{
	size_t wanted = at_least > LENGTH_FIELD ? at_least - LENGTH_FIELD : 0;
	size_t class = envelope_class(content.len > wanted ? content.len : wanted);
	if (class == 0)
		return RESULT_TOO_LARGE;
	uint8_t *frame = buffer_reserve(out, class + ENVELOPE_OVERHEAD);
	if (!frame)
		return out->status;
	write_prefix(frame, prefix);
	// The plaintext is laid out where its ciphertext will stand.
	uint8_t *plain = frame + ENVELOPE_PREFIX_LEN;
	put_u32be(plain, (uint32_t)content.len);
	if (content.len > 0)
		memcpy(plain + LENGTH_FIELD, content.data, content.len);
	memset(plain + LENGTH_FIELD + content.len, 0, class - LENGTH_FIELD - content.len);
	seal_encrypt(plain, bytes_make(plain, class), bytes_make(frame, ENVELOPE_PREFIX_LEN),
		     frame + AT_NONCE, key->key);
	return RESULT_OK;
}

enum result envelope_read_prefix(struct bytes frame, struct envelope_prefix *ret_prefix)
{
	if (frame.len < ENVELOPE_OVERHEAD || frame.len > ENVELOPE_FRAME_MAX)
		return RESULT_MALFORMED;
	if (memcmp(frame.data + AT_MAGIC, magic, sizeof magic) != 0)
		return RESULT_MALFORMED;
	if (frame.data[AT_VERSION] != VERSION || frame.data[AT_SUITE] != SUITE)
		return RESULT_UNSUPPORTED;
	uint8_t direction = frame.data[AT_DIRECTION];
	if (direction != ENVELOPE_TO_KNOOPPUNT && direction != ENVELOPE_FROM_KNOOPPUNT)
		return RESULT_MALFORMED;
	if (frame.data[AT_ZERO] != 0 || !is_class(frame.len - ENVELOPE_OVERHEAD))
		return RESULT_MALFORMED;
	ret_prefix->direction = (enum envelope_direction)direction;
	memcpy(ret_prefix->sender.b, frame.data + AT_SENDER, KEY_ID_LEN);
	memcpy(ret_prefix->recipient.b, frame.data + AT_RECIPIENT, KEY_ID_LEN);
	return RESULT_OK;
}

enum result envelope_open(struct bytes frame, const struct pair_key *key, uint8_t *plain,
			  struct bytes *ret_content)
{
	struct envelope_prefix prefix;
	enum result result = envelope_read_prefix(frame, &prefix);
	if (result)
		return result;
	struct bytes sealed =
		bytes_make(frame.data + ENVELOPE_PREFIX_LEN, frame.len - ENVELOPE_PREFIX_LEN);
	result = seal_decrypt(plain, sealed, bytes_make(frame.data, ENVELOPE_PREFIX_LEN),
			      frame.data + AT_NONCE, key->key);
	if (result)
		return result;
	size_t room = sealed.len - SEAL_TAG_LEN - LENGTH_FIELD;
	size_t len = get_u32be(plain);
	if (len > room)
		return RESULT_MALFORMED;
	if (!bytes_all_zero(bytes_make(plain + LENGTH_FIELD + len, room - len)))
		return RESULT_MALFORMED;
	*ret_content = bytes_make(plain + LENGTH_FIELD, len);
	return RESULT_OK;
}

void hint_encode(uint8_t out[HINT_LEN], enum hint_code code, uint32_t pause_ms)
{
	memcpy(out, hint_magic, sizeof hint_magic);
	out[4] = VERSION;
	out[5] = (uint8_t)code;
	out[6] = 0;
	out[7] = 0;
	put_u32be(out + 8, pause_ms);
}

bool hint_decode(struct bytes frame, enum hint_code *ret_code, uint32_t *ret_pause_ms)
{
	if (frame.len != HINT_LEN || memcmp(frame.data, hint_magic, sizeof hint_magic) != 0)
		return false;
	if (frame.data[4] != VERSION || frame.data[6] != 0 || frame.data[7] != 0)
		return false;
	if (frame.data[5] < HINT_AGAIN || frame.data[5] > HINT_STOPPING)
		return false;
	*ret_code = (enum hint_code)frame.data[5];
	*ret_pause_ms = get_u32be(frame.data + 8);
	return true;
}
