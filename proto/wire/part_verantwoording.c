// SPDX-License-Identifier: EUPL-1.2
#include "wire/part_convert.h"

#include <string.h>

static enum result read_personen(const Knooppunt__V1__PartVerantwoording *message,
				 struct arena *arena, struct persoon_link **ret_personen)
{
	struct persoon_link *array = arena_alloc(arena, message->n_personen * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_personen; i++) {
		const Knooppunt__V1__PersoonLink *link = message->personen[i];
		struct identificatie *ids =
			arena_alloc(arena, link->n_identificaties * sizeof *ids);
		if (!ids)
			return RESULT_NO_MEMORY;
		for (size_t k = 0; k < link->n_identificaties; k++)
			ids[k] = (struct identificatie){
				link->identificaties[k]->soort,
				bytes_of_text(link->identificaties[k]->waarde)};
		array[i] = (struct persoon_link){
			.betrokkene = link->betrokkene,
			.identificaties = ids,
			.identificatie_count = link->n_identificaties,
		};
		memcpy(array[i].handle, link->handle.data, HANDLE_LEN);
	}
	*ret_personen = array;
	return RESULT_OK;
}

static enum result read_feiten(const Knooppunt__V1__PartVerantwoording *message,
			       struct arena *arena, struct feit_waarde **ret_feiten)
{
	struct feit_waarde *array = arena_alloc(arena, message->n_feiten * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_feiten; i++) {
		const Knooppunt__V1__Feit *feit = message->feiten[i];
		array[i] = (struct feit_waarde){
			.attribuut = feit->attribuut,
			.betrokkene = feit->betrokkene,
			.bekend = feit->bekend,
			.waarde_count = feit->n_waarden,
			.herkomst_count = feit->n_herkomst,
			.voorlopig = feit->voorlopig,
		};
		enum result result =
			codec_texts(feit->waarden, feit->n_waarden, arena, &array[i].waarden);
		if (!result)
			result = codec_u64s(feit->herkomst, feit->n_herkomst, arena,
					    &array[i].herkomst);
		if (result)
			return result;
	}
	*ret_feiten = array;
	return RESULT_OK;
}

static enum result read_giften(const Knooppunt__V1__PartVerantwoording *message,
			       struct arena *arena, struct gift **ret_giften)
{
	struct gift *array = arena_alloc(arena, message->n_giften * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_giften; i++) {
		const Knooppunt__V1__Gift *gift = message->giften[i];
		array[i] = (struct gift){
			.oin = bytes_of_text(gift->oin),
			.functie = bytes_of_text(gift->functie),
			.betrokkene = gift->betrokkene,
			.rubriek = gift->rubriek,
			.regel_count = gift->n_regels,
			.overleg = bytes_of_text(gift->overleg),
		};
		enum result result =
			codec_texts(gift->regels, gift->n_regels, arena, &array[i].regels);
		if (result)
			return result;
	}
	*ret_giften = array;
	return RESULT_OK;
}

static enum result read_verplichtingen(const Knooppunt__V1__PartVerantwoording *message,
				       struct arena *arena,
				       struct verplichting **ret_verplichtingen)
{
	struct verplichting *array = arena_alloc(arena, message->n_verplichtingen * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_verplichtingen; i++) {
		const Knooppunt__V1__Verplichting *verplichting = message->verplichtingen[i];
		array[i] = (struct verplichting){
			.soort = verplichting->soort,
			.oin = bytes_of_text(verplichting->oin),
			.functie = bytes_of_text(verplichting->functie),
			.regel = bytes_of_text(verplichting->regel),
			.uiterlijk = verplichting->uiterlijk,
			.betrokkene = verplichting->betrokkene,
			.convenant = bytes_of_text(verplichting->convenant),
			.over = verplichting->over,
		};
	}
	*ret_verplichtingen = array;
	return RESULT_OK;
}

static enum result read_plaatsen(const Knooppunt__V1__PartVerantwoording *message,
				 struct arena *arena, struct rubriekplaats **ret_plaatsen)
{
	struct rubriekplaats *array = arena_alloc(arena, message->n_rubrieken * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_rubrieken; i++)
		array[i] = (struct rubriekplaats){
			message->rubrieken[i]->betrokkene, message->rubrieken[i]->rubriek,
			message->rubrieken[i]->position, message->rubrieken[i]->regime};
	*ret_plaatsen = array;
	return RESULT_OK;
}

