// SPDX-License-Identifier: EUPL-1.2
#include "register/herstel.h"

#include "register/fold.h"
#include "register/lines.h"

#include <stdlib.h>
#include <string.h>

#define FIRST "herstel uit een kopie\n"

static const char *const opdrachten_names[] = {
	[OPDRACHTEN_GEEN] = "geen",
	[OPDRACHTEN_OPNIEUW] = "opnieuw",
	[OPDRACHTEN_ONBEKEND] = "onbekend",
};
#define NAMES (sizeof opdrachten_names / sizeof opdrachten_names[0])

const char *herstel_opdrachten_name(enum herstel_opdrachten opdrachten)
{
	return opdrachten_names[opdrachten];
}

enum result herstel_opdrachten_of(const char *name, enum herstel_opdrachten *ret_opdrachten)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(name, opdrachten_names[i]) != 0)
			continue;
		*ret_opdrachten = (enum herstel_opdrachten)i;
		return RESULT_OK;
	}
	return RESULT_NOT_FOUND;
}

static bool is_sound(const struct herstel *herstel)
{
	struct bytes reden = bytes_of_text(herstel->reden);
	return origin_is_valid(herstel->log) && origin_is_valid(herstel->voorganger) &&
	       strcmp(herstel->log, herstel->voorganger) != 0 && herstel->omvang > 0 &&
	       herstel->verloren >= herstel->omvang && reden.len > 0 && utf8_is_plain_line(reden);
}

enum result herstel_write(const struct herstel *herstel, struct buffer *out)
{
	char hex[2 * sizeof herstel->wortel.b + 1];
	if (!is_sound(herstel))
		return RESULT_MALFORMED;
	hex_encode(hex, bytes_of_hash(&herstel->wortel));
	buffer_append_format(out, FIRST "log %s\nvoorganger %s\n", herstel->log,
			     herstel->voorganger);
	buffer_append_format(out, "omvang %llu\nwortel %s\nverloren %llu\n",
			     (unsigned long long)herstel->omvang, hex,
			     (unsigned long long)herstel->verloren);
	buffer_append_format(out, "opdrachten %s\nreden %s\n",
			     herstel_opdrachten_name(herstel->opdrachten), herstel->reden);
	return out->status;
}

static bool take_number(struct bytes *rest, const char *begins, uint64_t *ret_number)
{
	return bytes_take_text(rest, begins) && lines_take_number(rest, ret_number) &&
	       bytes_take_text(rest, "\n");
}

static bool take_lines(struct bytes text, struct herstel *herstel)
{
	char opdrachten[16];
	return bytes_take_text(&text, FIRST) &&
	       lines_take(&text, "log ", herstel->log, sizeof herstel->log) &&
	       lines_take(&text, "voorganger ", herstel->voorganger, sizeof herstel->voorganger) &&
	       take_number(&text, "omvang ", &herstel->omvang) &&
	       lines_take_hex(&text, "wortel ", herstel->wortel.b, sizeof herstel->wortel.b) &&
	       take_number(&text, "verloren ", &herstel->verloren) &&
	       lines_take(&text, "opdrachten ", opdrachten, sizeof opdrachten) &&
	       herstel_opdrachten_of(opdrachten, &herstel->opdrachten) == RESULT_OK &&
	       lines_take(&text, "reden ", herstel->reden, sizeof herstel->reden);
}

enum result herstel_read(struct bytes text, struct herstel *ret_herstel)
{
	struct herstel herstel = {.omvang = 0};
	struct buffer again;
	if (!take_lines(text, &herstel))
		return RESULT_MALFORMED;
	// One way of writing each: what is signed is what is read.
	buffer_init(&again, HERSTEL_MAX);
	enum result r = herstel_write(&herstel, &again);
	if (!r && !bytes_equal(buffer_view(&again), text))
		r = RESULT_MALFORMED;
	buffer_done(&again);
	if (!r)
		*ret_herstel = herstel;
	return r;
}

// ---- in the register -------------------------------------------------------------------------

