// SPDX-License-Identifier: EUPL-1.2
// Names of parties and keys: OIN, key id, and the Z85 form of transport keys.
#include "keys/keys.h"

#include "crypto/hash.h"

#include <string.h>

#define OIN_PREFIX_LEN 8

enum result oin_parse(struct bytes text, struct oin *ret_oin)
{
	if (text.len != OIN_LEN)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < OIN_LEN; i++) {
		uint8_t c = text.data[i];
		bool digit = c >= '0' && c <= '9';
		bool letter = c >= 'A' && c <= 'Z' && i >= OIN_PREFIX_LEN;
		if (!digit && !letter)
			return RESULT_MALFORMED;
	}
	memcpy(ret_oin->text, text.data, OIN_LEN);
	ret_oin->text[OIN_LEN] = '\0';
	return RESULT_OK;
}

bool functie_is_valid(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
			return false;
	}
	return name.len >= 1 && name.len <= FUNCTIE_MAX;
}

bool oin_equal(const struct oin *a, const struct oin *b)
{
	return memcmp(a->text, b->text, OIN_LEN) == 0;
}

struct key_id key_id_of(enum key_kind kind, const uint8_t public_key[32])
{
	uint8_t kind_byte = (uint8_t)kind;
	struct bytes pieces[] = {
		bytes_of_text("knooppunt/key/v1"),
		bytes_make(&kind_byte, 1),
		bytes_make(public_key, 32),
	};
	struct hash hash = pae_sha256(pieces, 3);
	struct key_id id;
	memcpy(id.b, hash.b, sizeof id.b);
	return id;
}

bool key_id_equal(const struct key_id *a, const struct key_id *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

// ZeroMQ RFC 32. Written out here because proto/ must not link libzmq for one table.
void transport_z85(char out[41], const uint8_t key[32])
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
	for (size_t group = 0; group < 8; group++) {
		uint32_t value = get_u32be(key + 4 * group);
		for (size_t digit = 5; digit-- > 0; value /= 85)
			out[5 * group + digit] = alphabet[value % 85];
	}
	out[40] = '\0';
}
