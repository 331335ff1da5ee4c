import ApusCore
import ApusFunctional

// Paths in graphs: powers of a matrix of steps.

/// The lengths of the shortest paths between all nodes of a graph: powers of the matrix of its edges in ``MinPlus``.
///
/// The gradient of a length is 1 at the edges that its path takes (shared where several are as short).
/// - Parameter lengths: The length of the edge from a node (row) to another (column), floating point `[..., n, n]`; ∞ where
///   there is none. Staying costs nothing.
/// - Returns: `[..., n, n]`; ∞ where there is no path. A cycle of negative length has no shortest path: what is found then has
///   at least n - 1 edges.
public func shortestPaths(_ lengths: Tensor) -> Tensor { paths(lengths, .minPlus, "shortestPaths") }

/// The lengths of the longest paths between all nodes of a graph without cycles of positive length: powers of the matrix of its
/// edges in ``MaxPlus``, as for the critical path of a plan.
///
/// The gradient of a length is 1 at the edges that its path takes (shared where several are as long).
/// - Parameter lengths: The length of the edge from a node (row) to another (column), floating point `[..., n, n]`; -∞ where
///   there is none. Staying counts as 0.
/// - Returns: `[..., n, n]`; -∞ where there is no path.
public func longestPaths(_ lengths: Tensor) -> Tensor { paths(lengths, .maxPlus, "longestPaths") }

/// Which nodes of a graph can be reached from which: powers of the matrix of its edges in ``Boolean``.
/// - Parameter edges: Not 0 where there is an edge from a node (row) to another (column), `[..., n, n]`.
/// - Returns: bool `[..., n, n]`; every node reaches itself.
public func reachableNodes(_ edges: Tensor) -> Tensor { paths(edges, .boolean, "reachableNodes").to(.bool) }

private func paths(_ steps: Tensor, _ semiring: DType, _ operation: String) -> Tensor {
  attempt(steps) { () throws(TensorError) in
    guard steps.rank >= 2, steps.size(-1) == steps.size(-2), steps.dtype.isFloatingPoint || semiring == .boolean else {
      throw TensorError(
        .shape, operation,
        "needs floating point matrices of the shape [..., n, n], and found \(steps.dtype) \(steps.shape)")
    }
    let n = steps.size(-1)
    if n == 0 { return steps }
    // With staying among the steps, the power n - 1 has all paths without a cycle.
    let once = steps.to(semiring) + eye(n, dtype: semiring)
    return linalg.matrixPower(once, max(1, n - 1)).to(steps.dtype)
  }
}
