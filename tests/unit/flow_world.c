// SPDX-License-Identifier: EUPL-1.2
#include "flow_world.h"

#include "flow_convenanten.h"

#include "base/clock.h"
#include "base/file.h"
#include "flow/wissing.h"

#include <fcntl.h>

#define WORLD_ARENA (256u << 20)

int64_t flow_clock_ahead, flow_clock_step;
static int64_t wall_stands_at, steady_stands_at; // 0: it goes

int64_t __real_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void)
{
	int64_t wall = wall_stands_at ? wall_stands_at : __real_clock_wall_ms();
	return wall + flow_clock_ahead + flow_clock_step;
}

int64_t __real_clock_monotonic_ms(void);
int64_t __wrap_clock_monotonic_ms(void);
int64_t __wrap_clock_monotonic_ms(void)
{
	int64_t steady = steady_stands_at ? steady_stands_at : __real_clock_monotonic_ms();
	return steady + flow_clock_ahead;
}

void flow_clock_stand(bool still)
{
	wall_stands_at = still ? __real_clock_wall_ms() : 0;
	steady_stands_at = still ? __real_clock_monotonic_ms() : 0;
}

// ---- keys and bundles ----------------------------------------------------------------------

static struct private_key make_key(struct flow_world *w, const char *name, enum key_kind kind)
{
	struct private_key key;
	struct unlock unlock = {.key_file = temporary_path(w->folder, "unlock.key")};
	enum result r = unlock_file_create(unlock.key_file);
	assert_true(r == RESULT_OK || r == RESULT_EXISTS);
	r = keyfile_create(
		&(const struct keyfile){temporary_path(w->folder, "party-keys"), name, kind},
		&unlock, &key);
	assert_int_equal(r, RESULT_OK);
	return key;
}

static void write_role(struct flow_world *w, const char *functie, const struct private_key *key)
{
	struct bundle bundle = {.suite = 1, .functie_count = 1};
	struct bundle_keys keys = {.identity = key};
	struct buffer wire;
	char name[64];
	assert_int_equal(oin_parse(bytes_of_text(FLOW_HOUSE), &bundle.oin), RESULT_OK);
	snprintf(bundle.naam, sizeof bundle.naam, "%s", functie);
	snprintf(bundle.soort, sizeof bundle.soort, "veiligheidshuis");
	snprintf(bundle.functies[0], sizeof bundle.functies[0], "%s", functie);
	memcpy(bundle.identity, key->public_key, 32);
	buffer_init(&wire, 65536);
	assert_int_equal(bundle_encode(&bundle, &keys, &wire), RESULT_OK);
	snprintf(name, sizeof name, "%s.knp", functie);
	assert_int_equal(file_create(temporary_path(w->folder, name), buffer_view(&wire), 0644),
			 RESULT_OK);
	buffer_done(&wire);
}

static void write_settings(struct flow_world *w)
{
	struct buffer text;
	buffer_init(&text, 4096);
	buffer_append_format(&text,
			     "data: data\nkeys: keys\nunlock_file: house.key\ncodes: %s\n"
			     "control: control.sock\nendpoint: tcp://127.0.0.1:0\n"
			     "endpoint_2: tcp://127.0.0.1:0\n"
			     "map_log_mib: 512\nmap_state_mib: 512\n",
			     KNP_SOURCE "/config/codes");
	snprintf(w->settings_file, sizeof w->settings_file, "%s/knooppunt.yaml", w->folder->folder);
	assert_int_equal(file_create(w->settings_file, buffer_view(&text), 0600), RESULT_OK);
	buffer_done(&text);
}

int flow_run(struct flow_world *w, int (*run)(const char *, int, char **), int argc, char **argv)
{
	fflush(stdout);
	int kept = dup(STDOUT_FILENO), away = open("/dev/null", O_WRONLY | O_CLOEXEC);
	assert_true(kept >= 0 && away >= 0 && dup2(away, STDOUT_FILENO) >= 0);
	int code = run(w->settings_file, argc, argv);
	fflush(stdout);
	assert_true(dup2(kept, STDOUT_FILENO) >= 0);
	close(kept);
	close(away);
	return code;
}

