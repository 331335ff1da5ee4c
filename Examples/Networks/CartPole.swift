import Apus
import Foundation

/// A pole on a cart, to be kept upright by pushing the cart left and right: Gymnasium's CartPole-v1, whose dynamics are those of
/// Barto, Sutton and Anderson (1983).
///
/// Each step gives a reward of 1. An episode ends when the pole leans more than 12 degrees or the cart is more than 2.4 away, and
/// is cut off after 500 steps.
public struct CartPole: Sendable {
  /// The cart's place and speed, the pole's angle and angular speed.
  public var state: [Double] = [0, 0, 0, 0]
  /// How many steps of the episode are over.
  public private(set) var steps = 0
  /// The most steps of an episode.
  public static let limit = 500

  public init() {}

  /// Begins an episode close to the middle, with numbers from the program's generator. Gives the state.
  @discardableResult
  public mutating func reset() -> [Double] {
    state = (rand([4], dtype: .float64) * 0.1 - 0.05).array()
    steps = 0
    return state
  }

  /// Pushes the cart to the left (0) or to the right (1).
  ///
  /// `terminated` says that the pole or the cart is out of bounds, `truncated` that the time is up.
  public mutating func step(_ action: Int) -> (state: [Double], reward: Double, terminated: Bool, truncated: Bool) {
    let (gravity, poleMass, totalMass, halfLength, force, time) = (9.8, 0.1, 1.1, 0.5, 10.0, 0.02)
    var (x, v, angle, turn) = (state[0], state[1], state[2], state[3])
    let push = action == 1 ? force : -force
    let (cosine, sine) = (Foundation.cos(angle), Foundation.sin(angle))
    let moved = (push + poleMass * halfLength * turn * turn * sine) / totalMass
    let turning =
      (gravity * sine - cosine * moved) / (halfLength * (4.0 / 3 - poleMass * cosine * cosine / totalMass))
    let acceleration = moved - poleMass * halfLength * turning * cosine / totalMass
    (x, v, angle, turn) = (x + time * v, v + time * acceleration, angle + time * turn, turn + time * turning)
    state = [x, v, angle, turn]
    steps += 1
    let isOut = abs(x) > 2.4 || abs(angle) > 12 * 2 * Double.pi / 360
    return (state, 1, isOut, steps >= Self.limit)
  }
}

/// A network of two hidden layers from the states of a ``CartPole`` to `outputs` numbers.
func controlNetwork(_ width: Int, outputs: Int) -> Sequential {
  Sequential(Linear(4, width), Tanh(), Linear(width, width), Tanh(), Linear(width, outputs))
}

/// The mean of the last `count` numbers.
func recentMean(_ values: [Double], _ count: Int = 20) -> Double {
  values.suffix(count).reduce(0, +) / Double(max(1, min(count, values.count)))
}

/// What an agent learned.
public struct ControlOutcome: Sendable {
  /// The sum of the rewards of each episode while it learned.
  public var returns: [Double]
  /// The mean of ten episodes afterwards in which it takes the best action always. 500 is the most, about 22 chance.
  public var finalReturn: Double
}

/// The mean return of ten episodes in which `network` scores the actions and the best one is taken.
func testControl(_ network: some Layer) -> Double {
  let returns = (0..<10).map { _ in
    var cart = CartPole()
    var state = cart.reset()
    var total = 0.0
    while true {
      let action = noGrad { network(Tensor(state, dtype: .float32)).argmax().item(as: Int.self) }
      let next = cart.step(action)
      (state, total) = (next.state, total + next.reward)
      if next.terminated || next.truncated { return total }
    }
  }
  let mean = returns.reduce(0, +) / 10
  print("ten episodes with the best actions: \(fixed(mean, 1)) of \(CartPole.limit) steps")
  return mean
}
