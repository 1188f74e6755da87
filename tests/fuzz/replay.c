// SPDX-License-Identifier: EUPL-1.2
// Runs a fuzz target over the files and folders it is given: the corpus as a plain test.
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX (1 << 20)

static bool replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *input = malloc(INPUT_MAX);
	size_t len = 0;
	bool read = file != NULL && input != NULL;
	if (read)
		len = fread(input, 1, INPUT_MAX, file);
	read = read && !ferror(file) && feof(file);
	if (file != NULL)
		fclose(file);
	if (read) {
		// An allocation of exactly this length lets the sanitizer see reads beyond it.
		uint8_t *exact = malloc(len == 0 ? 1 : len);
		fuzz_check(exact != NULL);
		memcpy(exact, input, len);
		(void)LLVMFuzzerTestOneInput(exact, len);
		free(exact);
	} else {
		fprintf(stderr, "%s: cannot be read, or is larger than %d bytes\n", path,
			INPUT_MAX);
	}
	free(input);
	return read;
}

// Number of inputs run, or -1 when one could not be read.
static long replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	long count = 0;
	if (dir == NULL) {
		perror(folder);
		return -1;
	}
	for (const struct dirent *entry; count >= 0 && (entry = readdir(dir)) != NULL;) {
		char path[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		count = replay_file(path) ? count + 1 : -1;
	}
	closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	long total = 0;
	for (int i = 1; i < argc; i++) {
		struct stat info;
		bool folder = stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode);
		long count = folder ? replay_folder(argv[i]) : (replay_file(argv[i]) ? 1 : -1);
		if (count < 0)
			return 1;
		total += count;
	}
	printf("%ld inputs replayed\n", total);
	if (total > 0)
		return 0;
	fprintf(stderr, "usage: %s FILE-OR-FOLDER…, with at least one input\n", argv[0]);
	return 1;
}