static void make_log(struct flow_world *w)
{
	static const char *const roles[] = {FUNCTIE_BEHEERDER, FUNCTIE_OFFICER,
					    FUNCTIE_OFFICER_DEPUTY};
	char files[3][300];
	for (size_t i = 0; i < 3; i++)
		snprintf(files[i], sizeof files[i], "%s/%s.knp", w->folder->folder, roles[i]);
	write_role(w, roles[0], &w->beheerder);
	write_role(w, roles[1], &w->officer);
	write_role(w, roles[2], &w->deputy);
	char words[][16] = {"init", "--origin", "--oin", "--naam", "Huis", "--role", "--oefening"};
	char origin[] = FLOW_ORIGIN, oin[] = FLOW_HOUSE;
	char *argv[] = {words[0], words[1], origin,   words[2], oin,
			words[3], words[4], words[5], files[0], words[5],
			files[1], words[5], files[2], words[6], NULL};
	assert_int_equal(flow_run(w, init_main, (int)COUNT_OF(argv) - 1, argv), 0);
}

// ---- core ----------------------------------------------------------------------------------

static bool keep_frame(void *context, const struct route *route, struct bytes frame)
{
	struct flow_world *w = context;
	assert_true(w->frame_count < FLOW_FRAMES_MAX);
	struct buffer *bytes = &w->frames[w->frame_count].bytes;
	buffer_init(bytes, ENVELOPE_FRAME_MAX);
	buffer_append(bytes, frame);
	assert_int_equal(bytes->status, RESULT_OK);
	w->frames[w->frame_count++].route = *route;
	return true;
}

void flow_forget_frames(struct flow_world *w)
{
	while (w->frame_count > 0)
		buffer_done(&w->frames[--w->frame_count].bytes);
}

enum result flow_world_try_open(struct flow_world *w, bool after_crashes)
{
	w->core = calloc(1, sizeof *w->core);
	assert_non_null(w->core);
	memset(&w->problem, 0, sizeof w->problem);
	w->core->replay = after_crashes;
	enum result r = core_open(w->core, &w->settings, &w->problem);
	w->core->send = keep_frame;
	w->core->send_context = w;
	return r;
}

void flow_world_open(struct flow_world *w)
{
	if (flow_world_try_open(w, false))
		fail_msg("core does not open: %s", w->problem.message);
}

void flow_world_close(struct flow_world *w)
{
	if (w->core)
		core_close(w->core);
	free(w->core);
	w->core = NULL;
}

struct flow_world *flow_world_new(void)
{
	struct flow_world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	flow_clock_ahead = flow_clock_step = 0;
	flow_clock_stand(false);
	assert_int_equal(crypto_start(), RESULT_OK);
	w->folder = temporary_new();
	assert_int_equal(arena_new(WORLD_ARENA, &w->arena), RESULT_OK);
	w->beheerder = make_key(w, "beheerder", KEY_KIND_IDENTITY);
	w->officer = make_key(w, "officer", KEY_KIND_IDENTITY);
	w->deputy = make_key(w, "deputy", KEY_KIND_IDENTITY);
	write_settings(w);
	make_log(w);
	if (settings_read(w->settings_file, &w->settings, &w->problem))
		fail_msg("settings: %s", w->problem.message);
	flow_world_open(w);
	return w;
}

void flow_world_free(struct flow_world *w)
{
	flow_world_close(w);
	flow_forget_frames(w);
	struct private_key *roles[] = {&w->beheerder, &w->officer, &w->deputy};
	for (size_t i = 0; i < COUNT_OF(roles); i++)
		private_key_done(roles[i]);
	for (size_t i = 0; i < w->party_count; i++) {
		private_key_done(&w->parties[i].identity);
		private_key_done(&w->parties[i].sealing);
		private_key_done(&w->parties[i].transport);
	}
	arena_free(w->arena);
	temporary_free(w->folder);
	free(w);
}

