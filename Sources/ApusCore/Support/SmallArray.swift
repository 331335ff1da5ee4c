/// A sequence that keeps its first two elements inline: most operations have one or two inputs, and a node of the graph
/// should not cost an allocation for them.
struct SmallArray<Element> {
  private var first: Element?
  private var second: Element?
  private var rest: [Element] = []
  package private(set) var count = 0

  init() {}

  init(_ a: Element, _ b: Element) {
    first = a
    second = b
    count = 2
  }

  init(_ elements: some Sequence<Element>) {
    for element in elements { append(element) }
  }

  mutating func append(_ element: Element) {
    switch count {
    case 0: first = element
    case 1: second = element
    default: rest.append(element)
    }
    count += 1
  }

  var isEmpty: Bool { count == 0 }

  subscript(i: Int) -> Element {
    switch i {
    case 0: first.unsafelyUnwrapped
    case 1: second.unsafelyUnwrapped
    default: rest[i - 2]
    }
  }

  func map<Result>(_ transform: (Element) -> Result) -> SmallArray<Result> {
    var result = SmallArray<Result>()
    for i in 0..<count { result.append(transform(self[i])) }
    return result
  }
}

extension SmallArray: Sendable where Element: Sendable {}
