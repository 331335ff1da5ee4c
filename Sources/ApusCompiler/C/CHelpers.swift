/// C functions that programs call: each is written into a program once, if its text names it.
struct CHelper {
  let name: String
  let text: String

  /// The texts of the helpers that `program` names, and those that these name.
  static func texts(for program: String) -> String {
    var needed: [CHelper] = []
    var text = program
    // Helpers use only those before them.
    for helper in all.reversed() where ["(", " ", "\n"].contains(where: { text.contains(helper.name + $0) }) {
      needed.insert(helper, at: 0)
      text += helper.text
    }
    return needed.map { guarded($0.name, $0.text) }.joined(separator: "\n")
  }

  /// A text that stands once in a file of several programs.
  static func guarded(_ name: String, _ text: String) -> String {
    let mark = "APUS_HAS_" + name.uppercased()
    return "#ifndef \(mark)\n#define \(mark)\n\(text)\n#endif"
  }

  private static let all =
    [team, elements, index, overlap, power, powerOfDoubles] + products + convolutions + integers + packedWeights

  /// Positions that programs are given are taken as the nearest one that there is: no program reads past an array.
  private static let index = CHelper(
    name: "apus_index",
    text: """
      // A position among n elements, counted from the end where it is negative; the nearest one where there is none.
      static inline long apus_index(long long i, long n) {
        if (i < 0) i += n;
        return i < 0 ? 0 : i >= n ? n - 1 : (long)i;
      }
      """)

  private static let overlap = CHelper(
    name: "apus_overlap",
    text: """
      // How many of n places from first on lie from low to below high.
      static inline long apus_overlap(long first, long n, long low, long high) {
        long end = first + n < high ? first + n : high;
        return end - (first > low ? first : low);
      }
      """)

  /// Without libm, so that hosts that have none run it.
  private static let power = CHelper(
    name: "apus_pow_f32",
    text: """
      // x to the power of y, through double precision.
      static inline float apus_pow_f32(float x, float y) {
        if (y == 0 || x == 1) return 1;
        if (x != x || y != y) return x + y;
        const double size = x < 0 ? -(double)x : x;
        const double result = size == 1 ? 1 : ckm_exp_f64(y * ckm_log_f64(size));
        if (!(x < 0 || (x == 0 && 1 / x < 0))) return (float)result;
        // Floats from 2^24 on are even.
        const float most = __builtin_fabsf(y);
        const int is_odd = most < 16777216.0f && (float)(long)most == most && ((long)most & 1);
        if (most < 16777216.0f && (float)(long)most != most) return x == 0 ? (float)result : __builtin_nanf("");
        return (float)(is_odd ? -result : result);
      }
      """)

  private static let powerOfDoubles = CHelper(
    name: "apus_pow_f64",
    text: "static inline double apus_pow_f64(double x, double y) { return __builtin_pow(x, y); }")
}
