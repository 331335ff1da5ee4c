import ApusCore

/// The entries of the registry, overloads of a name together.
struct OperationNames {
  /// The names of each entry, PyTorch's first.
  private(set) var all: [[String]] = []
  /// The entry of each name.
  private(set) var place: [String: Int] = [:]

  init() {
    for operation in Registry.families.joined() {
      if let known = place[operation.names[0]] {
        // An overload may have more names.
        for name in operation.names { place[name] = known }
        continue
      }
      for name in operation.names where place[name] == nil { place[name] = all.count }
      all.append(operation.names)
    }
  }

  var primary: [String] { all.map { $0[0] } }
}
