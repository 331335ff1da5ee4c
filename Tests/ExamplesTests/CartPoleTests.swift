import Examples
import Testing

@Suite struct CartPoleTests {
  /// The states of Gymnasium's CartPole-v1 (1.4.0) from the same beginning.
  @Test func followsGymnasium() {
    var cart = CartPole()
    cart.state = [0.01, -0.02, 0.03, 0.04]
    for (action, expected) in [
      (1, [0.009600000000000001, 0.17467919574755525, 0.030799999999999998, -0.2430687179600081]),
      (1, [0.013093583914951107, 0.3693479760579556, 0.025938625640799837, -0.5258796280501483]),
      (0, [0.02048054343611022, 0.17387081260481596, 0.01542103307979687, -0.22513741609237464]),
      (1, [0.02395795968820654, 0.3687690101747617, 0.010918284757949377, -0.5129163478026587]),
      (0, [0.03133333989170178, 0.17349499275068458, 0.0006599578018962032, -0.21681286835696195]),
      (0, [0.03480323974671547, -0.021636386741578473, -0.0036762995652430356, 0.07607816471983775]),
    ] {
      let next = cart.step(action)
      for (found, wanted) in zip(next.state, expected) { #expect(abs(found - wanted) < 1e-12) }
      #expect(next.reward == 1 && !next.terminated && !next.truncated)
    }
  }

  @Test func endsWhenThePoleFalls() {
    var cart = CartPole()
    cart.state = [0.10897828545405867, 1.345811811378993, -0.10758813185331573, -2.015743236840746]
    #expect(!cart.step(0).terminated)
    cart.state = [0.13589452168163854, 1.5418737667224969, -0.14790299659013065, -2.339705641591353]
    #expect(!cart.step(1).terminated)  // -0.195 and less than 12 degrees, 0.209
    #expect(cart.step(1).terminated)
    cart.state = [2.39, 1, 0, 0]
    #expect(cart.step(1).terminated)
  }

  @Test func beginsInTheMiddleAndIsCutOff() {
    var cart = CartPole()
    #expect(cart.reset().allSatisfy { abs($0) <= 0.05 })
    for step in 1...CartPole.limit {
      cart.state = [0, 0, 0, 0]
      #expect(cart.step(step % 2).truncated == (step == CartPole.limit))
    }
    cart.reset()
    #expect(cart.steps == 0)
  }
}
