#define _GNU_SOURCE
#include "ck_places.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

extern char *swift_demangle(const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

char *ck_demangled(const char *symbol) { return swift_demangle(symbol, strlen(symbol), NULL, NULL, 0); }

#if defined(__linux__) && defined(__LP64__)
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  const uint8_t *start, *end;
} Bytes;

// A file that the program consists of.
typedef struct {
  uintptr_t base;
  Bytes symbols, names, lines, line_names, texts;
} Image;

// A wanted address and where its function starts, as the file counts.
typedef struct {
  uint64_t address, start;
  ck_place *place;
} Wanted;

static Bytes section(const uint8_t *file, size_t size, const Elf64_Shdr *header) {
  Bytes none = {NULL, NULL};
  if (header->sh_type == SHT_NOBITS || (header->sh_flags & SHF_COMPRESSED)) return none;
  if (header->sh_offset > size || header->sh_size > size - header->sh_offset) return none;
  Bytes found = {file + header->sh_offset, file + header->sh_offset + header->sh_size};
  return found;
}

static bool open_image(const char *path, uintptr_t base, Image *image) {
  int descriptor = open(path[0] ? path : "/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  struct stat status;
  const uint8_t *file = MAP_FAILED;
  size_t size = 0;
  if (fstat(descriptor, &status) == 0 && (size_t)status.st_size > sizeof(Elf64_Ehdr)) {
    size = (size_t)status.st_size;
    file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  }
  close(descriptor);
  if (file == MAP_FAILED) return false;
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64 ||
      header->e_shoff > size || header->e_shnum > (size - header->e_shoff) / sizeof(Elf64_Shdr) ||
      header->e_shstrndx >= header->e_shnum)
    return false;
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
  Bytes titles = section(file, size, &sections[header->e_shstrndx]);
  memset(image, 0, sizeof *image);
  image->base = base;
  for (int i = 0; i < header->e_shnum; i++) {
    const Elf64_Shdr *s = &sections[i];
    if (s->sh_name >= (size_t)(titles.end - titles.start)) continue;
    const char *title = (const char *)titles.start + s->sh_name;
    Bytes content = section(file, size, s);
    bool is_table = s->sh_type == SHT_SYMTAB || (s->sh_type == SHT_DYNSYM && !image->symbols.start);
    if (is_table && s->sh_link < header->e_shnum) {
      image->symbols = content;
      image->names = section(file, size, &sections[s->sh_link]);
    } else if (!strcmp(title, ".debug_line")) {
      image->lines = content;
    } else if (!strcmp(title, ".debug_line_str")) {
      image->line_names = content;
    } else if (!strcmp(title, ".debug_str")) {
      image->texts = content;
    }
  }
  return true;
}

static int by_address(const void *a, const void *b) {
  uint64_t x = ((const Wanted *)a)->address, y = ((const Wanted *)b)->address;
  return (x > y) - (x < y);
}

