// SPDX-License-Identifier: EUPL-1.2
// ZeroMQ's authentication protocol (RFC 27): libzmq's I/O thread asks over inproc, one question in
// parts version, request id, domain, address, routing id (the server's own), mechanism and, for
// CURVE, the client's long-term key.
#include "gate/socket.h"

#include <errno.h>
#include <string.h>

#define PARTS 7
#define PART_MAX 256

struct question {
	struct {
		uint8_t data[PART_MAX];
		size_t len;
	} parts[PARTS];
	size_t count;
	bool is_whole; // exactly the parts of a CURVE question, none cut
};

enum { VERSION, REQUEST_ID, DOMAIN, ADDRESS, ROUTING_ID, MECHANISM, KEY };

// False when none waits.
static bool question_receive(void *zap, struct question *question)
{
	*question = (struct question){.is_whole = true};
	int more = 1;
	while (more) {
		uint8_t spare[PART_MAX];
		bool fits = question->count < PARTS;
		uint8_t *room = fits ? question->parts[question->count].data : spare;
		int len = zmq_recv(zap, room, PART_MAX, ZMQ_DONTWAIT);
		if (len < 0)
			return false;
		question->is_whole &= fits && len <= PART_MAX;
		if (fits)
			question->parts[question->count++].len =
				len <= PART_MAX ? (size_t)len : PART_MAX;
		size_t size = sizeof more;
		if (zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &size) != 0)
			return false;
	}
	question->is_whole &= question->count == PARTS;
	return true;
}

static bool part_is(const struct question *question, size_t part, const char *text)
{
	return bytes_equal(bytes_make(question->parts[part].data, question->parts[part].len),
			   bytes_of_text(text));
}

static enum zap_verdict decide(const struct question *question, const struct zap_decider *decider,
			       struct oin *ret_oin)
{
	unsigned door = 0;
	while (door < DOORS_MAX && !part_is(question, DOMAIN, door_domain(door)))
		door++;
	if (!question->is_whole || !part_is(question, VERSION, "1.0") || door == DOORS_MAX ||
	    !part_is(question, MECHANISM, "CURVE") || question->parts[KEY].len != 32)
		return ZAP_REFUSE;
	return decider->decide(decider->context, door, question->parts[KEY].data, ret_oin);
}

static void answer(void *zap, const struct question *question, enum zap_verdict verdict,
		   const struct oin *oin)
{
	static const char *const codes[] = {
		[ZAP_ADMIT] = "200", [ZAP_REFUSE] = "400", [ZAP_LATER] = "300"};
	static const char *const texts[] = {
		[ZAP_ADMIT] = "OK", [ZAP_REFUSE] = "not admitted", [ZAP_LATER] = "try again later"};
	const char *user = verdict == ZAP_ADMIT ? oin->text : "";
	const struct bytes parts[] = {
		bytes_of_text("1.0"),
		bytes_make(question->parts[REQUEST_ID].data, question->parts[REQUEST_ID].len),
		bytes_of_text(codes[verdict]),
		bytes_of_text(texts[verdict]),
		bytes_of_text(user),
		{NULL, 0}, // metadata
	};
	const size_t count = sizeof parts / sizeof parts[0];
	for (size_t i = 0; i < count; i++) {
		// A failure leaves the peer unanswered: libzmq drops it after the handshake time.
		if (zmq_send(zap, parts[i].data, parts[i].len,
			     ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0)) < 0)
			return;
	}
}

unsigned zap_answer_all(void *zap, const struct zap_decider *decider)
{
	unsigned refused = 0;
	struct question question;
	while (question_receive(zap, &question)) {
		struct oin oin = {""};
		enum zap_verdict verdict = decide(&question, decider, &oin);
		answer(zap, &question, verdict, &oin);
		refused += verdict == ZAP_REFUSE;
	}
	return refused;
}
