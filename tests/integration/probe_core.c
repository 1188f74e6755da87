// SPDX-License-Identifier: EUPL-1.2
// A core and readers for tests of the processes around them: parent, gate and openers are the real
// ones, these hold no log and do what a test tells them over the control socket. It reads who is
// admitted from the file "admit" in the data folder: lines of a transport key in hex and an OIN.
#include "core/core.h"

#include "base/log.h"
#include "crypto/secret.h"
#include "ipc/channel.h"
#include "ipc/frames.h"
#include "keys/keys.h"
#include "melding/reason.h"
#include "parent/confine.h"
#include "parent/process.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUEUE_BYTES (1024 * 1024)
#define ROWS_MAX 64
#define HOUSE "00000099000000001000"

struct probe {
	const struct role *role;
	struct channel gate, parent, openers[OPENERS_MAX];
	uint8_t *memory;
	bool deaf;             // takes nothing from the openers
	struct key_id receive; // the key that openers hold
	uint8_t transport[32]; // that of the door
};

static volatile sig_atomic_t stopping;

static void on_stop(int signal)
{
	(void)signal;
	stopping = 1;
}

// ---- what knooppuntd asks of a core without running it ---------------------------------------

enum result core_check(const struct settings *settings, struct problem *problem)
{
	(void)settings;
	(void)problem;
	return RESULT_OK;
}

int rebuild_main(const char *settings_file, int argc, char **argv)
{
	(void)settings_file;
	(void)argc;
	(void)argv;
	return 2;
}

int rotate_main(const char *settings_file, int argc, char **argv)
{
	(void)settings_file;
	(void)argc;
	(void)argv;
	return 2;
}

int restore_main(const char *settings_file, int argc, char **argv)
{
	(void)settings_file;
	(void)argc;
	(void)argv;
	return 2;
}

// Makes the keys that gate and openers open, and prints the transport key as hex.
int init_main(const char *settings_file, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	struct settings settings;
	struct problem problem = {0};
	struct private_key transport, receive;
	if (settings_read(settings_file, &settings, &problem) != RESULT_OK)
		return 4;
	const struct unlock unlock = {.key_file = settings.unlock_file};
	if (crypto_start() != RESULT_OK || unlock_file_create(settings.unlock_file) != RESULT_OK ||
	    keyfile_create(&(const struct keyfile){settings.keys, "transport", KEY_KIND_TRANSPORT},
			   &unlock, &transport) != RESULT_OK ||
	    keyfile_create(&(const struct keyfile){settings.keys, "receive", KEY_KIND_SEALING},
			   &unlock, &receive) != RESULT_OK)
		return 5;
	char hex[65];
	hex_encode(hex, bytes_make(transport.public_key, 32));
	puts(hex);
	return 0;
}

// ---- lists -----------------------------------------------------------------------------------

static void send_or_say(struct channel *channel, struct bytes header, struct bytes body)
{
	enum result result = channel_send(channel, header, body);
	if (result != RESULT_OK)
		log_line(LOG_LEVEL_ERROR, "event=probe.send result=\"%s\"", result_name(result));
}

static void tell_doors(struct probe *probe)
{
	struct frame_doors doors = {.kind = FRAME_DOORS, .count = 1};
	memcpy(doors.keys[0].key, probe->transport, sizeof doors.keys[0].key);
	send_or_say(&probe->gate, bytes_make(&doors, sizeof doors), (struct bytes){0});
}

static void tell_gate(struct probe *probe)
{
	tell_doors(probe);
	struct frame_admit header = {.kind = FRAME_ADMIT};
	struct admit_row rows[ROWS_MAX];
	char path[300], line[128], key[65], oin[OIN_LEN + 1], word[8];
	memset(rows, 0, sizeof rows);
	snprintf(path, sizeof path, "%s/admit", probe->role->settings->data);
	FILE *file = fopen(path, "r");
	while (file && header.count < ROWS_MAX && fgets(line, sizeof line, file)) {
		struct admit_row *row = &rows[header.count];
		int words = sscanf(line, "%64s %20s %7s", key, oin, word);
		if (words < 2)
			continue;
		header.count++;
		row->revoked = words == 3;
		if (hex_decode(row->transport, 32, bytes_of_text(key)) != RESULT_OK)
			log_line(LOG_LEVEL_ERROR, "event=probe.admit-file");
		memcpy(row->oin.text, oin, sizeof oin);
	}
	if (file)
		fclose(file);
	send_or_say(&probe->gate, bytes_make(&header, sizeof header),
		    bytes_make(rows, header.count * sizeof rows[0]));
}

