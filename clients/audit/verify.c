// SPDX-License-Identifier: EUPL-1.2
#include "audit/verify.h"

#include "audit/verify_internal.h"
#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NOTE_MODE 0644

enum result verify_report(struct verifier *verifier, const char *file, const char *what)
{
	struct verify_outcome *outcome = &verifier->outcome;
	outcome->intact = false;
	snprintf(outcome->what, sizeof outcome->what, "%s", what);
	snprintf(outcome->file, sizeof outcome->file, "%s", file);
	return RESULT_DAMAGED;
}

enum result verify_report_finding(struct verifier *verifier, const struct finding *finding)
{
	char name[TILE_NAME_MAX];
	tile_name(name, finding->level, finding->tile, finding->width);
	verifier->outcome.has_index = true;
	verifier->outcome.index = finding->index;
	verifier->outcome.has_offset = true;
	verifier->outcome.offset = finding->offset;
	return verify_report(verifier, name, finding->what);
}

enum result verify_read(struct verifier *verifier, const char *name, size_t ceiling,
			struct buffer *ret_content)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s/%s", verifier->options->folder, name);
	if (len < 0 || (size_t)len >= sizeof path) {
		errno = ENAMETOOLONG;
		return RESULT_IO;
	}
	return file_read(path, ceiling, ret_content);
}

enum result verify_read_tile(struct verifier *verifier, const struct finding *where, size_t ceiling,
			     struct buffer *ret_content)
{
	const struct verify_source *source = verifier->options->source;
	char name[TILE_NAME_MAX];
	if (!source) {
		tile_name(name, where->level, where->tile, where->width);
		return verify_read(verifier, name, ceiling, ret_content);
	}
	buffer_clear(ret_content);
	enum result result =
		source->tile(source->context, where->level, where->tile, where->width, ret_content);
	if (result == RESULT_OK && ret_content->len > ceiling)
		result = RESULT_TOO_LARGE;
	return result == RESULT_OK ? ret_content->status : result;
}

size_t verify_first_difference(struct bytes a, struct bytes b)
{
	size_t i = 0;
	while (i < a.len && i < b.len && a.data[i] == b.data[i])
		i++;
	return i;
}

static enum result check_folder(const char *folder)
{
	struct stat st;
	if (stat(folder, &st) < 0)
		return errno == ENOENT ? RESULT_NOT_FOUND : RESULT_IO;
	return S_ISDIR(st.st_mode) ? RESULT_OK : RESULT_NOT_FOUND;
}

bool verify_is_extended(const struct seen *seen)
{
	return !seen->has || hash_equal(&seen->root, &seen->checkpoint.root);
}

// Where the entries lead to the signed root they are right, and a tile that differs is wrong.
static enum result judge_tiles(struct verifier *verifier)
{
	if (verifier->misfit.found)
		return verify_report_finding(verifier, &verifier->misfit);
	if (verifier->leaf.found)
		return verify_report_finding(verifier, &verifier->leaf);
	if (verifier->node.found)
		return verify_report_finding(verifier, &verifier->node);
	if (!verify_is_extended(&verifier->last))
		return verify_report(
			verifier, "checkpoint",
			"this log does not extend the checkpoint seen before: its first "
			"entries are others");
	if (!verify_is_extended(&verifier->kept))
		return verify_report(
			verifier, "checkpoint",
			"the log was rewritten since it was last verified: its first entries are "
			"others than the checkpoint of then, signed by its key, says; keep both "
			"as evidence");
	verifier->outcome.extends = verifier->last.has || verifier->kept.has;
	return RESULT_OK;
}

// Where they do not, the first entry without its hash in a tile is wrong; when all have theirs,
// entries and tiles were changed together and only what stands above them tells.
static enum result judge_entries(struct verifier *verifier)
{
	struct finding *leaf = &verifier->leaf;
	if (leaf->found) {
		unsigned position = (unsigned)(leaf->index % TILE_WIDTH);
		bool shape_tells = verifier->misfit.found && verifier->misfit.index == leaf->index;
		struct finding entry = *leaf;
		entry.level = LEVEL_ENTRIES;
		entry.offset = (uint64_t)position * ENTRY_IN_BUNDLE + 2;
		entry.what = "the entry does not have its hash in the tiles and the signed root";
		return verify_report_finding(verifier, shape_tells ? &verifier->misfit : &entry);
	}
	if (verifier->misfit.found)
		return verify_report_finding(verifier, &verifier->misfit);
	if (verifier->node.found) {
		verifier->node.what = "the hash is not that of the tiles and entries below it, "
				      "which do not lead to the signed root";
		return verify_report_finding(verifier, &verifier->node);
	}
	return verify_report(verifier, "checkpoint",
			     "entries and tiles agree with each other, but lead to another root "
			     "than the signed one");
}