static void read_wpg20(const Knooppunt__V1__Wpg20 *message, struct part_verantwoording *part)
{
	const char *const texts[WPG20_COUNT] = {
		message->zwaarwegend_belang, message->samenwerkingsverband, message->doel,
		message->gegevens,           message->voorwaarden,          message->ontvangers};
	part->has_wpg20 = true;
	for (size_t i = 0; i < WPG20_COUNT; i++)
		part->wpg20[i] = bytes_of_text(texts[i]);
}

enum result verantwoording_read(const Knooppunt__V1__PartVerantwoording *message,
				struct arena *arena, struct part_verantwoording *ret_part)
{
	*ret_part = (struct part_verantwoording){
		.type = message->type,
		.source = bytes_of_text(message->source),
		.id = bytes_of_text(message->id),
		.source_number = message->source_number,
		.sequence = message->sequence,
		.betreft = message->betreft,
		.persoon_count = message->n_personen,
		.feit_count = message->n_feiten,
		.gift_count = message->n_giften,
		.verplichting_count = message->n_verplichtingen,
		.rubriek_count = message->n_rubrieken,
		.veld_count = message->n_velden,
		.bewaar_inhoud = message->bewaar_inhoud,
		.bewaar_verantwoording = message->bewaar_verantwoording,
		.slot_inhoud = message->slot_inhoud,
		.slot_verantwoording = message->slot_verantwoording,
		.signer = bytes_of_text(message->signer),
		.convenant = bytes_of_text(message->convenant),
		.received = message->received,
		.signer_functie_count = message->n_signer_functies,
	};
	memcpy(ret_part->header_hash.b, message->header_hash.data, sizeof(struct hash));
	ret_part->has_convenant = codec_hash(message->convenant_hash, &ret_part->convenant_hash);
	ret_part->has_codes = codec_hash(message->codes_hash, &ret_part->codes_hash);
	if (message->wpg20)
		read_wpg20(message->wpg20, ret_part);
	enum result result = read_personen(message, arena, &ret_part->personen);
	if (!result)
		result = read_feiten(message, arena, &ret_part->feiten);
	if (!result)
		result = read_giften(message, arena, &ret_part->giften);
	if (!result)
		result = read_verplichtingen(message, arena, &ret_part->verplichtingen);
	if (!result)
		result = read_plaatsen(message, arena, &ret_part->rubrieken);
	if (!result)
		result = velden_read(message->velden, message->n_velden, arena, &ret_part->velden);
	if (!result)
		result = codec_texts(message->signer_functies, message->n_signer_functies, arena,
				     &ret_part->signer_functies);
	return result;
}

static void write_persoon(struct scratch *scratch, const struct persoon_link *link,
			  Knooppunt__V1__PersoonLink *message)
{
	knooppunt__v1__persoon_link__init(message);
	message->betrokkene = link->betrokkene;
	message->handle = codec_data(bytes_make(link->handle, HANDLE_LEN));
	message->identificaties = (void *)scratch_messages(scratch, link->identificatie_count,
							   sizeof **message->identificaties,
							   &message->n_identificaties);
	for (size_t i = 0; i < message->n_identificaties; i++) {
		Knooppunt__V1__Identificatie *id = message->identificaties[i];
		knooppunt__v1__identificatie__init(id);
		id->soort = link->identificaties[i].soort;
		id->waarde = scratch_text(scratch, link->identificaties[i].waarde);
	}
}

static void write_feit(struct scratch *scratch, const struct feit_waarde *feit,
		       Knooppunt__V1__Feit *message)
{
	knooppunt__v1__feit__init(message);
	message->attribuut = feit->attribuut;
	message->betrokkene = feit->betrokkene;
	message->bekend = feit->bekend;
	message->waarden =
		scratch_texts(scratch, feit->waarden, feit->waarde_count, &message->n_waarden);
	message->herkomst =
		scratch_u64s(scratch, feit->herkomst, feit->herkomst_count, &message->n_herkomst);
	message->voorlopig = feit->voorlopig;
}

static void write_gift(struct scratch *scratch, const struct gift *gift,
		       Knooppunt__V1__Gift *message)
{
	knooppunt__v1__gift__init(message);
	message->oin = scratch_text(scratch, gift->oin);
	message->functie = scratch_text(scratch, gift->functie);
	message->betrokkene = gift->betrokkene;
	message->rubriek = gift->rubriek;
	message->overleg = scratch_text(scratch, gift->overleg);
	message->regels =
		scratch_texts(scratch, gift->regels, gift->regel_count, &message->n_regels);
}

