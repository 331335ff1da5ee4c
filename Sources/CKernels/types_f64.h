// Private: binds a template to double.
#undef T
#undef SUFFIX
#undef V
#undef VI
#undef LANES
#undef INF
#undef F
#undef LOAD
#undef STORE
#undef PART
#undef STORE_PART
#undef TAIL
#define T double
#define SUFFIX f64
#define V ckv_f64
#define VI ckv_i64
#define LANES 8
#define INF __builtin_inf()
#define F(name) CK_PASTE(name, SUFFIX)
#define LOAD(p) F(ckv_load)(p)
#define STORE(p, v) F(ckv_store)(p, v)
#define PART(p, count, fill) F(ckv_load_part)(p, count, fill)
#define STORE_PART(p, v, count) F(ckv_store_part)(p, v, count)
#define TAIL(p, count, fill, limit) F(ckv_load_tail)(p, count, fill, limit)
