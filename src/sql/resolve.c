/*
 * Overload resolution, as the PostgreSQL manual's "Type Conversion" chapter
 * lays it down for functions and operators.
 */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

enum { ARGS_MAX = 128 };

bool type_is_poly(const struct type *t)
{
	switch (t->oid) {
	case 2277:
	case 2283:
	case 2776:
	case 3500:
	case 5077:
	case 5078:
	case 5079:
		return true;
	default:
		return false;
	}
}

static bool is_compatible_family(const struct type *t)
{
	return t->oid == 5077 || t->oid == 5078 || t->oid == 5079;
}

static bool is_array_pseudo(const struct type *t)
{
	return t->oid == 2277 || t->oid == 5078;
}

/* The element type that one actual argument implies for its family; NULL when
 * it says nothing (unknown), and *ok false when it cannot stand there. */
static const struct type *implied(const struct type *declared, const struct type *actual, bool *ok)
{
	if (type_is_unknown(actual))
		return NULL;
	if (is_array_pseudo(declared)) {
		const struct type *base = type_base(actual);
		*ok = base->kind == TYPE_ARRAY;
		return *ok ? base->elem : NULL;
	}
	if (declared->oid == 2776 || declared->oid == 5079)
		*ok = type_base(actual)->kind != TYPE_ARRAY;
	if (declared->oid == 3500)
		*ok = type_base(actual)->kind == TYPE_ENUM;
	return actual;
}

/* Two element types of the "compatible" family: the one that the other can become. */
static const struct type *wider(const struct type *a, const struct type *b)
{
	const struct type *x = type_base(a), *y = type_base(b);
	if (x == y)
		return x;
	if (x->category != y->category)
		return NULL;
	if (!x->is_preferred && coerce_can(x, y, COERCE_IMPLICIT) &&
	    !coerce_can(y, x, COERCE_IMPLICIT))
		return y;
	return coerce_can(y, x, COERCE_IMPLICIT) ? x : NULL;
}

static bool unify(const struct type **declared, const struct type **actual, int n, bool compatible,
		  const struct type **ret_elem)
{
	const struct type *elem = NULL;
	for (int i = 0; i < n; i++) {
		if (!type_is_poly(declared[i]) || is_compatible_family(declared[i]) != compatible)
			continue;
		bool ok = true;
		const struct type *t = implied(declared[i], actual[i], &ok);
		if (!ok)
			return false;
		if (!t || t == elem)
			continue;
		if (elem && !compatible)
			return false;
		elem = elem ? wider(elem, t) : t;
		if (!elem)
			return false;
	}
	*ret_elem = elem;
	return true;
}

static const struct type *substitute(const struct type *declared, const struct type *elem,
				     const struct type *compatible)
{
	if (!type_is_poly(declared))
		return declared;
	const struct type *t = is_compatible_family(declared) ? compatible : elem;
	if (!t)
		return NULL;
	return is_array_pseudo(declared) ? t->array : t;
}

bool resolve_poly(const struct type **declared, const struct type **actual, int n,
		  const struct type **result)
{
	const struct type *elem, *compatible;
	if (!unify(declared, actual, n, false, &elem) ||
	    !unify(declared, actual, n, true, &compatible))
		return false;
	if (!compatible)
		compatible = type_of_value(V_TEXT);
	for (int i = 0; i < n; i++) {
		const struct type *t = substitute(declared[i], elem, compatible);
		if (!t)
			return false;
		declared[i] = t;
	}
	*result = substitute(*result, elem, compatible);
	return *result != NULL;
}

static bool applies(const struct candidate *cand, const struct type **args, int n)
{
	const struct type *declared[ARGS_MAX];
	for (int i = 0; i < n; i++) {
		if (!coerce_can(args[i], cand->args[i], COERCE_IMPLICIT))
			return false;
		declared[i] = cand->args[i];
	}
	const struct type *elem;
	return unify(declared, args, n, false, &elem) && unify(declared, args, n, true, &elem);
}

/* Exact: every type as declared, none unknown. */
static bool is_exact(const struct candidate *cand, const struct type **args, int n)
{
	for (int i = 0; i < n; i++)
		if (cand->args[i] != args[i] || type_is_unknown(args[i]))
			return false;
	return true;
}

struct pool {
	const struct candidate *v[ARGS_MAX * 2];
	int n;
};

typedef int score_fn(const struct candidate *, const struct type **, int);

