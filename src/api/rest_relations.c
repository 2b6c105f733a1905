#include "api/rest_relations.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

enum { VIEW_DEPTH = 16, COMBINATIONS = 64 };

/* A view column and the table column it shows. */
struct view_column {
	const struct relation *view;
	const char *name;
	uint32_t base_oid;
	int16_t base_attnum;
};

struct build {
	struct relation_set *set;
	VEC(struct view_column) shown;
	const char *const *schemas;
	size_t n_schemas;
};

static bool is_exposed(const struct build *b, const char *schema)
{
	for (size_t i = 0; i < b->n_schemas; i++)
		if (!strcmp(b->schemas[i], schema))
			return true;
	return false;
}

static bool is_view(const struct relation *rel)
{
	return rel->kind == REL_VIEW || rel->kind == REL_MATVIEW;
}

/* Follows a view's source down to tables, through views of views. */
static void add_shown(struct build *b, const struct relation *view, const char *name,
		      const struct view_source *src, int depth)
{
	const struct relation *base = catalog_relation_by_oid(b->set->cat, src->base_oid);
	if (!base || depth > VIEW_DEPTH)
		return;
	struct view_column vc = { view, name, src->base_oid, src->base_attnum };
	if (!is_view(base)) {
		VEC_PUSH(b->set->arena, &b->shown, vc);
		return;
	}
	for (size_t i = 0; i < base->sources.n; i++)
		if (base->sources.v[i].attnum == src->base_attnum)
			add_shown(b, view, name, &base->sources.v[i], depth + 1);
}

static void collect_shown(struct build *b)
{
	const struct catalog *cat = b->set->cat;
	for (size_t i = 0; i < cat->relations.n; i++) {
		const struct relation *view = cat->relations.v[i];
		if (!is_view(view) || !is_exposed(b, view->schema))
			continue;
		for (size_t j = 0; j < view->sources.n; j++) {
			const struct column *col =
				relation_column_by_attnum(view, view->sources.v[j].attnum);
			if (col)
				add_shown(b, view, col->name, &view->sources.v[j], 0);
		}
	}
}

/* One way to see a key's columns through a view. */
struct key_view {
	const struct relation *view;
	const char **names; /* n of them */
};
typedef VEC(struct key_view) key_views;

static void combine(struct build *b, const struct relation *view, uint32_t base,
		    const int16_t *cols, size_t n, size_t at, const char **names, key_views *out)
{
	if (out->n >= COMBINATIONS)
		return;
	if (at == n) {
		struct key_view kv = { view, arena_array(b->set->arena, n, sizeof(char *)) };
		memcpy(kv.names, names, n * sizeof(*names));
		VEC_PUSH(b->set->arena, out, kv);
		return;
	}
	for (size_t i = 0; i < b->shown.n; i++) {
		const struct view_column *vc = &b->shown.v[i];
		if (vc->view != view || vc->base_oid != base || vc->base_attnum != cols[at])
			continue;
		names[at] = vc->name;
		combine(b, view, base, cols, n, at + 1, names, out);
	}
}

/* The views that show every one of these columns of base. */
static key_views views_of(struct build *b, uint32_t base, const int16_t *cols, size_t n)
{
	key_views out = { 0 };
	const struct relation *last = NULL;
	const char **names = arena_array(b->set->arena, n, sizeof(*names));
	for (size_t i = 0; i < b->shown.n; i++) {
		const struct view_column *vc = &b->shown.v[i];
		if (vc->base_oid != base || vc->base_attnum != cols[0] || vc->view == last)
			continue;
		last = vc->view;
		key_views some = { 0 };
		combine(b, last, base, cols, n, 0, names, &some);
		for (size_t j = 0; j < some.n; j++)
			VEC_PUSH(b->set->arena, &out, some.v[j]);
	}
	return out;
}

static const char **column_names(struct arena *a, const struct relation *rel, const int16_t *cols,
				 size_t n)
{
	const char **names = arena_array(a, n, sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		const struct column *col = relation_column_by_attnum(rel, cols[i]);
		names[i] = col ? col->name : "";
	}
	return names;
}

