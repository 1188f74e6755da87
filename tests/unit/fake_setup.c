// SPDX-License-Identifier: EUPL-1.2
// The fake knooppunt's keys, genesis and register.
#include "fake_knooppunt.h"

#include "base/file.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIRE_MAX 65536

static struct unlock unlock_with(const char *path)
{
	return (struct unlock){.key_file = path};
}

static void make_key(struct fake_knooppunt *fake, const char *name, enum key_kind kind,
		     struct private_key *key)
{
	struct unlock unlock = unlock_with(fake->unlock);
	fake_must(keyfile_create(
		&(const struct keyfile){temporary_path(fake->folder, "keys"), name, kind}, &unlock,
		key));
}

static struct bytes keep(struct fake_knooppunt *fake, struct buffer *wire)
{
	struct bytes copy = arena_copy(fake->log.arena, buffer_view(wire));
	buffer_done(wire);
	return copy;
}

static struct bytes role_bundle(struct fake_knooppunt *fake, const struct private_key *key,
				const char *functie)
{
	struct bundle bundle = {.oin = fake->house, .suite = 1, .functie_count = 1};
	struct bundle_keys keys = {.identity = key};
	struct buffer wire;
	snprintf(bundle.naam, sizeof bundle.naam, "Rol %s", functie);
	snprintf(bundle.soort, sizeof bundle.soort, "veiligheidshuis");
	snprintf(bundle.functies[0], sizeof bundle.functies[0], "%s", functie);
	memcpy(bundle.identity, key->public_key, 32);
	buffer_init(&wire, WIRE_MAX);
	fake_must(bundle_encode(&bundle, &keys, &wire));
	return keep(fake, &wire);
}

static void write_genesis_file(struct fake_knooppunt *fake)
{
	const struct fake_entry *entry = &fake->log.entries[0];
	struct genesis_file genesis = {.part = entry->parts[0]};
	struct buffer wire;
	memcpy(genesis.entry, entry->wire, ENTRY_LEN);
	memcpy(genesis.seed, entry->seed, VECTOR_SEED_LEN);
	buffer_init(&wire, WIRE_MAX);
	fake_must(genesis_file_encode(&genesis, &wire));
	fake_must(file_replace(fake->genesis_path, buffer_view(&wire), 0644));
	buffer_done(&wire);
}

static void make_genesis(struct fake_knooppunt *fake)
{
	struct bytes rollen[] = {role_bundle(fake, &fake->beheerder, FUNCTIE_BEHEERDER),
				 role_bundle(fake, &fake->officer, FUNCTIE_OFFICER)};
	struct part part = {
		.kind = PART_REGISTER,
		.registerdeel = {.soort = REGISTER_GENESIS,
				 .genesis = {.origin = bytes_of_text(FAKE_ORIGIN),
					     .oin = bytes_of_text(fake->house.text),
					     .naam = bytes_of_text("Veiligheidshuis Voorbeeld"),
					     .rollen = rollen,
					     .rol_count = 2,
					     .oefening = true,
					     .created = fake->log.clock}}};
	struct genesis *genesis = &part.registerdeel.genesis;
	memcpy(genesis->log_key, fake->log.key.public_key, 32);
	memcpy(genesis->receive_key, fake->receive.public_key, 32);
	memcpy(genesis->send_key, fake->send.public_key, 32);
	memcpy(genesis->transport_key, fake->transport.public_key, 32);
	fake_log_append(&fake->log, ENTRY_GENESIS, &part, 1);
	write_genesis_file(fake);
}

