import ApusCompiler
import ApusCore
import ApusNN

/// A layer's forward pass captured and compiled, as PyTorch's `torch.compile(model)`: see ``compile(executor:_:)-(_,(repeat each
/// Argument)->Output)``. Parameters are read at every call, so that it follows training.
public func compile(_ model: any Layer, executor: CompileExecutor = .automatic) -> CompiledFunction<Tensor, Tensor> {
  compile(executor: executor) { (x: Tensor) in model(x) }
}

/// ``Module/summary(input:dtype:)`` as a function.
public func summary(
  _ model: any Module, _ input: [Int]? = nil, depth: Int? = nil,
  columns: [ModelStatistics.Column] = [.outputSize, .numParams, .multAdds]
) -> ModelStatistics { model.summary(input: input, depth: depth, columns: columns) }