// ---- the register --------------------------------------------------------------------------

struct signed_statement flow_act(struct flow_world *w, const struct private_key *key,
				 const char *soort, const struct hash *object)
{
	struct act_request request = {
		.registry = &w->core->registry,
		.head = {.size = w->core->checkpoint.size, .root = w->core->checkpoint.root},
		.soort = soort,
		.object = *object,
		.systeem = "beheer",
		.now = clock_wall_ms(),
	};
	struct buffer wire;
	struct signed_statement act;
	uint8_t *signature = arena_alloc(w->arena, SIGNATURE_LEN);
	struct oin *signer = arena_alloc(w->arena, sizeof *signer);
	struct private_key *kept = arena_alloc(w->arena, sizeof *kept);
	assert_true(signature && signer && kept);
	assert_int_equal(oin_parse(bytes_of_text(FLOW_HOUSE), signer), RESULT_OK);
	*kept = *key; // the proof keeps views of both
	request.signer = *signer;
	buffer_init(&wire, STATEMENT_MAX);
	assert_int_equal(register_act_statement(&request, &wire), RESULT_OK);
	struct bytes statement = arena_copy(w->arena, buffer_view(&wire));
	buffer_done(&wire);
	assert_int_equal(batch_sign(&(const struct batch_signer){signer, kept}, &statement, 1,
				    signature, &act),
			 RESULT_OK);
	return act;
}

enum result flow_try_register(struct flow_world *w, struct part_register *part,
			      struct bytes document, uint64_t *ret_index)
{
	const char *soort = register_act_soort(part->soort);
	struct hash object = register_act_object(part);
	struct signed_statement acts[] = {flow_act(w, &w->beheerder, soort, &object),
					  flow_act(w, &w->officer, soort, &object)};
	part->acts = acts;
	part->act_count = COUNT_OF(acts);
	memset(&w->problem, 0, sizeof w->problem);
	return flow_register(w->core, part, document, ret_index, &w->problem);
}

static uint64_t must_register(struct flow_world *w, struct part_register *part,
			      struct bytes document)
{
	uint64_t index = 0;
	if (flow_try_register(w, part, document, &index))
		fail_msg("the register refuses: %s", w->problem.message);
	return index;
}

static void name_functies(struct bundle *bundle, const char *functies)
{
	while (*functies) {
		size_t len = strcspn(functies, ",");
		assert_true(len <= FUNCTIE_MAX && bundle->functie_count < FUNCTIES_MAX);
		memcpy(bundle->functies[bundle->functie_count++], functies, len);
		functies += len + (functies[len] == ',');
	}
}

struct flow_party *flow_enrol(struct flow_world *w, const char *oin, const char *soort,
			      const char *functies)
{
	assert_true(w->party_count < FLOW_PARTIES_MAX);
	struct flow_party *party = &w->parties[w->party_count];
	char name[40];
	snprintf(name, sizeof name, "identity-%zu", w->party_count);
	party->identity = make_key(w, name, KEY_KIND_IDENTITY);
	snprintf(name, sizeof name, "sealing-%zu", w->party_count);
	party->sealing = make_key(w, name, KEY_KIND_SEALING);
	snprintf(name, sizeof name, "transport-%zu", w->party_count);
	party->transport = make_key(w, name, KEY_KIND_TRANSPORT);
	party->bundle = (struct bundle){.suite = 1};
	assert_int_equal(oin_parse(bytes_of_text(oin), &party->bundle.oin), RESULT_OK);
	snprintf(party->bundle.naam, sizeof party->bundle.naam, "Partner %zu", w->party_count);
	snprintf(party->bundle.soort, sizeof party->bundle.soort, "%s", soort);
	name_functies(&party->bundle, functies);
	memcpy(party->bundle.identity, party->identity.public_key, 32);
	memcpy(party->bundle.sealing, party->sealing.public_key, 32);
	memcpy(party->bundle.transport, party->transport.public_key, 32);
	party->connection = ++w->party_count;
	snprintf(party->source, sizeof party->source, "urn:nld:oin:%s:systeem:s%zu", oin,
		 w->party_count);
	struct bundle_keys keys = {&party->identity, &party->sealing, &party->transport,
				   w->core->sending.keys[0].public_key};
	struct buffer wire;
	buffer_init(&wire, 65536);
	assert_int_equal(bundle_encode(&party->bundle, &keys, &wire), RESULT_OK);
	struct part_register part = {.soort = REGISTER_PARTNER, .partner = buffer_view(&wire)};
	must_register(w, &part, bytes_make(NULL, 0));
	buffer_done(&wire);
	return party;
}

