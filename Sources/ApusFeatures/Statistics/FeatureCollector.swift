import ApusCore
import ApusMedia

/// What is known of a feature so far: of a column, or a field of a structure.
final class FeatureCollector {
  let path: FeaturePath
  private let options: CollectorOptions
  private var levels: [LevelCounter] = []
  /// The numbers of items of innermost lists that a row has; of nested lists only.
  private var innermost = LevelCounter()
  private var kind: FeatureKind?
  private var numbers = NumericCollector()
  private var texts: TextCounter
  private var lengths = ByteLengths()
  /// The fields of a structure, in their order.
  private(set) var children: [FeatureCollector] = []

  /// What collectors do, found once for all of them.
  struct CollectorOptions {
    let options: StatisticsOptions
    let byteStrings: Set<FeaturePath>
    let categories: Set<FeaturePath>
    var isWeighted: Bool { options.weightColumn != nil }
  }

  private struct ByteLengths {
    var total = 0
    var least = Int.max
    var most = 0
  }

  init(_ path: FeaturePath, _ options: CollectorOptions) {
    self.path = path
    self.options = options
    texts = TextCounter(limit: options.options.exactValues)
  }

  private var isCategory: Bool { options.categories.contains(path) }
  private var isByteString: Bool { options.byteStrings.contains(path) }

  // MARK: - Adding

  /// Adds the values of `column` at the positions of `range`, each with its weight where there are some.
  /// - Throws: `TensorError` of kind `dtype` where they are of another type or depth than those before.
  func add(_ column: Column, _ range: Range<Int>, weights: [Double]?) throws(TensorError) {
    var column = column
    var range = range
    var weights = weights
    var level = 0
    /// Where the items of each row are, to count those of innermost lists.
    var rows: [Range<Int>]?
    let depth = Self.depth(column)
    while case .list(let offsets, let items) = column.storage {
      try open(level, depth: depth)
      add(level, column, range, offsets, weights)
      let places = try flattened(column, range, offsets, items)
      if depth > 1 {
        var starts = [places.1.lowerBound]
        for row in range {
          starts.append(starts[starts.count - 1] + (column.isNull(row) ? 0 : offsets[row + 1] - offsets[row]))
        }
        let first = range.lowerBound
        rows =
          rows.map { $0.map { starts[$0.lowerBound - first]..<starts[$0.upperBound - first] } }
          ?? range.filter { !column.isNull($0) }.map { starts[$0 - first]..<starts[$0 - first + 1] }
      }
      if let known = weights {
        weights = range.flatMap { row -> [Double] in
          let count = column.isNull(row) ? 0 : offsets[row + 1] - offsets[row]
          return [Double](repeating: known[row - range.lowerBound], count: count)
        }
      }
      (column, range) = places
      level += 1
    }
    if level == 0 {
      try open(0, depth: 1)
      let missing = Self.nulls(column, range)
      levels[0].addSingle(range.count - missing)
      if let weights {
        for row in range where !column.isNull(row) {
          levels[0].presentWeight += weights[row - range.lowerBound]
          levels[0].itemWeight += weights[row - range.lowerBound]
        }
      }
    }
    if let rows { for row in rows { innermost.addLength(row.count, 1) } }
    try addLeaves(column, range, weights: weights, nullsAreValues: level > 0)
  }

  /// How many lists lie in each other; 1 for values without lists.
  private static func depth(_ column: Column) -> Int {
    var depth = 0
    var column = column
    while case .list(_, let items) = column.storage {
      depth += 1
      column = items
    }
    return max(depth, 1)
  }

  private static func nulls(_ column: Column, _ range: Range<Int>) -> Int {
    if case .none = column.storage { return range.count }
    guard let validity = column.validity else { return 0 }
    return validity[range].reduce(0) { $0 + ($1 ? 0 : 1) }
  }

  private func open(_ level: Int, depth: Int) throws(TensorError) {
    if levels.isEmpty { levels = [LevelCounter](repeating: LevelCounter(), count: depth) }
    guard levels.count == depth else {
      throw TensorError(
        .dtype, "TableStatistics",
        "'\(path)' has lists of \(depth) levels here and of \(levels.count) before; one depth works")
    }
  }

