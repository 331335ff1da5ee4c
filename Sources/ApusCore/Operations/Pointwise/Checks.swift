// What operations demand of the elements of an operand.

/// The same elements, if they are what an operation can take. As an operation itself the check is part of captured functions,
/// which test the elements of every call, and sees all samples inside of `vmap`.
package struct Checked: Rearrangement, Hashable {
  package enum Demand: Hashable, Sendable {
    case probabilities
    case noNegative(String)
    case noZero
  }

  let demand: Demand
  /// What the user called: its name stands in messages.
  package let operation: String
  package var name: String { "Checked" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0]
    if x.count > 0, let message = noGrad({ problem(x.detach().contiguous()) }) {
      throw TensorError(.value, operation, message)
    }
    results[0].fill(with: x)
  }

  /// What is wrong with elements, if anything.
  private func problem(_ x: Tensor) -> String? {
    switch demand {
    case .probabilities:
      let (low, high) = (x.amin().item(), x.amax().item())
      // NaN is no probability.
      if !(low >= 0 && high <= 1) {
        return "the input must hold probabilities from 0 to 1, and found values from \(low) to \(high); "
          + "binaryCrossEntropyWithLogits takes logits"
      }
    case .noNegative(let what):
      let low = x.amin().item()
      if low < 0 { return "\(what) must not be negative, and found \(low)" }
    case .noZero:
      if x.array(as: Int64.self).contains(0) {
        return "division by zero in an integer tensor; mask the zeros or use floats"
      }
    }
    return nil
  }

  /// Programs look at no elements: nobody is there to be told.
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? { cCopy(inputs[0]) { outputs[0]($0) } }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }
  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { cotangents }
  /// Nothing is demanded of a direction.
  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    tangents
  }
}

extension Tensor {
  /// This tensor, or an error of `operation` if its elements are not what that demands.
  package func checked(_ demand: Checked.Demand, _ operation: String) -> Tensor {
    apply(Checked(demand: demand, operation: operation), self)
  }
}