static void write_verplichting(struct scratch *scratch, const struct verplichting *verplichting,
			       Knooppunt__V1__Verplichting *message)
{
	knooppunt__v1__verplichting__init(message);
	message->soort = verplichting->soort;
	message->oin = scratch_text(scratch, verplichting->oin);
	message->functie = scratch_text(scratch, verplichting->functie);
	message->regel = scratch_text(scratch, verplichting->regel);
	message->uiterlijk = verplichting->uiterlijk;
	message->betrokkene = verplichting->betrokkene;
	message->convenant = scratch_text(scratch, verplichting->convenant);
	message->over = verplichting->over;
}

static void write_plaats(const struct rubriekplaats *plaats, Knooppunt__V1__Rubriekplaats *message)
{
	knooppunt__v1__rubriekplaats__init(message);
	message->betrokkene = plaats->betrokkene;
	message->rubriek = plaats->rubriek;
	message->position = plaats->position;
	message->regime = plaats->regime;
}

static void write_lists(struct scratch *scratch, const struct part_verantwoording *part,
			Knooppunt__V1__PartVerantwoording *message)
{
	message->personen = (void *)scratch_messages(
		scratch, part->persoon_count, sizeof **message->personen, &message->n_personen);
	for (size_t i = 0; i < message->n_personen; i++)
		write_persoon(scratch, &part->personen[i], message->personen[i]);
	message->feiten = (void *)scratch_messages(scratch, part->feit_count,
						   sizeof **message->feiten, &message->n_feiten);
	for (size_t i = 0; i < message->n_feiten; i++)
		write_feit(scratch, &part->feiten[i], message->feiten[i]);
	message->giften = (void *)scratch_messages(scratch, part->gift_count,
						   sizeof **message->giften, &message->n_giften);
	for (size_t i = 0; i < message->n_giften; i++)
		write_gift(scratch, &part->giften[i], message->giften[i]);
	message->verplichtingen = (void *)scratch_messages(scratch, part->verplichting_count,
							   sizeof **message->verplichtingen,
							   &message->n_verplichtingen);
	for (size_t i = 0; i < message->n_verplichtingen; i++)
		write_verplichting(scratch, &part->verplichtingen[i], message->verplichtingen[i]);
	message->rubrieken = (void *)scratch_messages(
		scratch, part->rubriek_count, sizeof **message->rubrieken, &message->n_rubrieken);
	for (size_t i = 0; i < message->n_rubrieken; i++)
		write_plaats(&part->rubrieken[i], message->rubrieken[i]);
	message->velden = velden_write(scratch, part->velden, part->veld_count, &message->n_velden);
}

static Knooppunt__V1__Wpg20 *write_wpg20(struct scratch *scratch, const struct bytes *texts)
{
	Knooppunt__V1__Wpg20 *message = scratch_array(scratch, 1, sizeof *message);
	if (!message)
		return NULL;
	knooppunt__v1__wpg20__init(message);
	message->zwaarwegend_belang = scratch_text(scratch, texts[0]);
	message->samenwerkingsverband = scratch_text(scratch, texts[1]);
	message->doel = scratch_text(scratch, texts[2]);
	message->gegevens = scratch_text(scratch, texts[3]);
	message->voorwaarden = scratch_text(scratch, texts[4]);
	message->ontvangers = scratch_text(scratch, texts[5]);
	return message;
}

void verantwoording_write(struct scratch *scratch, const struct part_verantwoording *part,
			  Knooppunt__V1__PartVerantwoording *message)
{
	message->type = part->type;
	message->source = scratch_text(scratch, part->source);
	message->id = scratch_text(scratch, part->id);
	message->header_hash = codec_hash_data(&part->header_hash);
	message->source_number = part->source_number;
	message->sequence = part->sequence;
	if (part->has_convenant)
		message->convenant_hash = codec_hash_data(&part->convenant_hash);
	message->convenant = scratch_text(scratch, part->convenant);
	if (part->has_codes)
		message->codes_hash = codec_hash_data(&part->codes_hash);
	message->betreft = part->betreft;
	write_lists(scratch, part, message);
	message->bewaar_inhoud = part->bewaar_inhoud;
	message->bewaar_verantwoording = part->bewaar_verantwoording;
	message->slot_inhoud = part->slot_inhoud;
	message->slot_verantwoording = part->slot_verantwoording;
	message->signer = scratch_text(scratch, part->signer);
	message->received = part->received;
	message->signer_functies =
		scratch_texts(scratch, part->signer_functies, part->signer_functie_count,
			      &message->n_signer_functies);
	if (part->has_wpg20)
		message->wpg20 = write_wpg20(scratch, part->wpg20);
}