static void tell_opener(const struct probe *probe, struct channel *opener)
{
	struct frame_parties header;
	memset(&header, 0, sizeof header);
	header.kind = FRAME_PARTIES;
	memcpy(header.house.text, HOUSE, sizeof HOUSE);
	snprintf(header.origin, sizeof header.origin, "probe.example/log");
	header.receive_count = 1;
	header.receive[0] = probe->receive;
	send_or_say(opener, bytes_make(&header, sizeof header), (struct bytes){0});
}

static void tell_parent(struct probe *probe)
{
	uint8_t prefix[PARENT_PREFIX_LEN];
	put_u64be(prefix, PARENT_REPORT);
	send_or_say(&probe->parent, bytes_make(prefix, sizeof prefix),
		    bytes_of_text("log probe.example/log+00000000+AAAA"));
}

// ---- what comes in ---------------------------------------------------------------------------

static uint32_t kind_of(struct bytes message)
{
	uint32_t kind = 0;
	if (message.len >= sizeof kind)
		memcpy(&kind, message.data, sizeof kind);
	return kind;
}

static void read_gate(struct probe *probe)
{
	struct bytes message;
	while (channel_receive(&probe->gate, probe->memory, &message) == RESULT_OK) {
		struct frame_count count;
		if (kind_of(message) == FRAME_HELLO)
			tell_gate(probe);
		if (kind_of(message) != FRAME_COUNT || message.len != sizeof count)
			continue;
		memcpy(&count, message.data, sizeof count);
		log_line(LOG_LEVEL_NOTICE, "event=probe.refused reason=%s oin=%s count=%u",
			 reason_code(count.reason), count.oin.text, count.count);
	}
}

static void read_opener(struct probe *probe, struct channel *opener, int number)
{
	struct bytes message;
	while (channel_receive(opener, probe->memory, &message) == RESULT_OK) {
		struct frame_count count;
		if (kind_of(message) == FRAME_HELLO)
			tell_opener(probe, opener);
		if (kind_of(message) != FRAME_COUNT || message.len != sizeof count)
			continue;
		memcpy(&count, message.data, sizeof count);
		log_line(LOG_LEVEL_NOTICE, "event=probe.count opener=%d reason=%s oin=%s", number,
			 reason_code(count.reason), count.oin.text);
	}
}

static bool asks(struct bytes question, const char *command)
{
	size_t len = strlen(command);
	return question.len >= len && memcmp(question.data, command, len) == 0;
}

static void answer(struct probe *probe, const uint8_t *client, const char *lines, bool last)
{
	uint8_t prefix[PARENT_ANSWER_PREFIX_LEN];
	memcpy(prefix, client, PARENT_PREFIX_LEN);
	prefix[PARENT_PREFIX_LEN] = last;
	send_or_say(&probe->parent, bytes_make(prefix, sizeof prefix), bytes_of_text(lines));
}

// The orders of a test.
static void obey(struct probe *probe, struct bytes message)
{
	struct bytes question =
		bytes_make(message.data + PARENT_PREFIX_LEN, message.len - PARENT_PREFIX_LEN);
	if (asks(question, "silent"))
		return;
	if (asks(question, "abort"))
		abort();
	if (asks(question, "refuse"))
		_exit(4);
	if (asks(question, "admit"))
		tell_gate(probe);
	if (asks(question, "deaf"))
		probe->deaf = true;
	if (asks(question, "hear"))
		probe->deaf = false;
	if (asks(question, "pieces"))
		answer(probe, message.data, "result ok\npiece 1\n", false);
	answer(probe, message.data, "result ok\nprobe yes\n", true);
}

static void read_parent(struct probe *probe)
{
	struct bytes message;
	while (channel_receive(&probe->parent, probe->memory, &message) == RESULT_OK) {
		if (message.len > PARENT_PREFIX_LEN)
			obey(probe, message);
	}
}

// ---- process ---------------------------------------------------------------------------------

static enum result probe_start(struct probe *probe, const struct role *role)
{
	probe->role = role;
	probe->memory = malloc(CHANNEL_MESSAGE_MAX);
	enum result result = channel_init(&probe->gate, role->to_gate, QUEUE_BYTES);
	if (result == RESULT_OK)
		result = channel_init(&probe->parent, role->to_parent, QUEUE_BYTES);
	for (int i = 0; result == RESULT_OK && i < role->openers; i++)
		result = channel_init(&probe->openers[i], role->to_opener[i], QUEUE_BYTES);
	return probe->memory ? result : RESULT_NO_MEMORY;
}

static void turn(struct probe *probe)
{
	const struct role *role = probe->role;
	struct pollfd fds[OPENERS_MAX + 2] = {
		{.fd = probe->gate.fd, .events = channel_events(&probe->gate)},
		{.fd = probe->parent.fd, .events = channel_events(&probe->parent)},
	};
	for (int i = 0; i < role->openers; i++)
		fds[i + 2] = (struct pollfd){.fd = probe->openers[i].fd,
					     .events = probe->deaf ? 0 : POLLIN};
	poll(fds, 2 + (nfds_t)role->openers, 100);
	read_gate(probe);
	read_parent(probe);
	for (int i = 0; !probe->deaf && i < role->openers; i++)
		read_opener(probe, &probe->openers[i], i);
}

