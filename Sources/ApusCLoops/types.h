// Private: how templates name what belongs to their type T with SUFFIX; types_f32.h and types_f64.h bind one.
#pragma once
#include "lanes.h"

#define F(name) CK_PASTE(name, SUFFIX)
#define V F(ckv)
#define LOAD(p) F(ckv_load)(p)
#define STORE(p, v) F(ckv_store)(p, v)
#define PART(p, count, fill) F(ckv_load_part)(p, count, fill)
#define STORE_PART(p, v, count) F(ckv_store_part)(p, v, count)
#define TAIL(p, count, fill, limit) F(ckv_load_tail)(p, count, fill, limit)
