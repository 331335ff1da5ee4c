import ApusCore

/// Gradients that are reduced together, as a hook of ``DistributedDataParallel/registerCommHook(_:)`` sees them:
/// PyTorch's `GradBucket`.
public struct GradientBucket: Sendable {
  /// Its number among the buckets of the model, from 0 on, in the order in which they are reduced.
  public let index: Int
  /// Whether it is the last one of the backward pass.
  public let isLast: Bool
  /// All gradients one after the other, `[n]`, without gaps.
  public let buffer: Tensor
  /// The gradients, in the shapes of the parameters: views of ``buffer``.
  public let gradients: [Tensor]
  /// The parameters.
  public let parameters: [Tensor]

  /// The gradients as they lie in `elements`, `[n]`, in place of ``buffer``.
  public func gradients(in elements: Tensor) -> [Tensor] { Self.cut(elements, like: parameters) }

  init(index: Int, isLast: Bool, buffer: Tensor, parameters: [Tensor]) {
    self.index = index
    self.isLast = isLast
    self.buffer = buffer
    self.parameters = parameters
    gradients = Self.cut(buffer, like: parameters)
  }

  private static func cut(_ elements: Tensor, like parameters: [Tensor]) -> [Tensor] {
    var offset = 0
    return parameters.map { parameter in
      defer { offset += parameter.count }
      return elements.view(parameter.shape, strides: rowMajorStrides(parameter.shape), offset: offset)
    }
  }
}

/// How the gradients of a bucket become those of all ranks: starts what is to go on while backward goes on, and
/// returns what waits for it and gives the elements that take the place of ``GradientBucket/buffer``, `[n]`. The
/// second part of all buckets runs at the end of the backward pass, in the order of the buckets, and may call
/// collectives too.
public typealias CommunicationHook =
  @Sendable (GradientBucket, ProcessGroup) throws(TensorError) -> @Sendable () throws(TensorError) -> Tensor

/// Which parameters share a bucket.
struct BucketPlan {
  /// Numbers of parameters, in the order in which buckets are reduced.
  private(set) var buckets: [[Int]] = []

  /// The parameters in `order`, of which each bucket takes as many of one element type as fit: the first one few, so
  /// that reducing begins early.
  init(_ order: [Int], _ parameters: [Tensor], firstBytes: Int, bytes: Int) {
    var open: [DType: (numbers: [Int], bytes: Int)] = [:]
    var isFirst = true
    for number in order {
      let dtype = parameters[number].gradientDType
      var bucket = open.removeValue(forKey: dtype) ?? ([], 0)
      bucket.numbers.append(number)
      bucket.bytes += parameters[number].count * dtype.size
      if bucket.bytes >= (isFirst ? firstBytes : bytes) {
        buckets.append(bucket.numbers)
        isFirst = false
      } else {
        open[dtype] = bucket
      }
    }
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
    func last(_ numbers: [Int]) -> Int { numbers.compactMap { places[$0] }.max() ?? 0 }
    // In the order in which they become full.
    buckets = (buckets + open.values.map(\.numbers)).sorted { last($0) < last($1) }
  }
}

extension Tensor {
  /// The element type of the gradients of a parameter.
  var gradientDType: DType { dtype.gradientType ?? dtype }
}

extension ProcessGroup {
  /// Reduces tensors where they lie, one after the other in one collective: plain memory of the host that nobody else
  /// reads.
  func startReducing(together tensors: [Tensor], _ operation: ReduceOperation) throws(TensorError) -> Work<Void> {
    var phases: [Phase] = []
    for tensor in tensors { phases += try reducing(tensor, operation) }
    let types = tensors.prefix(3).map { "\($0.type)" }.joined(separator: ", ")
    let others = tensors.count > 3 ? " and \(tensors.count - 3) others" : ""
    return start("allReduce(\(operation.rawValue)) of \(types)\(others)", phases) { () throws(TensorError) in
      withExtendedLifetime(tensors) {}
    }
  }
}
