import ApusCore
import ApusMetrics
import ApusNN
import ApusOptim

/// What Keras' `compile` sets for a model.
struct FittingPlan {
  let optimizer: Optimizer
  let loss: NamedLoss
  let metrics: [Metric]
  let jitCompile: Bool
  let precision: TrainingPrecision

  /// The plans of models, which hold neither their models alive nor each other.
  private static let plans = Lock<[ObjectIdentifier: Entry]>([:])

  private struct Entry: @unchecked Sendable {
    weak var model: AnyObject?
    var plan: FittingPlan
  }

  static func set(_ plan: FittingPlan, for model: any Module) {
    let entry = Entry(model: model, plan: plan)
    plans.withLock { plans in
      plans = plans.filter { $0.value.model != nil }
      plans[ObjectIdentifier(model)] = entry
    }
  }

  static func of(_ model: any Module) -> FittingPlan? {
    plans.withLock { $0[ObjectIdentifier(model)] }.flatMap { $0.model === model ? $0.plan : nil }
  }

  /// - Throws: `TensorError` if the model was not compiled.
  static func required(_ model: any Module, for what: String) throws(TensorError) -> FittingPlan {
    if let plan = of(model) { return plan }
    throw TensorError(
      .state, what, "the model has no optimizer and no loss yet; call compile(optimizer:loss:metrics:) first")
  }
}

/// An optimiser, or the name of one: `"adam"`, `"sgd"`, `"rmsprop"` ...
public protocol OptimizerChoice {
  /// The optimiser for these parameters.
  func optimizer(for parameters: [Tensor]) throws(TensorError) -> Optimizer
}

extension Optimizer: OptimizerChoice {
  public func optimizer(for parameters: [Tensor]) throws(TensorError) -> Optimizer { self }
}

extension String: OptimizerChoice {
  /// An optimiser of Keras' names with Keras' settings.
  public func optimizer(for parameters: [Tensor]) throws(TensorError) -> Optimizer {
    switch lowercased() {
    case "sgd": SGD(parameters, lr: 0.01)
    case "adam": Adam(parameters, lr: 1e-3, eps: 1e-7)
    case "adamw": AdamW(parameters, lr: 1e-3, eps: 1e-7, weightDecay: 0.004)
    case "rmsprop": RMSprop(parameters, lr: 1e-3, alpha: 0.9, eps: 1e-7)
    case "adagrad": Adagrad(parameters, lr: 1e-3, initialAccumulatorValue: 0.1, eps: 1e-7)
    case "adadelta": Adadelta(parameters, lr: 1e-3, rho: 0.95, eps: 1e-7)
    case "adamax": Adamax(parameters, lr: 1e-3, eps: 1e-7)
    case "nadam": NAdam(parameters, lr: 1e-3, eps: 1e-7)
    case "lion": Lion(parameters, lr: 1e-3)
    case "lamb": LAMB(parameters, lr: 1e-3)
    default:
      throw TensorError(
        .value, "compile",
        "there is no optimizer '\(self)'; known are adadelta, adagrad, adam, adamax, adamw, lamb, lion, nadam, rmsprop, sgd, and "
          + "any optimizer itself: compile(optimizer: Adam(model.parameters(), lr: 1e-4), ...)")
    }
  }
}

/// A metric, or the name of one: `"accuracy"`, `"mae"` ...
public struct MetricChoice: ExpressibleByStringLiteral {
  let metric: (NamedLoss) throws(TensorError) -> Metric

  public init(stringLiteral name: String) { self.init(name) }

  /// The metric of a name of Keras'.
  public init(_ name: String) {
    metric = { loss throws(TensorError) in
      switch name.lowercased() {
      case "accuracy", "acc": loss.accuracy.metric(name)
      case "binary_accuracy": Accuracy.binary(threshold: 0.5).metric(name)
      case "categorical_accuracy": Accuracy.categorical(1).metric(name)
      case "sparse_categorical_accuracy": Accuracy.sparse(1).metric(name)
      case "top_k_categorical_accuracy": Accuracy.categorical(5).metric(name)
      case "sparse_top_k_categorical_accuracy": Accuracy.sparse(5).metric(name)
      case "mae", "mean_absolute_error": exampleMean(name) { ($0 - $1.like($0)).abs() }
      case "mse", "mean_squared_error": exampleMean(name) { ($0 - $1.like($0)).square() }
      default:
        throw TensorError(
          .value, "compile",
          "there is no metric '\(name)'; known are accuracy, binary_accuracy, categorical_accuracy, mae, mse, "
            + "sparse_categorical_accuracy, sparse_top_k_categorical_accuracy, top_k_categorical_accuracy, and a Metric itself"
        )
      }
    }
  }

  /// A metric itself.
  public init(_ metric: Metric) { self.metric = { _ in metric } }
}

extension Layer {
  /// Says how ``fit(_:_:batchSize:epochs:verbose:callbacks:validationSplit:validationData:shuffle:classWeight:sampleWeight:)``
  /// trains this model: Keras' `compile`.
  ///
  ///     model.compile(optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"])
  ///
  /// - Parameters:
  ///   - optimizer: an optimiser, or a name, which stands for Keras' settings.
  ///   - loss: a name of Keras' with its meaning: cross entropies take probabilities.
  ///   - metrics: what is measured beside the loss.
  ///   - jitCompile: run the passes as a compiled function.
  ///   - precision: the numbers to compute with, Keras' policy for this model: `"mixed_bfloat16"`.
  public func compile(
    optimizer: any OptimizerChoice = "rmsprop", loss: String, metrics: [MetricChoice] = [], jitCompile: Bool = false,
    precision: TrainingPrecision = .float32
  ) {
    plan(optimizer, metrics, jitCompile, precision) { () throws(TensorError) in try NamedLoss(loss) }
  }

  /// ``compile(optimizer:loss:metrics:jitCompile:precision:)-(_,String,_,_,_)`` with a loss of the library, `CrossEntropyLoss()`.
  public func compile(
    optimizer: any OptimizerChoice = "rmsprop", loss: any BinaryLayer, metrics: [MetricChoice] = [],
    jitCompile: Bool = false, precision: TrainingPrecision = .float32
  ) {
    plan(optimizer, metrics, jitCompile, precision) { () throws(TensorError) in NamedLoss(loss) }
  }

  /// ``compile(optimizer:loss:metrics:jitCompile:precision:)-(_,String,_,_,_)`` with a function of output and target.
  public func compile(
    optimizer: any OptimizerChoice = "rmsprop", metrics: [MetricChoice] = [], jitCompile: Bool = false,
    precision: TrainingPrecision = .float32, loss: @escaping @Sendable (_ output: Tensor, _ target: Tensor) -> Tensor
  ) {
    plan(optimizer, metrics, jitCompile, precision) { () throws(TensorError) in NamedLoss(mean: loss) }
  }

  private func plan(
    _ optimizer: any OptimizerChoice, _ metrics: [MetricChoice], _ jitCompile: Bool,
    _ precision: TrainingPrecision, _ loss: () throws(TensorError) -> NamedLoss
  ) {
    do {
      let loss = try loss()
      var chosen: [Metric] = []
      for choice in metrics { chosen.append(try choice.metric(loss)) }
      FittingPlan.set(
        FittingPlan(
          optimizer: try optimizer.optimizer(for: parameters()), loss: loss, metrics: chosen, jitCompile: jitCompile,
          precision: precision),
        for: self)
    } catch {
      report(error)
    }
  }
}
