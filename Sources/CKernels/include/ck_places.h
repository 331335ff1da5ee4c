// What addresses of a running program mean: functions and lines, from its own file.
#pragma once
#include <stdint.h>

typedef struct {
  /// The mangled name of the function, which lies in the mapped file; null where there is none.
  const char *symbol;
  /// Folder and file of the source, parts of the mapped file; null where there is none.
  const char *base, *folder, *file;
  /// 0 where the place is not known.
  int line;
} ck_place;

/// Whether nobody looks for a place in this file. `place` has the parts of its name alone.
typedef _Bool (*ck_is_hidden)(const ck_place *place);

/// Finds the calls whose return addresses are given: all of them in one pass over symbols and lines (ELF, DWARF 4 and 5). Where
/// code of a hidden file was inlined into a function, the place is the line of the function before it. The places point into
/// files that stay mapped. One thread at a time.
void ck_places(const uintptr_t *addresses, int count, ck_place *places, ck_is_hidden is_hidden);

/// The readable form of a mangled name of Swift, to be freed; null where it is none.
char *ck_demangled(const char *symbol);
