// Loops over the bytes of texts.
#ifndef CTEXT_H
#define CTEXT_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  size_t bytes, rows;
} ct_rows;

// Cuts CSV text into the fields of rows, each as its start in the lower 32 bits, its length from bit 32 on, and whether it
// stands in quotes in bit 63. It takes whole plain rows only, which end with a line end, and stops before the first other
// one: an empty line, a row of another number of fields, one with doubled quotes or text behind a closing one.
// `quote` is -1 where there are none. `fields` has room for `capacity`. No row begins behind `stop` bytes.
ct_rows ct_cut_rows(const uint8_t *text, size_t count, uint8_t delimiter, int quote, size_t columns, size_t most_rows,
    size_t stop, uint64_t *fields, size_t capacity);
#endif
