import ApusCore

/// The evaluation of COCO: which detections match which objects, and precision and recall by thresholds, areas and numbers.
struct COCOEvaluation {
  /// The least overlaps, the recalls, and the numbers of detections of a picture, rising.
  let overlaps: [Double]
  let recalls: [Double]
  let limits: [Int]

  /// All areas, small, medium and large ones, in square pixels.
  static let areas: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]

  /// What is compared.
  enum Shape {
    /// Corner and size.
    case box([Double])
    case mask([Bool])

    var area: Double {
      switch self {
      case .box(let box): box[2] * box[3]
      case .mask(let mask): Double(mask.count { $0 })
      }
    }

    /// Intersection over union; of a crowd over the area of the detection.
    func overlap(_ target: Shape, isCrowd: Bool) -> Double {
      let common: Double
      switch (self, target) {
      case (.box(let a), .box(let b)):
        let width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
        let height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
        common = width > 0 && height > 0 ? width * height : 0
      case (.mask(let a), .mask(let b)): common = Double(zip(a, b).count { $0 && $1 })
      default: common = 0
      }
      if common == 0 { return 0 }
      return common / (isCrowd ? area : area + target.area - common)
    }
  }

  struct Object {
    var label: Int
    let shape: Shape
    let area: Double
    let score: Double
    let isCrowd: Bool
  }

  struct Picture {
    var targets: [Object]
    var preds: [Object]

    /// With all objects of class 0.
    var withoutClasses: Picture {
      func plain(_ objects: [Object]) -> [Object] {
        objects.map {
          var object = $0
          object.label = 0
          return object
        }
      }
      return Picture(targets: plain(targets), preds: plain(preds))
    }
  }

  /// Values for each threshold, recall, class, area and number of detections; -1 where there is none.
  struct Result {
    let counts: [Int]
    var precision: [Double]
    var scores: [Double]
    var recall: [Double]

    init(_ t: Int, _ r: Int, _ k: Int, _ a: Int, _ m: Int) {
      counts = [t, r, k, a, m]
      precision = [Double](repeating: -1, count: t * r * k * a * m)
      scores = precision
      recall = [Double](repeating: -1, count: t * k * a * m)
    }

    func place(_ t: Int, _ r: Int, _ k: Int, _ a: Int, _ m: Int) -> Int {
      (((t * counts[1] + r) * counts[2] + k) * counts[3] + a) * counts[4] + m
    }
    func place(_ t: Int, _ k: Int, _ a: Int, _ m: Int) -> Int { ((t * counts[2] + k) * counts[3] + a) * counts[4] + m }

    var precisionTensor: Tensor { Tensor(precision, shape: counts, dtype: .float64) }
    var scoresTensor: Tensor { Tensor(scores, shape: counts, dtype: .float64) }
    var recallTensor: Tensor { Tensor(recall, shape: [counts[0]] + counts[2...], dtype: .float64) }
  }

  /// The detections of a class in a picture, the most certain first, with what each threshold makes of them.
  private struct Matches {
    var scores: [Double] = []
    /// For each threshold and detection.
    var isMatched: [[Bool]]
    var isIgnored: [[Bool]]
    /// The number of objects to be found.
    var objects = 0
  }

  func run(_ pictures: [Picture], _ classes: [Int]) -> Result {
    var result = Result(overlaps.count, recalls.count, classes.count, Self.areas.count, limits.count)
    for (k, label) in classes.enumerated() {
      let sorted = pictures.map { picture in
        let preds = picture.preds.filter { $0.label == label }
        let order = preds.indices.sorted { (preds[$1].score, $0) < (preds[$0].score, $1) }
        return Picture(
          targets: picture.targets.filter { $0.label == label }, preds: order.prefix(limits[2]).map { preds[$0] })
      }.filter { !$0.targets.isEmpty || !$0.preds.isEmpty }
      let tables = sorted.map { picture in
        picture.preds.map { pred in picture.targets.map { pred.shape.overlap($0.shape, isCrowd: $0.isCrowd) } }
      }
      for (a, area) in Self.areas.enumerated() {
        let matches = zip(sorted, tables).map { self.matches($0, $1, area) }
        for (m, limit) in limits.enumerated() where !matches.isEmpty { accumulate(matches, limit, k, a, m, &result) }
      }
    }
    return result
  }

  private func matches(_ picture: Picture, _ table: [[Double]], _ area: ClosedRange<Double>) -> Matches {
    let ignored = picture.targets.map { $0.isCrowd || !area.contains($0.area) }
    // Those to be ignored come last.
    let order = picture.targets.indices.filter { !ignored[$0] } + picture.targets.indices.filter { ignored[$0] }
    let none = [Bool](repeating: false, count: picture.preds.count)
    var found = Matches(
      scores: picture.preds.map(\.score), isMatched: overlaps.map { _ in none }, isIgnored: overlaps.map { _ in none },
      objects: ignored.count { !$0 })
    for (t, threshold) in overlaps.enumerated() {
      var isTaken = [Bool](repeating: false, count: picture.targets.count)
      for (d, pred) in picture.preds.enumerated() {
        var (least, best) = (min(threshold, 1 - 1e-10), -1)
        for g in order {
          if isTaken[g], !picture.targets[g].isCrowd { continue }
          if best >= 0, !ignored[best], ignored[g] { break }
          if table[d][g] < least { continue }
          (least, best) = (table[d][g], g)
        }
        if best >= 0 {
          isTaken[best] = true
          found.isMatched[t][d] = true
          found.isIgnored[t][d] = ignored[best]
        } else {
          found.isIgnored[t][d] = !area.contains(pred.area)
        }
      }
    }
    return found
  }

  private func accumulate(_ matches: [Matches], _ limit: Int, _ k: Int, _ a: Int, _ m: Int, _ result: inout Result) {
    let objects = matches.reduce(0) { $0 + $1.objects }
    if objects == 0 { return }
    let places = matches.enumerated().flatMap { e, match in (0..<min(limit, match.scores.count)).map { (e, $0) } }
    let scores = places.map { matches[$0.0].scores[$0.1] }
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    for t in overlaps.indices {
      var (right, wrong) = (0.0, 0.0)
      var (precision, recall): ([Double], [Double]) = ([], [])
      for i in order {
        let (e, d) = places[i]
        if !matches[e].isIgnored[t][d] {
          if matches[e].isMatched[t][d] { right += 1 } else { wrong += 1 }
        }
        recall.append(right / Double(objects))
        precision.append(right / (right + wrong + Double.ulpOfOne))
      }
      result.recall[result.place(t, k, a, m)] = recall.last ?? 0
      for i in precision.indices.dropFirst().reversed() where precision[i] > precision[i - 1] {
        precision[i - 1] = precision[i]
      }
      for (r, least) in recalls.enumerated() {
        let first = recall.partitioningIndex { $0 >= least }
        let isReached = first < recall.count
        result.precision[result.place(t, r, k, a, m)] = isReached ? precision[first] : 0
        result.scores[result.place(t, r, k, a, m)] = isReached ? scores[order[first]] : 0
      }
    }
  }

  /// The twelve numbers of COCO: precision at all overlaps, 0.5 and 0.75, of small, medium and large objects; recall with the three
  /// numbers of detections, and of small, medium and large objects. The first is that with 100 detections.
  func summary(_ result: Result) -> [Double] {
    func mean(_ values: [Double]) -> Double {
      let present = values.filter { $0 > -1 }
      return present.isEmpty ? -1 : present.reduce(0, +) / Double(present.count)
    }
    func precision(_ area: Int, _ m: Int?, at overlap: Double? = nil) -> Double {
      guard let m else { return -1 }
      return mean(
        overlaps.indices.filter { overlap == nil || overlaps[$0] == overlap }.flatMap { t in
          recalls.indices.flatMap { r in
            (0..<result.counts[2]).map { result.precision[result.place(t, r, $0, area, m)] }
          }
        })
    }
    func recall(_ area: Int, _ m: Int) -> Double {
      mean(overlaps.indices.flatMap { t in (0..<result.counts[2]).map { result.recall[result.place(t, $0, area, m)] } })
    }
    return [
      precision(0, limits.firstIndex(of: 100)), precision(0, 2, at: 0.5), precision(0, 2, at: 0.75), precision(1, 2),
      precision(2, 2), precision(3, 2), recall(0, 0), recall(0, 1), recall(0, 2), recall(1, 2), recall(2, 2),
      recall(3, 2),
    ]
  }
}

extension Array {
  /// The first place from which on all elements are on the right side; those before are not.
  fileprivate func partitioningIndex(_ isRight: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isRight(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