// The first wanted address that is not below `address`.
static int first_from(const Wanted *wanted, int count, uint64_t address) {
  int low = 0, high = count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (wanted[middle].address < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void find_symbols(const Image *image, Wanted *wanted, int count) {
  const Elf64_Sym *symbol = (const Elf64_Sym *)image->symbols.start;
  const Elf64_Sym *end = symbol + (image->symbols.end - image->symbols.start) / sizeof *symbol;
  size_t names = (size_t)(image->names.end - image->names.start);
  for (; symbol < end; symbol++) {
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_name >= names) continue;
    uint64_t stop = symbol->st_value + symbol->st_size;
    for (int i = first_from(wanted, count, symbol->st_value); i < count && wanted[i].address < stop; i++) {
      wanted[i].place->symbol = (const char *)image->names.start + symbol->st_name;
      wanted[i].start = symbol->st_value;
    }
  }
}

// Reading of numbers, which gives 0 behind the end.

static uint64_t number(Bytes *bytes, int size) {
  uint64_t value = 0;
  if (bytes->end - bytes->start < size) {
    bytes->start = bytes->end;
    return 0;
  }
  memcpy(&value, bytes->start, (size_t)size);
  bytes->start += size;
  return value;
}

static uint64_t leb(Bytes *bytes, bool is_signed) {
  uint64_t value = 0;
  int shift = 0;
  while (bytes->start < bytes->end) {
    uint8_t byte = *bytes->start++;
    if (shift < 64) value |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if (!(byte & 0x80)) {
      if (is_signed && shift < 64 && (byte & 0x40)) value |= ~(uint64_t)0 << shift;
      break;
    }
  }
  return value;
}

static const char *text(Bytes *bytes) {
  const uint8_t *start = bytes->start;
  const uint8_t *end = memchr(start, 0, (size_t)(bytes->end - start));
  if (!end) {
    bytes->start = bytes->end;
    return "";
  }
  bytes->start = end + 1;
  return (const char *)start;
}

static const char *text_at(Bytes section, uint64_t offset) {
  if (offset >= (uint64_t)(section.end - section.start)) return "";
  section.start += offset;
  return text(&section);
}

// A value of a file table's entry: a text, or a number.
typedef struct {
  const char *text;
  uint64_t number;
} Value;

static Value value(const Image *image, Bytes *bytes, uint64_t form, int offset_size) {
  Value v = {NULL, 0};
  switch (form) {
    case 0x08: v.text = text(bytes); break;                                             // string
    case 0x0e: v.text = text_at(image->texts, number(bytes, offset_size)); break;       // strp
    case 0x1f: v.text = text_at(image->line_names, number(bytes, offset_size)); break;  // line_strp
    case 0x0b: v.number = number(bytes, 1); break;                                      // data1
    case 0x05: v.number = number(bytes, 2); break;                                      // data2
    case 0x06: v.number = number(bytes, 4); break;                                      // data4
    case 0x07: v.number = number(bytes, 8); break;                                      // data8
    case 0x0f: v.number = leb(bytes, false); break;                                     // udata
    case 0x1e:                                                                          // data16
      number(bytes, 8);
      number(bytes, 8);
      break;
    case 0x09: {  // block
      uint64_t size = leb(bytes, false);
      bytes->start = size > (uint64_t)(bytes->end - bytes->start) ? bytes->end : bytes->start + size;
      break;
    }
    default: bytes->start = bytes->end;
  }
  return v;
}

// The header of a unit's lines.
typedef struct {
  int version, offset_size;
  Bytes tables;
} Tables;

// Entry `index` of the table of DWARF 5 that `bytes` stands at; its end is reached if `index` is none.
static bool entry5(const Image *image, Bytes *bytes, int offset_size, uint64_t index, const char **name, uint64_t *folder) {
  uint64_t types[16], forms[16];
  int formats = (int)number(bytes, 1);
  if (formats > 16) return false;
  for (int i = 0; i < formats; i++) {
    types[i] = leb(bytes, false);
    forms[i] = leb(bytes, false);
  }
  uint64_t count = leb(bytes, false);
  bool found = false;
  for (uint64_t e = 0; e < count && bytes->start < bytes->end; e++) {
    for (int i = 0; i < formats; i++) {
      Value v = value(image, bytes, forms[i], offset_size);
      if (e != index) continue;
      found = true;
      if (types[i] == 1) *name = v.text;
      if (types[i] == 2) *folder = v.number;
    }
  }
  return found;
}

// Puts the name of file `index` of a unit into a place.
static void name_file(const Image *image, const Tables *unit, uint64_t index, ck_place *place) {
  Bytes bytes = unit->tables;
  uint64_t folder = 0, ignored = 0;
  if (unit->version >= 5) {
    Bytes folders = bytes;
    entry5(image, &bytes, unit->offset_size, ~(uint64_t)0, &place->folder, &ignored);
    if (!entry5(image, &bytes, unit->offset_size, index, &place->file, &folder)) return;
    Bytes again = folders;
    entry5(image, &again, unit->offset_size, 0, &place->base, &ignored);
    entry5(image, &folders, unit->offset_size, folder, &place->folder, &ignored);
    return;
  }
  Bytes folders = bytes;
  while (bytes.start < bytes.end && *text(&bytes)) {}
  for (uint64_t i = 1; bytes.start < bytes.end && *bytes.start; i++) {
    const char *name = text(&bytes);
    uint64_t of = leb(&bytes, false);
    leb(&bytes, false);
    leb(&bytes, false);
    if (i == index) {
      place->file = name;
      for (uint64_t f = 1; f <= of && folders.start < folders.end; f++) place->folder = text(&folders);
      return;
    }
  }
}

// Whether file `index` of a unit is hidden; `known` remembers it for the first ones.
static bool is_hidden_file(const Image *image, const Tables *unit, uint64_t index, ck_is_hidden is_hidden, uint8_t known[256]) {
  if (index < 256 && known[index]) return known[index] == 2;
  ck_place place = {0};
  name_file(image, unit, index, &place);
  bool hidden = is_hidden(&place);
  if (index < 256) known[index] = hidden ? 2 : 1;
  return hidden;
}

static void find_lines(const Image *image, const Wanted *wanted, int count, ck_is_hidden is_hidden) {
  Bytes rest = image->lines;
  while (rest.end - rest.start > 16) {
    uint64_t length = number(&rest, 4);
    Tables unit = {0, 4, {NULL, NULL}};
    if (length == 0xffffffff) {
      length = number(&rest, 8);
      unit.offset_size = 8;
    }
    if (length > (uint64_t)(rest.end - rest.start)) return;
    Bytes bytes = {rest.start, rest.start + length};
    rest.start += length;
    unit.version = (int)number(&bytes, 2);
    if (unit.version < 3 || unit.version > 5) continue;
    if (unit.version >= 5) number(&bytes, 2);
    uint64_t header = number(&bytes, unit.offset_size);
    if (header > (uint64_t)(bytes.end - bytes.start)) continue;
    Bytes program = {bytes.start + header, bytes.end};
    bytes.end = program.start;
    uint64_t unit_size = number(&bytes, 1);
    if (unit.version >= 4) number(&bytes, 1);
    number(&bytes, 1);
    int8_t line_base = (int8_t)number(&bytes, 1);
    uint64_t line_range = number(&bytes, 1), opcode_base = number(&bytes, 1);
    if (line_range == 0 || opcode_base == 0 || opcode_base - 1 > (uint64_t)(bytes.end - bytes.start)) continue;
    const uint8_t *operands = bytes.start;
    bytes.start += opcode_base - 1;
    unit.tables = bytes;

    uint64_t address = 0, file = 1, line = 1;
    uint64_t row_address = 0, row_file = 0, row_line = 0;
    // The last row that is not hidden, in a function of a wanted address.
    uint64_t shown_address = 0, shown_file = 0, shown_line = 0;
    uint8_t known[256] = {0};
    bool has_row = false;
    while (program.start < program.end) {
      uint64_t code = number(&program, 1);
      bool is_row = false, is_end = false;
      if (code >= opcode_base) {
        uint64_t step = code - opcode_base;
        address += step / line_range * unit_size;
        line += (uint64_t)(int64_t)(line_base + (int64_t)(step % line_range));
        is_row = true;
      } else if (code == 0) {
        uint64_t size = leb(&program, false);
        if (size == 0 || size > (uint64_t)(program.end - program.start)) break;
        Bytes extended = {program.start, program.start + size};
        program.start += size;
        uint64_t kind = number(&extended, 1);
        if (kind == 1) is_end = true;
        if (kind == 2) address = number(&extended, (int)(size - 1 > 8 ? 8 : size - 1));
      } else {
        switch (code) {
          case 1: is_row = true; break;
          case 2: address += leb(&program, false) * unit_size; break;
          case 3: line += leb(&program, true); break;
          case 4: file = leb(&program, false); break;
          case 8: address += (255 - opcode_base) / line_range * unit_size; break;
          case 9: address += number(&program, 2); break;
          default:
            for (int i = 0; i < operands[code - 1]; i++) leb(&program, false);
        }
      }
      if (!is_row && !is_end) continue;
      if (has_row && address > row_address) {
        int next = first_from(wanted, count, row_address);
        bool is_near = next < count && wanted[next].start <= row_address;
        if (is_near && row_line && !is_hidden_file(image, &unit, row_file, is_hidden, known))
          shown_address = row_address, shown_file = row_file, shown_line = row_line;
        for (int i = next; i < count && wanted[i].address < address; i++) {
          if (wanted[i].place->line) continue;
          bool is_inside = shown_line && shown_address >= wanted[i].start;
          if (!is_inside && !row_line) continue;
          wanted[i].place->line = (int)(is_inside ? shown_line : row_line);
          name_file(image, &unit, is_inside ? shown_file : row_file, wanted[i].place);
        }
      }
      row_address = address, row_file = file, row_line = line;
      has_row = !is_end;
      if (is_end) address = 0, file = 1, line = 1, shown_line = 0;
    }
  }
}

// The file that holds an address.
typedef struct {
  uintptr_t address, base;
  const char *path;
  bool is_found;
} Search;

static int visit(struct dl_phdr_info *info, size_t size, void *given) {
  (void)size;
  Search *search = given;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + part->p_vaddr;
    if (part->p_type != PT_LOAD || search->address < start || search->address - start >= part->p_memsz) continue;
    search->base = info->dlpi_addr;
    search->path = info->dlpi_name;
    search->is_found = true;
    return 1;
  }
  return 0;
}

