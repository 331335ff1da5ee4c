/// Runs a case of the area `modules`: builds the module `item.op` (`nn.Linear`) from `ctor_args` and `ctor_kwargs`, loads
/// `state`, calls it, and compares outputs, gradients and the changed state.
func runModuleCase(_ item: Case) throws -> Outcome {
  item.unsupported("modules are not covered")
}