  private func add(_ level: Int, _ column: Column, _ range: Range<Int>, _ offsets: [Int], _ weights: [Double]?) {
    for row in range where !column.isNull(row) {
      let length = offsets[row + 1] - offsets[row]
      levels[level].add(length)
      if let weights {
        levels[level].presentWeight += weights[row - range.lowerBound]
        levels[level].itemWeight += weights[row - range.lowerBound] * Double(length)
      }
    }
  }

  /// The items of the lists in `range`; those of lists that are null are left out.
  private func flattened(
    _ column: Column, _ range: Range<Int>, _ offsets: [Int], _ items: Column
  ) throws(TensorError) -> (Column, Range<Int>) {
    if range.isEmpty { return (items, 0..<0) }
    let hidden = column.validity != nil && range.contains { column.isNull($0) && offsets[$0] < offsets[$0 + 1] }
    if !hidden { return (items, offsets[range.lowerBound]..<offsets[range.upperBound]) }
    let places = range.flatMap { row in column.isNull(row) ? [] : Array(offsets[row]..<offsets[row + 1]) }
    let budget = DecodeBudget(fileSize: 0, limit: .max, name: "TableStatistics")
    return (try items.gathering(places, budget: budget), 0..<places.count)
  }

  private func settle(_ found: FeatureKind) throws(TensorError) {
    guard let kind, kind != found else {
      self.kind = found
      return
    }
    if [.int, .float].contains(kind), [.int, .float].contains(found), !isCategory {
      self.kind = .float
      return
    }
    throw TensorError(
      .dtype, "TableStatistics",
      "'\(path)' is \(found.name) here and \(kind.name) before; columns keep their type from part to part")
  }

  private func addLeaves(
    _ column: Column, _ range: Range<Int>, weights: [Double]?, nullsAreValues: Bool
  ) throws(TensorError) {
    switch column.storage {
    case .none, .list: return
    case .structure(let columns):
      guard case .structure(let fields) = column.type.decoded else { return }
      try settle(.structure)
      try addFields(zip(fields, columns).map { ($0.name, $1) }, column, range, weights)
    case .text(let offsets, let bytes):
      try settle(.string)
      bytes.withUnsafeBytes { bytes in
        for row in range where !column.isNull(row) {
          addText(
            UnsafeRawBufferPointer(rebasing: bytes[offsets[row]..<offsets[row + 1]]),
            weights?[row - range.lowerBound] ?? 0)
        }
      }
    case .fixed(let bytes):
      if case .fixedBinary(let width) = column.type.decoded {
        try settle(.string)
        bytes.withUnsafeBytes { bytes in
          for row in range where !column.isNull(row) {
            addText(
              UnsafeRawBufferPointer(rebasing: bytes[row * width..<(row + 1) * width]),
              weights?[row - range.lowerBound] ?? 0)
          }
        }
        return
      }
      let found: FeatureKind = NumberColumn.isReal(column.type) ? .float : .int
      try settle(found)
      if found == .int, isCategory {
        for row in range where !column.isNull(row) {
          var text = NumberColumn.integerText(column, row)
          text.withUTF8 { addText(UnsafeRawBufferPointer($0), weights?[row - range.lowerBound] ?? 0) }
        }
        return
      }
      addNumbers(column, range, weights, nullsAreValues)
    }
  }

  private func addText(_ text: UnsafeRawBufferPointer, _ weight: Double) {
    if isByteString {
      lengths.total += text.count
      lengths.least = min(lengths.least, text.count)
      lengths.most = max(lengths.most, text.count)
    } else {
      texts.add(text, weight: weight)
    }
  }

