package io.headgate.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeTest {
  @Test
  void everyValueIsInOneRange() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      int least = random.nextInt(200) - 100;
      int greatest = least + random.nextInt(40);
      int count = 1 + random.nextInt(12);
      List<Range> ranges = Range.cut("c", CursorKind.INTEGER, "" + least, "" + greatest, count);
      assertThat(ranges).hasSize(Math.min(count, greatest - least + 1));
      for (int value = least - 5; value <= greatest + 5; value++) {
        int own = value;
        assertThat(ranges.stream().filter(range -> holds(range, own)).count()).isEqualTo(1);
      }
      assertThat(ranges)
          .allSatisfy(
              range -> {
                int from = range.from().map(Integer::parseInt).orElse(least);
                int before = range.before().map(Integer::parseInt).orElse(greatest + 1);
                int even = (greatest - least + 1) / ranges.size();
                assertThat(before - from).isBetween(even, even + 1);
              });
    }
  }

  private static boolean holds(Range range, int value) {
    return range.from().map(from -> Integer.parseInt(from) <= value).orElse(true)
        && range.before().map(before -> value < Integer.parseInt(before)).orElse(true);
  }

  @Test
  void cutsNumbersDatesAndTimes() {
    assertThat(Range.cut("c", CursorKind.INTEGER, "5", "5", 4))
        .containsExactly(new Range("c", Optional.empty(), Optional.empty()));
    assertThat(ends(CursorKind.INTEGER, "-9223372036854775808", "9223372036854775807"))
        .containsExactly("0");
    assertThat(ends(CursorKind.DATE, LocalDate.EPOCH.toString(), "1970-01-10"))
        .containsExactly("1970-01-06");
    assertThat(ends(CursorKind.TIMESTAMP, "2026-01-01T00:00", "2026-01-03T00:00"))
        .containsExactly("2026-01-02T00:00");
    assertThat(ends(CursorKind.INSTANT, "1969-12-31T23:59:59.5Z", Instant.EPOCH.toString()))
        .containsExactly("1969-12-31T23:59:59.750Z");
    assertThat(ends(CursorKind.DECIMAL, "0.25", "1"))
        .singleElement()
        .satisfies(
            end -> assertThat(new BigDecimal(end)).isEqualByComparingTo(new BigDecimal("0.63")));
  }

  private static List<String> ends(CursorKind kind, String least, String greatest) {
    return Range.cut("c", kind, least, greatest, 2).stream()
        .flatMap(range -> range.before().stream())
        .toList();
  }
}
