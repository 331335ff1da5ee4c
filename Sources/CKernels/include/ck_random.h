// The Mersenne twister's block step and the transforms that turn its words into uniforms, coins and normals.
#pragma once
#include "ck_base.h"

// Replaces the 624 words of a mt19937 state by the next 624.
void ck_mt19937_refill(uint32_t *state);

// out[i] = the tempered form of state[i].
void ck_mt19937_temper(const uint32_t *state, uint32_t *out, size_t count);

// out[i] = uniform in [from, to) from the low 24 bits of words[i].
void ck_uniform_f32(const uint32_t *words, float *out, size_t count, float from, float to);

// out[i] = uniform in [from, to) from the low 53 bits of words[2 i] (high half) and words[2 i + 1].
void ck_uniform_f64(const uint32_t *words, double *out, size_t count, double from, double to);

// out[i] = 1 if the low 53 bits of the i-th pair of words are below threshold, else 0.
void ck_coin_u8(const uint32_t *words, uint8_t *out, size_t count, uint64_t threshold);
// Coins `start` to `start` + `items` of matrices [rows][columns] as bits [rows / 16][columns], a bit for each of 16 rows, into zeros.
void ck_coin_panels(const uint8_t *coins, uint16_t *out, long start, long items, long rows, long columns);

// Box-Muller in place on blocks of 16 uniforms: pair j of a block is (values[j], values[j + 8]).
void ck_normal16_f32(float *values, size_t blocks, float mean, float deviation);
