// SPDX-License-Identifier: EUPL-1.2
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "tests/fuzz/fuzz.h"
#include "wire/envelope.h"

#include <string.h>

static const struct pair_key key = {"fuzz fuzz fuzz fuzz fuzz fuzz fu"};

static void open_raw(struct bytes frame)
{
	struct envelope_prefix prefix;
	struct bytes content;
	enum hint_code code;
	uint32_t pause;
	uint8_t hint[HINT_LEN];
	if (hint_decode(frame, &code, &pause)) {
		hint_encode(hint, code, pause);
		fuzz_check(bytes_equal(bytes_make(hint, sizeof hint), frame));
	}
	enum result read = envelope_read_prefix(frame, &prefix);
	if (frame.len < ENVELOPE_OVERHEAD) {
		fuzz_check(read == RESULT_MALFORMED);
		return;
	}
	uint8_t *plain = malloc(frame.len - ENVELOPE_OVERHEAD + 1);
	fuzz_check(plain != NULL);
	enum result opened = envelope_open(frame, &key, plain, &content);
	fuzz_check(read == RESULT_OK || opened == read);
	free(plain);
}

// The input as plaintext, sealed well: length and padding are all that is left to be wrong.
static void open_sealed(const uint8_t *data, size_t size)
{
	uint8_t frame[ENVELOPE_OVERHEAD + 512] = {'K', 'N', 'P', 'E', 1, 1, 1, 0};
	uint8_t plain[512] = {0}, opened[512];
	struct bytes content;
	memcpy(plain, data, size < sizeof plain ? size : sizeof plain);
	seal_encrypt(frame + ENVELOPE_PREFIX_LEN, bytes_make(plain, sizeof plain),
		     bytes_make(frame, ENVELOPE_PREFIX_LEN), frame + 24, key.key);
	enum result result = envelope_open(bytes_make(frame, sizeof frame), &key, opened, &content);
	uint32_t len = get_u32be(plain);
	bool fine = len <= sizeof plain - 4 &&
		    bytes_all_zero(bytes_make(plain + 4 + len, sizeof plain - 4 - len));
	fuzz_check(result == (fine ? RESULT_OK : RESULT_MALFORMED));
	fuzz_check(!fine || bytes_equal(content, bytes_make(plain + 4, len)));
}

static void seal_and_open(struct bytes content)
{
	const struct envelope_prefix prefix = {ENVELOPE_FROM_KNOOPPUNT, {{1}}, {{2}}};
	struct bytes back;
	struct buffer frame;
	buffer_init(&frame, ENVELOPE_FRAME_MAX);
	if (envelope_seal(&prefix, &key, content, &frame) == RESULT_OK) {
		uint8_t *plain = malloc(frame.len - ENVELOPE_OVERHEAD);
		fuzz_check(plain != NULL);
		fuzz_check(envelope_open(buffer_view(&frame), &key, plain, &back) == RESULT_OK);
		fuzz_check(bytes_equal(back, content));
		free(plain);
	}
	buffer_done(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_check(crypto_start() == RESULT_OK);
	open_raw(bytes_make(data, size));
	open_sealed(data, size);
	seal_and_open(bytes_make(data, size));
	return 0;
}
