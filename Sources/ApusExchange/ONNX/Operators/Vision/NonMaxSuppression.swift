import ApusCore

// Boxes that overlap a better one are dropped.

extension ONNXOperators {
  static func nonMaxSuppression(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (boxes, scores) = (try call.tensor(0), try call.tensor(1))
    guard boxes.rank == 3, boxes.size(2) == 4, scores.rank == 3, scores.size(0) == boxes.size(0),
      scores.size(2) == boxes.size(1)
    else {
      throw call.error(.shape, "needs boxes [N, B, 4] and scores [N, C, B], and found \(boxes.shape), \(scores.shape)")
    }
    let most = try call.optionalInt(2) ?? 0
    let overlap = try call.optionalDouble(3) ?? 0
    let least = try call.optionalDouble(4)
    let isCentre = try call.int("center_point_box", 0) == 1
    let (count, classes) = (boxes.size(1), scores.size(1))
    let corners = boxes.array(as: Float.self)
    let marks = scores.array(as: Float.self)
    guard corners.count == boxes.count, marks.count == scores.count else { return [.tensor(boxes)] }
    var chosen: [Int64] = []
    for sample in 0..<boxes.size(0) where most > 0 {
      let all = (0..<count).map { i in Box(corners[(sample * count + i) * 4..<(sample * count + i) * 4 + 4], isCentre) }
      for kind in 0..<classes {
        let start = (sample * classes + kind) * count
        let candidates = (0..<count).filter { i in least.map { marks[start + i] > Float($0) } ?? true }
          .sorted { marks[start + $0] > marks[start + $1] || marks[start + $0] == marks[start + $1] && $0 < $1 }
        var kept: [Int] = []
        for i in candidates {
          if kept.count >= most { break }
          if kept.allSatisfy({ all[$0].overlap(all[i]) <= Float(overlap) }) { kept.append(i) }
        }
        for i in kept { chosen += [Int64(sample), Int64(kind), Int64(i)] }
      }
    }
    return [.tensor(Tensor(chosen, shape: [chosen.count / 3, 3], dtype: .int64))]
  }

  /// A box by two opposite corners, whichever they are, or by its centre and size.
  private struct Box {
    let (left, top, right, bottom): (Float, Float, Float, Float)

    init(_ numbers: ArraySlice<Float>, _ isCentre: Bool) {
      let n = Array(numbers)
      if isCentre {
        (left, top) = (n[0] - n[2] / 2, n[1] - n[3] / 2)
        (right, bottom) = (n[0] + n[2] / 2, n[1] + n[3] / 2)
      } else {
        (left, top) = (min(n[1], n[3]), min(n[0], n[2]))
        (right, bottom) = (max(n[1], n[3]), max(n[0], n[2]))
      }
    }

    var area: Float { (right - left) * (bottom - top) }

    /// What both cover, as a part of what either covers.
    func overlap(_ other: Box) -> Float {
      let width = min(right, other.right) - max(left, other.left)
      let height = min(bottom, other.bottom) - max(top, other.top)
      guard width > 0, height > 0, area > 0, other.area > 0 else { return 0 }
      let both = width * height
      return both / (area + other.area - both)
    }
  }
}
