/// The tensors of some of a function's arguments, taken out of their trees so that others can be put in their place.
struct Leaves {
  /// The tensors of the chosen arguments, in order of the arguments.
  private(set) var tensors: [Tensor] = []
  /// Where the tensors of each argument are among them; nil for arguments that are not chosen.
  private var places: [Range<Int>?] = []
  private var given: [Tensor] = []
  private var argument = 0

  /// - Parameter argnums: the numbers of the arguments, of which negative ones count from the end; nil: all.
  init<each Argument: TensorTree>(_ argnums: [Int]?, _ argument: repeat each Argument) {
    var count = 0
    func step<T>(_: T) { count += 1 }
    repeat step(each argument)
    let chosen = argnums.map { Set($0.map { $0 < 0 ? $0 + count : $0 }) }
    var (tensors, places): ([Tensor], [Range<Int>?]) = ([], [])
    func collect<T: TensorTree>(_ tree: T) {
      guard chosen?.contains(places.count) ?? true else { return places.append(nil) }
      let start = tensors.count
      _ = tree.mapTensors {
        tensors.append($0)
        return $0
      }
      places.append(start..<tensors.count)
    }
    repeat collect(each argument)
    (self.tensors, self.places) = (tensors, places)
  }

  /// Starts to hand out the arguments with `tensors` in place of those of the chosen ones.
  mutating func hand(out tensors: [Tensor]) {
    given = tensors
    argument = 0
  }

  /// The same places, without the tensors.
  var withoutTensors: Leaves {
    var copy = self
    copy.tensors = []
    return copy
  }

  /// The next argument.
  mutating func take<T: TensorTree>(_ tree: T) -> T {
    defer { argument += 1 }
    guard let place = places[argument] else { return tree }
    return tree.filled(given[place])
  }

  /// What was computed for the tensors of argument `argnum`, as a tree of the form that the chosen argument has.
  /// - Parameter first: an argument of the type that is expected.
  func part<T: TensorTree, each Argument: TensorTree>(
    _ argnum: Int, of results: [Tensor], like first: T, among argument: repeat each Argument, in operation: String
  ) -> T {
    var i = 0
    var found: T?
    let wanted = argnum < 0 ? argnum + places.count : argnum
    func look<A: TensorTree>(_ tree: A) {
      if i == wanted, let place = places[i] { found = tree.filled(results[place]) as? T }
      i += 1
    }
    repeat look(each argument)
    if let found { return found }
    let failed = fail(
      TensorError(
        .value, operation,
        places.indices.contains(wanted)
          ? "argument \(argnum) is no \(T.self), as the first result for argnums is: name arguments of one type, or let the "
            + "argument be the first one"
          : "there are \(places.count) arguments, and argnums names number \(argnum)"))
    return first.mapTensors { _ in failed }
  }
}

extension TensorTree {
  /// The same tree with these tensors.
  func filled(_ tensors: some Sequence<Tensor>) -> Self {
    var next = tensors.makeIterator()
    return mapTensors { next.next() ?? $0 }
  }

  /// The tensors of the tree.
  var leaves: [Tensor] {
    var result: [Tensor] = []
    _ = mapTensors {
      result.append($0)
      return $0
    }
    return result
  }
}
