// SPDX-License-Identifier: EUPL-1.2
#include "ipc/opened_image.h"

// The maxima of the wire format: a statement that was refused for more is carried too.
const struct text_row opened_texts[TEXTS] = {
	[AUDIENCE_OIN] = {offsetof(struct statement, audience_oin), OIN_LEN},
	[AUDIENCE_LOG] = {offsetof(struct statement, audience_log), 255},
	[SOURCE] = {offsetof(struct statement, source), SOURCE_MAX},
	[ID] = {offsetof(struct statement, id), ID_MAX},
	[ANTWOORD_OP] = {offsetof(struct statement, antwoord_op), SOURCE_MAX},
	[VERVANGT] = {offsetof(struct statement, vervangt), SOURCE_MAX},
};

size_t image_tables_len(const struct image *image)
{
	return image->slot_count * sizeof(struct span) +
	       image->rubriek_count * sizeof(struct rubriek_image) +
	       image->veld_count * sizeof(struct veld_image);
}

// The receiver's side of a message: tables are read in order, `tables` shrinks from its front.
struct decoder {
	struct bytes tables, area;
	struct arena *arena;
	bool arena_full;
};

static void *rows_alloc(struct decoder *decoder, size_t count, size_t size)
{
	void *rows = arena_alloc(decoder->arena, count * size);
	decoder->arena_full |= !rows;
	return rows;
}

static bool view_of(const struct decoder *decoder, struct span span, size_t max,
		    struct bytes *ret_view)
{
	if (span.len > max || span.offset > decoder->area.len ||
	    span.len > decoder->area.len - span.offset)
		return false;
	*ret_view = span.len ? bytes_make(decoder->area.data + span.offset, span.len)
			     : (struct bytes){0};
	return true;
}

static bool view_exactly(const struct decoder *decoder, struct span span, size_t len,
			 struct bytes *ret_view)
{
	return span.len == len && view_of(decoder, span, len, ret_view);
}

// The caller checked that the tables hold all rows that the image counts.
static void row_take(struct decoder *decoder, void *row, size_t len)
{
	memcpy(row, decoder->tables.data, len);
	decoder->tables = bytes_make(decoder->tables.data + len, decoder->tables.len - len);
}

static bool oin_is_whole(const struct oin *oin)
{
	struct oin parsed;
	return oin->text[OIN_LEN] == '\0' &&
	       oin_parse(bytes_make(oin->text, OIN_LEN), &parsed) == RESULT_OK;
}

static bool image_counts_fit(const struct image *image, size_t rest)
{
	if (image->slot_count > RUBRIEKEN_MAX || image->statement_veld_count > VELDEN_MAX)
		return false;
	if (image->rubriek_count != 0 && image->rubriek_count != image->slot_count)
		return false;
	if (image->veld_count < image->statement_veld_count ||
	    image->veld_count > CHANNEL_MESSAGE_MAX / sizeof(struct veld_image))
		return false;
	size_t tables = image_tables_len(image);
	return rest >= tables && rest - tables == image->area_len;
}

static bool image_numbers_hold(const struct image *image)
{
	if (image->kind != FRAME_OPENED || image->refusal >= REASON_BUSY ||
	    image->has_slots_root > 1 || image->has_slots > 1)
		return false;
	if (image->envelope_items < 1 || image->envelope_items > BATCH_MAX ||
	    image->envelope_item >= image->envelope_items)
		return false;
	if (image->batch_size < 1 || image->batch_size > BATCH_MAX ||
	    image->batch_index >= image->batch_size || image->path_count > BATCH_PATH_MAX)
		return false;
	if (image->has_slots) {
		if ((image->capacity != 64 && image->capacity != 128) ||
		    image->slot_count > image->capacity)
			return false;
	} else if (image->slot_count != 0 || image->capacity != 0) {
		return false;
	}
	return oin_is_whole(&image->connection_oin) && oin_is_whole(&image->sender_oin);
}

// What was found good is whole; what was refused carries no content.
static bool image_is_consistent(const struct image *image)
{
	const char *end = memchr(image->field, '\0', FIELD_MAX);
	if (!end || !utf8_is_clean_text(bytes_make(image->field, (size_t)(end - image->field))))
		return false;
	if (image->refusal != REASON_NONE)
		return !image->has_slots;
	return image->field[0] == '\0' && image->has_slots == image->has_slots_root &&
	       image->rubriek_count == image->slot_count;
}

static bool velden_take(struct decoder *decoder, size_t count, struct veld **ret_velden)
{
	struct veld *velden = rows_alloc(decoder, count, sizeof *velden);
	if (!velden)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct veld_image row;
		row_take(decoder, &row, sizeof row);
		velden[i].veld = row.veld;
		if (!view_of(decoder, row.waarde, WAARDE_MAX, &velden[i].waarde))
			return false;
	}
	*ret_velden = velden;
	return true;
}

static bool slots_take(struct decoder *decoder, const struct image *image, struct slots *slots)
{
	slots->capacity = image->capacity;
	memcpy(slots->seed, image->seed, sizeof slots->seed);
	slots->count = image->slot_count;
	slots->rubrieken = rows_alloc(decoder, slots->count, sizeof(struct bytes));
	if (!slots->rubrieken)
		return false;
	for (size_t i = 0; i < slots->count; i++) {
		struct span span;
		row_take(decoder, &span, sizeof span);
		if (span.len == 0 ||
		    !view_of(decoder, span, ENVELOPE_CONTENT_MAX, &slots->rubrieken[i]))
			return false;
	}
	return true;
}

