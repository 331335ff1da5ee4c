import ApusTrain
import Testing

@Test func placeholder() {}
