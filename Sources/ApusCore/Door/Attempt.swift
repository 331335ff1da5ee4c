// The frame of public operations, which do not throw: a failed operand takes the place of the result, and a mistake in
// the body is reported and gives a failed result.

/// The result of `body`; the first of the operands that has failed, if one has, or `fail` of the mistake that `body` throws.
///
///     public func twice(_ x: Tensor) -> Tensor {
///       attempt(x) { () throws(TensorError) in
///         try x.requireReal("twice")
///         return x + x
///       }
///     }
@inline(__always)
package func attempt(
  _ first: Tensor? = nil, _ second: Tensor? = nil, _ third: Tensor? = nil, _ fourth: Tensor? = nil,
  _ fifth: Tensor? = nil, body: () throws(TensorError) -> Tensor
) -> Tensor {
  if let failed = failure(first, second, third, fourth, fifth) { return failed }
  do throws(TensorError) { return try besideFirst(first, second, third, fourth, fifth, body) } catch {
    return fail(error)
  }
}

/// ``attempt(_:_:_:_:_:body:)`` for operations with two results, both of which are the failed one.
@inline(__always)
package func attempt(
  _ first: Tensor? = nil, _ second: Tensor? = nil, _ third: Tensor? = nil, _ fourth: Tensor? = nil,
  _ fifth: Tensor? = nil, body: () throws(TensorError) -> (Tensor, Tensor)
) -> (Tensor, Tensor) {
  if let failed = failure(first, second, third, fourth, fifth) { return (failed, failed) }
  do throws(TensorError) { return try besideFirst(first, second, third, fourth, fifth, body) } catch {
    let failed = fail(error)
    return (failed, failed)
  }
}

/// ``attempt(_:_:_:_:_:body:)`` for operations with a list of results, of which the failed one is the only one.
@inline(__always)
package func attempt(
  _ first: Tensor? = nil, _ second: Tensor? = nil, _ third: Tensor? = nil, _ fourth: Tensor? = nil,
  _ fifth: Tensor? = nil, body: () throws(TensorError) -> [Tensor]
) -> [Tensor] {
  if let failed = failure(first, second, third, fourth, fifth) { return [failed] }
  do throws(TensorError) { return try besideFirst(first, second, third, fourth, fifth, body) } catch {
    return [fail(error)]
  }
}

/// Runs `body` with new tensors made where the operands lie.
@inline(__always)
private func besideFirst<R>(
  _ first: Tensor?, _ second: Tensor?, _ third: Tensor?, _ fourth: Tensor?, _ fifth: Tensor?,
  _ body: () throws(TensorError) -> R
) throws(TensorError) -> R {
  guard let first, Devices.isUsed else { return try body() }
  return try beside([first, second, third, fourth, fifth], body)
}

/// The first operand that has failed, which is reported.
@inline(__always)
private func failure(
  _ first: Tensor?, _ second: Tensor?, _ third: Tensor?, _ fourth: Tensor?, _ fifth: Tensor?
) -> Tensor? {
  first?.failed ?? second?.failed ?? third?.failed ?? fourth?.failed ?? fifth?.failed
}
