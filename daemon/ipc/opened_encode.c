// SPDX-License-Identifier: EUPL-1.2
#include "ipc/opened_image.h"

#include <assert.h>

static const struct bytes *text_of(const struct statement *statement, enum text text)
{
	return (const struct bytes *)((const char *)statement + opened_texts[text].offset);
}

// Where the encoder is: `area` begins at `base` of the buffer.
struct encoder {
	struct buffer *out;
	size_t base;
};

static struct span area_append(struct encoder *encoder, struct bytes view)
{
	struct span span = {.offset = (uint32_t)(encoder->out->len - encoder->base),
			    .len = (uint32_t)view.len};
	buffer_append(encoder->out, view);
	return span;
}

// A cursor over bytes that are in the area already. Views are asked for in the order in which
// they were decoded, so each search starts behind the last find and all of them together read the
// host once; a find before the true place holds the same bytes and leaves the rest findable.
struct host {
	struct span span;
	uint32_t at;
};

#define BETWEEN_MAX 12 // tags, lengths and numbers that usually stand between two views

// As memmem(), which is slow to start: most views are close behind the one before.
static const uint8_t *find_close(const uint8_t *begin, size_t len, struct bytes view)
{
	for (size_t at = 0; at < BETWEEN_MAX && len - at >= view.len; at++)
		if (begin[at] == view.data[0] && memcmp(begin + at, view.data, view.len) == 0)
			return begin + at;
	return memmem(begin, len, view.data, view.len);
}

static struct span area_find(struct encoder *encoder, struct host *host, struct bytes view)
{
	if (view.len == 0 || encoder->out->status != RESULT_OK)
		return (struct span){0};
	const uint8_t *begin = encoder->out->data + encoder->base + host->span.offset;
	const uint8_t *found = find_close(begin + host->at, host->span.len - host->at, view);
	if (!found)
		return area_append(encoder, view);
	host->at = (uint32_t)(found - begin) + (uint32_t)view.len;
	return (struct span){.offset = host->span.offset + (uint32_t)(found - begin),
			     .len = (uint32_t)view.len};
}

static void image_fill_signed(struct image *image, const struct opened *opened)
{
	const struct signed_statement *proof = &opened->signed_statement;
	image->batch_size = proof->size;
	image->batch_index = proof->index;
	image->path_count = (uint32_t)proof->path.count;
	memcpy(image->path, proof->path.hashes, proof->path.count * sizeof image->path[0]);
}

static void image_fill_statement(struct image *image, const struct statement *statement)
{
	image->type = statement->type;
	image->time = statement->time;
	image->sequence = statement->sequence;
	image->head_size = statement->head.size;
	image->head_root = statement->head.root;
	image->has_slots_root = statement->has_slots;
	image->slots_root = statement->slots_root;
	memcpy(image->random, statement->random, RANDOM_LEN);
	image->statement_veld_count = (uint32_t)statement->veld_count;
}

static void image_fill(struct image *image, const struct opened *opened)
{
	*image = (struct image){
		.kind = FRAME_OPENED,
		.refusal = opened->refusal.reason,
		.route = opened->route,
		.connection_oin = opened->connection_oin,
		.sender_oin = opened->sender_oin,
		.sealing_id = opened->sealing_id,
		.header_hash = opened->header_hash,
		.held_size = opened->held.size,
		.held_root = opened->held.root,
		.envelope_number = opened->envelope_number,
		.envelope_items = opened->envelope_items,
		.envelope_item = opened->envelope_item,
		.has_slots = opened->has_slots,
		.slot_count = (uint32_t)opened->slots.count,
		.rubriek_count = (uint32_t)opened->melding.count,
	};
	image_fill_signed(image, opened);
	image_fill_statement(image, &opened->statement);
	if (opened->has_slots) {
		image->capacity = opened->slots.capacity;
		memcpy(image->seed, opened->slots.seed, sizeof image->seed);
	}
	memcpy(image->field, opened->refusal.field, strnlen(opened->refusal.field, FIELD_MAX - 1));
	image->veld_count = image->statement_veld_count;
	for (size_t i = 0; i < opened->melding.count; i++)
		image->veld_count += (uint32_t)opened->melding.rubrieken[i].veld_count;
}

