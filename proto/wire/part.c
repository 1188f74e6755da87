// SPDX-License-Identifier: EUPL-1.2
#include "wire/part.h"

#include "wire/part_convert.h"

#include <string.h>

static void read_sender(const Knooppunt__V1__PartSender *message, struct part_sender *ret_part)
{
	*ret_part = (struct part_sender){
		.origin = bytes_of_text(message->origin),
		.source = bytes_of_text(message->source),
		.id = bytes_of_text(message->id),
		.outcome = message->outcome,
		.reason = message->reason,
		.field = bytes_of_text(message->field),
		.oefening = message->oefening,
	};
	memcpy(ret_part->header_hash.b, message->header_hash.data, sizeof ret_part->header_hash);
}

static void write_sender(struct scratch *scratch, const struct part_sender *part,
			 Knooppunt__V1__PartSender *message)
{
	message->origin = scratch_text(scratch, part->origin);
	message->source = scratch_text(scratch, part->source);
	message->id = scratch_text(scratch, part->id);
	message->header_hash = codec_hash_data(&part->header_hash);
	message->outcome = part->outcome;
	message->reason = part->reason;
	message->field = scratch_text(scratch, part->field);
	message->oefening = part->oefening;
}

static enum result read_tellingen(const Knooppunt__V1__PartTick *message, struct arena *arena,
				  struct part_tick *part)
{
	part->tellingen = arena_alloc(arena, (message->n_tellingen + 1) * sizeof *part->tellingen);
	if (!part->tellingen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_tellingen; i++)
		part->tellingen[i] =
			(struct telling){.oin = bytes_of_text(message->tellingen[i]->oin),
					 .minuut = message->tellingen[i]->minuut,
					 .reden = message->tellingen[i]->reden,
					 .aantal = message->tellingen[i]->aantal};
	part->telling_count = message->n_tellingen;
	return RESULT_OK;
}

static enum result read_tick(const Knooppunt__V1__PartTick *message, struct arena *arena,
			     struct part_tick *ret_part)
{
	ret_part->generation = message->generation;
	enum result result =
		codec_u64s(message->vervallen, message->n_vervallen, arena, &ret_part->vervallen);
	if (!result)
		result = codec_u32s(message->erased_begun, message->n_erased_begun, arena,
				    &ret_part->erased_begun);
	if (!result)
		result = codec_u32s(message->erased_done, message->n_erased_done, arena,
				    &ret_part->erased_done);
	if (!result)
		result = read_tellingen(message, arena, ret_part);
	ret_part->vervallen_count = message->n_vervallen;
	ret_part->erased_begun_count = message->n_erased_begun;
	ret_part->erased_done_count = message->n_erased_done;
	return result;
}

static void write_tick(struct scratch *scratch, const struct part_tick *part,
		       Knooppunt__V1__PartTick *message)
{
	message->generation = part->generation;
	message->vervallen = scratch_u64s(scratch, part->vervallen, part->vervallen_count,
					  &message->n_vervallen);
	message->erased_begun = scratch_u32s(scratch, part->erased_begun, part->erased_begun_count,
					     &message->n_erased_begun);
	message->erased_done = scratch_u32s(scratch, part->erased_done, part->erased_done_count,
					    &message->n_erased_done);
	message->tellingen = (void *)scratch_messages(
		scratch, part->telling_count, sizeof **message->tellingen, &message->n_tellingen);
	for (size_t i = 0; i < message->n_tellingen; i++) {
		Knooppunt__V1__Telling *telling = message->tellingen[i];
		knooppunt__v1__telling__init(telling);
		telling->oin = scratch_text(scratch, part->tellingen[i].oin);
		telling->minuut = part->tellingen[i].minuut;
		telling->reden = part->tellingen[i].reden;
		telling->aantal = part->tellingen[i].aantal;
	}
}

// One of each; the part points at the one that is written.
struct part_messages {
	Knooppunt__V1__PartSender sender;
	Knooppunt__V1__PartVerstrekking verstrekking;
	Knooppunt__V1__PartVerantwoording verantwoording;
	Knooppunt__V1__PartRegister registerdeel;
	Knooppunt__V1__PartTick tick;
	Knooppunt__V1__PartWissing wissing;
	Knooppunt__V1__PartVernietiging vernietiging;
	Knooppunt__V1__PartStop stop;
	Knooppunt__V1__PartAcceptatie acceptatie;
};