// Takes the rows of the rubrieken and leaves `tables` at the velden; how many each has is kept in
// veld_count until rubrieken_take_velden().
static bool rubrieken_take(struct decoder *decoder, const struct image *image,
			   struct melding *melding)
{
	size_t velden = image->statement_veld_count;
	melding->count = image->rubriek_count;
	melding->rubrieken = rows_alloc(decoder, melding->count, sizeof *melding->rubrieken);
	if (!melding->rubrieken)
		return false;
	for (size_t i = 0; i < melding->count; i++) {
		struct rubriek_image row;
		row_take(decoder, &row, sizeof row);
		struct rubriek *rubriek = &melding->rubrieken[i];
		*rubriek = (struct rubriek){.soort = row.soort,
					    .betrokkene = row.betrokkene,
					    .regime = row.regime,
					    .veld_count = row.veld_count};
		if (row.betrokkene > BETROKKENEN_MAX || row.veld_count > VELDEN_MAX ||
		    !view_of(decoder, row.bron, BRON_MAX, &rubriek->bron))
			return false;
		velden += row.veld_count;
	}
	return velden == image->veld_count;
}

static bool rubrieken_take_velden(struct decoder *decoder, struct melding *melding)
{
	for (size_t i = 0; i < melding->count; i++) {
		struct rubriek *rubriek = &melding->rubrieken[i];
		if (!velden_take(decoder, rubriek->veld_count, &rubriek->velden))
			return false;
	}
	return true;
}

static bool statement_take(struct decoder *decoder, const struct image *image,
			   struct statement *statement)
{
	statement->type = image->type;
	statement->time = image->time;
	statement->sequence = image->sequence;
	statement->head = (struct head){.size = image->head_size, .root = image->head_root};
	statement->has_slots = image->has_slots_root;
	statement->slots_root = image->slots_root;
	memcpy(statement->random, image->random, RANDOM_LEN);
	statement->veld_count = image->statement_veld_count;
	for (enum text text = 0; text < TEXTS; text++) {
		struct bytes *view =
			(struct bytes *)((char *)statement + opened_texts[text].offset);
		if (!view_of(decoder, image->texts[text], opened_texts[text].max, view))
			return false;
	}
	return velden_take(decoder, statement->veld_count, &statement->velden);
}

static bool signed_take(const struct decoder *decoder, const struct image *image,
			struct signed_statement *proof)
{
	proof->size = image->batch_size;
	proof->index = image->batch_index;
	proof->path.count = image->path_count;
	memcpy(proof->path.hashes, image->path, sizeof image->path);
	return image->statement.len > 0 &&
	       view_of(decoder, image->statement, STATEMENT_MAX, &proof->statement) &&
	       view_exactly(decoder, image->signer, OIN_LEN, &proof->signer) &&
	       view_exactly(decoder, image->key_id, KEY_ID_LEN, &proof->key_id) &&
	       view_exactly(decoder, image->signature, SIGNATURE_LEN, &proof->signature);
}

static void opened_take_numbers(const struct image *image, struct opened *opened)
{
	*opened = (struct opened){
		.route = image->route,
		.connection_oin = image->connection_oin,
		.sender_oin = image->sender_oin,
		.sealing_id = image->sealing_id,
		.header_hash = image->header_hash,
		.held = {.size = image->held_size, .root = image->held_root},
		.has_slots = image->has_slots,
		.refusal.reason = image->refusal,
		.envelope_items = image->envelope_items,
		.envelope_item = image->envelope_item,
		.envelope_number = image->envelope_number,
	};
	memcpy(opened->refusal.field, image->field, FIELD_MAX);
}

enum result opened_decode(struct bytes message, struct arena *arena, struct opened *ret_opened)
{
	struct image image;
	if (message.len < sizeof image || message.len > CHANNEL_MESSAGE_MAX)
		return RESULT_MALFORMED;
	memcpy(&image, message.data, sizeof image);
	size_t rest = message.len - sizeof image;
	if (!image_counts_fit(&image, rest) || !image_numbers_hold(&image) ||
	    !image_is_consistent(&image))
		return RESULT_MALFORMED;
	size_t tables = image_tables_len(&image);
	struct decoder decoder = {
		.tables = bytes_make(message.data + sizeof image, tables),
		.area = bytes_make(message.data + sizeof image + tables, image.area_len),
		.arena = arena,
	};
	struct opened opened;
	opened_take_numbers(&image, &opened);
	if (!signed_take(&decoder, &image, &opened.signed_statement) ||
	    !slots_take(&decoder, &image, &opened.slots) ||
	    !rubrieken_take(&decoder, &image, &opened.melding) ||
	    !statement_take(&decoder, &image, &opened.statement) ||
	    !rubrieken_take_velden(&decoder, &opened.melding))
		return decoder.arena_full ? RESULT_NO_MEMORY : RESULT_MALFORMED;
	// Receipts and the log will name this hash, so it is not taken on trust.
	struct hash hash = tree_leaf(opened.signed_statement.statement);
	if (!hash_equal(&hash, &opened.header_hash))
		return RESULT_MALFORMED;
	*ret_opened = opened;
	return RESULT_OK;
}
