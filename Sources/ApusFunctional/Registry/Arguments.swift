import ApusCore

// Arguments that several families of this module read.

/// The end of the signatures of losses: the reduction and its older forms.
let lossTail = "size_average=None, reduce=None, reduction='mean'"

extension OperationArguments {
  /// PyTorch's `reduction`, the older `size_average` and `reduce` taken into account.
  func reduction() throws -> LossReduction {
    if parameters.contains(where: { $0.name == "reduce" }) {
      let (average, reduce) = (try value("size_average"), try value("reduce"))
      if !average.isNone || !reduce.isNone {
        if !reduce.isNone, try !bool("reduce") { return .none }
        if !average.isNone, try !bool("size_average") { return .sum }
        return .mean
      }
    }
    guard let reduction = LossReduction(rawValue: try string("reduction")) else {
      throw mismatch("reduction", "'none', 'mean' or 'sum'")
    }
    return reduction
  }

  /// A list of sizes, nil where it is empty or none.
  func sizes(_ name: String) throws -> [Int]? {
    let found = try optionalInts(name)
    return found?.isEmpty == true ? nil : found
  }
}
