// SPDX-License-Identifier: EUPL-1.2
// The keys that core holds, and what it tells about those of the knooppunt.
#include "core/core.h"

#include "base/file.h"
#include "base/log.h"
#include "control/control.h"
#include "register/huissleutel.h"

#include <stdio.h>
#include <string.h>

// The key in use, and the next one where there is one. While they are exchanged (`rotate --finish`)
// there may be the next one only.
static enum result open_own(const struct core *core, const char *const names[OWN_KEYS_MAX],
			    struct own_keys *own, struct problem *problem)
{
	const struct unlock unlock = {.key_file = core->settings->unlock_file};
	struct problem first = {.code = NULL};
	for (size_t i = 0; i < OWN_KEYS_MAX; i++) {
		const struct keyfile file = {core->settings->keys, names[i],
					     house_use_kind(own->use)};
		struct problem one = {.code = NULL};
		enum result r = keyfile_open(&file, &unlock, &own->keys[own->count], &one);
		if (r && r != RESULT_NOT_FOUND) {
			*problem = one;
			return r;
		}
		own->count += r == RESULT_OK;
		if (r && !first.code)
			first = one;
	}
	if (own->count == 0)
		*problem = first;
	return own->count > 0 ? RESULT_OK : RESULT_NOT_FOUND;
}

enum result core_open_keys(struct core *core, const struct settings *settings,
			   struct problem *problem)
{
	static const char *const log[] = {"log", "log-next"}, *const send[] = {"send", "send-next"};
	core->settings = settings;
	core->signing.own.use = HOUSE_LOG;
	core->sending.use = HOUSE_SEND;
	enum result r = open_own(core, log, &core->signing.own, problem);
	if (!r)
		r = open_own(core, send, &core->sending, problem);
	if (r)
		core_close_keys(core);
	return r;
}

void core_close_keys(struct core *core)
{
	own_keys_done(&core->signing.own);
	own_keys_done(&core->sending);
}

void core_keep_vkey(const struct core *core)
{
	char path[300], line[VKEY_MAX + 1];
	struct buffer there;
	snprintf(path, sizeof path, "%s/log.vkey", core->settings->data);
	vkey_format(line, signing_vkey(&core->signing));
	size_t len = strlen(line);
	line[len] = '\n';
	buffer_init(&there, VKEY_MAX + 1);
	enum result r = file_read(path, VKEY_MAX + 1, &there);
	if (r || !bytes_equal(buffer_view(&there), bytes_make(line, len + 1)))
		r = file_replace(path, bytes_make(line, len + 1), 0644);
	buffer_done(&there);
	if (r)
		log_line(LOG_LEVEL_WARNING, "event=vkey-not-kept result=\"%s\"", result_name(r));
}

// The newest transport key in force; *ret_several: others are too. SIZE_MAX: none.
static size_t newest_transport(const struct registry *reg, bool *ret_several)
{
	size_t newest = SIZE_MAX;
	*ret_several = false;
	for (size_t i = 0; i < reg->house_key_count; i++) {
		const struct house_key *key = &reg->house_keys[i];
		if (key->use != HOUSE_TRANSPORT || key->until != REGISTER_NEVER)
			continue;
		*ret_several = newest != SIZE_MAX;
		newest = i;
	}
	return newest;
}

void core_say_ways(const struct core *core, struct buffer *out)
{
	bool several;
	size_t newest = newest_transport(&core->registry, &several);
	for (size_t i = 0; several && i < core->registry.party_count && i < WATCH_PARTIES; i++) {
		const struct party *party = &core->registry.parties[i];
		size_t way = core->watch.way[i];
		char line[OIN_LEN + FUNCTIE_MAX + 60];
		if (party->is_role || party->until != REGISTER_NEVER)
			continue;
		snprintf(line, sizeof line, "%s/%s transport=%s last=%lld", party->bundle.oin.text,
			 party->bundle.functies[0],
			 way == 0            ? "unseen"
			 : way == newest + 1 ? "new"
					     : "old",
			 (long long)core->watch.heard[i]);
		control_append_text(out, "way", line);
	}
}

void core_say_house_keys(const struct core *core, struct buffer *out)
{
	for (size_t i = 0; i < core->registry.house_key_count; i++) {
		const struct house_key *key = &core->registry.house_keys[i];
		char line[160 + HOUSE_ADRES_MAX], hex[65];
		hex_encode(hex, bytes_make(key->key, 32));
		bool ended = key->until != REGISTER_NEVER;
		snprintf(line, sizeof line, "%s %s %llu %s%s%s", house_use_name(key->use),
			 ended ? "beeindigd" : "actief",
			 (unsigned long long)(ended ? key->until : key->from), hex,
			 key->adres[0] ? " " : "", key->adres);
		control_append_text(out, "huissleutel", line);
	}
	for (uint32_t i = 0; i < core->served.count; i++) {
		const struct served_row *row = &core->served.rows[i];
		char line[sizeof row->endpoint + 70], hex[65];
		hex_encode(hex, bytes_make(row->key, 32));
		snprintf(line, sizeof line, "%s %s", hex, row->endpoint);
		control_append_text(out, "deur", line);
	}
}