/* Keeps the candidates with the highest score. */
static void keep_best(struct pool *p, const struct type **args, int n, score_fn *score)
{
	int best = -1, kept = 0;
	for (int i = 0; i < p->n; i++) {
		int s = score(p->v[i], args, n);
		if (s < best)
			continue;
		if (s > best)
			kept = 0;
		best = s;
		p->v[kept++] = p->v[i];
	}
	p->n = kept;
}

static int exact_score(const struct candidate *cand, const struct type **args, int n)
{
	int score = 0;
	for (int i = 0; i < n; i++)
		score += !type_is_unknown(args[i]) && cand->args[i] == args[i];
	return score;
}

static char category(const struct type *t)
{
	return t->category;
}

static int preferred_score(const struct candidate *cand, const struct type **args, int n)
{
	int score = 0;
	for (int i = 0; i < n; i++) {
		if (type_is_unknown(args[i]))
			continue;
		score += cand->args[i] == args[i] || (cand->args[i]->is_preferred &&
						      category(cand->args[i]) == category(args[i]));
	}
	return score;
}

/* What an unknown argument's category must be, judged by the candidates: string
 * if any takes a string, else the one they share. 0: undecided. */
static char unknown_category(const struct pool *p, int at, bool *ret_preferred)
{
	char found = 0;
	bool preferred = false, conflict = false;
	for (int i = 0; i < p->n; i++) {
		const struct type *t = p->v[i]->args[at];
		char c = category(t);
		if (found == 0 || c == found) {
			preferred |= t->is_preferred;
			found = c;
		} else if (c == 'S') {
			found = c;
			preferred = t->is_preferred;
			conflict = false;
		} else if (found != 'S') {
			conflict = true;
		}
	}
	*ret_preferred = preferred;
	return conflict ? 0 : found;
}

static bool fits_category(const struct type *t, char want, bool preferred)
{
	return category(t) == want && (!preferred || t->is_preferred);
}

static bool narrow_by_category(struct pool *p, const struct type **args, int n)
{
	char want[ARGS_MAX] = { 0 };
	bool preferred[ARGS_MAX] = { 0 };
	for (int i = 0; i < n; i++) {
		if (!type_is_unknown(args[i]))
			continue;
		want[i] = unknown_category(p, i, &preferred[i]);
		if (!want[i])
			return false;
	}
	int kept = 0;
	const struct candidate *keep[ARGS_MAX * 2];
	for (int k = 0; k < p->n; k++) {
		bool fits = true;
		for (int i = 0; i < n && fits; i++)
			if (want[i])
				fits = fits_category(p->v[k]->args[i], want[i], preferred[i]);
		if (fits)
			keep[kept++] = p->v[k];
	}
	if (kept == 0)
		return true;
	memcpy(p->v, keep, sizeof(*keep) * (size_t)kept);
	p->n = kept;
	return true;
}

/* All known arguments of one type: suppose the unknown ones are of it too. */
static const struct candidate *same_type_guess(const struct pool *p, const struct type **args,
					       int n)
{
	const struct type *known = NULL;
	const struct type *guess[ARGS_MAX];
	for (int i = 0; i < n; i++) {
		if (type_is_unknown(args[i]))
			continue;
		if (known && known != type_base(args[i]))
			return NULL;
		known = type_base(args[i]);
	}
	if (!known)
		return NULL;
	for (int i = 0; i < n; i++)
		guess[i] = known;
	const struct candidate *found = NULL;
	for (int k = 0; k < p->n; k++) {
		if (!applies(p->v[k], guess, n))
			continue;
		if (found)
			return NULL;
		found = p->v[k];
	}
	return found;
}

static const struct candidate *select_best(struct pool *p, const struct type **actual, int n)
{
	const struct type *args[ARGS_MAX];
	bool has_unknown = false;
	for (int i = 0; i < n; i++) {
		args[i] = type_base(actual[i]);
		has_unknown |= type_is_unknown(actual[i]);
	}
	keep_best(p, args, n, exact_score);
	if (p->n == 1)
		return p->v[0];
	keep_best(p, args, n, preferred_score);
	if (p->n == 1)
		return p->v[0];
	if (!has_unknown)
		return NULL;
	narrow_by_category(p, args, n);
	if (p->n == 1)
		return p->v[0];
	return same_type_guess(p, args, n);
}

