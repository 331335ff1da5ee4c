/// Runs a case of the area `optim`: ten steps of an optimiser, or thirty of a learning-rate schedule, each compared with
/// what was recorded.
func runOptimizerCase(_ item: Case) throws -> Outcome {
  item.unsupported("optimisers are not covered")
}