  /// Numbers in parts that stay near the processor.
  private func addNumbers(_ column: Column, _ range: Range<Int>, _ weights: [Double]?, _ nullsAreValues: Bool) {
    let size = 4096
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * size) { memory in
      var start = range.lowerBound
      while start < range.upperBound {
        let part = start..<min(start + size, range.upperBound)
        let values = UnsafeMutableBufferPointer(rebasing: memory[..<size])
        let parts = UnsafeMutableBufferPointer(rebasing: memory[size...])
        NumberColumn.read(column, part, into: values)
        if let weights {
          for row in part { parts[row - part.lowerBound] = weights[row - range.lowerBound] }
        }
        var count = part.count
        if let validity = column.validity {
          count = 0
          for row in part {
            let isThere = validity[row]
            // A number that is missing within a list is a value that is none.
            if !isThere, !nullsAreValues { continue }
            values[count] = isThere ? values[row - part.lowerBound] : .nan
            if weights != nil { parts[count] = parts[row - part.lowerBound] }
            count += 1
          }
        }
        numbers.add(
          UnsafeMutableBufferPointer(rebasing: values[..<count]),
          weights: weights == nil ? nil : UnsafeMutableBufferPointer(rebasing: parts[..<count]))
        start = part.upperBound
      }
    }
  }

  private func addFields(
    _ fields: [(name: String, column: Column)], _ column: Column, _ range: Range<Int>, _ weights: [Double]?
  ) throws(TensorError) {
    var range = range
    var weights = weights
    var fields = fields
    if Self.nulls(column, range) > 0 {
      let places = range.filter { !column.isNull($0) }
      let budget = DecodeBudget(fileSize: 0, limit: .max, name: "TableStatistics")
      for i in fields.indices { fields[i].column = try fields[i].column.gathering(places, budget: budget) }
      if let known = weights { weights = places.map { known[$0 - range.lowerBound] } }
      range = 0..<places.count
    }
    for field in fields {
      let child = path.child(field.name)
      let collector: FeatureCollector
      if let known = children.first(where: { $0.path == child }) {
        collector = known
      } else {
        collector = FeatureCollector(child, options)
        children.append(collector)
      }
      try collector.add(field.column, range, weights: weights)
    }
  }

  // MARK: - Merging

  /// Adds what another collector of the same feature has.
  /// - Throws: `TensorError` of kind `dtype` where its values are of another type or depth.
  func merge(_ other: FeatureCollector) throws(TensorError) {
    if !other.levels.isEmpty {
      try open(0, depth: other.levels.count)
      for i in levels.indices { levels[i].merge(other.levels[i]) }
    }
    if let kind = other.kind { try settle(kind) }
    innermost.merge(other.innermost)
    numbers.merge(other.numbers)
    texts.merge(other.texts)
    lengths.total += other.lengths.total
    lengths.least = min(lengths.least, other.lengths.least)
    lengths.most = max(lengths.most, other.lengths.most)
    for child in other.children {
      if let known = children.first(where: { $0.path == child.path }) {
        try known.merge(child)
      } else {
        let copy = FeatureCollector(child.path, options)
        try copy.merge(child)
        children.append(copy)
      }
    }
  }

  // MARK: - Statistics

  /// The statistics of this feature, and behind them those of its fields.
  /// - Parameters:
  ///   - rows: how many rows, or values of the structure around it, there are.
  ///   - weight: what they weigh.
  func statistics(rows: Int, weight: Double) -> [FeatureStatistics] {
    var result = FeatureStatistics()
    result.path = path
    let kind = kind == .string && isByteString ? FeatureKind.bytes : kind ?? (isByteString ? .bytes : .string)
    result.kind = kind
    let common = common(rows: rows, weight: weight)
    let valueCount = levels.last?.items ?? 0
    switch kind {
    case .structure:
      var structure = StructureStatistics()
      structure.common = common
      result.structure = structure
    case .bytes:
      var bytes = BytesStatistics()
      bytes.common = common
      if valueCount > 0, lengths.most >= lengths.least {
        bytes.averageLength = Double(lengths.total) / Double(valueCount)
        bytes.leastLength = Double(lengths.least)
        bytes.mostLength = lengths.most
        bytes[single: 5] = Double(lengths.most)
      }
      result.bytes = bytes
    case .int where !isCategory, .float:
      var numeric = numbers.statistics(
        valueCount: valueCount, buckets: options.options.histogramBuckets, isWeighted: options.isWeighted)
      numeric.common = common
      result.numeric = numeric
    case .int, .string:
      result.text = textStatistics(common, valueCount)
      if texts.error > 0 {
        var note = CustomStatistic()
        note.name = "top_values_error"
        note.number = Double(texts.error)
        result.custom.append(note)
      }
    }
    for (level, counter) in levels.enumerated().dropFirst() where counter.present > 0 {
      let (quantiles, standard) = counter.histograms()
      for (name, histogram) in [("quantiles", quantiles), ("standard", standard)] {
        var figure = CustomStatistic()
        figure.name = "level_\(level + 1)_value_list_length_\(name)"
        figure.histogram = histogram
        result.custom.append(figure)
      }
    }
    let inner = levels.last ?? LevelCounter()
    return [result] + children.flatMap { $0.statistics(rows: inner.items, weight: inner.itemWeight) }
  }

  private func textStatistics(_ common: CommonStatistics, _ valueCount: Int) -> TextStatistics {
    var result = TextStatistics()
    result.common = common
    if valueCount > 0 { result.averageLength = Double(texts.totalBytes) / Double(valueCount) }
    result.invalidTextCount = texts.invalidCount
    guard texts.total > 0 else { return result }
    result.uniqueCount = texts.uniqueCount
    let (values, histogram) = ranks(byWeight: false)
    result.topValues = values
    if !histogram.buckets.isEmpty { result.ranks = histogram }
    if options.isWeighted {
      let (values, histogram) = ranks(byWeight: true)
      var weighted = WeightedTextStatistics()
      weighted.topValues = values
      if !histogram.buckets.isEmpty { weighted.ranks = histogram }
      result.weighted = weighted
    }
    return result
  }

  private func ranks(byWeight: Bool) -> ([ValueFrequency], RankHistogram) {
    let (most, buckets) = (options.options.topValues, options.options.rankBuckets)
    let top = texts.top(max(most, buckets), byWeight: byWeight).prefix { $0.count >= 1 }
    let values = top.prefix(most).map { value in
      var result = ValueFrequency()
      result.value = value.label
      result.frequency = value.count
      return result
    }
    var histogram = RankHistogram()
    histogram.buckets = top.prefix(buckets).enumerated().map { rank, value in
      var bucket = RankBucket()
      bucket.lowRank = rank
      bucket.highRank = rank
      bucket.label = value.label
      bucket.count = value.count
      return bucket
    }
    return (values, histogram)
  }

  private func common(rows: Int, weight: Double) -> CommonStatistics {
    var result = CommonStatistics()
    let outer = levels.first ?? LevelCounter()
    let inner = levels.last ?? LevelCounter()
    result.presentCount = outer.present
    result.missingCount = rows - outer.present
    result.valueCount = inner.items
    if outer.present > 0 {
      let counter = levels.count > 1 ? innermost : outer
      result.fewestValues = counter.fewest
      result.mostValues = counter.most
      result.averageValues = Double(inner.items) / Double(outer.present)
      result.valuesHistogram = counter.histograms().quantiles
    }
    if levels.count > 1 {
      result.levels = levels.indices.map { i in
        var level = PresenceStatistics()
        level.presentCount = levels[i].present
        level.missingCount = (i == 0 ? rows : levels[i - 1].items) - levels[i].present
        if levels[i].present > 0 {
          level.fewestValues = levels[i].fewest
          level.mostValues = levels[i].most
          level.valueCount = levels[i].items
        }
        return level
      }
    }
    guard options.isWeighted else { return result }
    let weights = levels.indices.map { i in
      var level = WeightedCommonStatistics()
      level.presentWeight = levels[i].presentWeight
      level.missingWeight = (i == 0 ? weight : levels[i - 1].itemWeight) - levels[i].presentWeight
      level.valueWeight = levels[i].itemWeight
      if levels[i].presentWeight > 0 { level.averageValues = levels[i].itemWeight / levels[i].presentWeight }
      return level
    }
    if weights.count > 1 { result.weightedLevels = weights }
    var whole = weights.first ?? WeightedCommonStatistics()
    whole.valueWeight = weights.last?.valueWeight ?? 0
    whole.averageValues = whole.presentWeight > 0 ? whole.valueWeight / whole.presentWeight : 0
    result.weighted = whole
    return result
  }
}