static enum result open_keys(struct probe *probe, struct private_key *ret_receive)
{
	const struct settings *settings = probe->role->settings;
	const struct unlock unlock = {.key_file = settings->unlock_file};
	struct private_key transport;
	struct problem problem = {.code = NULL};
	enum result result = keyfile_open(
		&(const struct keyfile){settings->keys, "transport", KEY_KIND_TRANSPORT}, &unlock,
		&transport, &problem);
	if (result == RESULT_OK) {
		memcpy(probe->transport, transport.public_key, 32);
		private_key_done(&transport);
		result = keyfile_open(
			&(const struct keyfile){settings->keys, "receive", KEY_KIND_SEALING},
			&unlock, ret_receive, &problem);
	}
	return result;
}

int core_main(const struct role *role)
{
	struct probe probe = {0};
	const struct sigaction stop = {.sa_handler = on_stop};
	sigaction(SIGTERM, &stop, NULL);
	struct private_key key = {.secret = NULL}; // a core holds keys
	struct confinement confinement;
	probe.role = role;
	if (open_keys(&probe, &key) != RESULT_OK ||
	    confine_enter(ROLE_CORE, role->settings, &confinement) != RESULT_OK ||
	    probe_start(&probe, role) != RESULT_OK ||
	    confine_seal(ROLE_CORE, role->settings, &confinement) != RESULT_OK)
		return 4;
	confine_report(role, &confinement);
	probe.receive = key.id;
	tell_gate(&probe);
	for (int i = 0; i < role->openers; i++)
		tell_opener(&probe, &probe.openers[i]);
	tell_parent(&probe);
	while (!stopping)
		turn(&probe);
	channel_done(&probe.gate);
	channel_done(&probe.parent);
	for (int i = 0; i < role->openers; i++)
		channel_done(&probe.openers[i]);
	free(probe.memory);
	private_key_done(&key);
	return 0;
}

// ---- a reader --------------------------------------------------------------------------------

struct order {
	struct channel *parent;
	const uint8_t *client;
};

static void say(const struct order *order, enum answer_kind kind, const char *lines)
{
	uint8_t prefix[PARENT_ANSWER_PREFIX_LEN];
	memcpy(prefix, order->client, PARENT_PREFIX_LEN);
	prefix[PARENT_PREFIX_LEN] = (uint8_t)kind;
	send_or_say(order->parent, bytes_make(prefix, sizeof prefix), bytes_of_text(lines));
}

static void obey_as_reader(struct bytes message, const struct role *role, const struct order *order)
{
	char lines[80];
	struct bytes question =
		bytes_make(message.data + PARENT_PREFIX_LEN, message.len - PARENT_PREFIX_LEN);
	while (asks(question, "replay hold"))
		poll(NULL, 0, 1000);
	if (asks(question, "replay abort"))
		abort();
	if (asks(question, "replay pieces"))
		say(order, ANSWER_MORE, "result ok\npiece 1\n");
	snprintf(lines, sizeof lines, "result %s\nreader %d\nstart %u\n",
		 asks(question, "replay not-now") ? "busy" : "ok", role->opener_number,
		 role->generation);
	say(order, asks(question, "replay not-now") ? ANSWER_NOT_NOW : ANSWER_LAST, lines);
}

int reader_main(const struct role *role)
{
	struct channel parent;
	struct confinement confinement;
	uint8_t *locked = NULL, *memory = malloc(CHANNEL_MESSAGE_MAX);
	if (!memory || secret_alloc(32, &locked) != RESULT_OK ||
	    confine_enter(ROLE_READER, role->settings, &confinement) != RESULT_OK ||
	    confine_seal(ROLE_READER, role->settings, &confinement) != RESULT_OK ||
	    // That of core is asked nothing here.
	    channel_init(&parent, role->to_parent >= 0 ? role->to_parent : role->to_core,
			 QUEUE_BYTES) != RESULT_OK)
		return 4;
	confine_report(role, &confinement);
	struct pollfd fd = {.fd = parent.fd, .events = POLLIN};
	struct bytes message;
	enum result result = RESULT_AGAIN;
	while (result == RESULT_AGAIN) {
		poll(&fd, 1, 100);
		result = channel_receive(&parent, memory, &message);
	}
	const struct order order = {&parent, memory};
	if (result == RESULT_OK && message.len > PARENT_PREFIX_LEN)
		obey_as_reader(message, role, &order);
	channel_done(&parent);
	secret_free(locked);
	free(memory);
	return 0;
}
