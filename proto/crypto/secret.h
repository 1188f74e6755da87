// SPDX-License-Identifier: EUPL-1.2
// Randomness and memory for keys. Keys live only in guarded, locked memory.
#ifndef KNP_CRYPTO_SECRET_H
#define KNP_CRYPTO_SECRET_H

#include "base/bytes.h"

// Must be called once per process before anything else of crypto/, and before a sandbox is
// entered. RESULT_INTERNAL when libsodium or libcrypto cannot start.
enum result crypto_start(void) KNP_MUST_CHECK;

void random_bytes(uint8_t *out, size_t len);
// Guarded pages, excluded from cores, wiped on release. RESULT_NO_MEMORY also when the memory
// could not be locked (libsodium ignores that silently; pitfalls F9).
enum result secret_alloc(size_t len, uint8_t **ret_secret) KNP_MUST_CHECK;
void secret_free(uint8_t *secret); // NULL allowed
void secret_wipe(void *memory, size_t len);
// Constant time.
bool secret_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
