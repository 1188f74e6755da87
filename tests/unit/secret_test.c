// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "crypto/passphrase.h"
#include "crypto/secret.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(void **state)
{
	(void)state;
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static void starting_twice_is_harmless(void **state)
{
	(void)state;
	assert_int_equal(crypto_start(), RESULT_OK);
}

static void a_new_secret_is_zero_and_writable(void **state)
{
	(void)state;
	static const size_t lengths[] = {1, 32, 64, 4096, 5000};
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		uint8_t *secret;
		assert_int_equal(secret_alloc(lengths[i], &secret), RESULT_OK);
		assert_true(bytes_all_zero(bytes_make(secret, lengths[i])));
		memset(secret, 0xa5, lengths[i]);
		secret_wipe(secret, lengths[i]);
		assert_true(bytes_all_zero(bytes_make(secret, lengths[i])));
		secret_free(secret);
	}
	secret_free(NULL);
}

static void random_bytes_differ_and_fill_exactly_what_is_asked(void **state)
{
	(void)state;
	uint8_t a[40] = {0}, b[40] = {0};
	random_bytes(a, 32);
	random_bytes(b, 32);
	assert_memory_not_equal(a, b, 32);
	assert_true(bytes_all_zero(bytes_make(a + 32, 8)));
}

static void equality_looks_at_every_byte(void **state)
{
	(void)state;
	uint8_t a[33] = {0}, b[33] = {0};
	assert_true(secret_equal(a, b, 33));
	for (size_t i = 0; i < 33; i++) {
		b[i] = 1;
		assert_false(secret_equal(a, b, 33));
		assert_true(secret_equal(a, b, i));
		b[i] = 0;
	}
	assert_true(secret_equal(a, b, 0));
}

// Exit code of a child that writes one byte at secret[offset]; it never says anything.
static int write_in_child(uint8_t *secret, ptrdiff_t offset)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(3);
		struct rlimit none = {0, 0};
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL); // cmocka catches it and would go on in the child
		((volatile uint8_t *)secret)[offset] = 1;
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void a_step_behind_a_secret_ends_the_process(void **state)
{
	(void)state;
	uint8_t *secret;
	assert_int_equal(secret_alloc(32, &secret), RESULT_OK);
	assert_int_equal(write_in_child(secret, 31), 0);
	assert_int_not_equal(write_in_child(secret, 32), 0);
	secret_free(secret);
}

// The VmFlags of the mapping that holds `address`, from smaps.
static void mapping_flags(const void *address, char *out, size_t size)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	assert_non_null(smaps);
	char line[512];
	bool inside = false;
	out[0] = '\0';
	while (fgets(line, sizeof line, smaps)) {
		unsigned long begin, end;
		char dash;
		if (sscanf(line, "%lx%c%lx ", &begin, &dash, &end) == 3 && dash == '-')
			inside = (uintptr_t)address >= begin && (uintptr_t)address < end;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			snprintf(out, size, "%.*s", (int)size - 1, line + 8);
	}
	fclose(smaps);
}

static void a_secret_stays_out_of_core_files(void **state)
{
	(void)state;
	char flags[256];
	uint8_t *secret;
	assert_int_equal(secret_alloc(32, &secret), RESULT_OK);
	mapping_flags(secret, flags, sizeof flags);
	assert_non_null(strstr(flags, " dd"));
	mapping_flags(&flags, flags, sizeof flags);
	assert_null(strstr(flags, " dd"));
	secret_free(secret);
}

// Sanitizers make mlock do nothing and answer success, so there is nothing to see with them.
#ifndef KNP_SANITIZED
static void a_secret_is_locked_in_memory(void **state)
{
	(void)state;
	char flags[256];
	uint8_t *secret;
	assert_int_equal(secret_alloc(32, &secret), RESULT_OK);
	mapping_flags(secret, flags, sizeof flags);
	assert_non_null(strstr(flags, " lo"));
	secret_free(secret);
}

static void memory_that_cannot_be_locked_is_no_memory_for_secrets(void **state)
{
	(void)state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit none = {0, 0};
		uint8_t *secret = NULL;
		// Root may lock without limit, so it becomes nobody first.
		if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 || (geteuid() == 0 && setuid(65534) < 0))
			_exit(3);
		_exit(secret_alloc(32, &secret) == RESULT_NO_MEMORY && !secret ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
#endif

static void a_passphrase_gives_the_key_that_libargon2_gives(void **state)
{
	(void)state;
	// argon2id_hash_raw(2 passes, 65536 KiB, 1 lane, "oefening", salt 40..4f) of the reference
	// implementation.
	static const char hex[] =
		"ac4bcce2c05d373c6dff9c28c6cefd7723362b846a07d1f20665845f5d53fa3d";
	uint8_t salt[PASSPHRASE_SALT_LEN], expected[32], key[32];
	for (size_t i = 0; i < sizeof salt; i++)
		salt[i] = (uint8_t)(0x40 + i);
	assert_int_equal(hex_decode(expected, 32, bytes_of_text(hex)), RESULT_OK);
	assert_int_equal(passphrase_derive(key, LITERAL("oefening"), salt), RESULT_OK);
	assert_memory_equal(key, expected, 32);
	salt[0] ^= 1;
	assert_int_equal(passphrase_derive(key, LITERAL("oefening"), salt), RESULT_OK);
	assert_memory_not_equal(key, expected, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starting_twice_is_harmless),
		cmocka_unit_test(a_new_secret_is_zero_and_writable),
		cmocka_unit_test(random_bytes_differ_and_fill_exactly_what_is_asked),
		cmocka_unit_test(equality_looks_at_every_byte),
		cmocka_unit_test(a_step_behind_a_secret_ends_the_process),
		cmocka_unit_test(a_secret_stays_out_of_core_files),
#ifndef KNP_SANITIZED
		cmocka_unit_test(a_secret_is_locked_in_memory),
		cmocka_unit_test(memory_that_cannot_be_locked_is_no_memory_for_secrets),
#endif
		cmocka_unit_test(a_passphrase_gives_the_key_that_libargon2_gives),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