enum result register_fold_herstel(struct registry *reg, const struct register_leaf *leaf,
				  struct problem *problem)
{
	struct herstel text;
	enum result r = herstel_read(leaf->part->opdracht, &text);
	if (r)
		return register_refuse(problem, r, REASON_MALFORMED,
				       "the text of the herstel has not its form");
	if (strcmp(text.voorganger, register_origin(reg)) != 0)
		return register_refuse(problem, RESULT_DENIED, REASON_WRONG_AUDIENCE,
				       "the herstel is of another log");
	if (text.omvang != leaf->index)
		return register_refuse(problem, RESULT_CONFLICT, REASON_CONFLICT,
				       "the herstel is of a log of another size than this one");
	if (register_has_origin(reg, bytes_of_text(text.log)))
		return register_refuse(problem, RESULT_EXISTS, REASON_EXISTS,
				       "the log had the origin before that the herstel gives it");
	if (reg->herstel_count == REGISTER_HERSTEL_MAX)
		return register_refuse(problem, RESULT_TOO_LARGE, REASON_TOO_MANY,
				       "the log went on from a copy as often as it can");
	struct register_herstel *added = &reg->herstel[reg->herstel_count++];
	*added = (struct register_herstel){.from = leaf->index,
					   .root = text.wortel,
					   .verloren = text.verloren,
					   .since = leaf->time,
					   .all_given = text.opdrachten == OPDRACHTEN_GEEN};
	memcpy(added->origin, text.log, sizeof added->origin);
	return RESULT_OK;
}

const char *register_origin_at(const struct registry *reg, uint64_t index)
{
	const char *origin = reg->genesis.origin;
	for (size_t i = 0; i < reg->herstel_count && reg->herstel[i].from <= index; i++)
		origin = reg->herstel[i].origin;
	return origin;
}

const char *register_origin(const struct registry *reg)
{
	return register_origin_at(reg, REGISTER_NEVER);
}

bool register_has_origin(const struct registry *reg, struct bytes origin)
{
	bool has = bytes_equal(origin, bytes_of_text(reg->genesis.origin));
	for (size_t i = 0; i < reg->herstel_count; i++)
		has = has || bytes_equal(origin, bytes_of_text(reg->herstel[i].origin));
	return has;
}

uint64_t register_number_base(const struct registry *reg, uint64_t index)
{
	uint64_t count = 0;
	while (count < reg->herstel_count && reg->herstel[count].from <= index)
		count++;
	return count << REGISTER_NUMBER_BITS;
}

bool register_begins_numbers(const struct registry *reg, uint64_t index, uint64_t number)
{
	const uint64_t low = ((uint64_t)1 << REGISTER_NUMBER_BITS) - 1;
	uint64_t base = number - 1;
	return number > 1 && (base & low) == 0 && base <= register_number_base(reg, index);
}

static bool is_lost(const struct registry *reg, const struct checkpoint *checkpoint)
{
	for (size_t i = 0; i < reg->herstel_count; i++) {
		const char *before = register_origin_at(reg, reg->herstel[i].from - 1);
		if (strcmp(before, checkpoint->origin) == 0)
			return checkpoint->size > reg->herstel[i].from;
	}
	return false;
}

enum result register_lost_checkpoint(const struct registry *reg, struct bytes note,
				     struct checkpoint *ret_checkpoint)
{
	struct log_keys *keys = reg->herstel_count > 0 ? calloc(1, sizeof *keys) : NULL;
	enum result r = RESULT_NOT_FOUND;
	if (!keys)
		return reg->herstel_count > 0 ? RESULT_NO_MEMORY : r;
	if (register_log_keys(reg, keys) != RESULT_OK)
		keys->count = 0;
	for (size_t i = 0; r && i < keys->count; i++) {
		struct checkpoint checkpoint;
		if (checkpoint_verify(note, &keys->keys[i].vkey, &checkpoint) != RESULT_OK ||
		    !is_lost(reg, &checkpoint))
			continue;
		*ret_checkpoint = checkpoint;
		r = RESULT_OK;
	}
	free(keys);
	return r;
}
