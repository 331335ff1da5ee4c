import ApusCore
import ApusFunctional
import CNumbers

// Products of matrices of Laegna numbers: sums of integers, rounded once.

extension LaegnaFormat {
  /// c = a @ b, exact in wide integers and rounded once.
  func multiply(_ p: CustomMatrices) {
    if p.m == 0 || p.n == 0 { return }
    guard isPlain(p.a, p.m, p.aRow, p.k, p.aColumn), isPlain(p.b, p.k, p.bRow, p.n, p.bColumn) else {
      return byRows(p) { cn_laegna_product_any(c, &$0, $1, $2) }
    }
    if bytes == 4 { return byRows(p) { cn_laegna_product_wide(c, &$0, $1, $2) } }
    if bytes == 1, multiplyWithLibrary(p) { return }
    multiplyPairs(p)
  }

  /// Whether there are only numbers and U in a matrix.
  private func isPlain(_ x: UnsafeRawPointer, _ rows: Int, _ row: Int, _ columns: Int, _ column: Int) -> Bool {
    // Along the dimension whose elements lie side by side.
    if column != 1 && row == 1 { return isPlain(x, columns, column, rows, row) }
    let found = blockResults(lines: rows, elements: columns) { range in
      if column == 1 && row == columns {
        return cn_laegna_is_plain(c, x + range.lowerBound * row * bytes, 1, range.count * columns)
      }
      return range.allSatisfy { cn_laegna_is_plain(c, x + $0 * row * bytes, column, columns) }
    }
    return found.allSatisfy { $0 }
  }

  /// What `part` gives for parts of the lines, side by side.
  private func blockResults(lines: Int, elements: Int, _ part: (Range<Int>) -> Bool) -> [Bool] {
    let size = max(1, 65536 / max(1, elements))
    let count = (lines + size - 1) / size
    return [Bool](unsafeUninitializedCapacity: count) { flags, initialized in
      guard let flags = flags.baseAddress else { return }
      parallelFor(count, grain: 2) { range in
        for i in range { (flags + i).initialize(to: part(i * size..<min(lines, (i + 1) * size))) }
      }
      initialized = count
    }
  }

  /// Rows of the product side by side.
  private func byRows(_ p: CustomMatrices, _ body: (inout cn_laegna_matrices, Int, Int) -> Void) {
    parallelFor(p.m, grain: max(1, 16384 / max(1, p.n * p.k))) { range in
      var matrices = cn_laegna_matrices(
        c: p.c, a: p.a, b: p.b, c_row: p.cRow, a_row: p.aRow, a_column: p.aColumn, b_row: p.bRow, b_column: p.bColumn,
        n: p.n, k: p.k)
      body(&matrices, range.lowerBound, range.upperBound)
    }
  }

  /// By the library's product of 8-bit integers, where the processor has instructions for it and the sums fit 32 bits.
  private func multiplyWithLibrary(_ p: CustomMatrices) -> Bool {
    guard CPUInfo.hasAVX512, p.m * p.n * p.k >= 1 << 18, p.k * limit * limit < 1 << 30, 2 * fraction < 31,
      p.aRow == 1 || p.aColumn == 1, p.bRow == 1 || p.bColumn == 1
    else { return false }
    // From the allocator of tensors, whose pages have been touched before.
    let size = 4 * p.m * p.n
    guard let memory = Allocator.shared.allocate(size) else { return false }
    defer { Allocator.shared.deallocate(memory, size) }
    let sums = memory.assumingMemoryBound(to: Int32.self)
    let done = OneDNN.matmul(
      .int8, m: p.m, n: p.n, k: p.k,
      OneDNN.Matrix(UnsafeMutableRawPointer(mutating: p.a), rowStride: p.aRow, columnStride: p.aColumn),
      OneDNN.Matrix(UnsafeMutableRawPointer(mutating: p.b), rowStride: p.bRow, columnStride: p.bColumn),
      OneDNN.Matrix(sums, rowStride: p.n))
    guard done else { return false }
    parallelFor(p.m, grain: max(1, 65536 / p.n)) { range in
      for i in range { cn_laegna_round_products(c, p.c + i * p.cRow * bytes, sums + i * p.n, p.n) }
    }
    return true
  }

  /// By pairs of 16-bit integers, in panels.
  private func multiplyPairs(_ p: CustomMatrices) {
    let (rows, columns) = (Int(CN_LAEGNA_ROWS), Int(CN_LAEGNA_COLUMNS))
    let (groups, panels) = ((p.m + rows - 1) / rows, (p.n + columns - 1) / columns)
    let (groupSize, panelSize) = (cn_laegna_group_size(p.k), cn_laegna_panel_size(p.k))
    let left = UnsafeMutablePointer<Int16>.allocate(capacity: max(1, groups * groupSize))
    let right = UnsafeMutablePointer<Int16>.allocate(capacity: max(1, panels * panelSize))
    defer {
      left.deallocate()
      right.deallocate()
    }
    parallelFor(groups, grain: max(1, 16384 / max(1, groupSize))) { range in
      for i in range {
        cn_laegna_pack_rows(
          c, left + i * groupSize, p.a + i * rows * p.aRow * bytes, p.aRow, p.aColumn, min(rows, p.m - i * rows), p.k)
      }
    }
    parallelFor(panels, grain: max(1, 16384 / max(1, panelSize))) { range in
      for j in range {
        cn_laegna_pack_columns(
          c, right + j * panelSize, p.b + j * columns * p.bColumn * bytes, p.bRow, p.bColumn,
          min(columns, p.n - j * columns), p.k)
      }
    }
    // Groups of rows that stay in the cache while panels pass over them.
    let block = max(1, min(groups, 262_144 / max(1, 2 * groupSize)))
    let blocks = (groups + block - 1) / block
    parallelFor(blocks * panels, grain: max(1, 65536 / max(1, block * rows * p.k))) { range in
      for item in range {
        let (first, j) = (item / panels * block, item % panels)
        let count = min(block * rows, p.m - first * rows)
        cn_laegna_product_panel(
          c, p.c + (first * rows * p.cRow + j * columns) * bytes, p.cRow, left + first * groupSize,
          right + j * panelSize, count, min(columns, p.n - j * columns), p.k)
      }
    }
  }
}