struct fake_knooppunt *fake_new(void)
{
	struct fake_knooppunt *fake = calloc(1, sizeof *fake);
	if (!fake)
		abort();
	fake_must(crypto_start());
	fake_log_init(&fake->log);
	fake->folder = temporary_new();
	fake_must(oin_parse(bytes_of_text(FAKE_HOUSE), &fake->house));
	snprintf(fake->unlock, sizeof fake->unlock, "%s/unlock.key", fake->folder->folder);
	snprintf(fake->genesis_path, sizeof fake->genesis_path, "%s/genesis", fake->folder->folder);
	fake_must(unlock_file_create(fake->unlock));
	make_key(fake, "receive", KEY_KIND_SEALING, &fake->receive);
	make_key(fake, "send", KEY_KIND_SEALING, &fake->send);
	make_key(fake, "transport", KEY_KIND_TRANSPORT, &fake->transport);
	make_key(fake, "beheerder", KEY_KIND_IDENTITY, &fake->beheerder);
	make_key(fake, "officer", KEY_KIND_IDENTITY, &fake->officer);
	fake_must(arena_new(64 * 1024 * 1024, &fake->arena));
	buffer_init(&fake->answer, ENVELOPE_FRAME_MAX);
	buffer_init(&fake->second, ENVELOPE_FRAME_MAX);
	make_genesis(fake);
	return fake;
}

void fake_free(struct fake_knooppunt *fake)
{
	struct private_key *keys[] = {&fake->receive, &fake->send, &fake->transport,
				      &fake->beheerder, &fake->officer};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		private_key_done(keys[i]);
	for (size_t i = 0; i < fake->party_count; i++) {
		private_key_done(&fake->parties[i].identity);
		private_key_done(&fake->parties[i].sealing);
		private_key_done(&fake->parties[i].transport);
	}
	fake_log_done(&fake->log);
	arena_free(fake->arena);
	buffer_done(&fake->answer);
	buffer_done(&fake->second);
	temporary_free(fake->folder);
	free(fake);
}

// ---- register --------------------------------------------------------------------------------

static struct signed_statement sign_act(struct fake_knooppunt *fake, const struct private_key *key,
					const struct part_register *part)
{
	struct registry registry = {.genesis = {.house = fake->house}};
	struct buffer wire;
	struct signed_statement act;
	uint8_t *signature = arena_alloc(fake->log.arena, SIGNATURE_LEN);
	snprintf(registry.genesis.origin, sizeof registry.genesis.origin, "%s", FAKE_ORIGIN);
	struct act_request request = {.registry = &registry,
				      .soort = register_act_soort(part->soort),
				      .object = register_act_object(part),
				      .signer = fake->house,
				      .systeem = "beheer",
				      .now = (int64_t)fake->log.clock};
	buffer_init(&wire, WIRE_MAX);
	fake_must(register_act_statement(&request, &wire));
	struct bytes statement = keep(fake, &wire);
	fake_must(batch_sign(&(const struct batch_signer){&fake->house, key}, &statement, 1,
			     signature, &act));
	return act;
}

static void append_register(struct fake_knooppunt *fake, struct part_register *change)
{
	struct signed_statement acts[] = {sign_act(fake, &fake->beheerder, change),
					  sign_act(fake, &fake->officer, change)};
	change->has_vorige = true;
	change->vorige = fake->log.register_head;
	change->acts = acts;
	change->act_count = 2;
	struct part part = {.kind = PART_REGISTER, .registerdeel = *change};
	fake->register_leaves[fake->register_count++] =
		fake_log_append(&fake->log, ENTRY_REGISTER, &part, 1);
}

static void make_pair_keys(struct fake_knooppunt *fake, struct fake_party *party)
{
	struct pair_end own = {.oin = party->oin};
	struct pair_end receive = {.oin = fake->house}, send = {.oin = fake->house};
	memcpy(own.public_key, party->sealing.public_key, 32);
	memcpy(receive.public_key, fake->receive.public_key, 32);
	memcpy(send.public_key, fake->send.public_key, 32);
	fake_must(
		envelope_pair_key(&(const struct pair_direction){FAKE_ORIGIN, ENVELOPE_TO_KNOOPPUNT,
								 &own, &receive, NULL},
				  fake->receive.secret, &party->to));
	fake_must(envelope_pair_key(&(const struct pair_direction){FAKE_ORIGIN,
								   ENVELOPE_FROM_KNOOPPUNT, &send,
								   &own, NULL},
				    fake->send.secret, &party->from));
}

