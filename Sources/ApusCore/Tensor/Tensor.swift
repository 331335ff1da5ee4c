import CKernels

/// A multi-dimensional array of numbers, as PyTorch's `torch.Tensor`, with value semantics.
///
///     let x = Tensor([1.0, 2.0, 3.0])
///     let y = Tensor([4.0, 5.0, 6.0])
///     print(x + y)  // tensor([5., 7., 9.])
///
/// Assigning shares the elements; a mutation (`x[0] = y`, `x += y`) writes in place when nobody else holds them and
/// copies otherwise, so that no other tensor ever changes. The one exception is a *variable*: a tensor made with
/// `requiresGrad: true` (or by ``parameter(_:)``, ``buffer(_:)``) has an identity, and all copies of it see what an
/// optimiser or ``assign(_:)`` stores. Tensors may be used from several tasks at once.
public struct Tensor: Sendable {
  package var body: TensorBody

  @inline(__always) package init(_ body: TensorBody) { self.body = body }
}

/// What an operation must look at before it may take the short path.
package struct TensorFlags: OptionSet {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Recorded, or a variable that collects a gradient.
  package static let requiresGrad = TensorFlags(rawValue: 1)
  /// The result of a failed operation inside `withErrors`.
  package static let poisoned = TensorFlags(rawValue: 2)
  /// A handle: the elements are those that the variable holds at the moment.
  package static let variable = TensorFlags(rawValue: 4)
  /// Has a ``TensorMark``: operations on it go through an interpreter.
  package static let marked = TensorFlags(rawValue: 8)
  /// Elements of a registered type: not every operation takes them.
  package static let custom = TensorFlags(rawValue: 16)
  /// Complex elements: not every operation takes them.
  static let complex = TensorFlags(rawValue: 32)
  /// Elements in the memory of a device: its engine computes with them.
  package static let device = TensorFlags(rawValue: 64)
  /// What follows from the element type.
  static let element: TensorFlags = [.custom, .complex]
  /// Not for the host to compute with as they lie: an interpreter or a device has to see the operation.
  package static let interpreted: TensorFlags = [.marked, .device]
}

extension DType {
  /// What an operation must look at before it may take the short path.
  @inline(__always)
  package var flags: TensorFlags { isCustom ? .custom : isComplex ? .complex : [] }
}

/// The reference-counted content of a tensor. Immutable, but for elements written under a unique reference and the
/// record, set once before anybody else sees the body.
package final class TensorBody: @unchecked Sendable {
  var storage: Storage
  /// Where element [0, 0, ...] lies, be it on a device.
  let address: UnsafeMutableRawPointer
  package let shape: [Int]
  package let strides: [Int]
  package let count: Int
  package let dtype: DType
  var flags: TensorFlags
  /// Row-major without gaps.
  package let isContiguous: Bool
  var outputIndex: Int32 = 0
  /// The operation that made it, or the variable that it is.
  var record: GradientRecord?
  /// How an interpreter sees it.
  private(set) var mark: TensorMark?

  /// Address of element [0, 0, ...] for the host. Whoever asks reads elements past the door: an interpreter hears of it, and
  /// what lies on a device is copied to the host.
  @inline(__always)
  package var data: UnsafeMutableRawPointer { flags.isDisjoint(with: .interpreted) ? address : watchedData }

  @inline(never)
  private var watchedData: UnsafeMutableRawPointer {
    noteRead()
    return deviceMemory?.hostAddress(of: address, byteRange) ?? address
  }

  /// Tells an interpreter that the elements are read.
  @inline(__always)
  func noteRead() {
    if flags.contains(.marked) { mark?.noteRead(self) }
  }

  /// How many elements behind the start of the storage element [0, 0, ...] lies, which tells nothing of the elements.
  var storageOffset: Int { (address - storage.pointer) / dtype.size }

  /// A view of `storage`; `data` is the address of the first element.
  package init(
    storage: Storage, data: UnsafeMutableRawPointer, shape: [Int], strides: [Int], dtype: DType,
    flags: TensorFlags = []
  ) {
    self.storage = storage
    address = data
    self.shape = shape
    self.strides = strides
    self.count = elementCount(shape)
    self.dtype = dtype
    self.flags = flags.union(storage.isDevice ? dtype.flags.union(.device) : dtype.flags)
    self.isContiguous = isRowMajor(shape, strides)
  }

  /// A new row-major block that takes shape and strides from a contiguous tensor.
  @inline(__always)
  package init(like other: TensorBody, dtype: DType) {
    storage = Storage.make(byteCount: other.count &* dtype.size)
    address = storage.pointer
    shape = other.shape
    strides = other.strides
    count = other.count
    self.dtype = dtype
    flags = dtype.flags
    isContiguous = true
  }

  /// The same elements as `other` without its history; interpreters take it for the same, unless `marked` is false.
  package init(sharing other: TensorBody, marked: Bool = true) {
    storage = other.storage
    address = other.address
    shape = other.shape
    strides = other.strides
    count = other.count
    dtype = other.dtype
    flags = other.flags.intersection(
      marked ? [.poisoned, .custom, .complex, .device, .marked] : [.poisoned, .custom, .complex, .device])
    if marked { mark = other.mark }
    isContiguous = other.isContiguous
  }

  /// Marks a body that nobody else has seen yet.
  func setMark(_ mark: TensorMark) {
    self.mark = mark
    flags.insert(.marked)
  }

  /// The handle of a variable of this type.
  package init(handle type: TensorType, flags: TensorFlags, record: GradientRecord) {
    storage = .none
    address = storage.pointer
    shape = type.shape
    strides = rowMajorStrides(type.shape)
    count = type.count
    dtype = type.dtype
    self.flags = flags.union(dtype.flags)
    isContiguous = true
    self.record = record
  }

  #if THREAD_SANITIZER
    deinit { ck_order_release(Unmanaged.passUnretained(storage).toOpaque()) }
  #endif

  /// Whether nobody else holds the body nor its elements, so that the host may change them where they lie: every other
  /// holder is done with them.
  @inline(__always)
  package static func isUnique(_ body: inout TensorBody) -> Bool {
    guard isKnownUniquelyReferenced(&body) && isKnownUniquelyReferenced(&body.storage),
      !body.flags.contains(.device)
    else { return false }
    body.storage.forgetForms()
    #if THREAD_SANITIZER
      ck_order_acquire(Unmanaged.passUnretained(body.storage).toOpaque())
    #endif
    return true
  }

  var type: TensorType { TensorType(shape, dtype) }
}