static enum result judge(struct verifier *verifier)
{
	struct hash root = frontier_root(&verifier->tiler.frontier);
	if (hash_equal(&root, &verifier->checkpoint.root))
		return judge_tiles(verifier);
	return judge_entries(verifier);
}

static enum result keep_last(const struct verifier *verifier)
{
	const char *path = verifier->options->last_file;
	const struct verify_outcome *outcome = &verifier->outcome;
	bool is_same =
		verifier->last.has && verifier->last.checkpoint.size == verifier->checkpoint.size;
	// One that others signed gives way to no other that they did not.
	bool is_better = outcome->cosigned && outcome->cosigned_size < verifier->checkpoint.size;
	if (!path || is_same || is_better)
		return RESULT_OK;
	return file_replace(path, buffer_view(&verifier->note), NOTE_MODE);
}

static enum result look(struct verifier *verifier)
{
	verifier->outcome.from = verifier->from.size;
	enum result result = verify_tiles(verifier);
	if (result == RESULT_OK && verifier->shown_next < verifier->shown_count)
		result = verify_report(verifier, "register",
				       "it shows leaves that are beyond the end of this log");
	if (result == RESULT_OK && verifier->edge_differs)
		result = RESULT_DAMAGED;
	return result == RESULT_OK ? judge(verifier) : result;
}

// Whether the state, the folder or the log is wrong shows when all is read.
static void begin_anew(struct verifier *verifier)
{
	const struct verify_outcome before = verifier->outcome;
	verifier->outcome = (struct verify_outcome){
		.size = before.size,
		.root = before.root,
		.oefening = before.oefening,
		.other_key = before.other_key,
		.cosigned = before.cosigned,
		.cosigned_size = before.cosigned_size,
		.state = VERIFY_STATE_ANEW,
	};
	frontier_init(&verifier->from);
	verifier->edge_size = 0;
	verifier->edge_differs = false;
	verifier->shown_next = 0;
	verifier->misfit.found = verifier->leaf.found = verifier->node.found = false;
}

static enum result run(struct verifier *verifier)
{
	enum result result =
		verifier->options->source ? RESULT_OK : check_folder(verifier->options->folder);
	if (result == RESULT_OK)
		result = verify_heads(verifier);
	if (result != RESULT_OK)
		return result;
	result = look(verifier);
	if (result == RESULT_DAMAGED && (verifier->from.size > 0 || verifier->edge_differs)) {
		begin_anew(verifier);
		result = look(verifier);
	}
	if (result != RESULT_OK)
		return result;
	verifier->outcome.intact = true;
	result = keep_last(verifier);
	return result == RESULT_OK ? verify_state_keep(verifier) : result;
}

enum result verify_log(const struct verify_options *options, struct verify_outcome *ret_outcome)
{
	struct verifier *verifier = calloc(1, sizeof *verifier);
	if (!verifier)
		return RESULT_NO_MEMORY;
	verifier->options = options;
	buffer_init(&verifier->note, CHECKPOINT_MAX + 1);
	buffer_init(&verifier->kept_note, CHECKPOINT_MAX);
	buffer_init(&verifier->file, TILE_WIDTH * ENTRY_IN_BUNDLE + 1);
	buffer_init(&verifier->tile, TILE_BYTES + 1);
	enum result result = run(verifier);
	if (result == RESULT_DAMAGED)
		result = RESULT_OK;
	if (result == RESULT_OK || result == RESULT_AGAIN)
		*ret_outcome = verifier->outcome;
	buffer_done(&verifier->note);
	buffer_done(&verifier->kept_note);
	buffer_done(&verifier->file);
	buffer_done(&verifier->tile);
	register_done(&verifier->reg);
	free(verifier->shown);
	free(verifier);
	return result;
}