static void add_m2o(struct build *b, const struct relation *from, const char **from_cols,
		    const struct relation *to, const char **to_cols, const struct constraint *con,
		    bool is_one_to_one, bool is_self)
{
	struct relationship r = { .from = from,
				  .to = to,
				  .is_self = is_self,
				  .card = is_one_to_one ? CARD_O2O : CARD_M2O,
				  .constraint = con->name,
				  .n_cols = con->n_cols,
				  .from_is_view = is_view(from),
				  .to_is_view = is_view(to) };
	r.cols = arena_array(b->set->arena, r.n_cols, sizeof(*r.cols));
	for (size_t i = 0; i < r.n_cols; i++)
		r.cols[i] = (struct column_pair){ from_cols[i], to_cols[i] };
	VEC_PUSH(b->set->arena, &b->set->all, r);
}

static bool has_attnum(const struct constraint *con, int16_t attnum)
{
	for (size_t i = 0; i < con->n_cols; i++)
		if (con->cols[i] == attnum)
			return true;
	return false;
}

/* A primary key or UNIQUE constraint over exactly the key's columns. */
static bool is_unique_key(const struct relation *rel, const struct constraint *fk)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		if ((con->kind != CON_PRIMARY && con->kind != CON_UNIQUE) ||
		    con->n_cols != fk->n_cols)
			continue;
		size_t same = 0;
		for (size_t j = 0; j < fk->n_cols; j++)
			same += has_attnum(con, fk->cols[j]);
		if (same == fk->n_cols)
			return true;
	}
	return false;
}

/* table to table, view to table, table to view, view to view. */
static void add_foreign_key(struct build *b, const struct relation *rel,
			    const struct constraint *fk)
{
	struct arena *a = b->set->arena;
	const struct relation *ref = catalog_relation_by_oid(b->set->cat, fk->ref_oid);
	if (!ref || ref->is_partition || !fk->n_cols)
		return;
	bool unique = is_unique_key(rel, fk);
	const char **cols = column_names(a, rel, fk->cols, fk->n_cols);
	const char **ref_cols = column_names(a, ref, fk->ref_cols, fk->n_cols);
	key_views left = views_of(b, rel->oid, fk->cols, fk->n_cols);
	key_views right = views_of(b, ref->oid, fk->ref_cols, fk->n_cols);
	add_m2o(b, rel, cols, ref, ref_cols, fk, unique, rel == ref);
	for (size_t i = 0; i < left.n; i++)
		add_m2o(b, left.v[i].view, left.v[i].names, ref, ref_cols, fk, unique, false);
	for (size_t j = 0; j < right.n; j++)
		add_m2o(b, rel, cols, right.v[j].view, right.v[j].names, fk, unique, false);
	for (size_t i = 0; i < left.n; i++)
		for (size_t j = 0; j < right.n; j++)
			add_m2o(b, left.v[i].view, left.v[i].names, right.v[j].view,
				right.v[j].names, fk, unique, left.v[i].view == right.v[j].view);
}

static struct column_pair *swapped(struct arena *a, const struct column_pair *cols, size_t n)
{
	struct column_pair *out = arena_array(a, n, sizeof(*out));
	for (size_t i = 0; i < n; i++)
		out[i] = (struct column_pair){ cols[i].to, cols[i].from };
	return out;
}

static bool in_key(const name_list *key, const struct column_pair *cols, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool is_found = false;
		for (size_t j = 0; j < key->n && !is_found; j++)
			is_found = !strcmp(key->v[j], cols[i].from);
		if (!is_found)
			return false;
	}
	return true;
}

static void add_junction(struct build *b, size_t i, size_t j)
{
	struct arena *a = b->set->arena;
	struct relationship one = b->set->all.v[i], two = b->set->all.v[j];
	struct relationship r = { .from = one.to,
				  .to = two.to,
				  .is_self = one.to == two.to,
				  .card = CARD_M2M,
				  .junction = one.from,
				  .constraint = one.constraint,
				  .constraint2 = two.constraint,
				  .from_is_view = one.to_is_view,
				  .to_is_view = two.to_is_view,
				  .cols = swapped(a, one.cols, one.n_cols),
				  .n_cols = one.n_cols,
				  .cols2 = swapped(a, two.cols, two.n_cols),
				  .n_cols2 = two.n_cols };
	VEC_PUSH(a, &b->set->all, r);
}

