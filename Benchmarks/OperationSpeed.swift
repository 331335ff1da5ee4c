import Apus
import ApusCore

// The speed of operations that are called by name, for scripts/peers/operation_speed.py, which describes the calls.

/// Measures the calls that a file describes, and prints the shortest time of each as a line of JSON.
func measureOperations(_ path: String) throws {
  for json in try JSON(file: path).array ?? [] {
    guard let name = json["name"]?.string, let size = json["size"]?.string else {
      throw JSON.SyntaxError(description: "\(path): a call without a name or size")
    }
    let outcome: String
    do {
      outcome = "\"seconds\": \(try OperationTiming(name, json).seconds)"
    } catch {
      outcome = "\"error\": \(JSON.string(String("\(error)".prefix(200))).text())"
    }
    print("{\"name\": \"\(name)\", \"size\": \"\(size)\", \(outcome)}")
  }
}

/// A call whose arguments are made, and the shortest time that it takes.
private struct OperationTiming {
  let seconds: Double

  init(_ name: String, _ json: JSON) throws {
    let positional = try (json["positional"]?.array ?? []).map(Self.value)
    let keywords = try (json["named"]?.object ?? [:]).mapValues(Self.value)
    // Arguments are bound once, to the first form that takes them: what is measured is the operation.
    var failure: any Error = TensorError(.unsupported, name, "there is no operation of this name")
    for operation in Registry.standard.operations(named: name) {
      do {
        let arguments = try operation.bind(positional, keywords)
        let call = { try withErrors { _ = try operation.body(arguments) } }
        try call()
        seconds = try Self.shortest(call)
        return
      } catch {
        failure = error
      }
    }
    throw failure
  }

  /// The shortest of at least three calls that take 20 ms together.
  private static func shortest(_ call: () throws -> Void) rethrows -> Double {
    var (best, total, count) = (Double.infinity, 0.0, 0)
    while total < 0.02 || count < 3 {
      let start = now()
      try call()
      let taken = now() - start
      (best, total, count) = (min(best, taken), total + taken, count + 1)
    }
    return best
  }

  private static func value(_ json: JSON) throws -> OperationValue {
    switch json {
    case .null: return .none
    case .bool(let v): return .bool(v)
    case .int(let v): return .int(v)
    case .double(let v): return .float(v)
    case .string(let v): return .string(v)
    case .array(let items): return .list(try items.map(value))
    case .object: return .tensor(try tensor(json))
    }
  }

  private static func tensor(_ json: JSON) throws -> Tensor {
    guard let kind = json["tensor"]?.string, let shape = json["shape"]?.array?.compactMap(\.int) else {
      throw JSON.SyntaxError(description: "a tensor without a kind or shape")
    }
    let (low, high) = (json["low"]?.double ?? 0, json["high"]?.double ?? 1)
    let last = shape.last ?? 1
    switch kind {
    case "normal": return randn(shape)
    case "uniform": return rand(shape) * (high - low) + low
    case "ints": return randint(0, Int(high), shape)
    case "complex": return complex(randn(shape), randn(shape))
    case "bool": return randn(shape) .> 0
    case "definite":
      let a = randn(shape)
      return a.matmul(a.mT) / Double(last) + eye(last)
    case "triangular": return randn(shape).triu() / Double(last).squareRoot() + eye(last) * 2
    case "sorted": return randn(shape).sort().values
    case "signs": return (randn(shape) .> 0).to(.float32) * 2 - 1
    case "pivots": return arange(1, last + 1).to(.int32)
    case "log_softmax": return randn(shape).logSoftmax(-1)
    case "labels": return randint(1, Int(high), shape)
    case "unpooled":
      let sizes = Array(shape.dropFirst(2))
      return arange(sizes.reduce(1, *)).reshape(sizes).expand(shape).contiguous()
    default: throw JSON.SyntaxError(description: "no tensors are called \(kind)")
    }
  }
}