extension Tensor {
  /// A new tensor of `shape` with elements not initialised, in row-major order.
  package static func uninitialized(_ shape: [Int], _ dtype: DType) -> Tensor {
    let storage = Storage.make(byteCount: elementCount(shape) * dtype.size)
    return Tensor(
      TensorBody(
        storage: storage, data: storage.pointer, shape: shape, strides: rowMajorStrides(shape), dtype: dtype))
  }

  /// A new tensor with elements not initialised and a dense layout of the given strides.
  package static func uninitialized(_ shape: [Int], _ dtype: DType, strides: [Int]) -> Tensor {
    let storage = Storage.make(byteCount: elementCount(shape) * dtype.size)
    return Tensor(TensorBody(storage: storage, data: storage.pointer, shape: shape, strides: strides, dtype: dtype))
  }

  /// Where the elements of a plain tensor lie, row by row: what tells whether two tensors hold the same ones. Nil for variables,
  /// tensors of a device and those that an interpreter follows, of which this would tell nothing.
  package var plainAddress: UnsafeMutableRawPointer? {
    body.flags.isEmpty && body.isContiguous ? body.address : nil
  }

  /// A view of this tensor's elements, without history. `offset` is in elements from its first one.
  package func view(_ shape: [Int], strides: [Int], offset: Int = 0) -> Tensor {
    body.noteRead()
    return Tensor(
      TensorBody(
        storage: body.storage, data: body.address + offset * body.dtype.size, shape: shape, strides: strides,
        dtype: body.dtype))
  }

  /// The body that tells shape and element type: those of a variable can be changed (``Module``'s `half()`), of which its
  /// handles do not know.
  @inline(__always)
  private var typed: TensorBody { body.flags.contains(.variable) ? variable.retyped ?? body : body }

  /// The sizes of the dimensions.
  public var shape: [Int] { typed.shape }
  /// The type of the elements.
  public var dtype: DType { typed.dtype }
  /// Shape and element type together.
  public var type: TensorType { typed.type }
  /// Number of dimensions.
  public var rank: Int { shape.count }
  /// Number of dimensions, PyTorch's `dim()`.
  public var ndim: Int { shape.count }
  /// Number of elements, PyTorch's `numel()`.
  public var count: Int { typed.count }
  /// Steps between neighbours along each dimension, in elements.
  public var strides: [Int] { resolved.body.strides }
  /// Whether the elements lie in row-major order without gaps.
  public var isContiguous: Bool { resolved.body.isContiguous }

  /// The size of one dimension; negative ones count from the end.
  public func size(_ dim: Int) -> Int {
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "size")
      return rank == 0 ? 1 : shape[d]
    } catch {
      if !hasFailed { report(error) }
      return 0
    }
  }

  /// The variable behind a handle.
  /// - Precondition: the flag `.variable` is set: only a handle's record is a variable with that flag.
  var variable: Variable { unsafeDowncast(body.record.unsafelyUnwrapped, to: Variable.self) }

  /// The tensor with its present elements: itself, or for a variable what it holds now.
  @inline(__always)
  package var resolved: Tensor {
    guard body.flags.contains(.variable) else { return self }
    let snapshot = variable.snapshot()
    return Tensor(isUnrecordedHandle ? TensorBody(sharing: snapshot) : snapshot)
  }

  /// Whether it is what ``data`` of a variable gives.
  var isUnrecordedHandle: Bool { body.outputIndex == Self.unrecordedHandle }
  private static var unrecordedHandle: Int32 { -1 }

  /// Another handle of the variable that `handle` stands for: what is computed with it is not recorded.
  init(unrecordedHandleOf handle: Tensor) {
    self.init(TensorBody(handle: handle.type, flags: .variable, record: handle.variable))
    body.outputIndex = Self.unrecordedHandle
  }
}
