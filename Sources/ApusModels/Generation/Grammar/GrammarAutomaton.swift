import ApusCore

/// A grammar as an automaton over bytes: a state is a set of stacks, each of which says where in the rules a text may be. States
/// and steps are made when they are first needed, and kept.
struct GrammarAutomaton {
  /// No further byte fits.
  static let dead: Int32 = -1
  private static let unknown: Int32 = -2

  private let grammar: Grammar
  /// Stacks, each a place in the elements on top of another stack (-1: none).
  private var places: [Int32] = []
  private var below: [Int32] = []
  private var stackNumbers: [UInt64: Int32] = [:]
  /// The stacks of each state, all of which begin with bytes, and whether the text may end there.
  private var states: [State] = []
  private var stateNumbers: [State: Int32] = [:]
  /// The steps from each state, a number for each byte; empty before the first.
  private var steps: [[Int32]] = []
  private var filledSteps: [Int] = []

  /// More stacks than these are no grammar that somebody writes: the text is as good as outside of it.
  private static let mostStacks = 4096
  /// Steps of so many states are kept.
  private static let mostSteps = 1 << 14
  /// So many stacks are kept, and so many in all states together: texts that need more are outside of the grammar.
  private static let mostKept = 1 << 20
  private var keptInStates = 0

  private struct State: Hashable {
    var stacks: [Int32]
    var isEnd: Bool
  }

  init(_ grammar: Grammar) { self.grammar = grammar }

  /// The state of the empty text.
  mutating func start() -> Int32 {
    var closure = Closure()
    for place in grammar.alternatives[grammar.root] { open(stack(Int32(place), -1), &closure) }
    return number(of: closure)
  }

  /// Whether the text may end in `state`.
  func isEnd(_ state: Int32) -> Bool { state >= 0 && states[Int(state)].isEnd }

  /// Whether the text cannot go on.
  func isFinal(_ state: Int32) -> Bool { state >= 0 && states[Int(state)].stacks.isEmpty }

  /// The state behind `byte`, or ``dead``.
  @inline(__always)
  mutating func step(_ state: Int32, _ byte: UInt8) -> Int32 {
    let row = steps[Int(state)]
    if !row.isEmpty {
      let known = row[Int(byte)]
      if known != Self.unknown { return known }
    }
    return computeStep(state, byte)
  }

  @inline(never)
  private mutating func computeStep(_ state: Int32, _ byte: UInt8) -> Int32 {
    var closure = Closure()
    for stack in states[Int(state)].stacks {
      let place = places[Int(stack)]
      guard case .bytes(let set) = grammar.elements[Int(place)], set.contains(byte) else { continue }
      open(self.stack(place + 1, below[Int(stack)]), &closure)
    }
    let next = closure.stacks.isEmpty && !closure.isEnd ? Self.dead : number(of: closure)
    if steps[Int(state)].isEmpty {
      if filledSteps.count >= Self.mostSteps {
        for filled in filledSteps { steps[filled] = [] }
        filledSteps = []
      }
      steps[Int(state)] = Array(repeating: Self.unknown, count: 256)
      filledSteps.append(Int(state))
    }
    steps[Int(state)][Int(byte)] = next
    return next
  }

  private struct Closure {
    var stacks: Set<Int32> = []
    var seen: Set<Int32> = []
    var isEnd = false
  }

  /// Adds the stacks that begin with bytes which `first` leads to: rules on top are entered, ended sequences left.
  private mutating func open(_ first: Int32, _ closure: inout Closure) {
    var pending = [first]
    while let stack = pending.popLast() {
      guard closure.seen.insert(stack).inserted, closure.seen.count <= 8 * Self.mostStacks, places.count < Self.mostKept
      else { continue }
      let place = Int(places[Int(stack)])
      switch grammar.elements[place] {
      case .bytes:
        if closure.stacks.count < Self.mostStacks { closure.stacks.insert(stack) }
      case .end:
        if below[Int(stack)] < 0 { closure.isEnd = true } else { pending.append(below[Int(stack)]) }
      case .rule(let rule):
        // Nothing is kept of a sequence that ends with the rule, so that repetitions do not grow.
        let isLast = grammar.elements[place + 1] == .end
        let rest = isLast ? below[Int(stack)] : self.stack(Int32(place + 1), below[Int(stack)])
        for start in grammar.alternatives[rule] { pending.append(self.stack(Int32(start), rest)) }
      }
    }
  }

  private mutating func stack(_ place: Int32, _ rest: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: place)) << 32 | UInt64(UInt32(bitPattern: rest))
    if let known = stackNumbers[key] { return known }
    let number = Int32(places.count)
    places.append(place)
    below.append(rest)
    stackNumbers[key] = number
    return number
  }

  private mutating func number(of closure: Closure) -> Int32 {
    let state = State(stacks: closure.stacks.sorted(), isEnd: closure.isEnd)
    if let known = stateNumbers[state] { return known }
    keptInStates += state.stacks.count + 16
    guard keptInStates <= 4 * Self.mostKept || states.isEmpty else { return Self.dead }
    let number = Int32(states.count)
    states.append(state)
    steps.append([])
    stateNumbers[state] = number
    return number
  }
}