struct fake_party *fake_make_party(struct fake_knooppunt *fake, const char *oin)
{
	struct fake_party *party = &fake->parties[fake->party_count++];
	struct unlock unlock = unlock_with(fake->unlock);
	fake_must(oin_parse(bytes_of_text(oin), &party->oin));
	snprintf(party->keys, sizeof party->keys, "%s/keys-%zu", fake->folder->folder,
		 fake->party_count);
	snprintf(party->unlock, sizeof party->unlock, "%s", fake->unlock);
	fake_must(
		keyfile_create(&(const struct keyfile){party->keys, "identity", KEY_KIND_IDENTITY},
			       &unlock, &party->identity));
	fake_must(keyfile_create(&(const struct keyfile){party->keys, "sealing", KEY_KIND_SEALING},
				 &unlock, &party->sealing));
	fake_must(keyfile_create(
		&(const struct keyfile){party->keys, "transport", KEY_KIND_TRANSPORT}, &unlock,
		&party->transport));
	make_pair_keys(fake, party);
	return party;
}

void fake_enrol_party(struct fake_knooppunt *fake, const struct fake_party *party,
		      const char *functie)
{
	struct bundle bundle = {.oin = party->oin, .suite = 1, .functie_count = 1};
	struct bundle_keys keys = {&party->identity, &party->sealing, &party->transport,
				   fake->send.public_key};
	struct buffer wire;
	snprintf(bundle.naam, sizeof bundle.naam, "Partner %s", party->oin.text + 14);
	snprintf(bundle.soort, sizeof bundle.soort, "gemeente");
	snprintf(bundle.functies[0], sizeof bundle.functies[0], "%s", functie);
	memcpy(bundle.identity, party->identity.public_key, 32);
	memcpy(bundle.sealing, party->sealing.public_key, 32);
	memcpy(bundle.transport, party->transport.public_key, 32);
	buffer_init(&wire, WIRE_MAX);
	fake_must(bundle_encode(&bundle, &keys, &wire));
	struct part_register change = {.soort = REGISTER_PARTNER, .partner = keep(fake, &wire)};
	append_register(fake, &change);
}

struct fake_party *fake_enrol(struct fake_knooppunt *fake, const char *oin, const char *functie)
{
	struct fake_party *party = fake_make_party(fake, oin);
	fake_enrol_party(fake, party, functie);
	return party;
}

void fake_revoke(struct fake_knooppunt *fake, const struct fake_party *party)
{
	struct part_register change = {.soort = REGISTER_INTREKKING,
				       .ingetrokken = bytes_make(party->identity.id.b, KEY_ID_LEN)};
	append_register(fake, &change);
}

void fake_tick(struct fake_knooppunt *fake)
{
	struct part part = {.kind = PART_TICK, .tick = {.generation = 1}};
	fake_log_append(&fake->log, ENTRY_TICK, &part, 1);
}

struct client_settings fake_settings(struct fake_knooppunt *fake, const struct fake_party *party,
				     const char *name)
{
	struct client_settings settings = {.oin = party->oin, .timeout_ms = 200};
	snprintf(settings.systeem, sizeof settings.systeem, "test");
	snprintf(settings.keys, sizeof settings.keys, "%s", party->keys);
	snprintf(settings.unlock_file, sizeof settings.unlock_file, "%s", party->unlock);
	snprintf(settings.endpoint, sizeof settings.endpoint, "tcp://127.0.0.1:9");
	snprintf(settings.genesis, sizeof settings.genesis, "%s", fake->genesis_path);
	snprintf(settings.spool, sizeof settings.spool, "%s/spool-%s", fake->folder->folder, name);
	return settings;
}
