// SPDX-License-Identifier: EUPL-1.2
// Two passes: the events show what the document API hides (anchors, aliases, tags, a second
// document), then the document is loaded and its mappings are checked for keys.
#include "base/file.h"
#include "yaml/node.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (4U * 1024 * 1024)
#define DEPTH_MAX 64 // deeper nesting costs libyaml's scanner quadratic time

// Where a problem lies that is found before there are nodes.
struct place {
	const char *file;
	size_t line; // 0-based, as libyaml counts
};

static enum result refuse(const struct place *place, struct problem *problem, const char *code,
			  const char *fix, const char *message)
{
	if (problem) {
		problem_set_file(problem, place->file);
		problem->line = (unsigned)place->line + 1;
		problem_set(problem, code, fix, "%s", message);
	}
	return RESULT_CONFIG;
}

static size_t line_of_offset(struct bytes text, size_t offset)
{
	size_t line = 0;
	for (size_t i = 0; i < text.len && i < offset; i++)
		line += text.data[i] == '\n';
	return line;
}

static enum result refuse_parser(const yaml_parser_t *parser, struct bytes text, const char *file,
				 struct problem *problem)
{
	// Where memory lacks libyaml does not always say so; of a text that is wrong it always says
	// what is.
	if (parser->error == YAML_MEMORY_ERROR || !parser->problem)
		return RESULT_NO_MEMORY;
	struct place place = {file, parser->problem_mark.line};
	if (parser->error == YAML_READER_ERROR)
		place.line = line_of_offset(text, parser->problem_offset);
	// libyaml's own sentences are constants: they hold nothing of the file.
	char message[200];
	snprintf(message, sizeof message, "This is not YAML: %s.", parser->problem);
	return refuse(&place, problem, "syntax",
		      "Correct the line; look at indentation, quotes and the colon after a key.",
		      message);
}

struct screen {
	size_t documents, depth;
};

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return event->data.alias.anchor;
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static const yaml_char_t *tag_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag;
	default:
		return NULL;
	}
}

static void count_event(struct screen *screen, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		screen->documents++;
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		screen->depth++;
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		screen->depth--;
		break;
	default:
		break;
	}
}

// An escape in quotes can bring in what check_whole() saw nothing of.
static bool has_bad_text(const yaml_event_t *event)
{
	size_t at;
	if (event->type != YAML_SCALAR_EVENT)
		return false;
	struct bytes text = bytes_make(event->data.scalar.value, event->data.scalar.length);
	return !utf8_is_clean_text(text) || utf8_find_hidden(text, &at);
}

static enum result screen_event(struct screen *screen, const yaml_event_t *event, const char *file,
				struct problem *problem)
{
	struct place place = {file, event->start_mark.line};
	count_event(screen, event);
	if (screen->documents > 1)
		return refuse(&place, problem, "syntax", "Keep one document in the file.",
			      "A second document begins here.");
	if (screen->depth > DEPTH_MAX)
		return refuse(&place, problem, "syntax", "Nest less deeply.",
			      "The nesting is deeper than 64 levels.");
	if (anchor_of(event))
		return refuse(&place, problem, "syntax", "Write the value out where it is needed.",
			      "Anchors and aliases are not allowed.");
	if (tag_of(event))
		return refuse(&place, problem, "syntax", "Remove the tag (the word after \"!\").",
			      "Tags are not allowed.");
	if (has_bad_text(event))
		return refuse(&place, problem, "bad-text", "Remove the character.",
			      "A text holds a NUL, or another character that is not seen.");
	return RESULT_OK;
}

static bool open_parser(yaml_parser_t *parser, struct bytes text)
{
	if (!yaml_parser_initialize(parser))
		return false;
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, text.data ? text.data : (const uint8_t *)"", text.len);
	return true;
}

static enum result screen_text(struct bytes text, const char *file, struct problem *problem)
{
	yaml_parser_t parser;
	if (!open_parser(&parser, text))
		return RESULT_NO_MEMORY;
	struct screen screen = {0};
	enum result result = RESULT_OK;
	for (bool end = false; result == RESULT_OK && !end;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			result = refuse_parser(&parser, text, file, problem);
			break;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		result = screen_event(&screen, &event, file, problem);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return result;
}

struct keyed {
	struct bytes key;
	size_t line;
};

static int compare_keyed(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	size_t shared = a->key.len < b->key.len ? a->key.len : b->key.len;
	int order = shared ? memcmp(a->key.data, b->key.data, shared) : 0;
	if (order == 0)
		order = (a->key.len > b->key.len) - (a->key.len < b->key.len);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static enum result refuse_duplicate(const struct keyed *keyed, size_t count, const char *file,
				    struct problem *problem)
{
	for (size_t i = 1; i < count; i++) {
		if (!bytes_equal(keyed[i - 1].key, keyed[i].key))
			continue;
		char message[120];
		snprintf(message, sizeof message, "The key \"%.*s\" stands here a second time.",
			 (int)(keyed[i].key.len < 60 ? keyed[i].key.len : 60),
			 (const char *)keyed[i].key.data);
		return refuse(&(struct place){file, keyed[i].line}, problem, "duplicate-keyword",
			      "Keep one of the two.", message);
	}
	return RESULT_OK;
}

static enum result check_mapping(struct yaml *yaml, const yaml_node_t *mapping,
				 struct problem *problem)
{
	const yaml_node_pair_t *pairs = mapping->data.mapping.pairs.start;
	size_t count = (size_t)(mapping->data.mapping.pairs.top - pairs);
	struct keyed *keyed = calloc(count + 1, sizeof *keyed);
	if (!keyed)
		return RESULT_NO_MEMORY;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		const yaml_node_t *key = node_at(yaml, pairs[i].key)->raw;
		keyed[i].line = key->start_mark.line;
		if (key->type != YAML_SCALAR_NODE)
			result = refuse(&(struct place){yaml->file, keyed[i].line}, problem,
					"syntax", "Write a plain word before the colon.",
					"A key is itself a list or a mapping.");
		else
			keyed[i].key = bytes_make(key->data.scalar.value, key->data.scalar.length);
	}
	if (result == RESULT_OK) {
		qsort(keyed, count, sizeof *keyed, compare_keyed);
		result = refuse_duplicate(keyed, count, yaml->file, problem);
	}
	free(keyed);
	return result;
}

static enum result index_nodes(struct yaml *yaml, struct problem *problem)
{
	const yaml_node_t *first = yaml->document.nodes.start;
	yaml->count = (size_t)(yaml->document.nodes.top - first);
	yaml->nodes = calloc(yaml->count + 1, sizeof *yaml->nodes);
	if (!yaml->nodes)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < yaml->count; i++)
		yaml->nodes[i] = (struct yaml_node){yaml, &first[i]};
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < yaml->count; i++) {
		if (first[i].type == YAML_MAPPING_NODE)
			result = check_mapping(yaml, &first[i], problem);
	}
	return result;
}

