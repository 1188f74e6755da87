// SPDX-License-Identifier: EUPL-1.2
// bench-party FOLDER OIN NAAM SOORT FUNCTIE GENESIS: keys of a new party in FOLDER/keys, opened by
// FOLDER/unlock.key, and the bundle to enrol it with in FOLDER/bundle.knp.
#include "base/file.h"
#include "crypto/secret.h"
#include "register/register.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GENESIS_MAX (1024 * 1024)

static void must(enum result result, const char *doing)
{
	if (result == RESULT_OK)
		return;
	fprintf(stderr, "bench-party: cannot %s: %s\n", doing, result_name(result));
	exit(1);
}

// The knooppunt's public send key, which the bundle's proofs of possession are made for.
static void read_send_key(const char *path, uint8_t ret_key[32])
{
	struct buffer wire;
	struct genesis_file genesis;
	struct part part;
	struct arena *arena;
	buffer_init(&wire, GENESIS_MAX);
	must(file_read(path, GENESIS_MAX, &wire), "read the genesis file");
	must(genesis_file_decode(buffer_view(&wire), &genesis), "take genesis apart");
	must(arena_new(8 * GENESIS_MAX, &arena), "get memory");
	must(part_decode(genesis.part, arena, &part), "decode genesis");
	if (part.kind != PART_REGISTER || part.registerdeel.soort != REGISTER_GENESIS)
		must(RESULT_MALFORMED, "find the keys in genesis");
	memcpy(ret_key, part.registerdeel.genesis.send_key, 32);
	arena_free(arena);
	buffer_done(&wire);
}

static void make_key(const char *folder, const char *name, enum key_kind kind,
		     struct private_key *ret_key)
{
	char keys[512], file[512];
	snprintf(keys, sizeof keys, "%s/keys", folder);
	snprintf(file, sizeof file, "%s/unlock.key", folder);
	struct unlock unlock = {.key_file = file};
	must(keyfile_create(&(const struct keyfile){keys, name, kind}, &unlock, ret_key),
	     "make a key");
}

static void write_bundle(char *const *words, const struct private_key keys[3])
{
	struct bundle bundle = {.suite = 1, .functie_count = 1};
	uint8_t send[32];
	char path[512];
	must(oin_parse(bytes_of_text(words[1]), &bundle.oin), "use this OIN");
	snprintf(bundle.naam, sizeof bundle.naam, "%s", words[2]);
	snprintf(bundle.soort, sizeof bundle.soort, "%s", words[3]);
	snprintf(bundle.functies[0], sizeof bundle.functies[0], "%s", words[4]);
	memcpy(bundle.identity, keys[0].public_key, 32);
	memcpy(bundle.sealing, keys[1].public_key, 32);
	memcpy(bundle.transport, keys[2].public_key, 32);
	read_send_key(words[5], send);
	struct bundle_keys proofs = {&keys[0], &keys[1], &keys[2], send};
	struct buffer wire;
	buffer_init(&wire, 65536);
	must(bundle_encode(&bundle, &proofs, &wire), "make the bundle");
	snprintf(path, sizeof path, "%s/bundle.knp", words[0]);
	must(file_create(path, buffer_view(&wire), 0644), "write the bundle");
	buffer_done(&wire);
}

int main(int argc, char **argv)
{
	struct private_key keys[3];
	char path[512];
	if (argc != 7) {
		fprintf(stderr, "usage: bench-party FOLDER OIN NAAM SOORT FUNCTIE GENESIS\n");
		return 2;
	}
	must(crypto_start(), "start libsodium");
	must(folder_ensure(argv[1]), "make the folder");
	snprintf(path, sizeof path, "%s/unlock.key", argv[1]);
	must(unlock_file_create(path), "make the unlock file");
	make_key(argv[1], "identity", KEY_KIND_IDENTITY, &keys[0]);
	make_key(argv[1], "sealing", KEY_KIND_SEALING, &keys[1]);
	make_key(argv[1], "transport", KEY_KIND_TRANSPORT, &keys[2]);
	write_bundle(argv + 1, keys);
	for (size_t i = 0; i < 3; i++)
		private_key_done(&keys[i]);
	return 0;
}
