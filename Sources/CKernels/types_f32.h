// Private: binds a template to float.
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
#define T float
#define SUFFIX f32
#define V ckv_f32
#define VI ckv_i32
#define LANES 16
#define INF __builtin_inff()
#define F(name) CK_PASTE(name, SUFFIX)
#define LOAD(p) F(ckv_load)(p)
#define STORE(p, v) F(ckv_store)(p, v)
#define PART(p, count, fill) F(ckv_load_part)(p, count, fill)
#define STORE_PART(p, v, count) F(ckv_store_part)(p, v, count)
#define TAIL(p, count, fill, limit) F(ckv_load_tail)(p, count, fill, limit)