const struct candidate *resolve(const candidates *cands, const struct type **args, int n,
				bool *ret_many)
{
	struct pool pool = { .n = 0 };
	*ret_many = false;
	for (size_t i = 0; i < cands->n; i++)
		if (is_exact(&cands->v[i], args, n) && n > 0)
			return &cands->v[i];
	for (size_t i = 0; i < cands->n && pool.n < ARGS_MAX * 2; i++)
		if (applies(&cands->v[i], args, n))
			pool.v[pool.n++] = &cands->v[i];
	if (pool.n == 0)
		return NULL;
	if (pool.n == 1)
		return pool.v[0];
	const struct candidate *best = select_best(&pool, args, n);
	*ret_many = !best;
	return best;
}

struct op_search {
	struct az *z;
	candidates *out;
	int n_args;
};

static bool add_op(const struct builtin *b, void *arg)
{
	struct op_search *s = arg;
	if (b->n_args != s->n_args)
		return true;
	const struct type **args = arena_array(s->z->a, 2, sizeof(*args));
	for (int i = 0; i < b->n_args; i++)
		args[i] = b->args[i];
	struct candidate cand = { .builtin = b, .n_args = b->n_args, .args = args };
	VEC_PUSH(s->z->a, s->out, cand);
	return true;
}

/* Types that are stored and printed but have no operators here. */
static bool is_opaque(const struct type *t)
{
	t = type_base(t);
	if (t->kind == TYPE_ARRAY)
		t = type_base(t->elem);
	return t->kind == TYPE_BASE && t->value == V_TEXT && t->category != 'S' && t->oid != 18;
}

static bool is_unsupported_op(const char *symbol, const struct type *left, const struct type *right)
{
	return builtin_is_unsupported(BUILTIN_OP, str_of(symbol)) || (left && is_opaque(left)) ||
	       is_opaque(right);
}

static void op_error(struct az *z, const char *symbol, const struct type *left,
		     const struct type *right, int location, bool many)
{
	const char *types =
		left ? arena_printf(z->a, "%s %s %s", az_type(z, left), symbol, az_type(z, right))
		     : arena_printf(z->a, "%s %s", symbol, az_type(z, right));
	if (!many && is_unsupported_op(symbol, left, right)) {
		err_set(z->c, "0A000", "operator %s is not supported here", types);
	} else if (many) {
		err_set(z->c, "42725", "operator is not unique: %s", types);
		err_hint(z->c, "Could not choose a best candidate operator. You might need to add "
			       "explicit type casts.");
	} else {
		err_set(z->c, "42883", "operator does not exist: %s", types);
		if (left)
			err_hint(z->c, "No operator matches the given name and argument types. You "
				       "might need to add explicit type casts.");
		else
			err_hint(z->c, "No operator matches the given name and argument type. You "
				       "might need to add an explicit type cast.");
	}
	az_at(z, location);
}

/* One side unknown: first suppose it is of the other's type. */
static const struct builtin *op_exact(const char *symbol, const struct type *left,
				      const struct type *right)
{
	if (!left)
		return builtin_op(symbol, NULL, right);
	if (type_is_unknown(left) && !type_is_unknown(right))
		left = right;
	else if (type_is_unknown(right) && !type_is_unknown(left))
		right = left;
	const struct builtin *op = builtin_op(symbol, left, right);
	if (!op && (left->kind == TYPE_DOMAIN || right->kind == TYPE_DOMAIN))
		op = builtin_op(symbol, type_base(left), type_base(right));
	return op;
}

const struct builtin *az_find_op(struct az *z, const char *symbol, const struct type *left,
				 const struct type *right, int location,
				 const struct type *ret_args[2], const struct type **ret_result)
{
	const struct type *actual[2] = { left ? left : right, right };
	int n = left ? 2 : 1;
	const struct builtin *op = op_exact(symbol, left, right);
	if (!op) {
		candidates cands = { 0 };
		struct op_search search = { z, &cands, n };
		bool many = false;
		builtin_each(BUILTIN_OP, str_of(symbol), add_op, &search);
		const struct candidate *best = resolve(&cands, actual, n, &many);
		if (!best) {
			op_error(z, symbol, left, right, location, many);
			return NULL;
		}
		op = best->builtin;
	}
	for (int i = 0; i < n; i++)
		ret_args[i] = op->args[i];
	*ret_result = op->returns;
	if (resolve_poly(ret_args, actual, n, ret_result))
		return op;
	op_error(z, symbol, left, right, location, false);
	return NULL;
}