static int compare_from(const void *a, const void *b)
{
	const struct relationship *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

static void add_junctions(struct build *b)
{
	size_t n = b->set->all.n;
	qsort(b->set->all.v, n, sizeof(*b->set->all.v), compare_from);
	for (size_t i = 0; i < n;) {
		const struct relation *jt = b->set->all.v[i].from;
		size_t end = i;
		while (end < n && b->set->all.v[end].from == jt)
			end++;
		name_list key = { 0 };
		if (is_exposed(b, jt->schema))
			relation_key(b->set, b->set->arena, jt, &key);
		for (size_t x = i; x < end && key.n; x++)
			for (size_t y = i; y < end; y++) {
				const struct relationship *one = &b->set->all.v[x];
				const struct relationship *two = &b->set->all.v[y];
				if (one->card == CARD_M2O && two->card == CARD_M2O &&
				    strcmp(one->constraint, two->constraint) != 0 &&
				    in_key(&key, one->cols, one->n_cols) &&
				    in_key(&key, two->cols, two->n_cols))
					add_junction(b, x, y);
			}
		i = end;
	}
}

static void add_inverses(struct build *b)
{
	size_t n = b->set->all.n;
	for (size_t i = 0; i < n; i++) {
		struct relationship r = b->set->all.v[i];
		if (r.card != CARD_M2O && r.card != CARD_O2O)
			continue;
		struct relationship inv = r;
		inv.from = r.to;
		inv.to = r.from;
		inv.card = r.card == CARD_M2O ? CARD_O2M : CARD_O2O;
		inv.cols = swapped(b->set->arena, r.cols, r.n_cols);
		inv.is_parent = r.card == CARD_O2O;
		inv.from_is_view = r.to_is_view;
		inv.to_is_view = r.from_is_view;
		VEC_PUSH(b->set->arena, &b->set->all, inv);
	}
}

/* A function whose one argument is a row of a relation and whose result is rows
 * of one: a relationship by the function's name, to-one when it is no set or
 * says ROWS 1. It takes the place of one found by foreign key of that name. */
static void add_computed(struct build *b)
{
	const struct catalog *cat = b->set->cat;
	for (size_t i = 0; i < cat->functions.n; i++) {
		const struct function *f = cat->functions.v[i];
		const struct type *arg = f->n_args == 1 ? f->args[0].type.type : NULL;
		const struct type *ret = f->returns.type;
		if (!arg || !ret || arg->kind != TYPE_COMPOSITE || ret->kind != TYPE_COMPOSITE)
			continue;
		struct relationship r = { .function = f, .constraint = f->name };
		r.from = catalog_relation(cat, str_of(arg->schema), str_of(arg->name));
		r.to = catalog_relation(cat, str_of(ret->schema), str_of(ret->name));
		if (!r.from || !r.to)
			continue;
		bool is_one = !f->returns_set || (f->rows > 0.5 && f->rows < 1.5);
		r.card = is_one ? CARD_M2O : CARD_O2M;
		r.is_self = r.from == r.to;
		VEC_PUSH(b->set->arena, &b->set->all, r);
	}
}

static bool is_overridden(const struct relation_set *s, const struct relationship *r)
{
	for (size_t i = 0; !r->function && i < s->all.n; i++) {
		const struct relationship *o = &s->all.v[i];
		if (o->function && o->from == r->from && !strcmp(o->function->name, r->to->name) &&
		    !strcmp(o->function->schema, r->to->schema))
			return true;
	}
	return false;
}

static int compare_cols(const struct relationship *x, const struct relationship *y)
{
	for (size_t i = 0; i < x->n_cols && i < y->n_cols; i++) {
		int d = strcmp(x->cols[i].from, y->cols[i].from);
		d = d ? d : strcmp(x->cols[i].to, y->cols[i].to);
		if (d)
			return d;
	}
	return (x->n_cols > y->n_cols) - (x->n_cols < y->n_cols);
}

static int compare_relationships(const void *a, const void *b)
{
	const struct relationship *x = *(struct relationship *const *)a,
				  *y = *(struct relationship *const *)b;
	int d = strcmp(x->to->schema, y->to->schema);
	d = d ? d : strcmp(x->to->name, y->to->name);
	d = d ? d : (int)x->is_self - (int)y->is_self;
	d = d ? d : (int)x->card - (int)y->card;
	if (!d && x->card == CARD_M2M) {
		d = strcmp(x->junction->name, y->junction->name);
		d = d ? d : strcmp(x->constraint, y->constraint);
		d = d ? d : strcmp(x->constraint2, y->constraint2);
	}
	d = d ? d : strcmp(x->constraint, y->constraint);
	d = d ? d : compare_cols(x, y);
	return d ? d : (int)x->is_parent - (int)y->is_parent;
}

static struct str full_name(struct arena *a, const struct relation *rel)
{
	return str_of(arena_printf(a, "%s.%s", rel->schema, rel->name));
}

static void index_by_from(struct build *b)
{
	struct relation_set *s = b->set;
	for (size_t i = 0; i < s->all.n; i++) {
		struct relationship *r = &s->all.v[i];
		if (!is_exposed(b, r->from->schema) || !is_exposed(b, r->to->schema) ||
		    is_overridden(s, r))
			continue;
		struct str key = full_name(s->arena, r->from);
		relationship_list *list = map_get(s->by_from, key);
		if (!list) {
			list = ARENA_NEW(s->arena, relationship_list);
			map_put(s->by_from, key, list);
		}
		VEC_PUSH(s->arena, list, r);
	}
	size_t pos = 0;
	struct str key;
	void *value;
	while (map_next(s->by_from, &pos, &key, &value)) {
		relationship_list *list = value;
		qsort(list->v, list->n, sizeof(*list->v), compare_relationships);
	}
}

/* Keys of views: of each table whose whole primary key the view shows, the
 * first column that shows each key column. */
static void index_view_keys(struct build *b)
{
	struct relation_set *s = b->set;
	for (size_t i = 0; i < s->cat->relations.n; i++) {
		const struct relation *rel = s->cat->relations.v[i];
		const struct constraint *pk = is_view(rel) ? NULL : relation_primary_key(rel);
		if (!pk)
			continue;
		key_views views = views_of(b, rel->oid, pk->cols, pk->n_cols);
		const struct relation *last = NULL;
		for (size_t j = 0; j < views.n; j++) {
			if (views.v[j].view == last)
				continue;
			last = views.v[j].view;
			struct str key = full_name(s->arena, last);
			name_list *names = map_get(s->view_keys, key);
			if (!names) {
				names = ARENA_NEW(s->arena, name_list);
				map_put(s->view_keys, key, names);
			}
			for (size_t k = 0; k < pk->n_cols; k++)
				VEC_PUSH(s->arena, names, views.v[j].names[k]);
		}
	}
}

static int compare_name_ptrs(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void relation_key(const struct relation_set *s, struct arena *a, const struct relation *rel,
		  name_list *ret)
{
	if (is_view(rel)) {
		name_list *names = map_get(s->view_keys, full_name(a, rel));
		for (size_t i = 0; names && i < names->n; i++)
			VEC_PUSH(a, ret, names->v[i]);
	} else {
		const struct constraint *pk = relation_primary_key(rel);
		for (size_t i = 0; pk && i < pk->n_cols; i++) {
			const struct column *col = relation_column_by_attnum(rel, pk->cols[i]);
			if (col)
				VEC_PUSH(a, ret, col->name);
		}
	}
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof(*ret->v), compare_name_ptrs);
}

struct relation_set *relation_set_new(struct catalog *cat, const char *const *schemas,
				      size_t n_schemas)
{
	struct arena *a = arena_new(1 << 16);
	struct relation_set *s = ARENA_NEW(a, struct relation_set);
	s->arena = a;
	s->cat = catalog_ref(cat);
	s->refs = 1;
	s->by_from = map_new();
	s->view_keys = map_new();
	struct build b = { .set = s, .schemas = schemas, .n_schemas = n_schemas };
	collect_shown(&b);
	index_view_keys(&b);
	for (size_t i = 0; i < cat->relations.n; i++) {
		const struct relation *rel = cat->relations.v[i];
		for (size_t j = 0; !rel->is_partition && j < rel->constraints.n; j++)
			if (rel->constraints.v[j]->kind == CON_FOREIGN)
				add_foreign_key(&b, rel, rel->constraints.v[j]);
	}
	add_junctions(&b);
	add_inverses(&b);
	add_computed(&b);
	index_by_from(&b);
	return s;
}

struct relation_set *relation_set_ref(struct relation_set *s)
{
	__atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
	return s;
}

void relation_set_unref(struct relation_set *s)
{
	if (!s || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	map_free(s->by_from);
	map_free(s->view_keys);
	catalog_unref(s->cat);
	arena_free(s->arena);
}

const relationship_list *relation_set_from(const struct relation_set *s, const struct relation *rel)
{
	char key[512];
	size_t n = strlen(rel->schema), m = strlen(rel->name);
	if (n + m + 1 >= sizeof(key))
		return NULL;
	memcpy(key, rel->schema, n);
	key[n] = '.';
	memcpy(key + n + 1, rel->name, m);
	return map_get(s->by_from, (struct str){ key, n + m + 1 });
}
