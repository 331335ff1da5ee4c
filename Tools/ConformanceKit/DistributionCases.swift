/// Runs a case of the area `distributions`: a function of the distribution `args[0]`, or an initialiser of `nn.init`.
func runDistributionCase(_ item: Case) throws -> Outcome {
  item.unsupported("distributions are not covered")
}