static void write_part(struct scratch *scratch, const struct part *part,
		       struct part_messages *messages, Knooppunt__V1__Part *message)
{
	message->inhoud_case = (Knooppunt__V1__Part__InhoudCase)part->kind;
	switch (part->kind) {
	case PART_SENDER:
		knooppunt__v1__part_sender__init(&messages->sender);
		write_sender(scratch, &part->sender, &messages->sender);
		message->sender = &messages->sender;
		return;
	case PART_VERSTREKKING:
		knooppunt__v1__part_verstrekking__init(&messages->verstrekking);
		verstrekking_write(scratch, &part->verstrekking, &messages->verstrekking);
		message->verstrekking = &messages->verstrekking;
		return;
	case PART_VERANTWOORDING:
		knooppunt__v1__part_verantwoording__init(&messages->verantwoording);
		verantwoording_write(scratch, &part->verantwoording, &messages->verantwoording);
		message->verantwoording = &messages->verantwoording;
		return;
	case PART_REGISTER:
		knooppunt__v1__part_register__init(&messages->registerdeel);
		register_write(scratch, &part->registerdeel, &messages->registerdeel);
		message->register_ = &messages->registerdeel;
		return;
	case PART_TICK:
		knooppunt__v1__part_tick__init(&messages->tick);
		write_tick(scratch, &part->tick, &messages->tick);
		message->tick = &messages->tick;
		return;
	case PART_WISSING:
		knooppunt__v1__part_wissing__init(&messages->wissing);
		wissing_write(scratch, &part->wissing, &messages->wissing);
		message->wissing = &messages->wissing;
		return;
	case PART_VERNIETIGING:
		knooppunt__v1__part_vernietiging__init(&messages->vernietiging);
		vernietiging_write(scratch, &part->vernietiging, &messages->vernietiging);
		message->vernietiging = &messages->vernietiging;
		return;
	case PART_STOP:
		knooppunt__v1__part_stop__init(&messages->stop);
		stop_write(scratch, &part->stop, &messages->stop);
		message->stop = &messages->stop;
		return;
	case PART_ACCEPTATIE:
		knooppunt__v1__part_acceptatie__init(&messages->acceptatie);
		acceptatie_part_write(scratch, &part->acceptatie, &messages->acceptatie);
		message->acceptatie = &messages->acceptatie;
		return;
	}
	scratch_refuse(scratch, RESULT_MALFORMED);
}

enum result part_encode(const struct part *part, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	struct part_messages messages;
	Knooppunt__V1__Part message;
	knooppunt__v1__part__init(&message);
	write_part(&scratch, part, &messages, &message);
	return codec_pack(&message.base, CODEC_WIRE_MAX, &scratch, out);
}

static enum result read_kind(const Knooppunt__V1__Part *message, struct arena *arena,
			     struct part *ret_part)
{
	ret_part->kind = (enum part_kind)message->inhoud_case;
	switch (message->inhoud_case) {
	case KNOOPPUNT__V1__PART__INHOUD_SENDER:
		read_sender(message->sender, &ret_part->sender);
		return RESULT_OK;
	case KNOOPPUNT__V1__PART__INHOUD_VERSTREKKING:
		return verstrekking_read(message->verstrekking, arena, &ret_part->verstrekking);
	case KNOOPPUNT__V1__PART__INHOUD_VERANTWOORDING:
		return verantwoording_read(message->verantwoording, arena,
					   &ret_part->verantwoording);
	case KNOOPPUNT__V1__PART__INHOUD_REGISTER:
		return register_read(message->register_, arena, &ret_part->registerdeel);
	case KNOOPPUNT__V1__PART__INHOUD_TICK:
		return read_tick(message->tick, arena, &ret_part->tick);
	case KNOOPPUNT__V1__PART__INHOUD_WISSING:
		return wissing_read(message->wissing, arena, &ret_part->wissing);
	case KNOOPPUNT__V1__PART__INHOUD_VERNIETIGING:
		return vernietiging_read(message->vernietiging, arena, &ret_part->vernietiging);
	case KNOOPPUNT__V1__PART__INHOUD_STOP:
		return stop_read(message->stop, arena, &ret_part->stop);
	case KNOOPPUNT__V1__PART__INHOUD_ACCEPTATIE:
		return acceptatie_part_read(message->acceptatie, arena, &ret_part->acceptatie);
	default:
		return RESULT_MALFORMED; // a part without content
	}
}

static enum result read_part(const ProtobufCMessage *base, struct arena *arena,
			     struct part *ret_part)
{
	struct part part;
	enum result result = read_kind((const void *)base, arena, &part);
	if (!result)
		*ret_part = part;
	return result;
}

enum result part_decode(struct bytes wire, struct arena *arena, struct part *ret_part)
{
	const ProtobufCMessage *base;
	enum result result = codec_unpack(&knooppunt__v1__part__descriptor, wire, arena, &base);
	return result ? result : read_part(base, arena, ret_part);
}

enum result part_decode_own(struct bytes wire, struct arena *arena, struct part *ret_part)
{
	const ProtobufCMessage *base;
	enum result result = codec_unpack_own(&knooppunt__v1__part__descriptor, wire, arena, &base);
	return result ? result : read_part(base, arena, ret_part);
}
