// SPDX-License-Identifier: EUPL-1.2
#include "wire/part_convert.h"

static enum result read_vernietigd(const Knooppunt__V1__Vernietigd *message, struct arena *arena,
				   struct vernietigd *ret_row)
{
	*ret_row = (struct vernietigd){.melding = message->melding,
				       .slot_count = message->n_slots,
				       .entry_count = message->n_entries};
	enum result result = codec_u32s(message->slots, message->n_slots, arena, &ret_row->slots);
	return result ? result
		      : codec_u64s(message->entries, message->n_entries, arena, &ret_row->entries);
}

static enum result read_bron(const Knooppunt__V1__BronTeller *message, struct arena *arena,
			     struct bron_teller *ret_row)
{
	*ret_row = (struct bron_teller){.source = bytes_of_text(message->source),
					.number = message->number,
					.sequence_count = message->n_sequences};
	return codec_u64s(message->sequences, message->n_sequences, arena, &ret_row->sequences);
}

enum result vernietiging_read(const Knooppunt__V1__PartVernietiging *message, struct arena *arena,
			      struct part_vernietiging *ret_part)
{
	struct part_vernietiging part = {.soort = message->soort,
					 .count = message->n_vernietigd,
					 .bron_count = message->n_bronnen,
					 .ontvanger_count = message->n_ontvangers};
	enum result result = RESULT_OK;
	if (part.soort != VERNIETIGING_INHOUD && part.soort != VERNIETIGING_VERANTWOORDING)
		return RESULT_MALFORMED;
	part.vernietigd = arena_alloc(arena, part.count * sizeof *part.vernietigd);
	part.bronnen = arena_alloc(arena, part.bron_count * sizeof *part.bronnen);
	part.ontvangers = arena_alloc(arena, part.ontvanger_count * sizeof *part.ontvangers);
	if (!part.vernietigd || !part.bronnen || !part.ontvangers)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; !result && i < part.count; i++)
		result = read_vernietigd(message->vernietigd[i], arena, &part.vernietigd[i]);
	for (size_t i = 0; !result && i < part.bron_count; i++)
		result = read_bron(message->bronnen[i], arena, &part.bronnen[i]);
	for (size_t i = 0; i < part.ontvanger_count; i++)
		part.ontvangers[i] = (struct ontvanger_teller){
			.oin = bytes_of_text(message->ontvangers[i]->oin),
			.functie = bytes_of_text(message->ontvangers[i]->functie),
			.number = message->ontvangers[i]->number};
	if (!result)
		*ret_part = part;
	return result;
}

static void write_bronnen(struct scratch *scratch, const struct part_vernietiging *part,
			  Knooppunt__V1__PartVernietiging *message)
{
	message->bronnen = (void *)scratch_messages(scratch, part->bron_count,
						    sizeof **message->bronnen, &message->n_bronnen);
	for (size_t i = 0; i < message->n_bronnen; i++) {
		Knooppunt__V1__BronTeller *row = message->bronnen[i];
		knooppunt__v1__bron_teller__init(row);
		row->source = scratch_text(scratch, part->bronnen[i].source);
		row->number = part->bronnen[i].number;
		row->sequences = scratch_u64s(scratch, part->bronnen[i].sequences,
					      part->bronnen[i].sequence_count, &row->n_sequences);
	}
}

static void write_ontvangers(struct scratch *scratch, const struct part_vernietiging *part,
			     Knooppunt__V1__PartVernietiging *message)
{
	message->ontvangers =
		(void *)scratch_messages(scratch, part->ontvanger_count,
					 sizeof **message->ontvangers, &message->n_ontvangers);
	for (size_t i = 0; i < message->n_ontvangers; i++) {
		Knooppunt__V1__OntvangerTeller *row = message->ontvangers[i];
		knooppunt__v1__ontvanger_teller__init(row);
		row->oin = scratch_text(scratch, part->ontvangers[i].oin);
		row->functie = scratch_text(scratch, part->ontvangers[i].functie);
		row->number = part->ontvangers[i].number;
	}
}

void vernietiging_write(struct scratch *scratch, const struct part_vernietiging *part,
			Knooppunt__V1__PartVernietiging *message)
{
	if (part->soort != VERNIETIGING_INHOUD && part->soort != VERNIETIGING_VERANTWOORDING)
		scratch_refuse(scratch, RESULT_MALFORMED);
	message->soort = part->soort;
	message->vernietigd = (void *)scratch_messages(
		scratch, part->count, sizeof **message->vernietigd, &message->n_vernietigd);
	for (size_t i = 0; i < message->n_vernietigd; i++) {
		const struct vernietigd *from = &part->vernietigd[i];
		Knooppunt__V1__Vernietigd *row = message->vernietigd[i];
		knooppunt__v1__vernietigd__init(row);
		row->melding = from->melding;
		row->slots = scratch_u32s(scratch, from->slots, from->slot_count, &row->n_slots);
		row->entries =
			scratch_u64s(scratch, from->entries, from->entry_count, &row->n_entries);
	}
	write_bronnen(scratch, part, message);
	write_ontvangers(scratch, part, message);
}
