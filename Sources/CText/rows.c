#include <stdbool.h>
#include <string.h>

#include "CText.h"

typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));

// One bit for each of 16 bytes that are 0 or 255.
static inline uint64_t bits(bytes16 wide) {
#ifdef __SSE2__
  typedef char chars16 __attribute__((vector_size(16)));
  return (uint16_t)__builtin_ia32_pmovmskb128((chars16)wide);
#else
  // Each byte keeps the bit of its place among eight; the highest byte of the product is their sum.
  uint64_t half[2];
  memcpy(half, &wide, sizeof half);
  uint64_t low = (half[0] & 0x8040201008040201) * 0x0101010101010101 >> 56;
  uint64_t high = (half[1] & 0x8040201008040201) * 0x0101010101010101 >> 56;
  return low | high << 8;
#endif
}

typedef struct {
  bytes16 delimiter, line, carriage, quote;
} marks;

// Which of 64 bytes mean something.
static inline uint64_t find(const uint8_t *text, const marks *m) {
  uint64_t found = 0;
  for (int i = 0; i < 4; i++) {
    bytes16 some = *(const bytes16 *)(text + 16 * i);
    bytes16 hit = (bytes16)(some == m->delimiter) | (bytes16)(some == m->line);
    hit |= (bytes16)(some == m->carriage) | (bytes16)(some == m->quote);
    found |= bits(hit) << 16 * i;
  }
  return found;
}

static inline uint64_t find_tail(const uint8_t *text, size_t count, const marks *m) {
  if (count >= 64) return find(text, m);
  uint8_t rest[64] = {0};
  memcpy(rest, text, count);
  return find(rest, m) & (((uint64_t)1 << count) - 1);
}

ct_rows ct_cut_rows(const uint8_t *text, size_t count, uint8_t delimiter, int quote, size_t columns, size_t most_rows,
    size_t stop, uint64_t *fields, size_t capacity) {
  const size_t longest = (size_t)1 << 30;
  const bytes16 zeros = {0};
  const marks m = {zeros + delimiter, zeros + 10, zeros + 13, zeros + (uint8_t)(quote < 0 ? 10 : quote)};
  ct_rows done = {0, 0};
  if (count == 0 || most_rows == 0 || columns == 0 || text[0] == 10 || text[0] == 13) return done;
  uint64_t *next = fields, *full = fields + (capacity < columns ? 0 : capacity - columns), *row = fields;
  if (capacity < columns) return done;
  size_t start = 0, block = 0;
  uint64_t found = find_tail(text, count, &m);
  while (true) {
    while (found == 0) {
      block += 64;
      if (block >= count) return done;
      found = find_tail(text + block, count - block, &m);
    }
    size_t place = block + (size_t)__builtin_ctzll(found);
    found &= found - 1;
    uint8_t mark = text[place];
    uint64_t flag = 0;
    size_t end = place;
    if (quote >= 0 && mark == (uint8_t)quote) {
      // Quotes within a field are text.
      if (place != start) continue;
      const uint8_t *close = memchr(text + place + 1, quote, count - place - 1);
      if (close == NULL || close + 1 == text + count) return done;
      mark = close[1];
      if (mark != delimiter && mark != 10 && mark != 13) return done;
      start++;
      end = (size_t)(close - text);
      place = end + 1;
      flag = (uint64_t)1 << 63;
      block = place & ~(size_t)63;
      found = find_tail(text + block, count - block, &m) & (~(uint64_t)0 << (place & 63));
      found &= found - 1;
    }
    if (end - start >= longest || (size_t)(next - row) == columns) return done;
    *next++ = start | (uint64_t)(end - start) << 32 | flag;
    start = place + 1;
    if (mark == delimiter) continue;
    if (mark == 13) {
      if (start == count) return done;
      if (text[start] == 10) {
        found &= found - 1;
        if (start % 64 == 0) {
          block = start;
          found = find_tail(text + block, count - block, &m) & ~(uint64_t)1;
        }
        start++;
      }
    }
    if ((size_t)(next - row) != columns) return done;
    row = next;
    done.bytes = start;
    done.rows++;
    if (next > full || done.rows == most_rows || start >= stop || start >= count) return done;
    if (text[start] == 10 || text[start] == 13) return done;
  }
}
