/*
 * Runs a fuzz target over files and folders of inputs, without libFuzzer: so the
 * corpus is a plain test. Each input is also cut short at several places.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int n_inputs;

/* In a block of exactly its size, so that an overrun shows. */
static void feed(const char *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	n_inputs++;
}

static void replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	static char data[4 << 20];
	size_t size = fread(data, 1, sizeof(data), f);
	fclose(f);
	for (size_t cut = 0; cut < 32; cut++)
		feed(data, size * cut / 32);
	feed(data, size);
}

static void replay(const char *path)
{
	struct stat st;
	DIR *folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(path) : NULL;
	if (!folder) {
		replay_file(path);
		return;
	}
	for (struct dirent *e; (e = readdir(folder));) {
		char inner[4096];
		if (e->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, e->d_name);
		replay_file(inner);
	}
	closedir(folder);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs\n%d passed, 0 failed\n", n_inputs, n_inputs > 0);
	return n_inputs > 0 ? 0 : 1;
}
