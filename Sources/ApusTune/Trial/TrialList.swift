/// The trials of a study by their number, at one moment. Copies share their trials: one costs as much as a handful of them.
public struct TrialList: Sendable, RandomAccessCollection {
  private static let chunk = 64
  private var chunks: [[TrialRecord]] = []
  public private(set) var count = 0

  /// None.
  public init() {}

  /// These, which stand by their number.
  public init(_ trials: some Sequence<TrialRecord>) { for trial in trials { append(trial) } }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  /// The trial at a position; in a whole list that is its number.
  public subscript(position: Int) -> TrialRecord {
    get { chunks[position / Self.chunk][position % Self.chunk] }
    _modify { yield &chunks[position / Self.chunk][position % Self.chunk] }
  }

  mutating func append(_ trial: TrialRecord) {
    if count % Self.chunk == 0 {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(Self.chunk)
    }
    chunks[chunks.count - 1].append(trial)
    count += 1
  }
}
