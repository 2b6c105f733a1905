/*
 * Queries with the answers that PostgreSQL 15 gave (answers.txt): a line is
 * the query, a tab, and the rows ("\n" between them, "|" between cells, "~"
 * for NULL) or "ERROR code message". With BEDPLATE_RECORD=1 the case prints the
 * file anew from what this engine answers: run it so on PostgreSQL only.
 */
#include "engine_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char setup[] =
	"CREATE TYPE conf.mood AS ENUM ('sad', 'ok', 'happy');"
	"CREATE TABLE conf.n (id int PRIMARY KEY, i2 smallint, i4 int, i8 bigint, num numeric,"
	" f4 real, f8 double precision, t text, b boolean, d date, ts timestamp, tz timestamptz,"
	" iv interval, u uuid, js json, jb jsonb, ia int[], ta text[], m conf.mood, by bytea);"
	"INSERT INTO conf.n VALUES"
	" (1, 1, 10, 100, 1.10, 0.5, 2.5, 'b', true, '2024-01-31', '2024-01-31 10:00',"
	" '2024-01-31 10:00+00', '1 day', '00000000-0000-0000-0000-000000000001',"
	" '{\"a\":  1}', '{\"b\": [1, 2.0], \"a\": null}', '{1,2,3}', '{a,\"b c\",NULL}', 'ok',"
	" '\\x01ff'),"
	" (2, 2, 20, 200, 2.20, 1.5, -1.25, 'A', false, '2024-02-29', '2024-02-29 23:59:59.5',"
	" '2024-02-29 23:59:59.5+00', '1 mon 2 days 03:04:05', "
	"'00000000-0000-0000-0000-000000000002', '[1,\"x\"]', '[1, \"x\", {\"k\": true}]', '{}',"
	" '{}', 'happy', '\\x'),"
	" (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
	" NULL, NULL, NULL, NULL, NULL),"
	" (4, 2, 20, 9223372036854775807, -3.333, 0.1, 1e300, 'ä', true, '1999-12-31',"
	" '1999-12-31 00:00', '1999-12-31 00:00+00', '-5 hours',"
	" '00000000-0000-0000-0000-000000000003', '\"s\"', '\"s\"', '{3,NULL}', '{x}', 'sad', "
	"'\\x41')";

/* A newline inside an answer as two characters, so that a line is a case. */
static const char *escaped(struct bench *b, const char *text)
{
	BUF_CLEANUP struct buf out = buf_make(1 << 20);
	for (; *text; text++) {
		if (*text == '\n')
			buf_puts(&out, "\\n");
		else
			buf_char(&out, *text);
	}
	return buf_dup(b->c.arena, &out);
}

static int run_line(struct bench *b, const struct session *s, char *line, bool is_record)
{
	line[strcspn(line, "\n")] = '\0';
	char *tab = strchr(line, '\t');
	if (!*line || *line == '#') {
		if (is_record)
			puts(line);
		return 0;
	}
	if (tab)
		*tab = '\0';
	const char *answer = escaped(b, bench_answer(b, s, line));
	if (is_record)
		printf("%s\t%s\n", line, answer);
	else if (!tab || strcmp(tab + 1, answer) != 0)
		fprintf(stderr, "%s\n  expected %s\n  got      %s\n", line, tab ? tab + 1 : "",
			answer);
	return !is_record && (!tab || strcmp(tab + 1, answer) != 0);
}

START_TEST(answers_are_postgresqls)
{
	struct bench b;
	bench_open(&b);
	bench_script(&b, setup);
	struct session s = bench_session(&b, "postgres", NULL);
	bool is_record = getenv("BEDPLATE_RECORD") != NULL;
	FILE *f = fopen(ANSWERS_FILE, "r");
	ck_assert_ptr_nonnull(f);
	char line[8192];
	int n_wrong = 0, n = 0;
	while (fgets(line, sizeof(line), f)) {
		n_wrong += run_line(&b, &s, line, is_record);
		n++;
	}
	fclose(f);
	fflush(stdout);
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(n_wrong, 0);
	bench_close(&b);
}
END_TEST

void add_answer_cases(TCase *t)
{
	tcase_add_test(t, answers_are_postgresqls);
}
