import ApusCore
import CKernels
import Synchronization

/// The kernels of a ``PanelProduct``.
struct PanelKernels<T>: Sendable {
  typealias Pack = @Sendable (UnsafeMutablePointer<T>?, UnsafePointer<T>?, Int, Int, Int, Int) -> Void
  let packRight: Pack
  let packLeft: Pack
  let multiply:
    @Sendable (
      UnsafeMutablePointer<T>?, Int, UnsafePointer<T>?, Int, Int, Int, UnsafePointer<T>?, Int, Int, Int,
      UnsafePointer<T>?, UnsafeMutablePointer<T>?
    ) -> Void
}

/// An element type that has these kernels.
protocol PanelElement: KernelElement {
  static var panelKernels: PanelKernels<Self> { get }
}

extension Float: PanelElement {
  static let panelKernels = PanelKernels(
    packRight: ck_gemm_pack_right_f32, packLeft: ck_gemm_pack_left_f32, multiply: ck_gemm_block_f32)
}

extension Double: PanelElement {
  static let panelKernels = PanelKernels(
    packRight: ck_gemm_pack_right_f64, packLeft: ck_gemm_pack_left_f64, multiply: ck_gemm_block_f64)
}

/// One product of two matrices on all threads. The right operand is packed once for all of them, so is the left one where it
/// cannot be read as it lies, and each thread takes the next block of the result when it has done one: none waits for a slower one.
///
/// Where the right operand is the larger, as the weight of a layer is for few rows of activations, the transposed product is
/// computed, with the weight read as it lies, and its blocks are transposed as they are stored.
struct PanelProduct<T: PanelElement> {
  private typealias Operand = (pointer: UnsafePointer<T>, rowStride: Int, columnStride: Int)

  private let left: Operand
  private let right: Operand
  private let (m, n, k): (Int, Int, Int)
  private let out: UnsafeMutablePointer<T>
  private let outStride: Int
  private let bias: UnsafePointer<T>?
  private let epilogue: Epilogue
  private let isTransposed: Bool
  private let packsLeft: Bool
  private let threads: Int
  private let kernels = T.panelKernels

  /// Numbers that an operand may take packed at a time.
  private static var mostPacked: Int { 1 << 22 }
  /// Up to how many rows of the inner dimension a panel may have.
  static var longest: Int { mostPacked / 64 }
  private static var panel: Int { Int(CK_GEMM_PANEL_BYTES) / MemoryLayout<T>.stride }
  private static var rows: Int { Int(CK_GEMM_ROWS) }

  /// `out = epilogue(a @ b + bias)` of `a` `[m, k]` and `b` `[k, n]`.
  init(
    m: Int, n: Int, k: Int, _ a: OneDNN.Matrix, _ b: OneDNN.Matrix, into c: OneDNN.Matrix, bias: UnsafeRawPointer?,
    epilogue: Epilogue
  ) {
    func operand(_ x: OneDNN.Matrix, transposed: Bool) -> Operand {
      let strides = transposed ? (x.columnStride, x.rowStride) : (x.rowStride, x.columnStride)
      return (UnsafePointer(x.pointer.assumingMemoryBound(to: T.self)), strides.0, strides.1)
    }
    // What packing and storing cost, in quarters of a move of one number.
    let straight = n * k * (b.columnStride == 1 ? 1 : 2) + (a.columnStride == 1 ? 0 : 2 * m * k)
    let transposed = m * k * (a.rowStride == 1 ? 1 : 2) + (b.rowStride == 1 ? 0 : 2 * n * k) + 2 * m * n
    isTransposed = transposed < straight
    left = operand(isTransposed ? b : a, transposed: isTransposed)
    right = operand(isTransposed ? a : b, transposed: isTransposed)
    (self.m, self.n, self.k) = (isTransposed ? n : m, isTransposed ? m : n, k)
    out = c.pointer.assumingMemoryBound(to: T.self)
    outStride = c.rowStride
    self.bias = bias.map { $0.assumingMemoryBound(to: T.self) }
    self.epilogue = epilogue
    packsLeft = left.columnStride != 1
    threads = min(Parallel.availableThreads, max(1, m * n * k / 500_000))
  }

  /// Whether it was measured to be faster than oneDNN with AVX2, alternating: nothing has to be packed but one operand, and each
  /// packed number is used often. For layers by 3 to 20 %.
  var isFasterThanLibrary: Bool { !packsLeft && (isTransposed || m >= 48) }

