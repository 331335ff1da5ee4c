import ApusCore

/// The mean over the ranks, as without a hook: PyTorch's `allreduce_hook`.
public let allReduceHook: CommunicationHook = { (bucket, group) throws(TensorError) in
  let work = try group.startAllReduce(bucket.buffer, .mean)
  return { () throws(TensorError) in try work.wait() }
}

/// The mean of gradients that are rounded to float16 on the way: half the bytes. PyTorch's `fp16_compress_hook`.
public let float16CompressionHook = compression(.float16)

/// The mean of gradients that are rounded to bfloat16 on the way: half the bytes, and the range of float32. PyTorch's
/// `bf16_compress_hook`.
public let bfloat16CompressionHook = compression(.bfloat16)

/// Each rank divides before it rounds, so that sums do not leave the range of the type.
private func compression(_ dtype: DType) -> CommunicationHook {
  { (bucket, group) throws(TensorError) in
    let type = bucket.buffer.dtype
    guard type.isFloatingPoint else {
      throw TensorError(.dtype, "registerCommHook", "gradients of \(type) cannot be rounded to \(dtype)")
    }
    let narrow = try mistakesThrown { (bucket.buffer / Double(group.size)).to(dtype) }
    let work = try group.startAllReduce(narrow, .sum)
    return { () throws(TensorError) in
      let sum = try work.wait()
      return try mistakesThrown { sum.to(type) }
    }
  }
}

/// The first steps of a training, in which a hook reduces gradients whole.
struct FirstSteps {
  let count: Int
  private var done = 0

  init(count: Int) { self.count = count }

  /// Whether the bucket belongs to one of them; the last bucket ends a step.
  mutating func take(_ bucket: GradientBucket) -> Bool {
    guard done < count else { return false }
    if bucket.isLast { done += 1 }
    return true
  }
}

/// Runs tensor operations without history, and throws their mistakes.
func mistakesThrown<Result>(_ body: () throws -> Result) throws(TensorError) -> Result {
  do {
    return try withErrors { try noGrad { try body() } }
  } catch let error as TensorError {
    throw error
  } catch {
    throw TensorError(.state, "DistributedDataParallel", "\(error)")
  }
}
