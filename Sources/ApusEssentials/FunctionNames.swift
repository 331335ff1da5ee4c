/// What `forward` and `backward` of a ``Function`` share during one call.
public typealias Context = FunctionContext