  /// Computes it. False, with nothing done, if there is no memory.
  func run() -> Bool {
    let columns = max(1, min((n + Self.panel - 1) / Self.panel, Self.mostPacked / (k * Self.panel))) * Self.panel
    let rows =
      packsLeft ? max(1, min((m + Self.rows - 1) / Self.rows, Self.mostPacked / (k * Self.rows))) * Self.rows : m
    let bytes = (columns + (packsLeft ? rows : 0)) * k * MemoryLayout<T>.stride
    guard let memory = Allocator.shared.allocate(bytes) else { return false }
    defer { Allocator.shared.deallocate(memory, bytes) }
    let packedRight = memory.assumingMemoryBound(to: T.self)
    let packedLeft = packsLeft ? packedRight + columns * k : nil
    for j in stride(from: 0, to: n, by: columns) {
      let width = min(columns, n - j)
      for i in stride(from: 0, to: m, by: rows) {
        let height = min(rows, m - i)
        pack(right: i == 0 ? j..<j + width : j..<j, packedRight, left: i..<i + height, packedLeft)
        multiply(i..<i + height, packedLeft, j..<j + width, packedRight)
      }
    }
    return true
  }

  /// Packs columns of the right operand, and rows of the left one where it has memory to be packed into.
  private func pack(
    right columns: Range<Int>, _ packedRight: UnsafeMutablePointer<T>, left rows: Range<Int>,
    _ packedLeft: UnsafeMutablePointer<T>?
  ) {
    let (columnUnit, rowUnit) = (32, 4 * Self.rows)
    let columnCount = (columns.count + columnUnit - 1) / columnUnit
    let rowCount = packedLeft == nil ? 0 : (rows.count + rowUnit - 1) / rowUnit
    share(columnCount + rowCount) { item in
      if item < columnCount {
        let j = item * columnUnit
        kernels.packRight(
          packedRight + j * k, right.pointer + (columns.lowerBound + j) * right.columnStride, right.rowStride,
          right.columnStride, k, min(columnUnit, columns.count - j))
      } else if let packedLeft {
        let i = (item - columnCount) * rowUnit
        kernels.packLeft(
          packedLeft + i * k, left.pointer + (rows.lowerBound + i) * left.rowStride, left.rowStride, left.columnStride,
          min(rowUnit, rows.count - i), k)
      }
    }
  }

  /// Blocks of the result: a block of the left operand fits the second cache.
  private func multiply(
    _ rows: Range<Int>, _ packedLeft: UnsafeMutablePointer<T>?, _ columns: Range<Int>, _ packed: UnsafePointer<T>
  ) {
    var (height, width) = isTransposed ? (8 * Self.rows, 256) : (22 * Self.rows, 192)
    var count: Int { ((rows.count + height - 1) / height) * ((columns.count + width - 1) / width) }
    while count < 4 * threads, height > 4 * Self.rows || width > 48 {
      if width <= 48 || isTransposed && height > 4 * Self.rows {
        height = (height / 2 + Self.rows - 1) / Self.rows * Self.rows
      } else {
        width /= 2
      }
    }
    let across = (columns.count + width - 1) / width
    let down = (rows.count + height - 1) / height
    let apply = epilogue.kernel(T.self)
    let scratchBytes = isTransposed ? height * width * MemoryLayout<T>.stride : 0
    share(across * down, scratchBytes) { item, scratch in
      // Neighbouring blocks share the operand that is read from memory.
      let i = (isTransposed ? item % down : item / across) * height
      let j = (isTransposed ? item / down : item % across) * width
      let (h, w) = (min(height, rows.count - i), min(width, columns.count - j))
      let (row, column) = (rows.lowerBound + i, columns.lowerBound + j)
      let target = isTransposed ? out + column * outStride + row : out + row * outStride + column
      kernels.multiply(
        target, outStride, packedLeft.map { UnsafePointer($0) + i * k } ?? left.pointer + row * left.rowStride,
        packsLeft ? 1 : left.rowStride, packsLeft ? Self.rows : left.columnStride,
        Self.rows * (packsLeft ? k : left.rowStride), packed + j * k, h, w, k,
        bias.map { $0 + (isTransposed ? row : column) }, scratch?.assumingMemoryBound(to: T.self))
      if let apply {
        let (runs, length) = isTransposed ? (w, h) : (h, w)
        for run in 0..<runs { apply(target + run * outStride, target + run * outStride, length) }
      }
    }
  }

  private func share(_ count: Int, _ body: (Int) -> Void) { share(count, 0) { item, _ in body(item) } }

  /// Calls `body` for each of `count` items, on whichever thread is free, with memory of `bytes` for each thread.
  private func share(_ count: Int, _ bytes: Int, _ body: (Int, UnsafeMutableRawPointer?) -> Void) {
    let next = Atomic<Int>(0)
    let threads = min(threads, count)
    parallelFor(threads, grain: 1) { _ in
      let scratch = bytes > 0 ? Allocator.shared.allocate(bytes) : nil
      if bytes > 0, scratch == nil {
        stop(TensorError(.memory, "out of memory", "cannot allocate \(bytes) bytes to multiply matrices in"))
      }
      while true {
        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if item >= count { break }
        body(item, scratch)
      }
      if let scratch { Allocator.shared.deallocate(scratch, bytes) }
    }
  }
}
