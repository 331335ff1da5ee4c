import ApusCore

/// How filters are made of the weights of a convolution, `[O, C / groups, ...]`.
protocol FilterRecipe: Hashable, Sendable {
  /// The memory that they take.
  var byteCount: Int { get }
  /// The filters of dense weights.
  func callAsFunction(_ weight: UnsafeRawPointer) -> TensorBody
}

extension FilterRecipe {
  /// The filters of dense weights, from an earlier call if they are kept.
  func kept(_ weight: TensorBody) -> TensorBody {
    let source = UnsafeRawPointer(weight.data)
    let form = weight.prepared(of: source, where: { $0.recipe == self }) { FilterForm(source, self) }
    return form?.elements ?? self(source)
  }
}

/// Filters that are kept with the weights that they are made of.
private final class FilterForm<Recipe: FilterRecipe>: PreparedForm, @unchecked Sendable {
  let recipe: Recipe
  private let source: UnsafeRawPointer
  private let made = Lock<TensorBody?>(nil)

  init(_ source: UnsafeRawPointer, _ recipe: Recipe) { (self.source, self.recipe) = (source, recipe) }

  var byteCount: Int { recipe.byteCount }

  /// The filters, once they are made.
  var elements: TensorBody? { made.withLock { $0 } }

  func isMade(_ mayMake: () -> Bool) -> Bool {
    made.withLock { made in
      if made == nil, mayMake() {
        let filters = recipe(source)
        // Engines keep forms of these in turn.
        Tensor(filters).markLasting()
        made = filters
      }
      return made != nil
    }
  }
}
