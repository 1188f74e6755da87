// SPDX-License-Identifier: EUPL-1.2
#include "wire/part_convert.h"

#include <assert.h>
#include <string.h>

const char *verstrekking_soort_name(uint32_t soort)
{
	static const char *const names[] = {[VERSTREKKING_GEGEVEN] = "verstrekking",
					    [VERSTREKKING_VERVALLEN] = "vervallen",
					    [VERSTREKKING_ONJUIST] = "onjuist",
					    [VERSTREKKING_AANGEVULD] = "aangevuld",
					    [VERSTREKKING_BEPERKT] = "beperkt",
					    [VERSTREKKING_OPGEHEVEN] = "opgeheven",
					    [VERSTREKKING_INGETROKKEN] = "ingetrokken",
					    [VERSTREKKING_GEWIST] = "gewist",
					    [VERSTREKKING_GETOOND] = "getoond",
					    [VERSTREKKING_AFGESLOTEN] = "afgesloten"};
	return soort < sizeof names / sizeof names[0] ? names[soort] : NULL;
}

struct hash verrijking_commitment(const struct opening *verrijkingen, size_t count)
{
	struct bytes pieces[1 + 2 * VERRIJKINGEN_MAX] = {bytes_of_text("knooppunt/verrijking/v1")};
	assert(count <= VERRIJKINGEN_MAX);
	for (size_t i = 0; i < count; i++) {
		pieces[1 + 2 * i] = verrijkingen[i].salt;
		pieces[2 + 2 * i] = verrijkingen[i].value;
	}
	return pae_sha256(pieces, 1 + 2 * count);
}

static enum result read_gronden(const Knooppunt__V1__PartVerstrekking *message, struct arena *arena,
				struct grond **ret_gronden)
{
	struct grond *array = arena_alloc(arena, message->n_gronden * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_gronden; i++) {
		const Knooppunt__V1__Grond *grond = message->gronden[i];
		array[i] = (struct grond){
			.betrokkene = grond->betrokkene,
			.rubriek = grond->rubriek,
			.regel = bytes_of_text(grond->regel),
			.convenantartikel = bytes_of_text(grond->convenantartikel),
			.doel = bytes_of_text(grond->doel),
			.grondslag_count = grond->n_grondslag,
			.overleg = bytes_of_text(grond->overleg),
			.voorlopig = grond->voorlopig,
		};
		enum result result = codec_texts(grond->grondslag, grond->n_grondslag, arena,
						 &array[i].grondslag);
		if (result)
			return result;
	}
	*ret_gronden = array;
	return RESULT_OK;
}

enum result verstrekking_read(const Knooppunt__V1__PartVerstrekking *message, struct arena *arena,
			      struct part_verstrekking *ret_part)
{
	*ret_part = (struct part_verstrekking){
		.origin = bytes_of_text(message->origin),
		.oin = bytes_of_text(message->oin),
		.functie = bytes_of_text(message->functie),
		.number = message->number,
		.soort = message->soort,
		.slot_count = message->n_slots,
		.grond_count = message->n_gronden,
		.geldig_tot = message->geldig_tot,
		.oefening = message->oefening,
		.betreft = message->betreft,
		.herkomst_onthouden = message->herkomst_onthouden,
		.vorige = message->vorige,
	};
	memcpy(ret_part->header_hash.b, message->header_hash.data, sizeof(struct hash));
	memcpy(ret_part->convenant_hash.b, message->convenant_hash.data, sizeof(struct hash));
	ret_part->has_verrijking = codec_hash(message->verrijking, &ret_part->verrijking);
	enum result result = codec_u32s(message->slots, message->n_slots, arena, &ret_part->slots);
	if (!result)
		result = read_gronden(message, arena, &ret_part->gronden);
	return result;
}

static void write_grond(struct scratch *scratch, const struct grond *grond,
			Knooppunt__V1__Grond *message)
{
	knooppunt__v1__grond__init(message);
	message->betrokkene = grond->betrokkene;
	message->rubriek = grond->rubriek;
	message->regel = scratch_text(scratch, grond->regel);
	message->convenantartikel = scratch_text(scratch, grond->convenantartikel);
	message->doel = scratch_text(scratch, grond->doel);
	message->overleg = scratch_text(scratch, grond->overleg);
	message->voorlopig = grond->voorlopig;
	message->grondslag = scratch_texts(scratch, grond->grondslag, grond->grondslag_count,
					   &message->n_grondslag);
}

void verstrekking_write(struct scratch *scratch, const struct part_verstrekking *part,
			Knooppunt__V1__PartVerstrekking *message)
{
	message->origin = scratch_text(scratch, part->origin);
	message->oin = scratch_text(scratch, part->oin);
	message->functie = scratch_text(scratch, part->functie);
	message->number = part->number;
	message->soort = part->soort;
	message->header_hash = codec_hash_data(&part->header_hash);
	message->slots = scratch_u32s(scratch, part->slots, part->slot_count, &message->n_slots);
	if (part->has_verrijking)
		message->verrijking = codec_hash_data(&part->verrijking);
	message->gronden = (void *)scratch_messages(scratch, part->grond_count,
						    sizeof **message->gronden, &message->n_gronden);
	for (size_t i = 0; i < message->n_gronden; i++)
		write_grond(scratch, &part->gronden[i], message->gronden[i]);
	message->convenant_hash = codec_hash_data(&part->convenant_hash);
	message->geldig_tot = part->geldig_tot;
	message->oefening = part->oefening;
	message->betreft = part->betreft;
	message->herkomst_onthouden = part->herkomst_onthouden;
	message->vorige = part->vorige;
}
