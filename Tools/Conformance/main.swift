import ConformanceKit