void ck_places(const uintptr_t *addresses, int count, ck_place *places, ck_is_hidden is_hidden) {
  static Image images[32];
  static int image_count = 0;
  memset(places, 0, (size_t)count * sizeof *places);
  Wanted *wanted = malloc((size_t)count * sizeof *wanted);
  int *owners = malloc((size_t)count * sizeof *owners);
  if (wanted && owners) {
    for (int i = 0; i < count; i++) {
      Search search = {addresses[i] - 1, 0, NULL, false};
      owners[i] = -1;
      dl_iterate_phdr(visit, &search);
      if (!search.is_found) continue;
      for (int k = 0; k < image_count && owners[i] < 0; k++)
        if (images[k].base == search.base) owners[i] = k;
      if (owners[i] < 0 && image_count < 32 && open_image(search.path, search.base, &images[image_count]))
        owners[i] = image_count++;
    }
    for (int k = 0; k < image_count; k++) {
      int held = 0;
      for (int i = 0; i < count; i++) {
        if (owners[i] != k) continue;
        // A return address is behind the call.
        uintptr_t address = addresses[i] - 1 - images[k].base;
        Wanted one = {address, address, &places[i]};
        wanted[held++] = one;
      }
      if (held == 0) continue;
      qsort(wanted, (size_t)held, sizeof *wanted, by_address);
      find_symbols(&images[k], wanted, held);
      find_lines(&images[k], wanted, held, is_hidden);
    }
  }
  free(wanted);
  free(owners);
}
#else
void ck_places(const uintptr_t *addresses, int count, ck_place *places, ck_is_hidden is_hidden) {
  (void)addresses;
  (void)is_hidden;
  memset(places, 0, (size_t)count * sizeof *places);
}
#endif