static enum result load(struct bytes text, struct yaml *yaml, struct problem *problem)
{
	yaml_parser_t parser;
	if (!open_parser(&parser, text))
		return RESULT_NO_MEMORY;
	enum result result = RESULT_OK;
	if (!yaml_parser_load(&parser, &yaml->document))
		result = refuse_parser(&parser, text, yaml->file, problem);
	yaml_parser_delete(&parser);
	return result == RESULT_OK ? index_nodes(yaml, problem) : result;
}

// What is not seen is refused in comments too: to libyaml a lone carriage return and U+0085,
// U+2028, U+2029 end a line, so that a regel may stand in what a reader takes for a comment.
static enum result check_hidden(struct bytes text, const char *file, struct problem *problem)
{
	static const char mark[] = "\xef\xbb\xbf"; // the byte order mark of some editors
	size_t at, skip = text.len >= 3 && memcmp(text.data, mark, 3) == 0 ? 3 : 0;
	struct bytes rest = bytes_make(skip ? text.data + skip : text.data, text.len - skip);
	if (!utf8_find_hidden(rest, &at))
		return RESULT_OK;
	return refuse(&(struct place){file, line_of_offset(text, at + skip)}, problem, "bad-text",
		      "Remove the character: look at the line with an editor that shows all.",
		      "The file holds a character that is not seen, or that hides others: a "
		      "control character, another kind of line end, one without width or one of "
		      "direction.");
}

static enum result check_whole(struct bytes text, const char *file, struct problem *problem)
{
	if (text.len > TEXT_MAX)
		return refuse(&(struct place){file, 0}, problem, "too-long",
			      "Split it or remove what is not needed.",
			      "The file is larger than 4 MiB.");
	const uint8_t *nul = text.len ? memchr(text.data, 0, text.len) : NULL;
	if (nul)
		return refuse(
			&(struct place){file, line_of_offset(text, (size_t)(nul - text.data))},
			problem, "bad-text", "Save the file as UTF-8 text.",
			"The file holds a NUL byte.");
	if (!utf8_is_string(text))
		return screen_text(text, file, problem); // libyaml says where
	enum result result = check_hidden(text, file, problem);
	return result ? result : screen_text(text, file, problem);
}

enum result yaml_parse(struct bytes text, const char *file, struct yaml **ret_yaml,
		       struct problem *problem)
{
	enum result result = check_whole(text, file, problem);
	if (result != RESULT_OK)
		return result;
	struct yaml *yaml = calloc(1, sizeof *yaml);
	if (!yaml)
		return RESULT_NO_MEMORY;
	snprintf(yaml->file, sizeof yaml->file, "%s", file);
	result = load(text, yaml, problem);
	if (result != RESULT_OK) {
		yaml_close(yaml);
		return result;
	}
	*ret_yaml = yaml;
	return RESULT_OK;
}

static enum result refuse_file(enum result cause, const char *path, struct problem *problem)
{
	if (cause == RESULT_NO_MEMORY)
		return cause;
	if (problem) {
		problem_set_file(problem, path);
		problem->line = 0;
		problem_set(problem, cause == RESULT_NOT_FOUND ? "file-missing" : "io",
			    "Check the path, the size and that this user may read the file.",
			    "The file cannot be read: %s.", result_name(cause));
	}
	return cause == RESULT_IO ? RESULT_IO : RESULT_CONFIG;
}

enum result yaml_read_text(const char *path, struct buffer *ret_text, struct problem *problem)
{
	enum result result = file_read(path, TEXT_MAX, ret_text);
	return result == RESULT_OK ? RESULT_OK : refuse_file(result, path, problem);
}

enum result yaml_read(const char *path, struct yaml **ret_yaml, struct problem *problem)
{
	struct buffer text;
	buffer_init(&text, TEXT_MAX);
	enum result result = yaml_read_text(path, &text, problem);
	if (result == RESULT_OK)
		result = yaml_parse(buffer_view(&text), path, ret_yaml, problem);
	buffer_done(&text);
	return result;
}

void yaml_close(struct yaml *yaml)
{
	if (!yaml)
		return;
	yaml_document_delete(&yaml->document);
	free(yaml->nodes);
	free(yaml);
}

const struct yaml_node *node_at(const struct yaml *yaml, int number)
{
	assert(number >= 1 && (size_t)number <= yaml->count);
	return &yaml->nodes[number - 1];
}
