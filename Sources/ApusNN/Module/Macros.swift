/// Makes a class a module that is called with what its `forward` takes, with labels, default values and any result:
///
///     @Module
///     final class RNN {
///       let i2h: Linear, h2o: Linear
///       var steps = 0
///
///       init(_ inputs: Int, _ hidden: Int, _ outputs: Int) {
///         i2h = Linear(inputs + hidden, hidden)
///         h2o = Linear(hidden, outputs)
///       }
///
///       func forward(_ x: Tensor, _ hidden: Tensor, mask: Tensor? = nil) -> (Tensor, Tensor) {
///         steps += 1
///         let hidden = i2h(cat([x, hidden], dim: 1)).tanh()
///         return (h2o(hidden), hidden)
///       }
///     }
///
///     let (output, hidden) = rnn(x, h)
///
/// For every `forward` that a ``Layer`` does not have it adds a `callAsFunction` with the same parameters, which runs hooks and
/// puts the module's path into messages. Every `var` becomes ``Changeable()``, so that the class stays `Sendable`. A class
/// whose `forward` takes one tensor and gives one becomes a ``Layer``, any other one a ``Module``.
@attached(member, names: named(callAsFunction))
@attached(memberAttribute)
@attached(extension, conformances: Sendable, Module, Layer)
public macro Module() = #externalMacro(module: "ApusMacros", type: "ModuleMacro")

/// Lets a `var` of a class be changed while tasks share it: reads and writes pass a lock, a change in place (`+=`, `append`)
/// holds it. The value lies in a ``Changeable/init(_:)`` constant. ``Module()`` puts it in front of every `var`.
@attached(accessor, names: named(init), named(get), named(set), named(_modify))
@attached(peer, names: prefixed(_))
public macro Changeable() = #externalMacro(module: "ApusMacros", type: "ChangeableMacro")