// A row of a table in the buffer, written at its place: the area grows behind it.
static void row_put(struct encoder *encoder, size_t at, const void *row, size_t len)
{
	if (encoder->out->status == RESULT_OK)
		memcpy(encoder->out->data + at, row, len);
}

static size_t velden_encode(struct encoder *encoder, size_t at, struct host *host,
			    const struct veld *velden, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct veld_image row = {.veld = velden[i].veld,
					 .waarde = area_find(encoder, host, velden[i].waarde)};
		row_put(encoder, at, &row, sizeof row);
		at += sizeof row;
	}
	return at;
}

static void statement_images(struct encoder *encoder, struct image *image, size_t velden_at,
			     const struct opened *opened)
{
	image->statement = area_append(encoder, opened->signed_statement.statement);
	struct host host = {.span = image->statement};
	for (enum text text = 0; text < TEXTS; text++)
		image->texts[text] = area_find(encoder, &host, *text_of(&opened->statement, text));
	velden_encode(encoder, velden_at, &host, opened->statement.velden,
		      opened->statement.veld_count);
	image->signer = area_append(encoder, opened->signed_statement.signer);
	image->key_id = area_append(encoder, opened->signed_statement.key_id);
	image->signature = area_append(encoder, opened->signed_statement.signature);
}

static void rubriek_images(struct encoder *encoder, const struct image *image, size_t slots_at,
			   const struct opened *opened)
{
	size_t rubrieken_at = slots_at + image->slot_count * sizeof(struct span);
	size_t velden_at = rubrieken_at + image->rubriek_count * sizeof(struct rubriek_image) +
			   image->statement_veld_count * sizeof(struct veld_image);
	for (size_t i = 0; i < opened->slots.count; i++) {
		struct host host = {.span = area_append(encoder, opened->slots.rubrieken[i])};
		row_put(encoder, slots_at + i * sizeof(struct span), &host.span,
			sizeof(struct span));
		if (i >= opened->melding.count)
			continue;
		const struct rubriek *rubriek = &opened->melding.rubrieken[i];
		struct rubriek_image row = {.soort = rubriek->soort,
					    .betrokkene = rubriek->betrokkene,
					    .regime = rubriek->regime,
					    .veld_count = (uint32_t)rubriek->veld_count,
					    .bron = area_find(encoder, &host, rubriek->bron)};
		row_put(encoder, rubrieken_at + i * sizeof row, &row, sizeof row);
		velden_at = velden_encode(encoder, velden_at, &host, rubriek->velden,
					  rubriek->veld_count);
	}
}

enum result opened_encode(const struct opened *opened, struct buffer *out)
{
	assert(opened->melding.count == 0 || opened->melding.count == opened->slots.count);
	assert(opened->signed_statement.path.count <= BATCH_PATH_MAX);
	struct image image;
	image_fill(&image, opened);
	size_t begin = out->len, tables = image_tables_len(&image);
	if (tables > CHANNEL_MESSAGE_MAX - sizeof image)
		return RESULT_TOO_LARGE;
	struct encoder encoder = {.out = out, .base = begin + sizeof image + tables};
	buffer_append_zeros(out, sizeof image + tables);
	size_t slots_at = begin + sizeof image;
	size_t statement_velden_at = slots_at + image.slot_count * sizeof(struct span) +
				     image.rubriek_count * sizeof(struct rubriek_image);
	statement_images(&encoder, &image, statement_velden_at, opened);
	rubriek_images(&encoder, &image, slots_at, opened);
	if (out->status != RESULT_OK)
		return out->status;
	image.area_len = (uint32_t)(out->len - encoder.base);
	row_put(&encoder, begin, &image, sizeof image);
	if (out->len - begin > CHANNEL_MESSAGE_MAX) {
		out->len = begin;
		return RESULT_TOO_LARGE;
	}
	return RESULT_OK;
}