void flow_revoke(struct flow_world *w, const struct flow_party *party)
{
	struct part_register part = {.soort = REGISTER_INTREKKING,
				     .ingetrokken = bytes_make(party->identity.id.b, KEY_ID_LEN)};
	must_register(w, &part, bytes_make(NULL, 0));
}

uint64_t flow_convenant(struct flow_world *w, const char *document)
{
	struct bytes text = bytes_of_text(document);
	struct convenant *convenant;
	memset(&w->problem, 0, sizeof w->problem);
	if (convenant_load(text, "convenant.yaml", &convenant, &w->problem))
		fail_msg("line %u, %s: %s", w->problem.line, w->problem.field, w->problem.message);
	struct bytes naam = arena_copy(w->arena, bytes_of_text(convenant_name(convenant)));
	struct part_register part = {.soort = REGISTER_CONVENANT,
				     .convenant = {.naam = naam,
						   .hash = convenant_hash(convenant),
						   .size = (uint32_t)text.len,
						   .ondertekend = convenant_is_signed(convenant)}};
	convenant_free(convenant);
	return must_register(w, &part, text);
}

struct flow_world *flow_town(void)
{
	struct flow_world *w = flow_world_new();
	flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	flow_enrol(w, FLOW_STAD, "gemeente", "oov,wmo");
	return w;
}

void flow_recheck_all(struct flow_world *w)
{
	while (!w->core->recheck_done) {
		assert_int_equal(flow_recheck(w->core, 8), RESULT_OK);
		flow_end_batch(w);
	}
}

void flow_days_later(struct flow_world *w, int64_t days)
{
	flow_world_close(w);
	flow_clock_ahead += days * MS_PER_DAY;
	flow_world_open(w);
	time_confirm(w->core);
}

void flow_tick_now(struct flow_world *w)
{
	assert_int_equal(flow_bewaar_walk(w->core, 1000), RESULT_OK);
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
}

void flow_ticks(struct flow_world *w, int count)
{
	for (int i = 0; i < count; i++) {
		flow_tick_now(w);
		while (w->core->wissend)
			assert_int_equal(flow_overwrite_some(w->core), RESULT_OK);
	}
}

int flow_world_end(void **state)
{
	flow_assert_rebuild_equal(*state);
	flow_world_free(*state);
	return 0;
}

struct bytes flow_order(struct flow_world *w, uint64_t index, const struct hash *header)
{
	struct wissing_opdracht opdracht = {
		.melding = index, .header_hash = *header, .grond = FLOW_GROND};
	struct buffer out;
	buffer_init(&out, WISSING_OPDRACHT_MAX);
	assert_int_equal(wissing_opdracht_write(&opdracht, &out), RESULT_OK);
	struct bytes copy = arena_copy(w->arena, buffer_view(&out));
	buffer_done(&out);
	return copy;
}

enum result flow_erase(struct flow_world *w, struct bytes opdracht, size_t roles,
		       uint64_t *ret_index)
{
	struct hash object = sha256(opdracht);
	const struct signed_statement acts[] = {flow_act(w, &w->beheerder, WISSING_SOORT, &object),
						flow_act(w, &w->officer, WISSING_SOORT, &object)};
	struct wissing_request request = {opdracht, acts, roles};
	memset(&w->problem, 0, sizeof w->problem);
	return flow_wissing(w->core, &request, ret_index, &w->problem);
}
